"""X2, X12: the simulator's workspace changes as real ones do, and can be one of an organisation."""

from typing import Any

import pytest

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import channel_id, client, refusal


def listed(slack: Workspace, **more: Any) -> dict[str, dict[str, Any]]:
    channels = client(slack).conversations_list(types="public_channel,private_channel", **more)["channels"]
    return {each["name"]: each for each in channels}


def test_a_renamed_channel_keeps_its_id_and_frees_its_name(slack: Workspace) -> None:
    old = channel_id(slack, "dev")
    slack.act("ana").do("rename", channel="#dev", name="dev-old")
    slack.act("ana").do("create", name="dev")
    channels = listed(slack)
    assert channels["dev-old"]["id"] == old
    assert channels["dev-old"]["previous_names"] == ["dev"]
    assert channels["dev"]["id"] != old


def test_the_name_of_an_archived_channel_stays_taken(slack: Workspace) -> None:
    slack.act("ana").do("archive", channel="#dev")
    with pytest.raises(Refusal, match="is taken"):
        slack.act("ana").do("create", name="dev")


def test_nobody_writes_or_edits_in_an_archived_channel_and_the_app_may_read_it(slack: Workspace) -> None:
    web = client(slack)
    said = web.chat_postMessage(channel="#dev", text="before")
    slack.act("ana").do("archive", channel="#dev")
    assert refusal(lambda: web.chat_postMessage(channel=said["channel"], text="after"))["error"] == "is_archived"
    changed = refusal(lambda: web.chat_update(channel=said["channel"], ts=said["ts"], text="after"))
    assert changed["error"] == "is_inactive"
    assert web.conversations_history(channel=said["channel"])["messages"]
    slack.act("ana").do("unarchive", channel="#dev")
    assert web.chat_postMessage(channel=said["channel"], text="after")["ok"]


def test_archived_channels_are_listed_unless_they_are_left_out(slack: Workspace) -> None:
    slack.act("ana").do("archive", channel="#dev")
    assert listed(slack)["dev"]["is_archived"]
    assert "dev" not in listed(slack, exclude_archived=True)


def test_a_deleted_channel_is_not_found(slack: Workspace) -> None:
    old = channel_id(slack, "dev")
    slack.act("ana").do("remove", channel="#dev")
    assert refusal(lambda: client(slack).chat_postMessage(channel=old, text="x"))["error"] == "channel_not_found"


def test_a_private_channel_is_seen_once_the_app_is_invited(slack: Workspace) -> None:
    slack.act("ana").do("create", name="secret", private=True)
    assert "secret" not in listed(slack)
    slack.act("ana").do("invite", channel="#secret")
    assert "secret" in listed(slack)
    slack.act("ana").do("kick", channel="#secret")
    assert "secret" not in listed(slack)


def test_a_deactivated_account_has_no_mail_and_no_conversation(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana")
    ana.do("deactivate")
    assert web.users_info(user=ana.id)["user"]["deleted"]
    assert refusal(lambda: web.users_lookupByEmail(email="ana@example.com"))["error"] == "users_not_found"
    assert refusal(lambda: web.conversations_open(users=ana.id))["error"] == "user_disabled"
    ana.do("deactivate", on=False)
    assert web.conversations_open(users=ana.id)["ok"]


def test_a_disabled_user_group_is_not_listed(slack: Workspace) -> None:
    web = client(slack)
    (group,) = web.usergroups_list()["usergroups"]
    slack.act("ana").do("disable_group", handle="platform")
    assert web.usergroups_list()["usergroups"] == []
    assert refusal(lambda: web.usergroups_users_list(usergroup=group["id"]))["error"] == "no_such_subteam"


def test_a_closed_conversation_is_opened_again(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana")
    before = web.conversations_open(users=ana.id)["channel"]["id"]
    ana.do("close_conversation")
    assert refusal(lambda: web.chat_postMessage(channel=before, text="x"))["error"] == "channel_not_found"
    after = web.conversations_open(users=ana.id)["channel"]["id"]
    assert web.chat_postMessage(channel=after, text="x")["ok"]


@pytest.fixture
def organisation(slack: Workspace) -> Workspace:
    slack.load({"enterprise": "Acme", "others": ["Sales"]})
    return slack


def test_an_app_of_an_organisation_is_told_the_organisation_for_a_workspace(organisation: Workspace) -> None:
    web = client(organisation)
    who = web.auth_test()
    assert who["is_enterprise_install"]
    assert who["team_id"] == who["enterprise_id"]
    assert who["team_id"].startswith("E")
    assert [each["name"] for each in web.auth_teams_list()["teams"]] == ["Sundown", "Sales"]


def test_an_app_of_an_organisation_has_to_say_which_workspace_it_means(organisation: Workspace) -> None:
    web = client(organisation)
    home = web.auth_teams_list()["teams"][0]["id"]
    assert refusal(web.conversations_list)["error"] == "missing_argument"
    assert refusal(web.usergroups_list)["error"] == "missing_argument"
    assert refusal(lambda: web.conversations_list(team_id="T0NOBODY"))["error"] == "team_not_found"
    assert web.conversations_list(team_id=home)["channels"]
    user = web.users_info(user=organisation.act("ana").id)["user"]
    assert user["enterprise_user"]["teams"] == [home]
