// What the page knows: the workspace as one user sees it, where that user looks, and who wants to hear of changes.

import * as server from "./server.js";

const EMPTY = {
  users: [],
  usergroups: [],
  commands: [],
  channels: [],
  views: [],
  home: null,
  app: {},
  team: {},
  now: 0,
};

class Store {
  #listeners = new Set();
  #wanted = false;
  #asking = null;

  constructor() {
    this.state = EMPTY;
    this.failure = null; // {title, text}: the last thing that the app or the simulator did not do
    const address = new URLSearchParams(location.search);
    this.user = address.get("as");
    this.place = { channel: address.get("in"), tab: address.get("tab") ?? "messages", thread: null };
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  get me() {
    return this.state.users.find(({ id }) => id === this.state.me);
  }

  /** The channel that is looked at: undefined before there is one. */
  get channel() {
    const { channels } = this.state;
    return (
      channels.find(({ id }) => id === this.place.channel) ?? (this.place.channel === "app" ? undefined : channels[0])
    );
  }

  /** The direct messages between this user and the app; undefined before the first one. */
  get appChannel() {
    return this.state.channels.find((channel) => channel.kind === "im" && channel.with === this.state.app.bot_user);
  }

  get looksAtApp() {
    return this.place.channel === "app" || (this.channel !== undefined && this.channel === this.appChannel);
  }

  person(id) {
    return this.state.users.find((user) => user.id === id);
  }

  /** What texts need to be drawn: whose eyes, when, and the names behind ids. */
  get context() {
    const { users, usergroups, channels, now } = this.state;
    return {
      zone: this.me?.tz ?? "UTC",
      now,
      directory: {
        users: users.filter((user) => !user.is_bot),
        channels: channels.filter(({ kind }) => kind === "channel"),
      },
      userName: (id) => this.person(id)?.name,
      channelName: (id) => channels.find((channel) => channel.id === id)?.name,
      groupName: (id) => usergroups.find((group) => group.id === id)?.handle,
      openChannel: (id) => this.open({ channel: id }),
    };
  }

  /** Read the state again; many calls while one is under way make one more. */
  async refresh() {
    this.#wanted = true;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask() {
    while (this.#wanted) {
      this.#wanted = false;
      const asked = this.user;
      try {
        const state = await server.state(asked);
        if (this.user === asked) this.state = state;
        else this.#wanted = true;
        await this.#chooseUser();
      } catch (error) {
        this.failure = { title: "The simulator", text: error.message };
        this.#wanted = error instanceof server.Refusal && asked !== null;
        if (this.#wanted) this.user = null; // the address names somebody who is not there
      }
    }
    this.changed();
  }

  // Somebody has to look: the first person, where the address names nobody or somebody who is not there any more.
  async #chooseUser() {
    if (this.me) return;
    const first = this.state.users.find((user) => !user.is_bot);
    if (!first) return;
    this.user = first.id;
    this.state = await server.state(first.id);
  }

  async become(user) {
    this.user = user;
    this.place = { ...this.place, thread: null };
    this.#remember();
    await this.refresh();
    if (this.place.tab === "home" && this.looksAtApp) await this.act("open_home", {});
  }

  open(place) {
    this.place = { tab: "messages", thread: null, ...place };
    this.#remember();
    this.changed();
  }

  #remember() {
    const address = new URLSearchParams({ as: this.user ?? "", in: this.place.channel ?? "", tab: this.place.tab });
    history.replaceState(null, "", `?${address}`);
  }

  /** Do something as the user; resolves when the app has answered or failed to. */
  async act(what, details) {
    if (this.failure && what !== "read") this.forgive(); // what comes now says how things are
    try {
      const answer = await server.act(this.state.me, what, details);
      if (answer.acked === false) this.fail(...noAnswer(answer, what, details));
      return answer;
    } catch (error) {
      this.fail("That did not work", error.message);
      return { ok: false, error: error.message };
    } finally {
      await this.refresh();
    }
  }

  fail(title, text) {
    this.failure = { title, text };
    this.changed();
  }

  forgive() {
    this.failure = null;
    this.changed();
  }
}

function noAnswer({ error, took }, what, { command, action_id: action }) {
  const subject = command ?? action ?? what;
  if (error === "operation_timeout")
    return ["The app did not answer within 3 seconds", `${subject}: operation_timeout`];
  const after = took ? ` after ${took.toFixed(2)} s` : "";
  return ["The app could not be reached", `${subject}: ${error ?? "no answer"}${after}`];
}

export const store = new Store();
