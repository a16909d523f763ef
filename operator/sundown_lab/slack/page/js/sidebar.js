// The sidebar: who one is, the channels, the direct messages, the app.

import { el, sync } from "./dom.js";
import { portrait } from "./people.js";
import { store } from "./store.js";

const root = document.getElementById("sidebar-list");
const people = document.getElementById("act-as");

export function drawSidebar() {
  const { state, channel } = store;
  drawPeople(state);
  const shown = store.looksAtApp ? null : channel?.id;
  const channels = state.channels.filter(({ kind }) => kind === "channel");
  const ims = state.channels.filter((each) => each.kind === "im" && each !== store.appChannel);
  sync(root, [
    ...section(
      "Channels",
      channels.map((each) => entry(each, shown)),
    ),
    ...(ims.length
      ? section(
          "Direct messages",
          ims.map((each) => entry(each, shown)),
        )
      : []),
    ...(state.app.bot_user ? section("Apps", [appEntry(state)]) : []),
  ]);
}

function drawPeople({ users, me, team }) {
  const persons = users.filter((user) => !user.is_bot);
  sync(
    people,
    persons.map((user) => ({
      key: user.id,
      data: [user.name, user.real_name],
      draw: () => el("option", { value: user.id }, choice(user)),
    })),
  );
  if (me && document.activeElement !== people) people.value = me;
  document.getElementById("team").textContent = team.name ?? "";
}

function choice({ name, real_name: real }) {
  return real && real.toLowerCase() !== name ? `${real} (${name})` : real || name;
}

function section(name, entries) {
  return [{ key: `heading-${name}`, data: name, draw: () => el("h2", { class: "sidebar-heading" }, name) }, ...entries];
}

function line({ key, name, mark, unread, isShown, open }) {
  const label = `${name}${unread ? `, ${unread} unread` : ""}`;
  const draw = () =>
    el(
      "button",
      {
        type: "button",
        class: `sidebar-item${unread ? " unread" : ""}`,
        "aria-label": label,
        "aria-current": isShown ? "page" : null,
        "data-focus": "item",
        onclick: open,
      },
      mark(),
      el("span", { class: "sidebar-name" }, name),
      unread > 0 && el("span", { class: "unread-badge" }, unread),
    );
  return { key, data: [name, unread, isShown], draw };
}

function entry(channel, shown) {
  const partner = channel.kind === "im" ? store.person(channel.with) : null;
  return line({
    key: channel.id,
    name: partner ? partner.real_name || partner.name : channel.name,
    mark: () =>
      partner
        ? portrait(partner)
        : el("span", { class: "hash", "aria-hidden": "true" }, channel.is_private ? "🔒" : "#"),
    unread: channel.unread,
    isShown: channel.id === shown,
    open: () => go({ channel: channel.id }),
  });
}

function appEntry({ app }) {
  return line({
    key: "app",
    name: app.name,
    mark: () => portrait({ is_bot: true }),
    unread: store.appChannel?.unread ?? 0,
    isShown: store.looksAtApp,
    open: () => go({ channel: "app", tab: store.appChannel?.unread ? "messages" : "home" }),
  });
}

// On a phone the sidebar is a drawer over the page.
const drawer = document.getElementById("sidebar");
const opener = document.getElementById("open-sidebar");

function setDrawer(isOpen) {
  drawer.classList.toggle("open", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
}

function closeDrawer() {
  setDrawer(false);
}

function go(place) {
  closeDrawer();
  store.open(place);
}

export function startSidebar() {
  people.addEventListener("change", () => store.become(people.value));
  opener.addEventListener("click", () => setDrawer(!drawer.classList.contains("open")));
  document.addEventListener("click", (event) => {
    if (!drawer.contains(event.target) && !opener.contains(event.target)) closeDrawer();
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeDrawer();
    opener.focus();
  });
}
