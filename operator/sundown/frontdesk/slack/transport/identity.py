"""Who the app is in Slack: a workspace's own, or one that is installed for the whole organisation of an Enterprise Grid.

A token of the latter names the organisation where others name their workspace, so nobody would be of "the" workspace, and
Slack lists channels and user groups of a workspace only. So one of them is chosen, by itself where there is but one: its
members are the people, its channels and groups are meant.
Source: https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
"""

from __future__ import annotations

from dataclasses import dataclass

from sundown.errors import SundownError
from sundown.frontdesk.slack.transport.client import AsyncWebClient
from sundown.model.cutting import clip

_MOST_PAGES = 20
_SHOWN = 10


class WhichWorkspace(SundownError):
    """An organisation has several workspaces, or the app is in none of them; somebody has to say more."""

    reason = "Misconfigured"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the app is, as ``auth.test`` says; all None until it has answered. ``enterprise`` only where it is installed for one."""

    team: str | None = None
    user: str | None = None
    bot: str | None = None
    enterprise: str | None = None

    @property
    def workspace(self) -> str | None:
        """The workspace that has to be named in calls; None where the token is of one."""
        return self.team if self.enterprise is not None else None


async def identify(client: AsyncWebClient, *, wanted: str) -> Identity:
    """Ask Slack who the app is. ``wanted`` is the workspace that the settings name, empty where they name none.

    Raises:
        WhichWorkspace: what to do, where it cannot be told which workspace is meant.
        Exception: one of ``client.FAILURES`` when Slack could not be asked.
    """
    answer = await client.auth_test()
    team, user, bot = answer.get("team_id"), answer.get("user_id"), answer.get("bot_id")
    if answer.get("is_enterprise_install") is not True:
        if wanted and wanted != team:
            raise WhichWorkspace(
                f"SUNDOWN_SLACK_TEAM is {wanted}, but the token is of the workspace {team}: give the token of the other, or "
                "leave SUNDOWN_SLACK_TEAM out"
            )
        return Identity(team, user, bot)
    enterprise = str(answer.get("enterprise_id") or team or "")
    teams = await _teams(client)
    if not teams:
        raise WhichWorkspace(
            f"the app is installed for the whole organisation {enterprise}, but in no workspace of it: add it to one, in "
            "Slack's administration under Integrations"
        )
    if not wanted and len(teams) > 1:
        listed = ", ".join(f"{id_} ({clip(name, 40)})" for id_, name in list(teams.items())[:_SHOWN])
        raise WhichWorkspace(
            f"the app is installed for the whole organisation {enterprise}, in {len(teams)} workspaces: say by "
            f"SUNDOWN_SLACK_TEAM whose people, channels and user groups are meant: {listed}"
        )
    if wanted and wanted not in teams:
        raise WhichWorkspace(
            f"SUNDOWN_SLACK_TEAM is {wanted}, and the app is in no such workspace of the organisation {enterprise}; it is in "
            f"{', '.join(list(teams)[:_SHOWN])}"
        )
    return Identity(wanted or next(iter(teams)), user, bot, enterprise)


async def _teams(client: AsyncWebClient) -> dict[str, str]:
    """The workspaces that the app is in, by id, with their names."""
    found: dict[str, str] = {}
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        answer = await client.auth_teams_list(limit=100, cursor=cursor)
        found |= {str(each.get("id")): str(each.get("name") or "") for each in answer.get("teams") or ()}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return found
