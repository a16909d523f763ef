// Blocks of type rich_text. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { formatDate } from "./dates.js";
import { channelLink, link, mention } from "./mrkdwn.js";

const STYLES = { bold: "b", italic: "i", strike: "s", code: "code", underline: "u" };

export function richText(block, context) {
  return el(
    "div",
    { class: "mrkdwn rich-text" },
    block.elements.map((part) => section(part, context)),
  );
}

function section(part, context) {
  const nodes = () => (part.elements ?? []).map((each) => inline(each, context));
  switch (part.type) {
    case "rich_text_section":
      return el("div", {}, nodes());
    case "rich_text_preformatted":
      return el("pre", {}, nodes());
    case "rich_text_quote":
      return el("blockquote", {}, nodes());
    case "rich_text_list":
      return list(part, context);
    default:
      return el("div", { class: "unknown" }, part.type);
  }
}

function list(part, context) {
  const items = part.elements.map((each) => el("li", {}, section(each, context)));
  const indent = `list indent-${Math.min(Number(part.indent) || 0, 8)}`;
  if (part.style !== "ordered") return el("ul", { class: indent }, items);
  return el("ol", { class: indent, start: 1 + (Number(part.offset) || 0) }, items);
}

function inline(part, context) {
  return Object.entries(STYLES)
    .filter(([style]) => part.style?.[style])
    .reduce((node, [, tag]) => el(tag, {}, node), bare(part, context));
}

function bare(part, context) {
  switch (part.type) {
    case "text":
      return document.createTextNode(part.text);
    case "link":
      return link(part.url, part.text || part.url);
    case "emoji":
      return emoji(part.name);
    case "user":
      return mention(`@${context.userName(part.user_id) ?? part.user_id}`);
    case "usergroup":
      return mention(`@${context.groupName(part.usergroup_id) ?? part.usergroup_id}`);
    case "channel":
      return channelLink(part.channel_id, "", context);
    case "broadcast":
      return mention(`@${part.range}`);
    case "date":
      return document.createTextNode(formatDate(Number(part.timestamp), part.format ?? "{date_num}", context));
    case "color":
      return el("code", {}, part.value);
    default:
      return document.createTextNode(part.fallback ?? part.text ?? "");
  }
}
