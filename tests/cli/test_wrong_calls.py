"""A wrong call is told with what to type instead, also where kubectl's habits lead elsewhere (D5)."""

from collections.abc import Callable

import pytest

from support.commandline import Called

Call = Callable[..., Called]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["strat", "dev1"], """No such command 'strat'. Did you mean "sundown start"?"""),
        (["zzz"], "No such command 'zzz'.\n"),
        (["--context", "dana", "list"], "--context stands behind the command: sundown COMMAND --context NAME"),
        (["--kubeconfig=x", "list"], "--kubeconfig stands behind the command: sundown COMMAND --kubeconfig FILE"),
        (["-n", "dev1", "why"], "-n stands behind the command: sundown COMMAND -n NAME"),
        (["--nothing", "list"], "No such option '--nothing'."),
        (["start"], "Missing argument 'ENV...', as in: sundown start dev1\n"),
        (["why"], "Missing argument 'ENV', as in: sundown why dev1\n"),
        (["support", "start"], "Missing argument 'NAME', as in: sundown support start tools\n"),
        (["edit", "dev1"], "Missing argument 'FIELD=VALUE...', as in: sundown edit dev1 awake="),
        (["start", "-n", "dev1"], "an environment is named without -n, as in: sundown start dev1\n"),
        (
            ["explain", "--namespace", "dev1"],
            "an environment is named without --namespace, as in: sundown explain shop-dev",
        ),
        (["kinds", "-n", "dev1"], "No such option '-n'."),
        (["extend", "dev1", "-1h"], "no length of time begins with a dash; write it as in: sundown extend dev1 2h\n"),
        (["list", "-1"], "No such option '-1'."),
        (["list", "--ownr", "ana"], "No such option '--ownr'. Did you mean '--owner'?"),
        (["start", "dev1", "--timeout", "5m"], "--timeout goes with --wait: add that, or leave it out\n"),
        (["extend", "dev1", "2h", "--timeout", "5m"], "--timeout goes with --wait: add that, or leave it out\n"),
    ],
)
def test_it_says_what_to_type_instead(call: Call, arguments: list[str], told: str) -> None:
    called = call(*arguments)
    assert called.code == 2
    assert told in called.err
    assert called.out == ""
