"""The control API from Python, without a loop: for tests, the demo and the story.

``Workspace(url)`` talks to a simulator that runs somewhere; ``act("ana")`` is somebody in it. Users, channels and messages are
named as in the control API, and a message may be given as the dict that ``messages`` returned. What a person cannot do raises
``Refusal``. Never call it on the event loop that an app under test runs on: it blocks.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from sundown_lab.slack.actor import Actor
from sundown_lab.slack.onlooker import PATIENCE, Json, Onlooker


class Workspace(Onlooker):
    """A simulator, from outside."""

    def act(self, user: str) -> Actor:
        """Somebody, by name or e-mail."""
        return Actor(self, user)

    @property
    def environment(self) -> dict[str, str]:
        """SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET for the app."""
        return dict(self.ask("GET", "/control/environment"))

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
