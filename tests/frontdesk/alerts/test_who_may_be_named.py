"""Who edits an env's schedule or annotations has only those told whom the settings let be named (S6, J6)."""

from typing import Any

import pytest

from sundown.frontdesk.alerts.confines import Confines
from sundown.frontdesk.alerts.recipients import Reached, Recipients
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.preferences import NONE
from sundown.usecases.find import Found
from support.frontdesk.book import Book, env, person


async def reached(found: Found, book: Book | None = None, **confines: Any) -> Reached:
    there = book or Book()
    return await Recipients(
        people=there,
        groups=there,
        switchboard=there,
        preferences=lambda _: NONE,
        clock=there,
        default_channel="#ops",
        confines=Confines(**confines),
    ).of(found)


def ids(found: Reached) -> list[str]:
    return [place.to for place in found.places]


@pytest.mark.parametrize(
    "named",
    ["C0VICTIMS", "D0VICTIM1", "G0VICTIMS", "U0VICTIM1", "@bo", "<@UBO0000>", "<#C00000DEV>", "<!channel>", "*", " "],
)
async def test_nothing_but_a_channel_that_the_app_is_in_can_be_named(named: str) -> None:
    """By its id anybody's conversation with the app could be named, and every public channel."""
    assert {*ids(await reached(env(None, notify={"channel": named})))} <= {"C00000OPS"}


@pytest.mark.parametrize("named", ["C0VICTIMS", "D0VICTIM1", "G0VICTIMS"])
async def test_it_is_said_of_an_id_what_to_do(named: str) -> None:
    (said,) = (await reached(env(None, notify={"channel": named}))).troubles
    assert (
        said
        == f"channel {named} is not there, it is archived, or the app is not in it: invite the app, or name another"
    )


@pytest.mark.parametrize(
    ("channels", "named", "may"),
    [
        ({}, "#dev", True),
        ({"dev": ["*"]}, "#dev", True),
        ({"#dev": ["dev*"]}, "dev", True),
        ({"d*": ["dev1"]}, "#dev", True),
        ({"C00000DEV": ["dev1"]}, "#dev", True),
        ({"dev": ["dev1"]}, "C00000DEV", True),
        ({"dev": ["dev2", "team-*"]}, "#dev", False),
        ({"dev": []}, "#dev", False),
        ({"ops": ["*"]}, "#dev", False),
        ({"DEV": ["*"]}, "#dev", False),
        ({"ops": ["*"]}, "C00000DEV", False),
    ],
)
async def test_an_env_names_those_channels_that_the_settings_let_it(
    channels: dict[str, list[str]], named: str, *, may: bool
) -> None:
    found = await reached(env(None, notify={"channel": named}), channels=channels)
    assert ids(found) == (["C00000DEV"] if may else [])
    assert any("SUNDOWN_SLACK_CHANNELS" in text for text in found.troubles) == (not may)


async def test_the_channel_of_the_settings_is_told_of_every_env() -> None:
    assert ids(await reached(env(None), channels={"dev": ["other"]})) == ["C00000OPS"]


@pytest.mark.parametrize(
    "owner", ["boss@evil.example", "<@UBOSS00>", "UBOSS00", "@mixed", "boss@evil.example,ana@example.com"]
)
@pytest.mark.parametrize("domains", [["example.com"], ["@Example.COM", "other.example"]])
async def test_owners_are_of_the_domains_of_the_settings_by_whatever_name(owner: str, domains: list[str]) -> None:
    boss = Person(id="UBOSS00", email="boss@evil.example", name="boss", time_zone="UTC")

    class Mixed(Book):
        async def groups(self) -> dict[str, frozenset[str]]:
            return {"mixed": frozenset({boss.id, person("ana").id})}

    book = Mixed(known={"ana": person("ana"), "boss": boss})
    found = await reached(env(owner, notify={"channel": "#dev"}), book, owner_domains=domains)
    assert boss.id not in ids(found)
    assert (person("ana").id in ids(found)) == ("ana" in owner or "mixed" in owner)
    assert any("SUNDOWN_OWNER_DOMAINS" in text for text in found.troubles)


@pytest.mark.parametrize(
    "email", ["a@example.com.evil", "a@sub.example.com", "a@notexample.com", "example.com@evil", "a@", ""]
)
def test_what_only_looks_like_a_domain_is_none(email: str) -> None:
    assert not Confines(owner_domains=["example.com"]).lets_own(email)


async def test_without_domains_owners_are_anybody_of_the_workspace() -> None:
    assert person("bo").id in ids(await reached(env("bo@example.com")))
