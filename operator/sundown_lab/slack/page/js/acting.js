// What all controls share: asking before they act, and what they are called.

import { confirmed, textNodes } from "./confirm.js";

/** Ask where the element has a question, then tell the app; whether it was told. */
export async function act(control, element, { blockId, surface, context }, entry) {
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

/** An address that may be opened; null for any other. */
export function safeUrl(url) {
  return /^https?:/i.test(url) ? url : null;
}

/** An option as a list shows it. */
export function shown(option, context) {
  const description = option.description ? textNodes(option.description, context) : null;
  return { label: option.text.text, nodes: textNodes(option.text, context), description };
}

/** The value of what was chosen: of an option, or an id. */
export function valueOf(chosen) {
  return typeof chosen === "string" ? chosen : chosen.value;
}

/** What a control is called. */
export function nameOf(element, place) {
  return element.accessibility_label ?? place.label ?? element.placeholder?.text ?? element.action_id;
}

/** The name of a control is its label in an input block; elsewhere what it says of itself. */
export function naming(element, place) {
  const described = place.describedBy ? { "aria-describedby": place.describedBy } : {};
  const invalid = place.error ? { "aria-invalid": "true" } : {};
  return { "aria-label": nameOf(element, place), ...described, ...invalid };
}
