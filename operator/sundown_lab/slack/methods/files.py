"""files.*: the upload in three steps, https://docs.slack.dev/messaging/working-with-files#uploading_files."""

from sundown_lab.slack import blockkit, render
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.methods.rows import Args, Method
from sundown_lab.slack.records import File, Json, Message
from sundown_lab.slack.simulator import Simulator

LARGEST = 20 * 2**20


def _get_url(sim: Simulator, args: Args) -> Json:
    length = args.number("length", default=0, least=1, most=2**40, error="invalid_arguments")
    if length > LARGEST:
        raise Refused("file_upload_size_restricted")
    file = File(sim.team.serial("F"), args.text("filename"), length)
    sim.team.files[file.id] = file
    return {"upload_url": f"{sim.base}/upload/{file.id}", "file_id": file.id}


def _complete(sim: Simulator, args: Args) -> Json:
    wanted = blockkit.decoded(args["files"], error="invalid_arguments")
    if (
        not isinstance(wanted, list)
        or not wanted
        or not all(isinstance(each, dict) and "id" in each for each in wanted)
    ):
        raise Refused("invalid_arguments", messages=["must provide an array of files [json-pointer:/files]"])
    files = []
    for each in wanted:
        file = sim.team.files.get(str(each["id"]))
        if file is None or file.content is None:
            raise Refused("file_not_found")
        if file.shared:
            raise Refused("file_update_failed")
        file.title = str(each.get("title") or file.name)
        files.append(file)
    names = [name for name in [*args.text("channels").split(","), args.text("channel_id")] if name]
    places = [sim.team.joined(name) for name in names]
    for file in files:
        file.shared = True
    for channel in places:
        text, ts = args.text("initial_comment"), sim.team.next_ts()
        said = Message(ts, channel.id, sim.team.bot, text, bot_id=sim.team.bot_id, files=[file.id for file in files])
        said.thread_ts = args.text("thread_ts") or None
        sim.posted(said)
    return {"files": [render.file(file) for file in files]}


def _info(sim: Simulator, args: Args) -> Json:
    file = sim.team.files.get(args.text("file"))
    if file is None:
        raise Refused("file_not_found")
    return {"file": {**render.file(file), "url_private": f"{sim.base}/files/{file.id}"}}


METHODS = (
    Method("files.getUploadURLExternal", _get_url, ("filename", "length"), json=False),
    Method("files.completeUploadExternal", _complete, ("files",)),
    Method("files.info", _info, ("file",), json=False),
)
