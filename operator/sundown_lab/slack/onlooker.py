"""The control API as whoever plays in the workspace needs it: to ask, to see what there is, and to wait for it."""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from sundown_lab.errors import LabError

Json = dict[str, Any]
T = TypeVar("T")
PATIENCE = 120.0


class Refusal(LabError):
    """The simulator says that this cannot be done, and why."""


class Absent(Refusal):
    """The button or select is not shown, or not yet."""


class Onlooker:
    """A simulator as it is seen from outside, and asked."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._host = urlsplit(self.url).netloc

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
                answer = json.loads(text)
                raise (Absent if answer.get("absent") else Refusal)(str(answer["error"]))
            except (ValueError, KeyError, TypeError):
                raise LabError(f"{method} {path} was answered with {reply.status}: {text[:300]}") from None
        return json.loads(text)

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
        for _ in self._looks(within):
            found = look()
            if found is not None:
                return found
        raise LabError(f"after {within:g} s: {otherwise()}")

    def once_there(self, use: Callable[[], T], *, within: float = PATIENCE) -> T:
        """Uses a button or a select as soon as it is shown, as a person does. Raises Absent: it was not in so many seconds."""
        for _ in self._looks(within):
            try:
                return use()
            except Absent as absent:
                missed = absent
        raise missed

    def _looks(self, within: float) -> Iterator[None]:
        """One look at once, and one whenever something changes, the last after so many seconds."""
        end = time.monotonic() + within
        while True:
            seq = int(self.ask("GET", "/control/wait?since=0&timeout=0")["seq"])
            left = end - time.monotonic()
            yield
            if left <= 0:
                return
            self.ask("GET", f"/control/wait?{urlencode({'since': seq, 'timeout': min(left, 2.0)})}")

    def wait_until(self, true: Callable[[], bool], *, within: float = PATIENCE, what: str = "it is so") -> None:
        """Returns when something is true. Raises LabError after so many seconds."""
        self.wait_for(lambda: true() or None, within=within, otherwise=lambda: f"not so: {what}")
