"""One call for many: what one bad identifier costs the others, and how many calls it takes to find it."""

from collections.abc import Callable, Sequence
from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.aws.bisect import in_bulk
from sundown.aws.errors import CloudDenied, CloudError, CloudGone, CloudThrottled, CloudUnreachable

FIFTY = [f"i-{number:017x}" for number in range(50)]


class Service:
    """Does to all or to none what it is asked to, as AWS does; ``refuse`` says why one cannot be done."""

    def __init__(self, refuse: Callable[[str], CloudError | None], *, names: bool = False) -> None:
        self._refuse = refuse
        self._names = names
        self.done: list[str] = []
        self.calls: list[tuple[str, ...]] = []

    async def __call__(self, group: Sequence[str]) -> None:
        self.calls.append(tuple(group))
        for each in group:
            error = self._refuse(each)
            if error is not None:
                raise type(error)(f"'{each}': {error}" if self._names else str(error), code=error.code)
        self.done.extend(group)


def only(*bad: str, error: CloudError | None = None) -> Callable[[str], CloudError | None]:
    found = error or CloudError("cannot be done", code="UnsupportedOperation")
    return lambda each: found if each in bad else None


async def test_what_all_can_bear_is_one_call() -> None:
    service = Service(only())
    assert await in_bulk(FIFTY, service) == {}
    assert service.calls == [tuple(FIFTY)]


async def test_for_none_there_is_no_call() -> None:
    service = Service(only())
    assert await in_bulk([], service) == {}
    assert service.calls == []


@pytest.mark.parametrize("bad", [FIFTY[0], FIFTY[17], FIFTY[49]])
async def test_one_bad_among_fifty_fails_alone_after_a_few_calls_more(bad: str) -> None:
    """E4: the others are done, each once; two calls for each halving."""
    service = Service(only(bad))
    failures = await in_bulk(FIFTY, service)
    assert list(failures) == [bad]
    assert str(failures[bad]) == "cannot be done"
    assert sorted(service.done) == [each for each in FIFTY if each != bad]
    assert len(service.calls) <= 1 + 2 * ceil(log2(50))


async def test_one_that_the_message_names_costs_a_single_call_more() -> None:
    service = Service(only(FIFTY[30], error=CloudGone("does not exist", code="InvalidInstanceID.NotFound")), names=True)
    failures = await in_bulk(FIFTY, service)
    assert list(failures) == [FIFTY[30]]
    assert isinstance(failures[FIFTY[30]], CloudGone)
    assert len(service.done) == 49
    assert len(service.calls) == 2


async def test_several_that_one_message_names_each_fail_with_a_message_of_their_own() -> None:
    gone = (FIFTY[3], FIFTY[44])

    async def call(group: Sequence[str]) -> None:
        calls.append(tuple(group))
        missing = [each for each in group if each in gone]
        if missing:
            raise CloudGone(f"The instance IDs '{', '.join(missing)}' do not exist")

    calls: list[tuple[str, ...]] = []
    failures = await in_bulk(FIFTY, call)
    assert {each: str(error) for each, error in failures.items()} == {
        each: f"The instance IDs '{each}' do not exist" for each in gone
    }
    assert len(calls) == 4


async def test_an_identifier_is_not_taken_for_another_that_begins_with_it() -> None:
    service = Service(only("i-1234", error=CloudGone("does not exist")), names=True)
    failures = await in_bulk(["i-123", "i-1234", "i-12345"], service)
    assert list(failures) == ["i-1234"]
    assert sorted(service.done) == ["i-123", "i-12345"]


@pytest.mark.parametrize(
    "error",
    [
        CloudUnreachable("no answer"),
        CloudThrottled("slow down", code="RequestLimitExceeded"),
        CloudDenied("expired", code="ExpiredToken"),
        CloudDenied("no credentials"),
    ],
    ids=lambda error: error.code or error.reason,
)
async def test_an_error_that_is_about_the_caller_is_not_looked_into(error: CloudError) -> None:
    service = Service(lambda _: error)
    failures = await in_bulk(FIFTY, service)
    assert set(failures) == set(FIFTY)
    assert len(service.calls) == 1


async def test_what_had_no_answer_in_the_middle_of_it_is_left_for_another_time() -> None:
    down = CloudUnreachable("no answer")
    bad = only(FIFTY[8])

    def refuse(each: str) -> CloudError | None:
        return bad(each) if len(service.calls) < 4 else down

    service = Service(refuse)
    failures = await in_bulk(FIFTY, service)
    assert len(service.calls) == 4
    assert set(failures) | set(service.done) == set(FIFTY)
    assert not set(failures) & set(service.done)


@pytest.mark.parametrize("names", [False, True], ids=["unnamed", "named"])
async def test_where_nothing_is_allowed_the_rest_is_given_up_after_a_few(names: bool) -> None:
    """Without the permission for an action every visit would else cost two calls for each thing there is."""
    service = Service(lambda _: CloudDenied("not allowed to stop it", code="UnauthorizedOperation"), names=names)
    failures = await in_bulk(FIFTY, service)
    assert set(failures) == set(FIFTY)
    assert all(isinstance(error, CloudDenied) for error in failures.values())
    assert all("not allowed to stop it" in str(error) for error in failures.values())
    assert len(service.calls) <= 20


@pytest.mark.parametrize("names", [False, True], ids=["unnamed", "named"])
async def test_where_something_is_allowed_nothing_is_given_up(names: bool) -> None:
    """A policy with conditions on tags forbids a few."""
    bad = FIFTY[:2]
    service = Service(only(*bad, error=CloudDenied("not this one", code="UnauthorizedOperation")), names=names)
    failures = await in_bulk(FIFTY, service)
    assert set(failures) == set(bad)
    assert set(service.done) == set(FIFTY[2:])


async def test_where_much_fails_in_several_ways_nothing_is_given_up() -> None:
    service = Service(lambda each: CloudError("cannot be done", code=each[-1]) if each < FIFTY[40] else None)
    failures = await in_bulk(FIFTY, service)
    assert set(failures) == set(FIFTY[:40])
    assert set(service.done) == set(FIFTY[40:])


@given(st.integers(1, 70), st.data(), st.booleans())
async def test_each_is_done_once_or_fails_with_its_own_message(size: int, data: st.DataObject, names: bool) -> None:
    everybody = [f"i-{number:x}" for number in range(size)]
    bad = data.draw(st.sets(st.sampled_from(everybody), max_size=7))

    def refuse(each: str) -> CloudError | None:
        return CloudError(f"{each} cannot be done", code=each) if each in bad else None

    service = Service(refuse, names=names)
    failures = await in_bulk(everybody, service)
    assert set(failures) == bad
    assert all(error.code == each for each, error in failures.items())
    assert sorted(service.done) == sorted(set(everybody) - bad)
