"""Somebody in the workspace, as tests, the demo and the story play them."""

from collections.abc import Callable, Mapping
from typing import Any

from sundown_lab.slack.onlooker import PATIENCE, Json, Onlooker


class Actor:
    """Somebody in the workspace. Each method returns how the app took it: ``acked``, ``took``, ``error``, ...

    A button or a select that is not shown is waited for: the app brings its message, modal or App Home up to date when it
    gets to it, and nobody can click before. Raises Absent: it was not shown ``within`` so many seconds.
    """

    def __init__(self, workspace: Onlooker, user: str) -> None:
        self.workspace = workspace
        self.user = user

    def do(self, what: str, *, wait: bool = True, **wish: Any) -> Json:
        """Anything that the control API lists. ``wait=False`` does not wait for the app's ack."""
        path = "/control/do" if wait else "/control/do?wait=false"
        given = {key: value for key, value in wish.items() if value is not None}
        return dict(self.workspace.ask("POST", path, {"as": self.user, "do": what, **given}))

    def _use(self, what: str, *, within: float = PATIENCE, **wish: Any) -> Json:
        return self.workspace.once_there(lambda: self.do(what, **wish), within=within)

    def say(self, channel: str, text: str, *, thread: str | Json | None = None) -> Json:
        """Writes a message; ``@Sundown`` mentions the app."""
        return self.do(
            "say", channel=channel, text=text, thread_ts=thread["ts"] if isinstance(thread, dict) else thread
        )

    def edit(self, message: Json, text: str) -> Json:
        """Writes something else in the place of a message of one's own."""
        return self.do("edit", channel=message["channel"], ts=message["ts"], text=text)

    def command(self, text: str, *, channel: str = "#dev", command: str = "/devenv", wait: bool = True) -> Json:
        """Runs the slash command, ``text`` is what stands after it."""
        return self.do("command", channel=channel, command=command, text=text, wait=wait)

    def click(
        self,
        where: Json,
        action_id: str | None = None,
        *,
        block_id: str | None = None,
        value: str | None = None,
        wait: bool = True,
        within: float = PATIENCE,
    ) -> Json:
        """Clicks a button of a message or a modal (as ``messages`` and ``modal`` return them)."""
        names = {"action_id": action_id, "block_id": block_id, "value": value}
        return self._use("click", **_place(where), **names, wait=wait, within=within)

    def choose(
        self,
        where: Json,
        action_id: str | None,
        option: Any,
        *,
        block_id: str | None = None,
        wait: bool = True,
        within: float = PATIENCE,
    ) -> Json:
        """Chooses an option (its value or its text) of a select, or fills an input."""
        names = {"action_id": action_id, "block_id": block_id, "option": option}
        return self._use("choose", **_place(where), **names, wait=wait, within=within)

    def submit(self, view: Json, values: Mapping[str, Any] | None = None) -> Json:
        """Types into a modal and submits it; ``view_errors`` are what it says then."""
        return self.do("submit", view_id=view["id"], values=dict(values or {}))

    def close(self, view: Json) -> Json:
        """Closes a modal."""
        return self.do("close", view_id=view["id"])

    def react(self, message: Json, name: str) -> Json:
        """Adds a reaction."""
        return self.do("react", channel=message["channel"], ts=message["ts"], name=name)

    def unreact(self, message: Json, name: str) -> Json:
        """Takes one's reaction away."""
        return self.do("unreact", channel=message["channel"], ts=message["ts"], name=name)

    def open_home(self) -> Json:
        """Opens the app's Home tab."""
        return self.do("open_home")

    def home_click(
        self, action_id: str | None = None, *, block_id: str | None = None, value: str | None = None
    ) -> Json:
        """Clicks a button there."""
        return self._use("home_click", action_id=action_id, block_id=block_id, value=value)

    def home_choose(self, action_id: str | None, option: Any, *, block_id: str | None = None) -> Json:
        """Chooses an option there."""
        return self._use("home_choose", action_id=action_id, block_id=block_id, option=option)

    def change_profile(self, **fields: Any) -> Json:
        """``real_name``, ``email``, ``tz``."""
        return self.do("profile", **fields)

    def change_group(self, handle: str, users: list[str]) -> Json:
        """Says who is in a user group from now on."""
        return self.do("group", handle=handle, users=users)

    @property
    def id(self) -> str:
        """This user's id."""
        return str(self.workspace.state(self.user)["me"])

    @property
    def modals(self) -> list[Json]:
        """The modals that are open, the one on top last."""
        return list(self.workspace.state(self.user)["views"])

    @property
    def home(self) -> Json | None:
        """What the app has published in the Home tab."""
        home: Json | None = self.workspace.state(self.user)["home"]
        return home

    def messages(self, channel: str) -> list[Json]:
        """The messages of a channel that this user sees."""
        return self.workspace.messages(channel, self.user)

    def wait_for_message(
        self,
        wanted: Callable[[Json], bool] = lambda _message: True,
        *,
        channel: str | None = None,
        within: float = PATIENCE,
    ) -> Json:
        """As ``Workspace.wait_for_message``, of what this user sees."""
        return self.workspace.wait_for_message(wanted, channel=channel, as_=self.user, within=within)

    def wait_for_modal(self, wanted: Callable[[Json], bool] = lambda _view: True, *, within: float = PATIENCE) -> Json:
        """The modal on top, as soon as there is one for which ``wanted`` is true. Raises LabError after so many seconds."""
        return self.workspace.wait_for(
            lambda: next((view for view in self.modals[-1:] if wanted(view)), None),
            within=within,
            otherwise=lambda: f"no such modal is open, but {[view['title'] for view in self.modals]}",
        )

    def wait_for_home(self, wanted: Callable[[Json], bool] = lambda _view: True, *, within: float = PATIENCE) -> Json:
        """The App Home, as soon as ``wanted`` is true for it. Raises LabError after so many seconds."""

        def look() -> Json | None:
            home = self.home
            return home if home is not None and wanted(home) else None

        return self.workspace.wait_for(look, within=within, otherwise=lambda: f"the App Home is {self.home}")


def _place(where: Json) -> Json:
    return {"channel": where["channel"], "ts": where["ts"]} if "ts" in where else {"view_id": where["id"]}
