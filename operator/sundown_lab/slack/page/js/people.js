// Faces: a letter on a colour that stays with the name.

import { drawing, el } from "./dom.js";
import { store } from "./store.js";

const COLOURS = ["#2f6f9f", "#8a4f7d", "#3b7a57", "#a0522d", "#5b5ea6", "#8c6d1f", "#7a3b3b", "#3d6b6b"];
const SUNDOWN = [
  ["rect", { width: 36, height: 36, rx: 8, fill: "#2b2350" }],
  ["circle", { cx: 18, cy: 21, r: 9, fill: "#f7a541" }],
  ["rect", { y: 21, width: 36, height: 7, fill: "#5a3f86" }],
  ["path", { d: "M0 28H36A8 8 0 0 1 28 36H8A8 8 0 0 1 0 28Z", fill: "#3d2f66" }],
];

/** Whose name stands over a message. */
export function nameOf(message) {
  const person = store.person(message.user);
  return message.username || person?.real_name || person?.name || store.state.app.name || "Unknown";
}

function face(name, size) {
  const hash = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7);
  const made = el("div", { class: `avatar ${size}`, "aria-hidden": "true" }, (name[0] ?? "?").toUpperCase());
  made.style.background = COLOURS[hash % COLOURS.length];
  return made;
}

/** The picture beside a message. */
export function avatar(message, size = "") {
  if (message.bot_id)
    return el("div", { class: `avatar ${size}`, "aria-hidden": "true" }, drawing("0 0 36 36", SUNDOWN));
  return face(nameOf(message), size);
}

/** The picture of a user, as the sidebar shows it. */
export function portrait(user) {
  if (user.is_bot) return el("div", { class: "avatar small", "aria-hidden": "true" }, drawing("0 0 36 36", SUNDOWN));
  return face(user.real_name || user.name, "small");
}
