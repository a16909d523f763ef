// What went between Slack and the app: the last of it in a line, the rest on demand. What the app acked late is red.

import * as server from "./server.js";
import { clockTime } from "./dates.js";
import { el, sync } from "./dom.js";
import { store } from "./store.js";

const KEPT = 200;
const line = document.getElementById("traffic-line");
const log = document.getElementById("traffic-log");
const known = new Map(); // number -> entry
let counts = { late: 0, missed: 0 };
let wanted = false;
let asking = null;

/** Read what is new; an entry that still waited for its ack is read again. */
export async function readTraffic() {
  wanted = true;
  asking ??= read().finally(() => (asking = null));
  return asking;
}

async function read() {
  while (wanted) {
    wanted = false;
    const waiting = [...known.values()].filter(isWaiting).map(({ n }) => n);
    const since = Math.min(...waiting, Math.max(0, ...known.keys()) + 1) - 1;
    try {
      const { calls, deliveries, late, missed } = await server.traffic(since);
      for (const each of calls) known.set(each.n, { ...each, isCall: true });
      for (const each of deliveries) known.set(each.n, { ...each, isCall: false });
      counts = { late, missed };
      const numbers = [...known.keys()].sort((a, b) => a - b);
      for (const n of numbers.slice(0, -KEPT)) known.delete(n);
    } catch (error) {
      store.fail("The traffic cannot be read", error.message);
    }
  }
  draw();
}

export function forgetTraffic() {
  known.clear();
}

function isWaiting(entry) {
  return !entry.isCall && entry.acked === null;
}

function isBad(entry) {
  return entry.isCall ? !entry.ok : entry.late || entry.acked === false;
}

function milliseconds(took) {
  return took === null || took === undefined ? "" : took < 1 ? `${Math.round(took * 1000)} ms` : `${took.toFixed(2)} s`;
}

function words(entry) {
  if (entry.isCall)
    return `← ${entry.method} ${entry.ok ? "ok" : (entry.error ?? entry.status)} ${milliseconds(entry.took)}`;
  const retry = entry.retry ? ` (retry ${entry.retry})` : "";
  const outcome = isWaiting(entry)
    ? "…"
    : entry.late
      ? "acked late,"
      : entry.acked
        ? "acked in"
        : (entry.error ?? "not acked");
  return `→ ${entry.type || entry.kind}${retry} ${outcome} ${milliseconds(entry.took)}`;
}

function draw() {
  const entries = [...known.values()].sort((a, b) => a.n - b.n);
  const call = entries.findLast((entry) => entry.isCall);
  const delivery = entries.findLast((entry) => !entry.isCall);
  const parts = [delivery, call]
    .filter(Boolean)
    .map((entry) => el("span", { class: isBad(entry) ? "late" : "" }, words(entry)));
  const bad = counts.late + counts.missed;
  const summary = el("span", { class: bad ? "late count" : "count" }, `${counts.late} late, ${counts.missed} missed`);
  line.replaceChildren(...(parts.length ? parts : [el("span", {}, "No traffic yet")]), summary);
  if (!log.hidden) drawLog(entries);
}

function drawLog(entries) {
  const { zone } = store.context;
  sync(
    log,
    entries.toReversed().map((entry) => ({
      key: String(entry.n),
      data: entry,
      draw: () =>
        el(
          "details",
          { class: isBad(entry) ? "entry late" : "entry" },
          el("summary", {}, el("time", {}, clockTime(entry.at, zone, { withSeconds: true })), ` ${words(entry)}`),
          el(
            "pre",
            {},
            JSON.stringify(entry.isCall ? entry.args : { payload: entry.payload, response: entry.response }, null, 2),
          ),
        ),
    })),
  );
}

export function startTraffic() {
  line.addEventListener("click", () => {
    log.hidden = !log.hidden;
    line.setAttribute("aria-expanded", String(!log.hidden));
    draw();
  });
  draw();
}
