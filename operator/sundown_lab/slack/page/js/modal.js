// Modals: the view on top of the stack, with what was typed into each while it is open.

import { el } from "./dom.js";
import { chosenValue, Form } from "./surfaces.js";
import { plain } from "./mrkdwn.js";
import { showBlocks } from "./blocks.js";
import { store } from "./store.js";

const TROUBLES = {
  operation_timeout: "We had some trouble connecting: the app did not answer within 3 seconds. Try again?",
  dispatch_failed: "We had some trouble connecting: the app could not be reached. Try again?",
};
const forms = new Map(); // view id -> {form, missing}
let dialog = null;

/** Show the stack of open views, or none. */
export function drawModal() {
  const { views } = store.state;
  for (const id of forms.keys()) if (!views.some((view) => view.id === id)) forms.delete(id);
  const view = views.at(-1);
  if (!view) {
    dialog?.remove();
    dialog = null;
    return;
  }
  if (dialog?.dataset.view !== view.id) open(view);
  fill(view);
}

function open(view) {
  dialog?.remove();
  dialog = el(
    "dialog",
    { class: "modal", "aria-labelledby": "modal-title" },
    el(
      "header",
      {},
      el("h2", { id: "modal-title" }),
      el("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "✕"),
    ),
    el("div", { class: "modal-trouble", role: "alert" }),
    el("div", { class: "modal-blocks" }),
    el("footer", { class: "dialog-buttons" }),
  );
  dialog.dataset.view = view.id;
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape: the app hears of it first
    close();
  });
  if (!forms.has(view.id)) forms.set(view.id, { form: new Form(view, submit), missing: {} });
  document.body.append(dialog);
  dialog.showModal();
}

function top() {
  return store.state.views.at(-1);
}

function textOf(title) {
  return typeof title === "string" ? plain(title) : plain(title?.text ?? "");
}

function fill(view) {
  const { form, missing } = forms.get(view.id);
  form.known = view.state?.values ?? {};
  const errors = { ...missing, ...view.errors };
  dialog.querySelector("h2").replaceChildren(...textOf(view.title));
  const blocks = dialog.querySelector(".modal-blocks");
  const isFirst = blocks.childElementCount === 0;
  showBlocks(blocks, view.blocks, { surface: form, context: store.context, errors });
  dialog.querySelector(".modal-trouble").textContent = view.error ? (TROUBLES[view.error] ?? view.error) : "";
  const print = JSON.stringify([view.submit, view.close]);
  const footer = dialog.querySelector("footer");
  if (footer.dataset.print !== print) footer.replaceChildren(...buttons(view));
  footer.dataset.print = print;
  if (isFirst)
    (blocks.querySelector("[autofocus], input, textarea, [role=combobox]") ?? footer.querySelector("button"))?.focus();
}

function buttons(view) {
  const shut = el(
    "button",
    { type: "button", class: "button", onclick: close },
    view.close ? textOf(view.close) : "Close",
  );
  if (!view.submit) return [shut];
  return [shut, el("button", { type: "button", class: "button primary", onclick: submit }, textOf(view.submit))];
}

function close() {
  if (!forms.get(top()?.id)?.form.busy()) store.act("close", { view_id: top().id });
}

// Slack itself asks for what is required, before the app hears of anything.
function incomplete(view, form) {
  const inputs = view.blocks.filter((block) => block.type === "input" && !block.optional);
  const isEmpty = (value) => value === null || value === "" || (Array.isArray(value) && value.length === 0);
  const without = inputs.filter(({ block_id: id, element }) =>
    isEmpty(chosenValue(form.get(id, element.action_id) ?? {})),
  );
  return Object.fromEntries(without.map(({ block_id: id }) => [id, "Please complete this required field."]));
}

async function submit() {
  const view = top();
  const kept = forms.get(view.id);
  const button = dialog.querySelector(".button.primary");
  if (button?.getAttribute("aria-disabled") === "true") return;
  kept.missing = incomplete(view, kept.form);
  if (Object.keys(kept.missing).length) {
    fill({ ...view, errors: {} });
    dialog.querySelector("[aria-invalid]")?.focus();
    return;
  }
  button?.setAttribute("aria-disabled", "true");
  try {
    await store.act("submit", { view_id: view.id, values: kept.form.submission(view.blocks) });
  } finally {
    button?.removeAttribute("aria-disabled");
  }
  dialog?.querySelector("[aria-invalid]")?.focus();
}
