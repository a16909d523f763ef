"""How users, channels, messages and views look to the app."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sundown_lab.slack.records import Channel, File, Json, Message, User, View
from sundown_lab.slack.team import Team


def offset(zone: str, at: float) -> tuple[int, str]:
    """Seconds east of UTC at a moment (seconds since 1970), and what the zone is then called."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    shift = local.utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0, local.tzname() or zone


def user(team: Team, who: User) -> Json:
    """A user as users.info has it; the e-mail only where the profile has one."""
    seconds, label = offset(who.tz, team.clock.now())
    profile: Json = {
        "real_name": who.real_name,
        "real_name_normalized": who.real_name,
        "display_name": who.name,
        "display_name_normalized": who.name,
        "team": team.id,
        **({"bot_id": team.bot_id, "api_app_id": team.app_id} if who.is_bot else {}),
        **({"email": who.email} if who.email else {}),
    }
    return {
        "id": who.id,
        "team_id": team.id,
        "name": who.name,
        "deleted": who.deleted,
        "real_name": who.real_name,
        "tz": who.tz,
        "tz_label": label,
        "tz_offset": seconds,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_email_confirmed": True,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": who.is_bot,
        "is_app_user": False,
        "updated": who.updated,
        **({} if who.is_bot else _of_organisation(team, who)),
    }


def _of_organisation(team: Team, who: User) -> Json:
    """What a user of an organisation has besides; their ``team_id`` may be any of its workspaces."""
    if not team.enterprise:
        return {}
    teams = [team.id]
    return {
        "enterprise_user": {"id": who.id, "enterprise_id": team.enterprise, "teams": teams},
        "team_id": team.enterprise,
    }


def channel(team: Team, place: Channel) -> Json:
    """A conversation as conversations.info has it."""
    common: Json = {
        "id": place.id,
        "created": place.created,
        "is_archived": place.is_archived,
        "is_im": place.kind == "im",
        "is_mpim": False,
        "is_org_shared": False,
        "context_team_id": team.id,
    }
    if place.kind == "im":
        return {**common, "user": next(each for each in place.members if each != team.bot), "is_user_deleted": False}
    return {
        **common,
        "name": place.name,
        "name_normalized": place.name,
        "previous_names": place.previous_names,
        "is_channel": True,
        "is_group": False,
        "is_private": place.is_private,
        "is_general": place.name == "general",
        "is_member": team.bot in place.members,
        "creator": team.bot,
        "num_members": len(place.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message(team: Team, said: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history has it."""
    shown: Json = {"type": "message", "user": said.user, "text": said.text, "ts": said.ts, "team": team.id}
    if said.subtype:
        shown["subtype"] = said.subtype
    if said.bot_id:
        shown |= {
            "bot_id": said.bot_id,
            "app_id": team.app_id,
            "bot_profile": {"id": said.bot_id, "name": team.spec.bot},
        }
    if said.blocks:
        shown["blocks"] = json.loads(json.dumps(said.blocks))
    if said.attachments:
        shown["attachments"] = said.attachments
    if said.edited:
        shown["edited"] = {"user": said.user, "ts": said.edited}
    if said.files:
        shown["files"] = [file(team.files[each]) for each in said.files]
    if metadata and said.metadata:
        shown["metadata"] = said.metadata
    if said.reactions:
        shown["reactions"] = reactions(said)
    if said.thread_ts:
        shown["thread_ts"] = said.thread_ts
        shown |= {} if said.is_reply else _thread(team, said)
    return shown


def _thread(team: Team, parent: Message) -> Json:
    answers = team.replies(team.channels[parent.channel], parent.ts)
    return {
        "reply_count": len(answers),
        "reply_users": list(dict.fromkeys(each.user for each in answers)),
        "latest_reply": answers[-1].ts if answers else parent.ts,
    }


def reactions(said: Message) -> list[Json]:
    """Who reacted to a message, and how."""
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in said.reactions.items()]


def view(team: Team, shown: View) -> Json:
    """A view as views.open answers it and as payloads have it."""
    content = shown.content
    return {
        "id": shown.id,
        "team_id": team.id,
        "type": shown.type,
        "blocks": json.loads(json.dumps(shown.blocks)),
        "private_metadata": content.get("private_metadata") or "",
        "callback_id": content.get("callback_id") or "",
        "state": {"values": json.loads(json.dumps(shown.values))},
        "hash": shown.hash,
        "title": content.get("title"),
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": shown.previous,
        "root_view_id": shown.root,
        "app_id": team.app_id,
        "external_id": content.get("external_id") or "",
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
    }


def file(shown: File) -> Json:
    """A file as files.completeUploadExternal answers it."""
    return {"id": shown.id, "name": shown.name, "title": shown.title or shown.name, "size": shown.length}
