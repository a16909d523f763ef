"""X12: an app that is installed for a whole organisation of an Enterprise Grid, whose token names no workspace."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sundown.frontdesk.slack.transport.client import AsyncWebClient, client_for, open_session
from sundown.frontdesk.slack.transport.directory import SlackDirectory
from sundown.frontdesk.slack.transport.identity import Identity, WhichWorkspace, identify
from sundown.frontdesk.slack.transport.messages import Messages
from sundown_lab.slack.remote import Workspace
from sundown_lab.slack.team import identifier
from support.apiserver import eventually
from support.envs import Env
from support.frontdesk.reminded import announced, running, stopping
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter
from support.operators import Stage

HOME, SALES, ACME = identifier("T", "Sundown"), identifier("T", "Sales"), identifier("E", "Acme")


class Web(AsyncWebClient):
    """A client that answers these two methods by itself."""

    def __init__(self, test: dict[str, Any], *pages: list[dict[str, str]]) -> None:
        self.test, self.pages = test, pages

    async def auth_test(self, **_: Any) -> Any:
        return self.test

    async def auth_teams_list(
        self, cursor: str | None = None, limit: int | None = None, include_icon: bool | None = None, **_: Any
    ) -> Any:
        page = int(cursor or 0)
        following = str(page + 1) if page + 1 < len(self.pages) else ""
        return {"teams": self.pages[page] if self.pages else [], "response_metadata": {"next_cursor": following}}


ORG = {"team_id": ACME, "enterprise_id": ACME, "is_enterprise_install": True, "user_id": "U1", "bot_id": "B1"}
OF_GRID = {"team_id": HOME, "enterprise_id": ACME, "is_enterprise_install": False, "user_id": "U1", "bot_id": "B1"}
ONE, TWO = [{"id": HOME, "name": "Sundown"}], [{"id": SALES, "name": "Sales"}]


async def test_a_workspace_of_its_own_needs_no_word() -> None:
    plain = {"team_id": HOME, "user_id": "U1", "bot_id": "B1"}
    assert await identify(Web(plain), wanted="") == Identity(HOME, "U1", "B1")


async def test_an_app_of_one_workspace_in_a_grid_is_of_that_workspace() -> None:
    who = await identify(Web(OF_GRID), wanted="")
    assert (who.team, who.workspace) == (HOME, None)


async def test_the_only_workspace_of_an_organisation_is_meant() -> None:
    who = await identify(Web(ORG, ONE), wanted="")
    assert (who.team, who.workspace, who.enterprise) == (HOME, HOME, ACME)


async def test_of_several_the_one_that_the_settings_name_is_meant() -> None:
    assert (await identify(Web(ORG, ONE, TWO), wanted=SALES)).workspace == SALES


@pytest.mark.parametrize(
    ("web", "wanted", "said"),
    [
        (Web(ORG, ONE, TWO), "", ["SUNDOWN_SLACK_TEAM", HOME, SALES, "Sales", ACME]),
        (Web(ORG), "", ["in no workspace", "add it to one"]),
        (Web(ORG, ONE), SALES, ["SUNDOWN_SLACK_TEAM", "no such workspace", HOME]),
        (Web(OF_GRID), SALES, ["SUNDOWN_SLACK_TEAM", "the token is of the workspace", HOME]),
    ],
    ids=["several", "none", "another organisation's", "another token's"],
)
async def test_where_it_cannot_be_told_it_is_refused_with_what_to_do(web: Web, wanted: str, said: list[str]) -> None:
    with pytest.raises(WhichWorkspace) as error:
        await identify(web, wanted=wanted)
    assert all(word in str(error.value) for word in said)


@pytest.mark.parametrize(
    ("user", "foreign"),
    [
        ({"team_id": ACME, "enterprise_user": {"enterprise_id": ACME, "teams": [HOME, SALES]}}, False),
        ({"team_id": SALES, "enterprise_user": {"enterprise_id": ACME, "teams": [SALES]}}, True),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER", "teams": ["T0OTHER"]}}, True),
        ({"enterprise_user": {"enterprise_id": ACME, "teams": [HOME]}}, False),
        ({"team_id": ACME}, True),
        ({}, True),
    ],
    ids=["a member", "of another workspace", "of another organisation", "no team", "no workspaces", "nothing said"],
)
async def test_people_are_those_of_the_workspace_that_is_meant(user: dict[str, Any], *, foreign: bool) -> None:
    async with open_session() as session:
        directory = SlackDirectory(client_for("http://127.0.0.1:9/api/", token="xoxb-1", session=session))
        directory.home = Identity(HOME, enterprise=ACME)
        assert directory.profile({"id": "U1", **user}).foreign is foreign


Talk = Callable[[AsyncWebClient], Any]


def asked(slack: Workspace, talk: Talk) -> Any:
    """What comes of talking with the simulator."""

    async def run() -> Any:
        environment = slack.environment
        async with open_session() as session:
            url, token = environment["SLACK_API_URL"], environment["SLACK_BOT_TOKEN"]
            return await talk(client_for(url, token=token, session=session))

    return asyncio.run(run())


def test_channels_groups_and_people_are_found_in_an_organisation(slack: Workspace) -> None:
    slack.load({"enterprise": "Acme", "others": ["Sales"]})

    async def talk(client: AsyncWebClient) -> Any:
        who = await identify(client, wanted=HOME)
        directory = SlackDirectory(client)
        directory.home = who

        async def none(_: str) -> None:
            return None

        messages = Messages(client, cluster_name="c", callback_url="", counting=none, team=lambda: who.workspace)
        ana = await directory.user_by_email("ana@example.com")
        groups, channels = await directory.groups(), await messages.channels()
        return ana, groups, channels, await messages.members_of(identifier("S", "platform"))

    ana, groups, channels, members = asked(slack, talk)
    assert not ana.foreign
    assert groups.keys() == {"platform"}
    assert channels.keys() == {"dev", "general"}
    assert ana.id in members


@pytest.fixture
def acme(slack: Workspace) -> Workspace:
    """A workspace of an organisation that has another one too."""
    slack.load({"enterprise": "Acme", "others": ["Sales"]})
    return slack


@pytest.mark.lab
def test_a_frontdesk_that_cannot_tell_is_not_ready_and_says_why(acme: Workspace, counter: Counter) -> None:
    desk = counter.fresh(acme)
    desk.launch()
    said = eventually(
        lambda: [text for _, text in [desk.probe("/readyz")] if "SUNDOWN_SLACK_TEAM" in text] if desk.port else [],
        what="it says what is missing",
    )
    assert SALES in said[0]


@pytest.mark.lab
def test_people_of_an_organisation_are_answered_and_reminded(
    acme: Workspace, counter: Counter, stage: Stage, env: Env
) -> None:
    stage.usual()
    counter.fresh(acme, SUNDOWN_SLACK_TEAM=HOME).start()
    running(env, owner="@platform")
    stopping(env)
    for channel in ("#dev", "@ana", "@chen"):
        announced(acme, env, "stops", channel=channel)
    assert "awake" in words(answer_to(acme.act("bo"), f"start {env.name}"))
