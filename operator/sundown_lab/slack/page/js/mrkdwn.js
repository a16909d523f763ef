// Slack's mrkdwn and plain_text to nodes. https://docs.slack.dev/messaging/formatting-message-text
//
// What comes out are text nodes and elements of this table; markup in a message stays the text that it is.

import { el } from "./dom.js";
import { emoji, EMOJI_NAME } from "./emoji.js";
import { formatDate } from "./dates.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const SAFE_LINK = /^(https?:|mailto:)/i;
const LAST_SECOND = 8.64e12; // of JavaScript's dates
const MARKS = { "*": "b", _: "i", "~": "s" };

function decoded(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** Nodes of a text without formatting: emoji names and line breaks only. */
export function plain(text, { emojis = true } = {}) {
  return emojis ? withEmoji(text) : [decoded(text)];
}

function withEmoji(text) {
  return text.split(EMOJI_NAME).map((piece, i) => (i % 2 ? emoji(piece) : decoded(piece)));
}

/** Nodes of a text in mrkdwn. `context` is {zone, now, userName, channelName, groupName, openChannel}. */
export function mrkdwn(text, context) {
  const nodes = [];
  text.split(/```/).forEach((piece, i, all) => {
    const isCode = i % 2 === 1 && i < all.length - 1;
    if (isCode) nodes.push(el("pre", {}, codeNodes(piece.replace(/^\n|\n$/g, ""), context)));
    else {
      const unclosed = i % 2 === 1 ? "```" : "";
      nodes.push(...paragraphs(trimmedBesideCode(unclosed + piece, i, all.length), context));
    }
  });
  return nodes;
}

// A code block is a block of its own: the line breaks that set it apart in the text would be empty lines on the page.
function trimmedBesideCode(piece, i, count) {
  const after = i > 0 ? piece.replace(/^\n/, "") : piece;
  return i < count - 1 ? after.replace(/\n$/, "") : after;
}

function paragraphs(text, context) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"), context)));
    quoted = [];
  };
  let open = [];
  const flushOpen = () => {
    if (open.length) nodes.push(...inline(open.join("\n"), context));
    open = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (quote) {
      flushOpen();
      quoted.push(quote[1]);
    } else {
      flush();
      open.push(line);
    }
  }
  flush();
  flushOpen();
  return nodes;
}

/** Nodes of one run of text: code, links (bare ones too), mentions, dates, then marks and emoji. */
function inline(text, context) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const found = nextToken(rest);
    if (!found) {
      nodes.push(...withEmoji(rest));
      break;
    }
    nodes.push(...withEmoji(rest.slice(0, found.index)), ...found.nodes(context));
    rest = rest.slice(found.index + found.length);
  }
  return nodes;
}

const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|([*_~])(?=\S)|\bhttps?:\/\/[^\s<>`]*[^\s<>`.,;:!?)*_~]/g;

function nextToken(text) {
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [whole, code, angle, mark] = match;
    const { index } = match;
    if (code !== undefined) {
      return { index, length: whole.length, nodes: (context) => [el("code", {}, codeNodes(code, context))] };
    }
    if (angle !== undefined) return { index, length: whole.length, nodes: (context) => [reference(angle, context)] };
    if (mark === undefined) return { index, length: whole.length, nodes: () => [link(decoded(whole), decoded(whole))] };
    const length = markedLength(text, index, mark);
    if (length) {
      const within = text.slice(index + 1, index + length - 1);
      return { index, length, nodes: (context) => [el(MARKS[mark], {}, inline(within, context))] };
    }
  }
  return null;
}

// A mark opens at a word's beginning and closes at a word's end, on one line: "5*3*2" and "snake_case_name" stay.
function markedLength(text, start, mark) {
  if (start > 0 && /[\p{L}\p{N}*_~]/u.test(text[start - 1]) && !(text[start - 1] in MARKS && text[start - 1] !== mark))
    return 0;
  let skip = "";
  for (let i = start + 1; i < text.length && text[i] !== "\n"; i += 1) {
    if (skip) {
      if (text[i] === skip) skip = "";
    } else if (text[i] === "<" && text.indexOf(">", i) > 0) skip = ">";
    else if (text[i] === "`" && text.indexOf("`", i + 1) > 0) skip = "`";
    else if (text[i] === mark && i > start + 1 && /\S/.test(text[i - 1]) && !/[\p{L}\p{N}]/u.test(text[i + 1] ?? " ")) {
      return i - start + 1;
    }
  }
  return 0;
}

// In code Slack shows links and mentions as what they stand for, without formatting.
function codeNodes(text, context) {
  return text.split(/<([^<>\n]+)>/).map((piece, i) => (i % 2 ? reference(piece, context) : decoded(piece)));
}

function reference(body, context) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : body.slice(bar + 1);
  if (/^@[UW]/.test(target)) return mention(`@${context.userName(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("#C")) return channelLink(target.slice(1), label, context);
  if (target.startsWith("!date^")) return moment(target, label, context);
  if (target.startsWith("!subteam^"))
    return mention(`@${context.groupName(target.slice(9)) ?? label.replace(/^@/, "")}`);
  if (/^!(here|channel|everyone)$/.test(target)) return mention(`@${target.slice(1)}`);
  if (target.startsWith("!")) return document.createTextNode(decoded(label || `<${target}>`));
  return SAFE_LINK.test(target)
    ? link(decoded(target), label ? withEmoji(label) : decoded(target))
    : document.createTextNode(decoded(`<${body}>`));
}

export function mention(text) {
  return el("span", { class: "mention" }, text);
}

export function channelLink(id, label, context) {
  const name = `#${context.channelName(id) ?? (label || "unknown")}`;
  return el("button", { type: "button", class: "mention", onclick: () => context.openChannel(id) }, name);
}

export function link(href, children) {
  const seen = href.replace(/^mailto:/, "");
  if (!SAFE_LINK.test(href)) return el("span", {}, children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", title: seen }, children);
}

function moment(target, fallback, context) {
  const [, stamp, format = "", href] = target.split("^");
  const seconds = Number(stamp);
  if (!stamp || !(Math.abs(seconds) < LAST_SECOND)) return document.createTextNode(decoded(fallback || target));
  const text = formatDate(seconds, decoded(format), context);
  const made = el("time", { datetime: new Date(seconds * 1000).toISOString(), title: decoded(fallback) }, text);
  return href ? link(decoded(href), made) : made;
}
