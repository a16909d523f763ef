// What could be meant while one types: slash commands at the beginning, people, groups and channels anywhere.

import { el } from "./dom.js";
import { store } from "./store.js";

const MOST = 8;

function candidates(typed, isFirst) {
  const { commands, users, usergroups, channels } = store.state;
  const all =
    {
      "/": () =>
        isFirst
          ? commands.map(({ command, description, usage_hint: hint }) => [
              command,
              [hint, description].filter(Boolean).join(" · "),
            ])
          : [],
      "@": () => [
        ...users.map(({ name, real_name: real }) => [`@${name}`, real]),
        ...usergroups.map(({ handle, name }) => [`@${handle}`, name]),
      ],
      "#": () => channels.filter(({ kind }) => kind === "channel").map(({ name }) => [`#${name}`, ""]),
    }[typed[0]]?.() ?? [];
  const wanted = typed.toLowerCase();
  return all.filter(([text]) => text.toLowerCase().startsWith(wanted) && text !== typed).slice(0, MOST);
}

/** Offer completions for the word before the caret of `input`, in a list above it inside `form`. */
export function suggest(input, form) {
  const id = `suggestions-${form.id}`;
  const list = el("div", { class: "suggestions", id, role: "listbox", "aria-label": "Suggestions", hidden: true });
  form.prepend(list);
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-autocomplete", "list");
  let at = -1;

  const word = () => /(?:^|\s)([/@#][^\s]*)$/.exec(input.value.slice(0, input.selectionStart))?.[1] ?? "";
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    at = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const take = (text) => {
    const end = input.selectionStart;
    input.setRangeText(`${text} `, end - word().length, end, "end");
    close();
    input.focus();
    input.dispatchEvent(new Event("input"));
  };
  const mark = (index) => {
    at = (index + list.children.length) % list.children.length;
    [...list.children].forEach((each, i) => each.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = () => {
    const typed = word();
    const found = typed ? candidates(typed, typed === input.value.slice(0, input.selectionStart)) : [];
    close();
    if (!found.length) return;
    list.append(
      ...found.map(([text, more], i) =>
        el(
          "div",
          {
            role: "option",
            id: `${id}-${i}`,
            class: "popup-item",
            "aria-selected": "false",
            onmousedown: (event) => (event.preventDefault(), take(text)),
          },
          el("b", {}, text),
          more && el("span", { class: "popup-description" }, more),
        ),
      ),
    );
    list.dataset.texts = JSON.stringify(found.map(([text]) => text));
    list.hidden = false;
  };
  // Enter sends what stands there, unless one of the list was picked with the arrows.
  const keys = {
    ArrowDown: () => mark(at + 1),
    ArrowUp: () => mark(at < 0 ? list.children.length - 1 : at - 1),
    Tab: () => take(JSON.parse(list.dataset.texts)[Math.max(at, 0)]),
    Enter: () => at >= 0 && take(JSON.parse(list.dataset.texts)[at]),
    Escape: close,
  };
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden || !Object.hasOwn(keys, event.key) || event.shiftKey) return;
    if (event.key === "Enter" && at < 0) return;
    event.preventDefault();
    keys[event.key]();
  });
  return { close };
}
