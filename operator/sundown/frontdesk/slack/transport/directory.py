"""People as Slack's Web API tells of them."""

from __future__ import annotations

from typing import Any

import structlog

from sundown.frontdesk.people.people import Profile, SlackAway
from sundown.frontdesk.slack.transport.client import FAILURES, AsyncWebClient, SlackApiError, away
from sundown.frontdesk.slack.transport.identity import Identity

log = structlog.get_logger(__name__)

_NOBODY = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
_NO_GROUPS = frozenset({"missing_scope", "not_allowed_token_type", "paid_teams_only", "plan_upgrade_required"})


class SlackDirectory:
    """Looks people up. ``home`` is who the app is, once it is known: people of other workspaces are foreign."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._without_groups = False
        self.home = Identity()

    async def user(self, user_id: str) -> Profile | None:
        """The user of that id; None where there is none.

        Raises:
            SlackAway: it could not be asked.
        """
        self._require_identity()
        try:
            answer = await self._client.users_info(user=user_id)
        except FAILURES as error:
            if _code(error) in _NOBODY:
                return None
            raise away(error) from error
        return self.profile(answer.get("user") or {})

    async def user_by_email(self, email: str) -> Profile | None:
        """The user with that e-mail address; None where there is none.

        Raises:
            SlackAway: it could not be asked.
        """
        self._require_identity()
        try:
            answer = await self._client.users_lookupByEmail(email=email)
        except FAILURES as error:
            if _code(error) in _NOBODY:
                return None
            raise away(error) from error
        return self.profile(answer.get("user") or {})

    async def groups(self) -> dict[str, frozenset[str]]:
        """The ids of the members of each user group, by its handle; none where the app or the workspace has none.

        Raises:
            SlackAway: it could not be asked.
        """
        if self._without_groups:
            return {}
        workspace = self.home.workspace
        try:
            answer = await self._client.usergroups_list(include_users=True, team_id=workspace)
        except FAILURES as error:
            if _code(error) in _NO_GROUPS:
                self._without_groups = True
                log.info("no-user-groups", reason=_code(error))
                return {}
            raise away(error) from error
        listed = answer.get("usergroups") or []
        return {str(group["handle"]): frozenset(group.get("users") or ()) for group in listed if group.get("handle")}

    def profile(self, user: dict[str, Any]) -> Profile:
        """A user object of Slack (https://docs.slack.dev/reference/objects/user-object)."""
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        return Profile(
            id=str(user.get("id") or ""),
            email=str(profile.get("email") or ""),
            name=str(name or user.get("id") or ""),
            time_zone=str(user.get("tz") or ""),
            confirmed=user.get("is_email_confirmed") is True,
            foreign=self._is_foreign(user),
            deleted=bool(user.get("deleted")),
            bot=bool(user.get("is_bot")),
            guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        )

    def _require_identity(self) -> None:
        if self.home.team is None:
            raise SlackAway("Slack has not told me yet which workspace I belong to, so I cannot tell who is of it")

    def _is_foreign(self, user: dict[str, Any]) -> bool:
        """Whether another organisation vouches for this user, as in channels that Slack Connect shares."""
        if user.get("is_stranger"):
            return True
        ours = self.home.team
        enterprise = user.get("enterprise_user") or {}
        return ours is None or ours not in {user.get("team_id"), *(enterprise.get("teams") or ())}


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError) and hasattr(error.response, "get"):
        return str(error.response.get("error") or "")
    return ""
