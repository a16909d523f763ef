// Lists that open under a button: the options of a select, the entries of an overflow menu, the emoji of a reaction.
//
// A native <select> would not do: its arrow keys choose at once, and choosing acts.

import { el } from "./dom.js";

let open = null;

/**
 * Open a list under `anchor` and call `onchoose(entry)` with the one chosen.
 *
 * An entry is {label, nodes?, description?, selected?}; `role` is "menu" or "listbox". Arrow keys, Home, End, Enter,
 * Escape and the first letters work; with `multiple` the list stays open.
 */
export function openPopup(anchor, entries, { role, name, onchoose, multiple = false, onclose = () => {} }) {
  if (open?.anchor === anchor) {
    open.close();
    return;
  }
  open?.close();
  const items = entries.map((entry, i) => item(entry, i, role));
  const list = el(
    "div",
    { role, class: "popup", "aria-label": name, tabindex: "-1", popover: "auto" },
    items.map(({ node }) => node),
  );
  if (multiple) list.setAttribute("aria-multiselectable", "true");
  const choose = (index) => {
    const entry = entries[index];
    if (!entry) return;
    if (multiple) {
      entry.selected = !entry.selected;
      items[index].node.setAttribute("aria-selected", String(entry.selected));
    } else close();
    onchoose(entry);
  };
  const close = () => {
    if (open?.list !== list) return;
    open = null;
    anchor.setAttribute("aria-expanded", "false");
    const hadFocus = list.contains(document.activeElement);
    list.remove();
    if (hadFocus && anchor.isConnected) anchor.focus();
    onclose();
  };
  open = { anchor, list, close };
  items.forEach(({ node }, index) => node.addEventListener("click", () => choose(index)));
  list.addEventListener("keydown", (event) => move(event, items, choose, close));
  list.addEventListener("toggle", (event) => event.newState === "closed" && close());
  anchor.after(list);
  anchor.setAttribute("aria-expanded", "true");
  list.showPopover();
  place(list, anchor);
  const selected = items.find(({ entry }) => entry.selected) ?? items[0];
  (selected?.node ?? list).focus();
}

function item(entry, index, role) {
  const selected = role === "listbox" ? { "aria-selected": String(Boolean(entry.selected)) } : {};
  const description = entry.description && el("span", { class: "popup-description" }, entry.description);
  const kind = role === "listbox" ? "option" : "menuitem";
  const danger = entry.style === "danger" ? " danger" : "";
  const node = el(
    "div",
    { role: kind, class: `popup-item${danger}`, tabindex: "-1", ...selected },
    entry.nodes ?? entry.label,
    description,
  );
  const group = entry.group && el("div", { class: "popup-group", role: "presentation" }, entry.group);
  return { entry, index, node: group ? wrapped(group, node) : node };
}

// A group's name stands above its first option, but is no option.
function wrapped(group, node) {
  node.prepend(group);
  return node;
}

function move(event, items, choose, close) {
  const at = items.findIndex(({ node }) => node === document.activeElement);
  const go = (index) => items[(index + items.length) % items.length]?.node.focus();
  const actions = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(items.length - 1),
    Enter: () => choose(at),
    " ": () => choose(at),
    Escape: close,
    Tab: close,
  };
  if (Object.hasOwn(actions, event.key)) {
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  } else if (event.key.length === 1) {
    const letter = event.key.toLowerCase();
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    order.find(({ entry }) => entry.label.toLowerCase().startsWith(letter))?.node.focus();
  }
}

function place(list, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = at.bottom + 4 + height <= window.innerHeight || at.top < height;
  list.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
  list.style.top = `${below ? at.bottom + 4 : at.top - height - 4}px`;
}

/** Close the list that is open, if one is. */
export function closePopup() {
  open?.close();
}
