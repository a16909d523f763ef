// Messages: a channel's, and a thread's.

import { append, el, sync } from "./dom.js";
import { avatar, nameOf } from "./people.js";
import { clockTime, dayHeading, fullMoment } from "./dates.js";
import { emoji, REACTIONS } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { ofMessage } from "./surfaces.js";
import { openPopup } from "./popup.js";
import { showBlocks } from "./blocks.js";
import { store } from "./store.js";
import { textNodes } from "./confirm.js";

const TOGETHER = 300; // seconds within which messages of one author stand under one name
const TROUBLES = {
  operation_timeout: "This app did not answer in time. Try again?",
  dispatch_failed: "This app could not be reached. Try again?",
};

/** Make `root` show these messages, oldest first. `inThread` leaves out what leads to the thread. */
export function showMessages(root, messages, { inThread = false } = {}) {
  const { context } = store;
  const stuck = root.scrollHeight - root.scrollTop - root.clientHeight < 60;
  const last = root.lastElementChild?.dataset.key;
  sync(root, items(messages, { context, inThread }));
  if (stuck && root.lastElementChild?.dataset.key !== last) root.scrollTop = root.scrollHeight;
  else if (stuck) root.scrollTop = Math.max(root.scrollTop, root.scrollHeight - root.clientHeight);
}

function items(messages, { context, inThread }) {
  const day = (message) => dayHeading(Number(message.ts), context);
  const hour = Math.floor(context.now / 3600); // "Today" and "2 hours ago" grow old
  return messages.flatMap((message, i) => {
    const before = messages[i - 1];
    const newDay = !inThread && (!before || day(before) !== day(message));
    const compact = !newDay && before !== undefined && sameAuthor(before, message);
    const data = [
      message,
      compact,
      inThread,
      store.state.me,
      context.zone,
      hour,
      store.state.users.map(({ name }) => name),
    ];
    const item = { key: message.ts, data, draw: () => draw(message, { context, compact, inThread }) };
    if (!newDay) return [item];
    const heading = day(message);
    return [
      {
        key: `day-${heading}`,
        data: heading,
        draw: () => el("div", { class: "day", role: "separator" }, el("span", {}, heading)),
      },
      item,
    ];
  });
}

function sameAuthor(one, other) {
  const isQuick = Number(other.ts) - Number(one.ts) < TOGETHER;
  return isQuick && nameOf(one) === nameOf(other) && !one.ephemeral && !other.ephemeral && !one.replies?.length;
}

function draw(message, { context, compact, inThread }) {
  const seconds = Number(message.ts);
  const time = el(
    "time",
    { class: "time", datetime: new Date(seconds * 1000).toISOString(), title: fullMoment(seconds, context) },
    clockTime(seconds, context.zone),
  );
  const author = nameOf(message);
  const head = el(
    "div",
    { class: "message-head" },
    el("span", { class: "author" }, author),
    message.bot_id && el("span", { class: "badge" }, "APP"),
    time,
  );
  return el(
    "article",
    {
      class: `message${message.ephemeral ? " ephemeral" : ""}${compact ? " compact" : ""}`,
      "aria-label": `${author}, ${clockTime(seconds, context.zone)}${message.ephemeral ? ", only visible to you" : ""}`,
      tabindex: "-1",
    },
    compact ? el("div", { class: "gutter" }, time) : avatar(message),
    el(
      "div",
      { class: "message-body" },
      message.ephemeral && el("div", { class: "only-you" }, emoji("eyes"), " Only visible to you"),
      !compact && head,
      content(message, context),
      message.edited && el("span", { class: "edited" }, "(edited)"),
      message.error &&
        el(
          "div",
          { class: "message-error", role: "alert" },
          emoji("warning"),
          ` ${TROUBLES[message.error] ?? message.error}`,
        ),
      (message.files ?? []).map(file),
      reactions(message),
      !inThread && message.replies?.length > 0 && threadLink(message),
    ),
    !message.ephemeral && tools(message, inThread),
  );
}

function content(message, context) {
  const surface = ofMessage(message);
  const nodes = [];
  if (message.blocks?.length) nodes.push(showBlocks(el("div"), message.blocks, { surface, context }));
  else if (message.text) nodes.push(el("div", { class: "mrkdwn text" }, mrkdwn(message.text, context)));
  for (const each of message.attachments ?? []) nodes.push(attachment(each, { surface, context }));
  return nodes;
}

function attachment(each, { surface, context }) {
  const bar = /^#?[0-9a-f]{6}$/i.test(each.color ?? "") ? `#${each.color.replace("#", "")}` : null;
  const made = el("div", { class: `attachment ${bar ? "" : (each.color ?? "")}` });
  if (bar) made.style.borderLeftColor = bar;
  const words = (text, kind) => text && el("div", { class: `mrkdwn ${kind}` }, mrkdwn(String(text), context));
  append(made, [
    words(each.pretext, "pretext"),
    words(each.title, "attachment-title"),
    each.blocks?.length
      ? showBlocks(el("div"), each.blocks, { surface, context })
      : words(each.text ?? each.fallback, "text"),
    each.fields?.length > 0 &&
      el(
        "div",
        { class: "fields" },
        each.fields.map((field) => el("div", {}, words(field.title, "attachment-title"), words(field.value, "text"))),
      ),
    words(each.footer, "footer"),
  ]);
  return made;
}

function file({ name, title, size, url }) {
  const shown = title || name;
  const href = /^(https?:|\/)/.test(url ?? "") ? url : null;
  return el(
    "a",
    { class: "file", href, target: "_blank", rel: "noopener noreferrer", "aria-label": `File ${shown}` },
    el("b", {}, shown),
    ` ${(size / 1000).toFixed(1)} kB`,
  );
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  const { me } = store.state;
  const buttons = message.reactions.map(({ name, users, count }) => {
    const isMine = users.includes(me);
    const who = users.map((id) => store.person(id)?.name ?? id).join(", ");
    const toggle = () => store.act(isMine ? "unreact" : "react", { channel: message.channel, ts: message.ts, name });
    const label = `${name} reaction, ${count}`;
    return el(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(isMine),
        "aria-label": label,
        title: `${who}: :${name}:`,
        "data-focus": `reaction/${name}`,
        onclick: toggle,
      },
      emoji(name),
      ` ${count}`,
    );
  });
  return el("div", { class: "reactions" }, buttons);
}

function threadLink(message) {
  const count = message.replies.length;
  const open = () => store.open({ ...store.place, thread: message.ts });
  return el(
    "button",
    { type: "button", class: "thread-link", "data-focus": "thread", onclick: open },
    `${count} ${count === 1 ? "reply" : "replies"}`,
  );
}

function tools(message, inThread) {
  const where = { channel: message.channel, ts: message.ts };
  const entries = REACTIONS.map((name) => ({ label: name, nodes: [emoji(name), ` :${name}:`] }));
  const pick = () =>
    openPopup(react, entries, {
      role: "menu",
      name: "Reactions",
      onchoose: ({ label }) => store.act("react", { ...where, name: label }),
    });
  const react = el(
    "button",
    {
      type: "button",
      "aria-label": "Add reaction",
      title: "Add reaction",
      "aria-haspopup": "menu",
      "data-focus": "react",
      onclick: pick,
    },
    "☺",
  );
  const reply = () => store.open({ ...store.place, thread: message.thread_ts ?? message.ts });
  return el(
    "div",
    { class: "tools" },
    react,
    !inThread &&
      el(
        "button",
        {
          type: "button",
          "aria-label": "Reply in thread",
          title: "Reply in thread",
          "data-focus": "reply",
          onclick: reply,
        },
        "↳",
      ),
  );
}

/** A hint where there are no messages yet. */
export function emptyHint(text, context) {
  return el("p", { class: "empty" }, textNodes({ type: "mrkdwn", text }, context));
}
