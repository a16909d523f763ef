"""chat.*: https://docs.slack.dev/reference/methods?family=chat."""

from sundown_lab.slack import posting, render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method, page
from sundown_lab.slack.records import Channel, Json, Message, Scheduled
from sundown_lab.slack.simulator import Simulator

FIELDS = ("text", "blocks", "attachments", "metadata", "thread_ts", "reply_broadcast")
FARTHEST = 120 * 24 * 3600
SCHEDULED_AT_ONCE = 30


def _given(args: Args) -> Json:
    return {name: args[name] for name in FIELDS if name in args}


def _post(sim: Simulator, args: Args) -> Json:
    channel = sim.team.joined(args.text("channel"), to_post=True)
    said = posting.draft(sim.team, channel, _given(args), ts=sim.team.next_ts())
    posting.answered(said, channel)
    sim.posted(said)
    return {"channel": channel.id, "ts": said.ts, "message": render.message(sim.team, said, metadata=True)}


def _own(sim: Simulator, args: Args, *, error: str) -> tuple[Channel, Message]:
    channel = sim.team.channel(args.text("channel"))
    said = sim.team.message(channel, args.text("ts"))
    if channel.is_archived:
        raise Refused("is_inactive")
    if said.user != sim.team.bot:
        raise Refused(error)
    return channel, said


def _update(sim: Simulator, args: Args) -> Json:
    channel, said = _own(sim, args, error="cant_update_message")
    before = render.message(sim.team, said, metadata=True)
    posting.rewrite(sim.team, said, _given(args))
    sim.edited(said, before)
    return {
        "channel": channel.id,
        "ts": said.ts,
        "text": said.text,
        "message": render.message(sim.team, said, metadata=True),
    }


def _delete(sim: Simulator, args: Args) -> Json:
    channel, said = _own(sim, args, error="cant_delete_message")
    if sim.team.replies(channel, said.ts):  # the thread stays, as it does in Slack
        said.text, said.subtype, said.blocks, said.metadata = "This message was deleted.", "tombstone", [], None
        said.user, said.bot_id = "USLACKBOT", None
    else:
        del channel.messages[said.ts]
    sim.team.touched(said)
    return {"channel": channel.id, "ts": said.ts}


def _post_ephemeral(sim: Simulator, args: Args) -> Json:
    channel = sim.team.joined(args.text("channel"), to_post=True)
    if args.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    said = posting.draft(sim.team, channel, _given(args), ts=sim.team.next_ts())
    said.only_for = args.text("user")
    if said.thread_ts is None or sim.team.replies(channel, said.thread_ts):
        sim.posted(said)  # in a thread that nobody has begun Slack takes it, and shows it to nobody
    return {"message_ts": said.ts}


def _schedule(sim: Simulator, args: Args) -> Json:
    channel = sim.team.joined(args.text("channel"), to_post=True)
    now = int(sim.clock.now())
    post_at = args.number("post_at", default=0, least=0, most=10**11, error="invalid_time")
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + FARTHEST:
        raise Refused("time_too_far")
    near = [
        each for each in sim.team.scheduled.values() if each.channel == channel.id and abs(each.post_at - post_at) < 300
    ]
    if len(near) >= SCHEDULED_AT_ONCE:
        raise Refused("restricted_too_many")
    draft = posting.draft(sim.team, channel, _given(args), ts="")
    scheduled = Scheduled(sim.team.serial("Q"), channel.id, post_at, now, draft.text, draft)
    sim.team.scheduled[scheduled.id] = scheduled
    sim.delivery.background(_post_later(sim, scheduled))
    shown = {key: value for key, value in render.message(sim.team, draft, metadata=True).items() if key != "ts"}
    return {"channel": channel.id, "scheduled_message_id": scheduled.id, "post_at": post_at, "message": shown}


async def _post_later(sim: Simulator, scheduled: Scheduled) -> None:
    await sim.clock.sleep(scheduled.post_at - sim.clock.now())
    if sim.team.scheduled.pop(scheduled.id, None) is None:
        return
    if scheduled.draft.metadata is not None:
        return  # as Slack's own documentation warns: with metadata it is never posted
    scheduled.draft.ts = sim.team.next_ts()
    posting.answered(scheduled.draft, sim.team.channels[scheduled.channel])
    sim.posted(scheduled.draft)


def _delete_scheduled(sim: Simulator, args: Args) -> Json:
    channel = sim.team.channel(args.text("channel"))
    found = sim.team.scheduled.get(args.text("scheduled_message_id"))
    if found is None or found.channel != channel.id:
        raise Refused("invalid_scheduled_message_id")
    del sim.team.scheduled[found.id]
    return {}


def _list_scheduled(sim: Simulator, args: Args) -> Json:
    channel = sim.team.channel(args.text("channel")).id if "channel" in args else None
    wanted = [each for each in sim.team.scheduled.values() if channel in (None, each.channel)]
    shown: list[Json] = [
        {
            "id": each.id,
            "channel_id": each.channel,
            "post_at": each.post_at,
            "date_created": each.created,
            "text": each.text,
        }
        for each in sorted(wanted, key=lambda each: each.post_at)
    ]
    found, metadata = page(shown, args)
    return {"scheduled_messages": found, "response_metadata": metadata}


def _permalink(sim: Simulator, args: Args) -> Json:
    channel = sim.team.channel(args.text("channel"))
    said = sim.team.message(channel, args.text("message_ts"))
    link = f"https://{sim.team.domain}.slack.com/archives/{channel.id}/p{said.ts.replace('.', '')}"
    if said.is_reply:
        link += f"?thread_ts={said.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = (
    Method("chat.postMessage", _post, ("channel",)),
    Method("chat.update", _update, ("channel", "ts")),
    Method("chat.delete", _delete, ("channel", "ts")),
    Method("chat.postEphemeral", _post_ephemeral, ("channel", "user")),
    Method("chat.scheduleMessage", _schedule, ("channel", "post_at")),
    Method("chat.deleteScheduledMessage", _delete_scheduled, ("channel", "scheduled_message_id")),
    Method("chat.scheduledMessages.list", _list_scheduled),
    Method("chat.getPermalink", _permalink, ("channel", "message_ts"), json=False),
)
