"""X9: what is too long is cut to what somebody takes, counted as they count, and never inside of a sign."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.cutting import MORE, clip, clip_bytes, first_of, some_of
from sundown.model.resources import Condition, EnvScheduleStatus, HistoryEntry

SLEEPY = "\N{SLEEPING FACE}"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
WAVING = "\N{WAVING HAND SIGN}\U0001f3fd"
HEART = "\N{HEAVY BLACK HEART}\ufe0f"
ACCENTED = "e\u0301"
HINDI = "\u0915\u093f"

SIGNS = (SLEEPY, FAMILY, WAVING, HEART, ACCENTED, HINDI, "a", "ß", "中", "\n", "\u0000")
LONE = st.characters(categories=["Cs"])
TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from(SIGNS)).map("".join),
    st.builds(lambda sign, count: sign * count, st.sampled_from(SIGNS), st.integers(0, 400)),
    st.lists(st.one_of(st.characters(), LONE)).map("".join),
)
LIMITS = st.integers(0, 1100)


@given(TEXTS, LIMITS)
def test_bytes_are_counted_in_utf_8(text: str, limit: int) -> None:
    assert len(clip_bytes(text, limit).encode()) <= limit


@given(TEXTS, LIMITS)
def test_characters_are_counted_as_code_points(text: str, limit: int) -> None:
    assert len(clip(text, limit)) <= limit


@given(TEXTS, LIMITS)
def test_what_is_kept_is_the_beginning_and_the_end_says_that_more_was_there(text: str, limit: int) -> None:
    whole = text.encode(errors="replace").decode()
    for cut, original in ((clip(text, limit), text), (clip_bytes(text, limit), whole)):
        if cut != original:
            assert cut == "" or (cut.endswith(MORE) and original.startswith(cut.removesuffix(MORE)))


@given(st.lists(st.sampled_from(SIGNS)), LIMITS)
def test_nothing_is_cut_inside_of_what_people_see_as_one_sign(signs: list[str], limit: int) -> None:
    text = "".join(signs)
    ends = {len("".join(signs[:count])) for count in range(len(signs) + 1)}
    for cut in (clip(text, limit), clip_bytes(text, limit)):
        if cut not in {text, ""}:
            assert len(cut.removesuffix(MORE)) in ends


@pytest.mark.parametrize("sign", SIGNS, ids=[unicodedata.name(sign[0], "control") for sign in SIGNS])
@pytest.mark.parametrize("limit", [1024, 256, 128])
def test_little_is_lost(sign: str, limit: int) -> None:
    assert limit - len(clip_bytes(sign * 1024, limit).encode()) < len(sign.encode())
    assert limit - len(clip(sign * 1024, limit)) < len(sign)


def test_a_text_of_accents_alone_does_not_lose_all_of_itself() -> None:
    assert len(clip("a" + "\u0301" * 500, 100)) == 100


def test_an_identifier_is_cut_without_a_sign_that_it_may_not_have() -> None:
    assert clip_bytes("node-" * 100, 128, more="") == ("node-" * 100)[:128]


@given(TEXTS)
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert clip(text, len(text)) == text
    whole = text.encode(errors="replace").decode()
    assert clip_bytes(text, len(whole.encode())) == whole


@given(st.one_of(st.text(min_size=1000), st.sampled_from(SIGNS).map(lambda sign: sign * 5000)))
def test_a_status_holds_no_more_characters_than_its_crd_takes(text: str) -> None:
    at = "2026-11-23T12:00:00Z"
    entry = HistoryEntry.model_validate({"at": at, "to": "Asleep", "why": text, "by": text})
    status = EnvScheduleStatus.model_validate({"why": text, "owner": text})
    raw = {"type": "Ready", "status": "True", "reason": "A", "message": text, "lastTransitionTime": at}
    assert len(Condition.model_validate(raw).message) <= 4096
    assert max(len(entry.why), len(status.why)) <= 1024
    assert max(len(entry.by or ""), len(status.owner or "")) <= 256


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        ([*"abcd"], "a, b and 2 more"),
    ],
)
def test_what_is_left_out_of_a_list_is_counted(names: list[str], told: str) -> None:
    assert some_of(names, 2) == told
    assert some_of(names, 2, apart="; ") == told.replace(", ", "; ")
    assert ", ".join(first_of(names, 2)).replace(", and", " and") == told
