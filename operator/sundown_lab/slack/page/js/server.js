// The control API of the simulator, as this page uses it; sundown_lab/slack/__init__.py says what it is.

/** The simulator's answer to a request that makes no sense to it, for people. */
export class Refusal extends Error {}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The simulator does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
}

/** What this user sees; what the first user who is no bot sees where none is named. */
export function state(user) {
  return request(`/control/state${user ? `?as=${encodeURIComponent(user)}` : ""}`);
}

/** What was sent to and by the app, above this number. */
export function traffic(since) {
  return request(`/control/traffic?since=${since}`);
}

/** Somebody does something. Resolves to {ok, acked, took, error, …}; rejects with a text for people. */
export function act(user, what, details) {
  const body = JSON.stringify({ as: user, do: what, ...details });
  return request("/control/do", { method: "POST", headers: { "Content-Type": "application/json" }, body });
}

const RETRY_AFTER = 1000;

/** Call `onchange(change)` for each change and `onlink(connected)` when the connection comes or goes; goes on for ever. */
export function follow(onchange, onlink) {
  const source = new EventSource("/control/changes");
  source.onopen = () => onlink(true);
  source.onmessage = ({ data }) => onchange(JSON.parse(data));
  source.onerror = () => {
    onlink(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
    setTimeout(() => follow(onchange, onlink), RETRY_AFTER);
  };
}
