"""`sundown explain NAMESPACE`: the same as from a file, with what stands in the cluster."""

from collections.abc import Callable
from pathlib import Path

import pytest

from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant

pytestmark = pytest.mark.lab


def test_it_explains_the_schedule_in_force_with_its_override(sundown: Sundown, env: Env, no_operator: None) -> None:
    """A17"""
    env.generated_schedule(ALWAYS_AWAKE)
    env.schedule(ASLEEP_FOR_EVER, name="ours")
    until = instant(hours=1)
    env.wish("Awake", until=until, name="ours")
    told = sundown("explain", env.name, "-o", "json").json
    assert told["state"] == "Awake"
    assert [(turn["at"], turn["to"]) for turn in told["transitions"]] == [(until, "Asleep")]


def test_a_name_chooses_among_several(sundown: Sundown, env: Env, no_operator: None) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    env.schedule(ALWAYS_AWAKE, name="later")
    assert sundown("explain", f"{env.name}/later", "-o", "json").json["state"] == "Awake"
    assert sundown("explain", env.name, "-o", "json").json["state"] == "Asleep"


def test_the_right_to_look_is_enough(
    sundown: Sundown, env: Env, person: Callable[..., Path], no_operator: None
) -> None:
    env.schedule(ALWAYS_AWAKE)
    assert sundown("explain", env.name, who=person(env.name, "sundown-viewer")).code == 0


def test_a_schedule_that_does_not_exist_is_said_to_be_missing(sundown: Sundown, env: Env) -> None:
    for target in ("no-such-env", env.name, f"{env.name}/default", f"{env.name}/", "/default", "UPPER/default"):
        called = sundown("explain", target)
        assert (called.code, called.out) == (1, "")
        assert called.err.startswith("Error: no ")
        assert "`sundown list` shows all" in called.err
