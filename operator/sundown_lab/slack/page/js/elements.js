// Interactive elements of Block Kit. https://docs.slack.dev/reference/block-kit/block-elements
//
// A new element is a row of the table at the end. What a person does goes to the surface (a message, a view) that holds
// the element: `surface.put(block_id, element, entry)` notes an entry as Slack's `view.state.values` has it, and
// `surface.act(block_id, element, entry)` tells the app.

import { confirmed, textNodes } from "./confirm.js";
import { el } from "./dom.js";
import { openPopup } from "./popup.js";

const TEXT_TYPES = {
  plain_text_input: "text",
  number_input: "number",
  email_text_input: "email",
  url_text_input: "url",
};
const TIME_TYPES = {
  datepicker: ["date", "selected_date", "initial_date"],
  timepicker: ["time", "selected_time", "initial_time"],
};

function button(element, { blockId, surface, context }) {
  const style = { primary: " primary", danger: " danger" }[element.style] ?? "";
  const made = el(
    element.url ? "a" : "button",
    {
      class: `button${style}`,
      "aria-label": element.accessibility_label,
      "data-focus": `${blockId}/${element.action_id}`,
      ...(element.url ? { href: safeUrl(element.url), target: "_blank", rel: "noopener noreferrer" } : { type: "button" }),
      onclick: () => act(made, element, { blockId, surface, context }, { value: element.value }),
    },
    textNodes(element.text, context),
  );
  return made;
}

function safeUrl(url) {
  return /^https?:/i.test(url) ? url : null;
}

/** Ask where the element has a question, then tell the app; whether it was told. */
async function act(control, element, { blockId, surface, context }, entry) {
  if (surface.busy()) return false;
  if (!(await confirmed(element.confirm, context))) return false;
  control.classList.add("acting");
  try {
    await surface.act(blockId, element, { type: element.type, ...entry });
  } finally {
    control.classList.remove("acting");
  }
  return true;
}

function overflow(element, place) {
  const entries = element.options.map((option) => ({ ...shown(option, place.context), option }));
  const onchoose = ({ option }) => {
    if (option.url) window.open(safeUrl(option.url) ?? "about:blank", "_blank", "noopener");
    act(made, element, place, { selected_option: option });
  };
  const made = el(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-label": element.accessibility_label ?? "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-focus": `${place.blockId}/${element.action_id}`,
      onclick: () => place.surface.busy() || openPopup(made, entries, { role: "menu", name: "More actions", onchoose }),
    },
    "⋯",
  );
  return made;
}

function shown(option, context) {
  const description = option.description ? textNodes(option.description, context) : null;
  return { label: option.text.text, nodes: textNodes(option.text, context), description };
}

// What a select offers, by its type: [key of the state entry, initial key, options of the workspace].
const SOURCES = {
  static: ["option", (element) => groupedOptions(element)],
  external: ["option", () => []],
  users: ["user", (_, { directory }) => directory.users.map(({ id, name }) => named(id, `@${name}`))],
  channels: ["channel", (_, { directory }) => directory.channels.map(({ id, name }) => named(id, `#${name}`))],
  conversations: ["conversation", (_, { directory }) => directory.channels.map(({ id, name }) => named(id, `#${name}`))],
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
    label.replaceChildren(...(found.length ? found.flatMap((each, i) => [i ? ", " : "", ...textNodes(each.text, context)]) : textNodes(element.placeholder, context)));
    surface.put(blockId, element, { type: element.type, ...entry() });
  };
  const onchoose = async ({ option }) => {
    const before = chosen;
    if (multi) chosen = chosen.includes(option.value) ? chosen.filter((value) => value !== option.value) : [...chosen, option.value];
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
    const entries = options.map((option) => ({ ...shown(option, context), group: option.group, option, selected: chosen.includes(option.value) }));
    openPopup(made, entries, { role: "listbox", name: nameOf(element, place), onchoose, onclose, multiple: Boolean(multi) });
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

function valueOf(chosen) {
  return typeof chosen === "string" ? chosen : chosen.value;
}

function bareOption({ group: _group, ...option }) {
  return option;
}

function nameOf(element, place) {
  return element.accessibility_label ?? place.label ?? element.placeholder?.text ?? element.action_id;
}

// The name of a control in an input block is its label there; elsewhere what it says of itself.
function naming(element, place) {
  const described = place.describedBy ? { "aria-describedby": place.describedBy } : {};
  const invalid = place.error ? { "aria-invalid": "true" } : {};
  return { "aria-label": nameOf(element, place), ...described, ...invalid };
}

function textInput(element, place) {
  const { blockId, surface } = place;
  const value = surface.get(blockId, element.action_id)?.value ?? element.initial_value ?? "";
  const entry = () => ({ type: element.type, value: control.value || null });
  const put = () => surface.put(blockId, element, entry());
  const onEnter = (event) => {
    if (event.key !== "Enter" || element.multiline) return;
    event.preventDefault();
    if (surface.acts(place)) surface.act(blockId, element, entry());
    else surface.submit?.();
  };
  const control = el(element.multiline ? "textarea" : "input", {
    ...(element.multiline ? { rows: 4 } : { type: TEXT_TYPES[element.type], autocomplete: "off" }),
    class: "text-input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    step: element.type === "number_input" ? (element.is_decimal_allowed ? "any" : "1") : null,
    autofocus: element.focus_on_load,
    "data-focus": `${blockId}/${element.action_id}`,
    ...naming(element, place),
    oninput: put,
    onkeydown: onEnter,
    value,
  });
  put();
  return control;
}

function timeInput(element, place) {
  const { blockId, surface } = place;
  const [type, key, initial] = TIME_TYPES[element.type];
  const entry = () => ({ type: element.type, [key]: control.value || null });
  const put = () => surface.put(blockId, element, entry());
  const before = surface.get(blockId, element.action_id)?.[key] ?? element[initial] ?? "";
  let told = before;
  // Each part of a time that is typed is a change: the app is told when the person is done with it.
  const commit = () => {
    if (!surface.acts(place) || !control.value || control.value === told) return;
    told = control.value;
    act(control, element, place, entry());
  };
  const control = el("input", {
    type,
    class: "text-input short",
    "data-focus": `${blockId}/${element.action_id}`,
    ...naming(element, place),
    oninput: put,
    onblur: commit,
    value: before,
  });
  put();
  return control;
}

function choices(element, place) {
  const { blockId, surface, context } = place;
  const many = element.type === "checkboxes";
  const key = many ? "selected_options" : "selected_option";
  const initial = many ? element.initial_options : element.initial_option;
  const before = [surface.get(blockId, element.action_id)?.[key] ?? initial ?? []].flat().map(valueOf);
  const inputs = element.options.map((option) =>
    el("input", {
      type: many ? "checkbox" : "radio",
      name: `${surface.id}/${blockId}/${element.action_id}`,
      checked: before.includes(option.value),
      "data-focus": `${blockId}/${element.action_id}/${option.value}`,
      onchange: () => changed(),
    }),
  );
  const entry = () => {
    const found = element.options.filter((_, i) => inputs[i].checked);
    return { type: element.type, [key]: many ? found : (found[0] ?? null) };
  };
  const changed = () => {
    surface.put(blockId, element, entry());
    if (surface.acts(place)) act(group, element, place, entry());
  };
  const group = el(
    "div",
    { role: many ? "group" : "radiogroup", class: "choices", ...naming(element, place) },
    element.options.map((option, i) =>
      el("label", { class: "choice" }, inputs[i], el("span", {}, textNodes(option.text, context), option.description && el("span", { class: "choice-description" }, textNodes(option.description, context)))),
    ),
  );
  surface.put(blockId, element, entry());
  return group;
}

const DRAW = {
  button,
  overflow,
  checkboxes: choices,
  radio_buttons: choices,
  ...Object.fromEntries(Object.keys(TEXT_TYPES).map((type) => [type, textInput])),
  ...Object.fromEntries(Object.keys(TIME_TYPES).map((type) => [type, timeInput])),
  ...Object.fromEntries(Object.keys(SOURCES).flatMap((kind) => [[`${kind}_select`, select], [`multi_${kind}_select`, select]])),
};

/**
 * The control of an element. `place` is {blockId, surface, context, label?, describedBy?, error?, isInput?, dispatches?}.
 * An element of a type that is not in the table is shown by its name.
 */
export function control(element, place) {
  if (!Object.hasOwn(DRAW, element.type)) return el("span", { class: "unknown" }, `[${element.type}]`);
  return DRAW[element.type](element, place);
}
