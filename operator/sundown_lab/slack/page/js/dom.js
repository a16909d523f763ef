// Elements are made here and nowhere else: text only ever becomes a text node, so nothing that somebody wrote can
// become markup. Nothing in this folder uses innerHTML.

/** An element. `on…` properties are listeners, the others attributes; null, undefined and false leave one out. */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value") made.value = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of shapes given as [tag, attributes]; decorative unless it has a label. */
export function drawing(viewBox, shapes, { label = "", ...attributes } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  const meaning = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  for (const [name, value] of Object.entries({ viewBox, ...meaning, ...attributes })) svg.setAttribute(name, value);
  for (const [tag, properties] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(properties)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

const drawn = new WeakMap();

/**
 * Make the children of `parent` those of `items`, keeping every element whose data is what it was: whoever reads, types
 * or has the focus there is not disturbed by what changes elsewhere.
 *
 * An item is {key, data, draw}: `draw()` is called when `data` (anything JSON) differs from the last time.
 */
export function sync(parent, items) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = focusPath(parent);
  let next = parent.firstElementChild;
  for (const { key, data, draw } of items) {
    const print = JSON.stringify(data);
    let child = before.get(key);
    before.delete(key);
    if (child === undefined || drawn.get(child) !== print) {
      const made = draw();
      made.dataset.key = key;
      drawn.set(made, print);
      if (child !== undefined) {
        if (next === child) next = made;
        child.replaceWith(made);
      }
      child = made;
    }
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  for (const stale of before.values()) stale.remove();
  restoreFocus(parent, focused);
}

// A redrawn element takes the focus of the one that it replaces, so that the keyboard does not fall back to the top.
function focusPath(parent) {
  const active = document.activeElement;
  if (!active || !parent.contains(active) || active === parent) return null;
  const keyed = active.closest("[data-key]");
  return { key: keyed?.dataset.key, focus: active.closest("[data-focus]")?.dataset.focus };
}

function restoreFocus(parent, path) {
  if (!path || parent.contains(document.activeElement)) return;
  for (const child of parent.querySelectorAll("[data-key]")) {
    if (child.dataset.key !== path.key) continue;
    const again = [...child.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === path.focus);
    const target = again && !again.disabled ? again : child;
    if (target === child && !child.hasAttribute("tabindex")) child.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
    return;
  }
}
