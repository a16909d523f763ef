// Where one writes: messages, mentions, slash commands.

import { el } from "./dom.js";
import { store } from "./store.js";
import { suggest } from "./suggestions.js";

/** What to do for a text: a slash command, else a message. The simulator makes mentions of names. */
function wish(text, { channel, thread }) {
  const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (command && !thread) return ["command", { channel, command, text: rest.trim() }];
  return ["say", { channel, text, ...(thread ? { thread_ts: thread } : {}) }];
}

/** Make `form` a composer; `where()` says {channel, thread?, name} at the time of sending. */
export function compose(form, where) {
  const input = el("textarea", { rows: 1, class: "composer-input", autocomplete: "off", enterkeyhint: "send" });
  const send = el("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
  form.append(input, send);
  const suggestions = suggest(input, form);
  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
    send.disabled = !input.value.trim();
  };
  let isSending = false;
  const submit = async () => {
    const text = input.value.trim();
    if (!text || isSending) return;
    isSending = true;
    suggestions.close();
    input.value = "";
    grow();
    const answer = await store.act(...wish(text, where()));
    isSending = false;
    // Nothing that somebody wrote is lost because it could not be sent.
    if (!answer.ok && !input.value) input.value = text;
    grow();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    submit();
  });
  grow();
  return {
    draw() {
      const { name } = where();
      input.placeholder = name;
      input.setAttribute("aria-label", name);
    },
    input,
  };
}
