"""Who is there: profiles, time zones over the year, user groups, channels."""

from datetime import UTC, datetime

import pytest

from sundown_lab.slack.remote import Workspace
from support.slack.bolts import channel_id, client, refusal

DAY = 86_400
HOUR = 3_600


def advance_to(slack: Workspace, month: int) -> None:
    """To the 15th of a month, the next that comes."""
    now = datetime.fromtimestamp(slack.clock(), UTC)
    then = datetime(now.year + (now.month >= month), month, 15, 12, tzinfo=UTC)
    slack.clock_advance((then - now).total_seconds())


def test_a_profile_has_name_mail_and_time_zone(slack: Workspace) -> None:
    user = client(slack).users_info(user=slack.act("chen").id)["user"]

    assert (user["name"], user["tz"], user["tz_offset"]) == ("chen", "Asia/Kolkata", 19_800)
    assert user["profile"]["email"] == "chen@example.com"


@pytest.mark.parametrize(
    ("name", "january", "july"),
    [("ana", 1, 2), ("bo", -5, -4), ("chen", 5.5, 5.5), ("dina", 13, 12)],
)
def test_the_offset_follows_the_clocks_of_the_year(slack: Workspace, name: str, january: float, july: float) -> None:
    """B2: the offset of a profile is that of the day, on both halves of the earth."""
    web, user = client(slack), slack.act(name).id
    offsets = []
    for month in (1, 7):
        advance_to(slack, month)
        offsets.append(web.users_info(user=user)["user"]["tz_offset"] / HOUR)

    assert offsets == [january, july]


def test_people_are_found_by_mail_whatever_its_case(slack: Workspace) -> None:
    web = client(slack)

    assert web.users_lookupByEmail(email="Ana@Example.com")["user"]["id"] == slack.act("ana").id
    assert refusal(lambda: web.users_lookupByEmail(email="nobody@example.com"))["error"] == "users_not_found"


def test_a_profile_without_a_mail_has_no_such_field(slack: Workspace) -> None:
    slack.load({"users": [{"name": "guest"}], "usergroups": []})

    assert "email" not in client(slack).users_info(user=slack.act("guest").id)["user"]["profile"]


def test_a_user_that_is_not_there_is_not_found(slack: Workspace) -> None:
    assert refusal(lambda: client(slack).users_info(user="U0NOBODY"))["error"] == "user_not_found"


def test_all_users_are_listed_page_by_page(slack: Workspace) -> None:
    pages = [[member["name"] for member in page["members"]] for page in client(slack).users_list(limit=3)]

    assert pages == [["ana", "bo", "chen"], ["dina", "sundown"]]


def test_a_user_group_has_members(slack: Workspace) -> None:
    web = client(slack)
    (group,) = web.usergroups_list(include_users=True)["usergroups"]

    assert group["handle"] == "platform"
    assert web.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]
    assert group["users"] == [slack.act("ana").id, slack.act("chen").id]
    assert refusal(lambda: web.usergroups_users_list(usergroup="S0NONE"))["error"] == "no_such_subteam"


def test_channels_are_listed_by_type(slack: Workspace) -> None:
    web = client(slack)
    web.conversations_open(users=slack.act("ana").id)

    assert [c["name"] for c in web.conversations_list()["channels"]] == ["dev", "general"]
    assert [c["user"] for c in web.conversations_list(types="im")["channels"]] == [slack.act("ana").id]
    assert refusal(lambda: web.conversations_list(types="party"))["error"] == "invalid_types"


def test_a_channel_has_members(slack: Workspace) -> None:
    web = client(slack)

    members = web.conversations_members(channel=channel_id(slack))["members"]

    assert slack.act("ana").id in members
    assert web.conversations_info(channel=channel_id(slack))["channel"]["is_member"]
    assert refusal(lambda: web.conversations_info(channel="C0NONE"))["error"] == "channel_not_found"


def test_ids_are_the_same_after_a_reset(slack: Workspace) -> None:
    before = slack.act("ana").id
    slack.reset()

    assert slack.act("ana").id == before
