// Layout blocks of Block Kit. https://docs.slack.dev/reference/block-kit/blocks
//
// A new block is a row of the table at the end.

import { control } from "./elements.js";
import { el, sync } from "./dom.js";
import { markActing } from "./surfaces.js";
import { richText } from "./richtext.js";
import { textNodes } from "./confirm.js";

function text(object, context, tag = "div") {
  return el(tag, { class: object.type === "mrkdwn" ? "mrkdwn" : "plain" }, textNodes(object, context));
}

function section(block, place) {
  const fields =
    block.fields?.length &&
    el(
      "div",
      { class: "fields" },
      block.fields.map((field) => text(field, place.context)),
    );
  const accessory = block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, place));
  return el(
    "div",
    { class: "section" },
    el("div", { class: "section-text" }, block.text && text(block.text, place.context), fields),
    accessory,
  );
}

function element(part, block, { surface, context }) {
  if (part.type === "image") return image(part, { context });
  return control(part, { blockId: block.block_id, surface, context, label: block.text?.text });
}

function header(block, { context }) {
  return el("h3", { class: "header" }, textNodes(block.text, context));
}

function contextBlock(block, { context }) {
  return el(
    "div",
    { class: "context" },
    block.elements.map((part) =>
      part.type === "image" ? image(part, { context }, "tiny") : text(part, context, "span"),
    ),
  );
}

function actions(block, place) {
  return el(
    "div",
    { class: "actions" },
    block.elements.map((part) => element(part, { block_id: block.block_id }, place)),
  );
}

// Pictures are elsewhere on the network, where the lab does not go: their place and what they show are enough.
function image(block, { context }, size = "") {
  const title = block.title && el("div", { class: "image-title" }, textNodes(block.title, context));
  const frame = el(
    "div",
    { class: `image ${size}`, role: "img", "aria-label": block.alt_text, title: block.image_url },
    size ? "" : block.alt_text,
  );
  return title ? el("div", {}, title, frame) : frame;
}

function input(block, { surface, context, errors }) {
  const error = errors?.[block.block_id];
  const hintId = `hint-${surface.id}-${block.block_id}`;
  const errorId = `error-${surface.id}-${block.block_id}`;
  const place = {
    blockId: block.block_id,
    surface,
    context,
    isInput: true,
    dispatches: block.dispatch_action === true,
    label: block.label.text,
    error,
    describedBy: [error && errorId, block.hint && hintId].filter(Boolean).join(" ") || null,
  };
  return el(
    "div",
    { class: error ? "input invalid" : "input" },
    el(
      "div",
      { class: "input-label" },
      textNodes(block.label, context),
      block.optional && el("span", { class: "optional" }, " (optional)"),
    ),
    control(block.element, place),
    error && el("div", { class: "input-error", id: errorId, role: "alert" }, error),
    block.hint && el("div", { class: "input-hint", id: hintId }, textNodes(block.hint, context)),
  );
}

function file(block) {
  return el("div", { class: "file" }, block.external_id ?? "File");
}

const DRAW = {
  section,
  header,
  context: contextBlock,
  actions,
  input,
  image,
  file,
  divider: () => el("hr"),
  rich_text: (block, { context }) => richText(block, context),
  markdown: (block) => el("div", { class: "plain" }, block.text),
};

function drawBlock(block, place) {
  if (!Object.hasOwn(DRAW, block.type)) return el("div", { class: "unknown" }, `A block of type ${block.type}`);
  return DRAW[block.type](block, place);
}

/**
 * Make `root` show these blocks. `place` is {surface, context, errors?}. Called again with other blocks it leaves alone
 * what did not change, with all that was typed there.
 */
export function showBlocks(root, blocks, place) {
  root.dataset.surface = place.surface.id;
  root.classList.add("blocks");
  const items = blocks.map((block, i) => ({
    key: block.block_id ?? String(i),
    data: [block, place.errors?.[block.block_id] ?? null],
    draw: () => drawBlock(block, place),
  }));
  sync(root, items);
  markActing(root);
  return root;
}
