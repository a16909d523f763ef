"""views.*: https://docs.slack.dev/reference/methods?family=views."""

from sundown_lab.slack import blockkit, render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method, required
from sundown_lab.slack.records import Json, View
from sundown_lab.slack.simulator import Simulator

MOST = 3


def replace(sim: Simulator, view: View, content: Json) -> None:
    """Another content for a view that is shown. What was typed stays where the block and the element are the same."""
    kept = {
        (block["block_id"], element["action_id"])
        for block in content["blocks"]
        for element in blockkit.interactive(block)
    }
    view.values = {
        block: inside
        for block, values in view.values.items()
        if (inside := {action: value for action, value in values.items() if (block, action) in kept})
    }
    view.content, view.hash, view.errors, view.error = content, sim.view_hash(), {}, None
    sim.changes.tell(view.type if view.type == "home" else "view", user=view.user)


def push(sim: Simulator, content: Json, *, user: str) -> View:
    """A view on top of the others. Raises Refused: push_limit_reached."""
    stack = sim.team.views.setdefault(user, [])
    if len(stack) >= MOST:
        raise Refused("push_limit_reached")
    top = stack[-1] if stack else None
    view = sim.view(content, user=user, root=top.root if top else None, previous=top.id if top else None)
    stack.append(view)
    sim.changes.tell("view", user=user)
    return view


def _open(sim: Simulator, args: Args) -> Json:
    content = blockkit.view_or_refuse(args["view"])
    _external(sim, content)
    user = sim.tickets.redeem(args.text("trigger_id")).user
    sim.team.views[user] = []
    return {"view": render.view(sim.team, push(sim, content, user=user))}


def _push(sim: Simulator, args: Args) -> Json:
    content = blockkit.view_or_refuse(args["view"])
    _external(sim, content)
    trigger = sim.tickets.redeem(args.text("trigger_id"))
    if not trigger.in_modal or not sim.team.views.get(trigger.user):
        raise Refused("invalid_arguments", messages=["the trigger_id does not come from an open modal"])
    return {"view": render.view(sim.team, push(sim, content, user=trigger.user))}


def _external(sim: Simulator, content: Json, *, but: View | None = None) -> None:
    name = content.get("external_id")
    taken = [
        view
        for stack in sim.team.views.values()
        for view in stack
        if view is not but and view.content.get("external_id") == name
    ]
    if name and taken:
        raise Refused("duplicate_external_id")


def _wanted(sim: Simulator, args: Args) -> View:
    if args.text("view_id"):
        found = sim.team.find_view(args.text("view_id"))
    elif args.text("external_id"):
        views = [view for stack in sim.team.views.values() for view in stack]
        found = next((view for view in views if view.content.get("external_id") == args.text("external_id")), None)
    else:
        required(args, ("view_id",))
        found = None
    if found is None:
        raise Refused("not_found")
    return found


def _update(sim: Simulator, args: Args) -> Json:
    content = blockkit.view_or_refuse(args["view"], kinds=("modal", "home"))
    view = _wanted(sim, args)
    if args.text("hash") and args.text("hash") != view.hash:
        raise Refused("hash_conflict")
    if content["type"] != view.type:
        raise Refused("invalid_arguments", messages=["the type of a view cannot be changed [json-pointer:/view/type]"])
    _external(sim, content, but=view)
    replace(sim, view, content)
    return {"view": render.view(sim.team, view)}


def _publish(sim: Simulator, args: Args) -> Json:
    content = blockkit.view_or_refuse(args["view"], kinds=("home",))
    user = sim.team.users.get(args.text("user_id"))
    if user is None or user.is_bot:
        raise Refused("invalid_arguments", messages=["invalid `user_id`"])
    home = sim.team.homes.get(user.id)
    if args.text("hash") and home is not None and args.text("hash") != home.hash:
        raise Refused("hash_conflict")
    if home is None:
        home = sim.team.homes[user.id] = sim.view(content, user=user.id)
    replace(sim, home, content)
    return {"view": render.view(sim.team, home)}


METHODS = (
    Method("views.open", _open, ("trigger_id", "view")),
    Method("views.push", _push, ("trigger_id", "view")),
    Method("views.update", _update, ("view",)),
    Method("views.publish", _publish, ("user_id", "view")),
)
