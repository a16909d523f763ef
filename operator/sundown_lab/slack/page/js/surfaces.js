// Where blocks stand and what happens when somebody uses them: a message, a modal, the App Home.

import { store } from "./store.js";

const acting = new Set();
const NOTHING = {};

/** What `do` takes for an entry of `view.state.values`: the value of an option, a list of them, a text, a date. */
export function chosenValue(entry) {
  const key = Object.keys(entry).find((name) => name.startsWith("selected_"));
  const chosen = key ? entry[key] : entry.value;
  if (Array.isArray(chosen)) return chosen.map((each) => each.value ?? each);
  return chosen?.value ?? chosen ?? null;
}

class Surface {
  /** `send(what, details)` tells the simulator; `what` is "click" or "choose". `state` is what it knows already. */
  constructor(id, state, send) {
    this.id = id;
    this.known = state ?? NOTHING;
    this.send = send;
  }

  busy() {
    return acting.has(this.id);
  }

  get(blockId, actionId) {
    return this.known[blockId]?.[actionId];
  }

  put() {}

  /** Whether using an element there tells the app at once; an input waits for its form. */
  acts({ isInput, dispatches }) {
    return !isInput || dispatches;
  }

  async act(blockId, element, entry) {
    const where = { block_id: blockId, action_id: element.action_id };
    const isClick = element.type === "button";
    const what = isClick ? { value: element.value } : { option: chosenValue(entry) };
    setActing(this.id, true);
    try {
      await this.send(isClick ? "click" : "choose", { ...where, ...what });
    } finally {
      setActing(this.id, false);
    }
  }
}

function setActing(id, isActing) {
  if (isActing) acting.add(id);
  else acting.delete(id);
  document.querySelectorAll("[data-surface]").forEach((root) => root.dataset.surface === id && markActing(root));
}

/** Show on the element that holds a surface's blocks whether something there waits for the app. */
export function markActing(root) {
  const isActing = acting.has(root.dataset.surface);
  root.setAttribute("aria-busy", String(isActing));
  for (const control of root.querySelectorAll("button, a.button, input, textarea")) {
    if (isActing) control.setAttribute("aria-disabled", "true");
    else control.removeAttribute("aria-disabled");
  }
}

export function ofMessage(message) {
  const send = (what, details) => store.act(what, { channel: message.channel, ts: message.ts, ...details });
  return new Surface(`${message.channel}/${message.ts}`, message.state, send);
}

export function ofHome(view) {
  return new Surface(view.id, view.state?.values, (what, details) => store.act(`home_${what}`, details));
}

/** The surface of a modal: it also keeps what was typed, through every update of the view, and submits on Enter. */
export class Form extends Surface {
  constructor(view, submit) {
    super(view.id, view.state?.values, (what, details) => store.act(what, { view_id: view.id, ...details }));
    this.values = {};
    this.submit = submit;
  }

  get(blockId, actionId) {
    return this.values[blockId]?.[actionId] ?? super.get(blockId, actionId);
  }

  put(blockId, element, entry) {
    this.values[blockId] = { ...this.values[blockId], [element.action_id]: entry };
  }

  /** What `do: submit` takes, of the blocks that are there. */
  submission(blocks) {
    const inputs = blocks.filter(({ type }) => type === "input");
    return Object.fromEntries(
      inputs.map(({ block_id: id, element: { action_id: action } }) => [
        id,
        { [action]: chosenValue(this.get(id, action) ?? {}) },
      ]),
    );
  }
}
