"""More than ten alerts within a minute are told as one message, which is written again as they go. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from sundown.frontdesk.incidents.incident import Book, Digest, Incident, members

MOST_A_MINUTE = 10
_MINUTE = timedelta(minutes=1)
_JOINED_FOR = timedelta(minutes=10)
"""So long after the last that came to it a digest takes more; a later storm is news, and gets a message of its own."""
_NAMED = 8


def gather(book: Book, *, now: datetime) -> Book:
    """Puts what is to be told and would be too much into a digest."""
    untold: dict[str, list[Incident]] = defaultdict(list)
    lately: Counter[str] = Counter()
    for one in book.incidents.values():
        if one.is_open and one.said_at is None and not one.digest:
            untold[one.to].append(one)
        elif one.said_at is not None and not one.digest and now - one.opened_at < _MINUTE:
            lately[one.to] += 1
    raging = {one.to for one in book.digests.values() if not one.ended and now - one.latest < _MINUTE}
    for to, opened in untold.items():
        if to in raging or len(opened) + lately[to] > MOST_A_MINUTE:
            book = _join(book, to, opened, now=now)
    return book


def overflow(book: Book, *, more: int, now: datetime) -> Book:
    """There are incidents for which there is no room: at least their number is told."""
    if more and all(one.ended for one in book.digests.values()):
        return _join(book, "", [], now=now)
    return book


def close(book: Book, *, now: datetime, more: int) -> Book:
    """Ends digests of which nothing is left."""
    for digest in tuple(book.digests.values()):
        last = digest.id == newest(book)
        if not digest.ended and not any(members(book, digest.id)) and not (more and last):
            over = {"ended": "recovered", "ended_at": now.replace(microsecond=0)}
            book = book.put(digest.model_copy(update=over))
    return book


def newest(book: Book) -> str:
    """The id of the digest that tells of incidents for which there is no room."""
    running = [one for one in book.digests.values() if not one.ended]
    return max(running, key=_begun).id if running else ""


def _join(book: Book, to: str, opened: list[Incident], *, now: datetime) -> Book:
    at = now.replace(microsecond=0)
    digest = next(
        (
            one
            for one in sorted(book.digests.values(), key=_begun, reverse=True)
            if one.to == to and not one.ended and now - one.latest < _JOINED_FOR
        ),
        None,
    ) or Digest(id=f"{now.timestamp():.6f}/{to}"[:300], to=to, opened_at=at, latest=at)
    total = Counter(digest.total) + Counter(one.kind for one in opened)
    names = dict.fromkeys((*digest.namespaces, *(one.namespace for one in opened if one.namespace)))
    changes = {"latest": at, "total": dict(total), "namespaces": tuple(names)[: _NAMED + 1]}
    digest = digest.model_copy(update=changes)
    return book.put(digest, *(one.model_copy(update={"digest": digest.id}) for one in opened))


def _begun(digest: Digest) -> tuple[datetime, str]:
    return digest.opened_at, digest.id
