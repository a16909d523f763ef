// The page: what is drawn where, and when.

import { compose } from "./composer.js";
import { drawHome, startHome } from "./home.js";
import { drawModal } from "./modal.js";
import { drawSidebar, startSidebar } from "./sidebar.js";
import { emptyHint, showMessages } from "./messages.js";
import { follow } from "./server.js";
import { forgetTraffic, readTraffic, startTraffic } from "./traffic.js";
import { nameOf } from "./people.js";
import { store } from "./store.js";

const at = (id) => document.getElementById(id);
const composer = compose(at("composer"), () => ({ channel: channelToWriteTo(), name: `Message ${title()}` }));
const replier = compose(at("reply"), () => ({
  channel: shownChannel()?.id,
  thread: store.place.thread,
  name: "Reply…",
}));

// The direct messages with the app are there to write to before the first one.
function shownChannel() {
  return store.looksAtApp ? store.appChannel : store.channel;
}

function channelToWriteTo() {
  return store.looksAtApp ? `@${store.me?.name}` : store.channel?.id;
}

function title() {
  if (store.looksAtApp) return store.state.app.name;
  const { channel } = store;
  if (channel?.kind === "im") return `@${store.person(channel.with)?.name ?? channel.with}`;
  return `#${channel?.name ?? ""}`;
}

function drawHead() {
  at("title").textContent = title();
  const { channel } = store;
  at("subtitle").textContent =
    channel?.kind === "channel" && !store.looksAtApp ? `${channel.members.length} members` : "";
  document.title = `${title()} – ${store.state.team.name ?? "Slack simulator"}`;
}

function drawMessages() {
  const isOpen = !(store.looksAtApp && store.place.tab === "home");
  at("conversation").hidden = !isOpen;
  if (!isOpen) return;
  const messages = shownChannel()?.messages ?? [];
  const list = at("messages");
  const isOther = list.dataset.channel !== `${store.state.me}/${title()}`;
  list.dataset.channel = `${store.state.me}/${title()}`;
  list.setAttribute("aria-label", `Messages in ${title()}`);
  showMessages(list, messages);
  if (isOther) list.scrollTop = list.scrollHeight;
  at("hint").hidden = messages.length > 0;
  if (!messages.length)
    at("hint").replaceChildren(emptyHint(`Nothing was written in *${title()}* yet.`, store.context));
  composer.draw();
}

function drawThread() {
  const messages = shownChannel()?.messages ?? [];
  const root = messages.find(({ ts }) => ts === store.place.thread);
  at("thread").hidden = !root;
  if (!root) return;
  at("thread-title").textContent = `Thread of ${nameOf(root)}`;
  showMessages(at("thread-messages"), [root, ...root.replies], { inThread: true });
  replier.draw();
}

function drawBanner() {
  const { failure } = store;
  at("banner").hidden = failure === null;
  at("banner-title").textContent = failure?.title ?? "";
  at("banner-text").textContent = failure?.text ?? "";
}

function draw() {
  drawBanner();
  if (!store.me) return;
  drawSidebar();
  drawHead();
  drawMessages();
  drawThread();
  drawHome();
  drawModal();
  noteRead();
}

// What is on the screen is read; asked for once, until more comes.
let noted = "";
function noteRead() {
  const channel = at("conversation").hidden ? null : shownChannel();
  const note = channel ? `${store.state.me}/${channel.id}/${channel.unread}/${channel.messages.at(-1)?.ts}` : "";
  if (!channel?.unread || note === noted || document.hidden) return;
  noted = note;
  store.act("read", { channel: channel.id });
}

function changed({ kind }) {
  if (kind === "reset" || kind === "workspace") forgetTraffic();
  if (kind !== "traffic") store.refresh();
  readTraffic();
}

function linked(isConnected) {
  at("link").hidden = isConnected;
  if (!isConnected) return;
  store.refresh();
  readTraffic();
}

startSidebar();
startHome();
startTraffic();
at("banner-close").addEventListener("click", () => store.forgive());
at("close-thread").addEventListener("click", () => store.open({ ...store.place, thread: null }));
document.addEventListener("visibilitychange", noteRead);
store.listen(draw);
store.refresh();
follow(changed, linked);
