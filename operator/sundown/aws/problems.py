"""What is wrong with the tags of a thing in AWS, so that it is left alone: in words for whoever tagged it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sundown.aws import tags
from sundown.model.cloud import CloudPart


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is left alone, and why."""

    arn: str
    title: str
    region: str
    account: str
    text: str
    namespace: str = ""
    """The env that it was likely meant for, where its tags do not say so properly."""

    def __str__(self) -> str:
        return f"{self.title} ({self.region}, {self.account}): {self.text}"


def problem_of(part: CloudPart, *, known: Callable[[str], bool]) -> Problem | None:
    """What is wrong, or None. ``known`` says whether there is a namespace of that name, or nobody can tell yet."""
    text = _text(part, known=known)
    if text is None:
        return None
    return Problem(part.arn, part.title, part.region, part.account, text, namespace=part.meant_for)


def _text(part: CloudPart, *, known: Callable[[str], bool]) -> str | None:
    if part.misspelt and part.record is None:
        return f"{part.misspelt}; until then it does not sleep"
    if not part.namespace:
        return "it has no namespace tag, so it belongs to no env: name one, or take the scheduler tag off"
    names = tags.claimed(part.namespace)
    if not names:
        return f'its namespace tag is "{part.namespace}", which cannot be the name of a namespace'
    if len(names) > 1:
        return str(part.refused) if part.refused is not None else None
    return _of_no_namespace(part) if not known(part.namespace) else None


def _of_no_namespace(part: CloudPart) -> str:
    if part.record is not None:
        return (
            f"it was stopped for the env {part.namespace}, which is gone, and stays stopped: start it yourself, or tag it "
            "for another env"
        )
    return (
        f"there is no namespace {part.namespace} in this cluster: where it is for another, tag it {tags.CLUSTER} with that "
        "one's SUNDOWN_CLUSTER_NAME"
    )
