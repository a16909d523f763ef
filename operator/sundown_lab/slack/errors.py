"""The two ways of this Slack to say no: to the app by a name of Slack's, to a person by a sentence."""

from collections.abc import Iterable, Mapping
from typing import Any


class Refused(Exception):
    """What Slack answers with ``"ok": false``. ``name`` is Slack's own; ``messages`` say where in the request."""

    def __init__(self, name: str, *, messages: Iterable[str] = (), extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.messages = tuple(messages)
        self.extra = dict(extra or {})

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.name, **self.extra}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": [f"[ERROR] {each}" for each in self.messages]}
        return body


class Impossible(Exception):
    """What a person cannot do here: a channel that nobody knows, an option that there is not. The text says which."""


class Absent(Impossible):
    """What a person cannot do because what they would use is not shown: it may come with the app's next update."""
