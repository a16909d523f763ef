"""auth.*, apps.*, users.*, usergroups.*: who is there, and who the app is."""

from sundown_lab.slack import render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method, of_team, page
from sundown_lab.slack.records import Json, User
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.team import identifier


def _test(sim: Simulator, _args: Args) -> Json:
    team = sim.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.spec.team,
        "user": team.users[team.bot].name,
        "team_id": team.enterprise or team.id,
        "user_id": team.bot,
        "bot_id": team.bot_id,
        "is_enterprise_install": bool(team.enterprise),
        **({"enterprise_id": team.enterprise} if team.enterprise else {}),
    }


def _teams(sim: Simulator, args: Args) -> Json:
    team = sim.team
    names: list[Json] = [{"id": team.id, "name": team.spec.team}]
    names += [{"id": identifier("T", name), "name": name} for name in team.spec.others]
    found, metadata = page(names, args)
    return {"teams": found, "response_metadata": metadata}


def _open_connection(sim: Simulator, _args: Args) -> Json:
    return {"url": f"{sim.base.replace('http', 'ws', 1)}/socket/{sim.sockets.ticket()}"}


def _api_test(_sim: Simulator, _args: Args) -> Json:
    return {}


def _found(sim: Simulator, args: Args) -> User:
    user = sim.team.users.get(args.text("user"))
    if user is None:
        raise Refused("user_not_found")
    return user


def _info(sim: Simulator, args: Args) -> Json:
    return {"user": render.user(sim.team, _found(sim, args))}


def _list(sim: Simulator, args: Args) -> Json:
    found, metadata = page([render.user(sim.team, each) for each in sim.team.users.values()], args, default=200)
    return {"members": found, "cache_ts": int(sim.clock.now()), "response_metadata": metadata}


def _by_email(sim: Simulator, args: Args) -> Json:
    wanted = args.text("email").lower()
    user = next(
        (each for each in sim.team.users.values() if each.email and each.email.lower() == wanted and not each.deleted),
        None,
    )
    if user is None:
        raise Refused("users_not_found")
    return {"user": render.user(sim.team, user)}


def _usergroups(sim: Simulator, args: Args) -> Json:
    of_team(sim, args)
    shown: list[Json] = []
    for group in sim.team.usergroups:
        if group.disabled and not args.flag("include_disabled"):
            continue
        entry: Json = {
            "id": group.id,
            "team_id": sim.team.id,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
        }
        if args.flag("include_users"):
            entry["users"] = group.users
        if args.flag("include_count"):
            entry["user_count"] = len(group.users)
        shown.append(entry)
    return {"usergroups": shown}


def _usergroup_members(sim: Simulator, args: Args) -> Json:
    of_team(sim, args)
    group = next((each for each in sim.team.usergroups if each.id == args.text("usergroup")), None)
    if group is None or (group.disabled and not args.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": group.users}


METHODS = (
    Method("api.test", _api_test),
    Method("auth.test", _test),
    Method("auth.teams.list", _teams),
    Method("apps.connections.open", _open_connection, token="app"),  # noqa: S106 - the kind of one
    Method("users.info", _info, ("user",), json=False),
    Method("users.list", _list, json=False),
    Method("users.lookupByEmail", _by_email, ("email",), json=False),
    Method("usergroups.list", _usergroups, json=False),
    Method("usergroups.users.list", _usergroup_members, ("usergroup",), json=False),
)
