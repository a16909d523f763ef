// The question that Slack asks where an element has a `confirm` object.

import { el } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** Nodes of a text object of either type; none where there is no text. */
export function textNodes(text, context) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text, context) : plain(text.text, { emojis: text.emoji !== false });
}

/** Whether the person says yes to a `confirm` object; yes at once where there is none. */
export function confirmed(question, context) {
  if (!question) return Promise.resolve(true);
  return new Promise((resolve) => {
    const yes = question.style === "danger" ? "button danger" : "button primary";
    const answer = (value) => () => dialog.close(value);
    const dialog = el(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      el("h2", { id: "confirm-title" }, textNodes(question.title, context)),
      el("div", { id: "confirm-text", class: "mrkdwn" }, textNodes(question.text, context)),
      el(
        "div",
        { class: "dialog-buttons" },
        el("button", { type: "button", class: "button", onclick: answer("no") }, textNodes(question.deny, context)),
        el("button", { type: "button", class: yes, onclick: answer("yes") }, textNodes(question.confirm, context)),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
