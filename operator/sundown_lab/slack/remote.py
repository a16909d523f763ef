"""The control API from Python, without a loop: for tests, the demo and the story.

``Workspace(url)`` talks to a simulator that runs somewhere; ``act("ana")`` is somebody in it. Users, channels and messages are
named as in the control API, and a message may be given as the dict that ``messages`` returned. What a person cannot do raises
``Refusal``. Never call it on the event loop that an app under test runs on: it blocks.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from sundown_lab.errors import LabError
from sundown_lab.slack.actor import PATIENCE, Actor

Json = dict[str, Any]
T = TypeVar("T")


class Refusal(LabError):
    """The simulator says that this cannot be done, and why."""


class Workspace:
    """A simulator, from outside."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._host = urlsplit(self.url).netloc

    def act(self, user: str) -> Actor:
        """Somebody, by name or e-mail."""
        return Actor(self, user)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, within: float = 30.0) -> Any:
        """One request to the control API. Raises Refusal: it says no; LabError: it does not answer."""
        connection = http.client.HTTPConnection(self._host, timeout=within + PATIENCE)
        try:
            data = json.dumps(body).encode() if body is not None else None
            connection.request(method, path, data, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise LabError(f"the Slack simulator at {self.url} does not answer: {error}") from error
        finally:
            connection.close()
        if reply.status >= 400:
            try:
                raise Refusal(str(json.loads(text)["error"]))
            except (ValueError, KeyError, TypeError):
                raise LabError(f"{method} {path} was answered with {reply.status}: {text[:300]}") from None
        return json.loads(text)

    @property
    def environment(self) -> dict[str, str]:
        """SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET for the app."""
        return dict(self.ask("GET", "/control/environment"))

    def state(self, as_: str | None = None) -> Json:
        """What a user sees, or everything."""
        return dict(self.ask("GET", f"/control/state?as={quote(as_)}" if as_ else "/control/state"))

    def messages(self, channel: str, as_: str | None = None) -> list[Json]:
        """The messages of a channel, oldest first; ``@ana`` are the direct messages between ana and the app.

        Without ``as_`` also everybody's ephemeral ones. A channel that nobody has written in yet may be missing: no messages.
        """
        seen = self.state(as_)
        if channel.startswith("@"):
            name = channel.removeprefix("@")
            who = [u["id"] for u in seen["users"] if name in {u["name"], u["email"]}]
            found = [c for c in seen["channels"] if c["kind"] == "im" and set(who) & set(c["members"])]
        else:
            found = [c for c in seen["channels"] if channel in {c["id"], f"#{c['name']}", c["name"]}]
        return list(found[0]["messages"]) if found else []

    def every_message(self, as_: str | None = None) -> list[Json]:
        """All messages of all channels and threads, in the order in which they were written."""
        tops = [m for c in self.state(as_)["channels"] for m in c["messages"]]
        return sorted([*tops, *(reply for top in tops for reply in top["replies"])], key=lambda m: str(m["ts"]))

    def wait_for_message(
        self,
        wanted: Callable[[Json], bool] = lambda _message: True,
        *,
        channel: str | None = None,
        as_: str | None = None,
        within: float = PATIENCE,
    ) -> Json:
        """The newest message (of a channel, or of all) for which ``wanted`` is true, as soon as there is one.

        Raises:
            LabError: there was none within so many seconds; it says what there was.
        """

        def newest() -> Json | None:
            listed = self.every_message(as_) if channel is None else self._with_replies(channel, as_)
            return next((message for message in reversed(listed) if wanted(message)), None)

        def listed() -> str:
            return "; ".join(f"{m['username']}: {m['text'][:120]!r}" for m in self.every_message(as_)[-20:])

        return self.wait_for(
            newest, within=within, otherwise=lambda: f"no such message; there are {listed() or 'none'}"
        )

    def _with_replies(self, channel: str, as_: str | None) -> list[Json]:
        tops = self.messages(channel, as_)
        return sorted([*tops, *(reply for top in tops for reply in top["replies"])], key=lambda m: str(m["ts"]))

    def wait_for(
        self,
        look: Callable[[], T | None],
        *,
        within: float = PATIENCE,
        otherwise: Callable[[], str] = lambda: "it did not happen",
    ) -> T:
        """What ``look`` finds, looking again whenever something changes. Raises LabError after so many seconds."""
        end = time.monotonic() + within
        while True:
            seq = int(self.ask("GET", "/control/wait?since=0&timeout=0")["seq"])
            found = look()
            if found is not None:
                return found
            left = end - time.monotonic()
            if left <= 0:
                raise LabError(f"after {within:g} s: {otherwise()}")
            self.ask("GET", f"/control/wait?{urlencode({'since': seq, 'timeout': min(left, 2.0)})}")

    def wait_until(self, true: Callable[[], bool], *, within: float = PATIENCE, what: str = "it is so") -> None:
        """Returns when something is true. Raises LabError after so many seconds."""
        self.wait_for(lambda: true() or None, within=within, otherwise=lambda: f"not so: {what}")

    def wait_for_connection(self, count: int = 1, *, within: float = PATIENCE) -> None:
        """Returns when the app has so many sockets open."""
        self.wait_until(
            lambda: self.state()["app"]["connections"] >= count, within=within, what=f"the app has {count} connections"
        )

    def traffic(self, since: int = 0) -> Json:
        """The log: ``seq``, ``late``, ``missed``, ``calls``, ``deliveries``."""
        return dict(self.ask("GET", f"/control/traffic?since={since}"))

    def calls(self, method: str | None = None, *, since: int = 0) -> list[Json]:
        """The Web API calls of the app, of one method or of all."""
        return [each for each in self.traffic(since)["calls"] if method in {None, each["method"]}]

    def deliveries(self, type_: str | None = None, *, since: int = 0) -> list[Json]:
        """What was brought to the app, of one type ("block_actions", "/devenv", "app_mention") or all."""
        return [each for each in self.traffic(since)["deliveries"] if type_ in {None, each["type"]}]

    def fault(self, method: str, kind: str, **more: Any) -> None:
        """The next call of a method (``*``: any) fails: "429", "500", "silence", "error".

        ``retry_after`` in seconds, ``error`` a name, ``times`` (None: always), ``carried_out``.
        """
        self.ask("POST", "/control/faults", {"method": method, "kind": kind, **more})

    def faults(self) -> Json:
        """What is broken now."""
        return dict(self.ask("GET", "/control/faults"))

    def break_socket(self, how: str) -> None:
        """ "drop", "refresh", "freeze", "mute"; "thaw" ends the last two."""
        self.ask("POST", "/control/faults", {"socket": how})

    def mend(self) -> None:
        """No faults any more."""
        self.ask("DELETE", "/control/faults")

    def clock(self) -> float:
        """The simulator's time, seconds since 1970."""
        return float(self.ask("GET", "/control/clock")["now"])

    def clock_advance(self, seconds: float) -> float:
        """Lets so many seconds pass; returns the new time."""
        return float(self.ask("POST", "/control/clock", {"advance": seconds})["now"])

    def patience(self, factor: float) -> None:
        """Gives the app so many times Slack's 3 s for acks and trigger_ids, until the next reset.

        For tests of something else than speed, on machines slower than anybody's cluster.
        """
        self.ask("POST", "/control/patience", {"factor": factor})

    def deliver_by_socket(self) -> None:
        """Things go to the app over its sockets."""
        self.ask("POST", "/control/delivery", {"mode": "socket"})

    def deliver_by_http(self, url: str, *, signing_secret: str | None = None, verify: bool = False) -> None:
        """Things go to the app as signed POSTs. Raises Refusal: ``verify``, and it does not answer the challenge."""
        secret = {"signing_secret": signing_secret} if signing_secret is not None else {}
        self.ask("POST", "/control/delivery", {"mode": "http", "url": url, "verify": verify, **secret})

    def load(self, spec: Mapping[str, Any]) -> None:
        """Another workspace (see ``spec.WorkspaceSpec``) in place of this one."""
        self.ask("POST", "/control/workspace", spec)

    def reset(self) -> None:
        """Back to the workspace it was started with."""
        self.ask("POST", "/control/reset", {})

    def changes(self, since: int | None = None, *, within: float = 10.0) -> Iterator[int]:
        """The number of the last change, each time there is a new one, until none came for so many seconds."""
        seq = since if since is not None else int(self.state()["seq"])
        while True:
            now = int(self.ask("GET", f"/control/wait?{urlencode({'since': seq, 'timeout': within})}")["seq"])
            if now == seq:
                return
            seq = now
            yield seq
