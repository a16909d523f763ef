// Interactive elements of Block Kit. https://docs.slack.dev/reference/block-kit/block-elements
//
// A new element is a row of the table at the end. What a person does goes to the surface (a message, a view) that holds
// the element: `surface.put(block_id, element, entry)` notes an entry as Slack's `view.state.values` has it, and
// `surface.act(block_id, element, entry)` tells the app.

import { act, naming, safeUrl, shown, valueOf } from "./acting.js";
import { el } from "./dom.js";
import { openPopup } from "./popup.js";
import { SELECTS } from "./selects.js";
import { textNodes } from "./confirm.js";

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
      ...(element.url
        ? { href: safeUrl(element.url), target: "_blank", rel: "noopener noreferrer" }
        : { type: "button" }),
      onclick: () => act(made, element, { blockId, surface, context }, { value: element.value }),
    },
    textNodes(element.text, context),
  );
  return made;
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
      el(
        "label",
        { class: "choice" },
        inputs[i],
        el(
          "span",
          {},
          textNodes(option.text, context),
          option.description && el("span", { class: "choice-description" }, textNodes(option.description, context)),
        ),
      ),
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
  ...SELECTS,
};

/**
 * The control of an element. `place` is {blockId, surface, context, label?, describedBy?, error?, isInput?, dispatches?}.
 * An element of a type that is not in the table is shown by its name.
 */
export function control(element, place) {
  if (!Object.hasOwn(DRAW, element.type)) return el("span", { class: "unknown" }, `[${element.type}]`);
  return DRAW[element.type](element, place);
}
