"""I4: from what somebody types behind ``scale`` and ``restart`` to the workload that they mean, and how many pods of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.commands.parsing import EnvName, HowMany, Mistyped
from sundown.frontdesk.commands.table import parse

DEV1 = EnvName("dev1")


@pytest.mark.parametrize(
    "typed",
    [
        "scale deployment web dev1 3",
        "scale Deployment web dev1 3",
        "scale deploy web dev1 3",
        "scale deployments.apps web dev1 3",
        "scale deployment/web dev1 3",
        "scale deploy/web dev1 to 3",
        "scale deployment web in dev1 to 3",
        "scale deployment web to 3 in dev1",
        "scale deployment web 3 -n dev1",
        "scale -n dev1 deploy/web --replicas=3",
        "scale deploy/web dev1 --replicas 3",
        "scale deploy/web dev1 \u2014replicas=3",
        "scale deployment `web` dev1 03",
    ],
)
def test_three_pods_of_a_deployment(typed: str) -> None:
    _, asked = parse(typed)
    assert asked.env == DEV1
    assert asked.parameters == {"kind": "Deployment", "name": "web", "replicas": "3"}


@pytest.mark.parametrize(
    ("typed", "env", "kind"),
    [
        ("restart deployment web", EnvName(""), "Deployment"),
        ("restart sts/web dev1", DEV1, "StatefulSet"),
        ("restart statefulset web -n dev1", DEV1, "StatefulSet"),
        ("restart deploy web dev1@eu-west", EnvName("dev1", "eu-west"), "Deployment"),
    ],
)
def test_a_restart(typed: str, env: EnvName, kind: str) -> None:
    _, asked = parse(typed)
    assert asked.env == env
    assert asked.parameters == {"kind": kind, "name": "web"}


def test_without_a_namespace_the_last_word_is_the_count() -> None:
    _, asked = parse("scale deployment web 3")
    assert (asked.env, asked.parameters["replicas"]) == (EnvName(""), "3")


@pytest.mark.parametrize("count", ["-1", "1e9", "1001", "99999999999999999999", "3.5", "3,5", "1_000", "--replicas=-1"])
def test_a_number_that_is_out_of_range(count: str) -> None:
    """And nobody's cluster is filled by a slip of the finger."""
    with pytest.raises(HowMany, match="a whole number between 0 and 1,000, please, not"):
        parse(f"scale deployment web dev1 {count}")


@pytest.mark.parametrize("count", ["drei", "\u0663", "\u00b3", "many", "0x3", "3k", "NaN", "dev1"])
def test_a_word_that_is_no_number(count: str) -> None:
    with pytest.raises(HowMany, match="is no number"):
        parse(f"scale deployment web {count}")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("scale", "say what to scale: its kind and its name"),
        ("restart", "say what to restart"),
        ("scale deployment", "say which Deployment you mean"),
        ("scale deployment/ dev1 3", "say which Deployment you mean"),
        ("scale web 3", 'I know no kind "web"; there are deployment and statefulset'),
        ("restart deploymnt web", "did you mean deployment?"),
        ("scale daemonset web 3", 'I know no kind "daemonset"'),
        ("restart deployment We_b dev1", '"we_b" is no name of a Deployment'),
        ("restart deployment web dev1 now", 'I do not understand "now" at the end'),
        ("scale deployment web dev1 more 3", 'I do not understand "more" at the end'),
        ("scale deployment web dev/1 3", "is no name of an environment"),
    ],
)
def test_each_mistake_has_a_text_of_its_own(typed: str, told: str) -> None:
    """D5 I5"""
    with pytest.raises(Mistyped, match=told.replace("?", r"\?")) as mistake:
        parse(typed)
    assert mistake.value.verb in {"scale", "restart"}


WORDS = st.sampled_from(
    [
        "deployment",
        "deploy/web",
        "sts",
        "web",
        "dev1",
        "3",
        "-1",
        "to",
        "in",
        "-n",
        "--replicas",
        "--replicas=2",
        "=",
        "/",
    ]
)


@given(st.sampled_from(["scale", "restart"]), st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=7))
def test_whatever_is_typed_is_understood_or_a_mistake(verb: str, words: list[str]) -> None:
    try:
        _, asked = parse(" ".join((verb, *words)))
    except Mistyped:
        return
    assert asked.parameters["kind"] in {"Deployment", "StatefulSet"}
    assert set(asked.parameters["name"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert 0 <= int(asked.parameters.get("replicas", "0")) <= 1000
