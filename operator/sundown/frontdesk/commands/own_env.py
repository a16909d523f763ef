"""Which env is meant: the one of that name, or where a command names none the person's own, if there is no doubt which that is."""

from __future__ import annotations

from sundown.frontdesk.commands.parsing import WhichEnv
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.ownership import is_owner
from sundown.frontdesk.people.people import Person
from sundown.model.cutting import some_of
from sundown.usecases.find import Found, find

_NAMED = 10


async def env_of(desk: Desk, namespace: str) -> Found:
    """The env of that name, as the watches tell it, or as the cluster has it where they have not told of it yet.

    Raises:
        NotFound: there is none; the namespace may exist.
        ApiError: the cluster could not be asked.
    """
    return desk.board.env(namespace) or await find(desk.cluster, namespace, door=desk.door)


async def own_env(desk: Desk, person: Person, *, verb: str) -> str:
    """The one env that the person owns; of somebody who owns none, the one that they see.

    Raises:
        WhichEnv: there are several, or none; the text names them.
        ApiError: the cluster could not be asked what they may see.
    """
    seen = await desk.sight.of(person, desk.board.envs)
    mine = [found.namespace for found in seen if is_owner(person, found)]
    meant = mine or [found.namespace for found in seen]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise WhichEnv("there is no environment that you may see, so none can be meant", verb=verb)
    whose = "yours are" if mine else "you see"
    raise WhichEnv(f"say which environment you mean, {whose} {some_of(meant, _NAMED)}", verb=verb)
