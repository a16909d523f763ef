// Selects: of options, people and channels, of one or of several.

import { act, nameOf, naming, shown, valueOf } from "./acting.js";
import { el } from "./dom.js";
import { openPopup } from "./popup.js";
import { textNodes } from "./confirm.js";

// What a select offers, by its type: what state entries call it, and where the options come from.
const SOURCES = {
  static: ["option", (element) => groupedOptions(element)],
  external: ["option", () => []],
  users: ["user", (_, { directory }) => directory.users.map(({ id, name }) => named(id, `@${name}`))],
  channels: ["channel", (_, { directory }) => directory.channels.map(({ id, name }) => named(id, `#${name}`))],
  conversations: [
    "conversation",
    (_, { directory }) => directory.channels.map(({ id, name }) => named(id, `#${name}`)),
  ],
};

function named(value, text) {
  return { value, text: { type: "plain_text", text } };
}

function groupedOptions(element) {
  if (!element.option_groups) return element.options;
  return element.option_groups.flatMap(({ label, options }) =>
    options.map((option, i) => ({ ...option, group: i === 0 ? label.text : null })),
  );
}

const PLACEHOLDER = { type: "plain_text", text: "Select an item" };

function select(element, place) {
  const { blockId, surface, context } = place;
  const [, multi, kind] = /^(multi_)?(\w+)_select$/.exec(element.type);
  const [noun, source] = SOURCES[kind];
  const options = source(element, context);
  const keep = noun === "option" ? (option) => bareOption(option) : (option) => option.value;
  const key = multi ? `selected_${noun}s` : `selected_${noun}`;
  const initial = element[multi ? `initial_${noun}s` : `initial_${noun}`];
  let chosen = [surface.get(blockId, element.action_id)?.[key] ?? initial ?? []].flat().map(valueOf);
  const entry = () => {
    const found = options.filter(({ value }) => chosen.includes(value)).map(keep);
    return { [key]: multi ? found : (found[0] ?? null) };
  };
  const label = el("span", { class: "select-label" });
  const write = () => {
    const found = options.filter(({ value }) => chosen.includes(value));
    label.classList.toggle("placeholder", found.length === 0);
    label.replaceChildren(
      ...(found.length
        ? found.flatMap((each, i) => [i ? ", " : "", ...textNodes(each.text, context)])
        : textNodes(element.placeholder ?? PLACEHOLDER, context)),
    );
    surface.put(blockId, element, { type: element.type, ...entry() });
  };
  const onchoose = async ({ option }) => {
    const before = chosen;
    if (multi)
      chosen = chosen.includes(option.value)
        ? chosen.filter((value) => value !== option.value)
        : [...chosen, option.value];
    else chosen = [option.value];
    write();
    if (multi || !surface.acts(place)) return;
    if (!(await act(made, element, place, entry()))) {
      chosen = before;
      write();
    }
  };
  const onclose = () => multi && surface.acts(place) && act(made, element, place, entry());
  const openList = () => {
    if (surface.busy()) return;
    const entries = options.map((option) => ({
      ...shown(option, context),
      group: option.group,
      option,
      selected: chosen.includes(option.value),
    }));
    openPopup(made, entries, {
      role: "listbox",
      name: nameOf(element, place),
      onchoose,
      onclose,
      multiple: Boolean(multi),
    });
  };
  const made = el(
    "button",
    {
      type: "button",
      class: "button select",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "data-focus": `${blockId}/${element.action_id}`,
      ...naming(element, place),
      onclick: openList,
      onkeydown: (event) => ["ArrowDown", "ArrowUp"].includes(event.key) && (event.preventDefault(), openList()),
    },
    label,
    el("span", { class: "caret", "aria-hidden": "true" }, "▾"),
  );
  write();
  return made;
}

function bareOption({ group: _group, ...option }) {
  return option;
}

/** Rows for the table of elements. */
export const SELECTS = Object.fromEntries(
  Object.keys(SOURCES).flatMap((kind) => [
    [`${kind}_select`, select],
    [`multi_${kind}_select`, select],
  ]),
);
