// The app's own place: its tabs, and the Home that it published for this user.

import { el } from "./dom.js";
import { ofHome } from "./surfaces.js";
import { showBlocks } from "./blocks.js";
import { store } from "./store.js";

const root = document.getElementById("home");
const tabs = document.getElementById("tabs");
const TABS = { home: "Home", messages: "Messages" };
let opened = null; // whose Home is open: opening it is an event, looking at it is not

export function drawHome() {
  const isOpen = store.looksAtApp && store.place.tab === "home";
  root.hidden = !isOpen;
  tabs.hidden = !store.looksAtApp;
  for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.dataset.tab === store.place.tab));
  if (!isOpen) {
    opened = null;
    return;
  }
  if (opened !== store.state.me && store.state.me) {
    opened = store.state.me;
    store.act("open_home", {});
  }
  const { home, app } = store.state;
  if (!home) {
    root.replaceChildren(el("p", { class: "empty" }, `${app.name} has published nothing here yet.`));
    return;
  }
  const before = root.firstElementChild;
  const isSame = before?.dataset.view === home.id;
  const shown = isSame ? before : el("div", { class: "home-blocks" });
  shown.dataset.view = home.id;
  if (!isSame) root.replaceChildren(shown);
  showBlocks(shown, home.blocks, { surface: ofHome(home), context: store.context });
}

export function startHome() {
  for (const [tab, name] of Object.entries(TABS)) {
    const button = el(
      "button",
      { type: "button", role: "tab", onclick: () => store.open({ channel: "app", tab }) },
      name,
    );
    button.dataset.tab = tab;
    tabs.append(button);
  }
  tabs.addEventListener("keydown", (event) => {
    const at = [...tabs.children].indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at >= 0 && step) tabs.children[(at + step + tabs.children.length) % tabs.children.length].focus();
  });
}
