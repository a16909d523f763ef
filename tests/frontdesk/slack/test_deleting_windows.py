"""The windows of a deletion: such as Slack takes, and read back whatever somebody sends."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sundown.frontdesk.requests.request_kind import Proposal
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.slack.views.requests import Window, confirmation, confirmed_name, read_window, said
from sundown.model.action_request import Target
from sundown.model.actions import Action, Right
from sundown.usecases.proposals import Wanted, name_of
from sundown_lab.slack.blockkit import view_or_refuse

DELETE = REQUESTS["Delete"]
UID = "0c5fe9a5-2d0a-4d5e-9a0b-8f6a3c1d2e4f"
names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ns", "uid", "cluster"]), inner),
    max_leaves=6,
)


PROPOSAL = Proposal(
    title="A title that is longer than Slack takes one to be",
    text="This is done to {env} in {cluster}. " * 90,
    confirm="A button with a long text on it",
    keep="Keep it",
)
WINDOW = Window(Wanted(Target(namespace="dev1", uid=UID)), "default")


@settings(deadline=None)
@given(names, names)
def test_the_window_is_one_that_slack_takes_and_can_be_read_back(namespace: str, cluster: str) -> None:
    """C4"""
    window = Window(Wanted(Target(namespace=namespace, uid=UID)), cluster, "C1")
    view = confirmation(DELETE, PROPOSAL, window)
    view_or_refuse(json.dumps(view))
    assert read_window(view) == window


@settings(deadline=None)
@given(st.text(min_size=1, max_size=4000))
def test_whatever_has_to_be_said_fits_into_a_window(text: str) -> None:
    view_or_refuse(json.dumps(said(DELETE, text)))


@settings(deadline=None)
@given(anything.map(json.dumps) | st.text(max_size=50) | st.none())
def test_a_window_that_is_not_ours_is_about_nothing_or_about_a_namespace(metadata: Any) -> None:
    window = read_window({"private_metadata": metadata})
    assert window is None or window.target.namespace


@settings(deadline=None)
@given(anything)
def test_no_payload_breaks_the_reading_of_the_name(values: Any) -> None:
    for view in ({"state": values}, {"state": {"values": values}}, {"state": {"values": {"name": values}}}):
        assert isinstance(confirmed_name(view), str)


def test_spaces_around_the_name_are_no_other_name() -> None:
    """C4"""
    assert confirmed_name({"state": {"values": {"name": {"name": {"value": "  dev1 \n"}}}}}) == "dev1"


@settings(deadline=None)
@given(st.from_regex(r"[A-Z][A-Za-z0-9]{0,62}", fullmatch=True), names, st.text(max_size=300), st.text(max_size=50))
def test_a_request_has_the_same_good_name_for_the_same_wish_and_another_for_another(
    action: str, namespace: str, person: str, token: str
) -> None:
    kind = Action(action, "do it", Right("patch", "namespaces"))
    target = Target(namespace=namespace, uid=UID)
    name = name_of(kind, target, person=person, token=token)
    assert name == name_of(kind, target, person=person, token=token)
    assert name != name_of(kind, target, person=person, token=f"{token}x")
    assert len(name) <= 63
    assert name.replace("-", "").isalnum()
    assert name == name.lower()
