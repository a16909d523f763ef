"""What an answer of the API server that is an error says."""

from __future__ import annotations

from sundown.cluster.body import Body
from sundown.cluster.errors import ApiError, error_for, told
from sundown.cluster.pages import json_object
from sundown.model.cutting import clip


def failure(answer: Body, *, request: str, status: int, retry_after: float | None) -> ApiError:
    """The error that an answer with a status of 400 or more stands for."""
    text, named = _message(answer, status)
    return error_for(status, f"{request}: {text}", retry_after, kind_named=named)


def _message(answer: Body, status: int) -> tuple[str, bool]:
    """What it says, and whether it names the kind that it is about: one that is not served is not named."""
    try:
        said = json_object(answer)
    except ValueError:
        return clip(answer[:1000].decode(errors="replace"), 200) or str(status), False
    details = said.get("details")
    return told(str(said.get("message") or status)), isinstance(details, dict) and bool(details.get("kind"))
