"""From what somebody types behind ``pods`` and ``logs`` to the pod that they mean (D5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.commands.parsing import Asked, EnvName, Mistyped
from sundown.frontdesk.commands.table import parse

DEV1 = EnvName("dev1")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pods dev1", DEV1),
        ("PODS dev1", DEV1),
        ("pod dev1", DEV1),
        ("ps dev1", DEV1),
        ("pods -n dev1", DEV1),
        ("pods --namespace=dev1", DEV1),
        ("pods in `dev1`", DEV1),
        ("pods dev1@eu-west", EnvName("dev1", "eu-west")),
        ("pods @eu-west", EnvName("", "eu-west")),
        ("pods", EnvName("")),
    ],
)
def test_pods_of_which_env(typed: str, meant: EnvName) -> None:
    assert parse(typed)[1] == Asked(env=meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("logs web-1", Asked(pod="web-1")),
        ("log Web-1", Asked(pod="web-1")),
        ("logs web-1 dev1", Asked(pod="web-1", env=DEV1)),
        ("logs pod/web-1 dev1", Asked(pod="web-1", env=DEV1)),
        ("logs pod web-1 dev1", Asked(pod="web-1", env=DEV1)),
        ("logs pod", Asked(pod="pod")),
        ("logs web-1 dev1 app", Asked(pod="web-1", env=DEV1, container="app")),
        ("logs web-1 -c app", Asked(pod="web-1", container="app")),
        ("logs -n dev1 web-1 --container=app", Asked(pod="web-1", env=DEV1, container="app")),
        ("logs web-1 in dev1 container app", Asked(pod="web-1", env=DEV1, container="app")),
        ("logs web-1 here", Asked(pod="web-1", here=True)),
        ("logs web-1 dev1 app previous here", Asked(pod="web-1", env=DEV1, container="app", previous=True, here=True)),
        ("logs -p web-1", Asked(pod="web-1", previous=True)),
        ("logs web-1 dev1@eu-west", Asked(pod="web-1", env=EnvName("dev1", "eu-west"))),
    ],
)
def test_the_log_of_which_pod(typed: str, meant: Asked) -> None:
    """I4"""
    assert parse(typed)[1] == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("logs", "say which pod you mean"),
        ("logs here", "say which pod you mean"),
        ("logs web_1", "is no name of a pod"),
        ("logs ../../secrets/x dev1", "is no name of a pod"),
        ("logs web-1 dev1/x", "is no name of an environment"),
        ("logs web-1 dev1 a/b", "is no name of a container"),
        ("logs web-1 dev1 app more", 'I do not understand "more" at the end'),
        ("logs web-1 -n", 'after "-n" something is missing'),
        ("pods dev1 dev2", "one environment at a time"),
        ("pods Über", "is no name of an environment"),
    ],
)
def test_each_mistake_has_a_text_of_its_own(typed: str, told: str) -> None:
    """D5 I5"""
    with pytest.raises(Mistyped, match=told) as mistake:
        parse(typed)
    assert mistake.value.verb in {"logs", "pods"}


@pytest.mark.parametrize(
    ("typed", "close"),
    [
        ("podz dev1", "pods"),
        ("lgos web-1", "logs"),
        ("logz", "logs"),
        ("stat dev1", "start"),
        ("kubectl logs web-1", "logs"),
        ("get pods -n dev1", "pods"),
        ("rollout restart deployment web", "restart"),
    ],
)
def test_an_unknown_command_gets_the_nearest_one(typed: str, close: str) -> None:
    """I5"""
    with pytest.raises(Mistyped, match=f"did you mean {close}"):
        parse(typed)


WORDS = st.sampled_from(
    [
        "web-1",
        "dev1",
        "-n",
        "-c",
        "in",
        "here",
        "previous",
        "pod",
        "pod/x",
        "--namespace=",
        "@eu",
        "--",
        "=",
        "a/b",
        "-n=x",
    ]
)


@given(st.sampled_from(["pods", "logs"]), st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=6))
def test_whatever_is_typed_is_understood_or_a_mistake(verb: str, words: list[str]) -> None:
    """I5: and what is understood can stand in a path of the API server."""
    try:
        _, asked = parse(" ".join((verb, *words)))
    except Mistyped:
        return
    for name in (asked.pod, asked.container, asked.env.namespace):
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
