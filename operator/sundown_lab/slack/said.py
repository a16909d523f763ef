"""What a person's wish says."""

from sundown_lab.slack.errors import Impossible
from sundown_lab.slack.records import Json


def need(wish: Json, name: str) -> str:
    """A string that has to be there. Raises Impossible: it is not."""
    value = wish.get(name)
    if not isinstance(value, str) or not value:
        raise Impossible(f"{name} has to be said")
    return value
