"""`make deploy` puts the policies in where the cluster serves them; what `make undeploy` does is what the page says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Notes what it was asked for; `get --raw` answers with what $SERVED names, and what begins with $REFUSED is refused.
KUBECTL = """#!/bin/sh
case "$*" in "$REFUSED"*) echo "$SAID" >&2; exit 1;; esac
if [ "$1" = get ]; then echo "{\\"resources\\":[{\\"name\\":\\"$SERVED\\"}]}"; exit 0; fi
echo "$*" >> "$NOTES"
"""
AWAY = "The connection to the server 192.0.2.1:6443 was refused - did you specify the right host or port?"
FORBIDDEN = 'Error from server (Forbidden): User "eve" cannot get path "/apis/admissionregistration.k8s.io/v1"'
ADMISSION = ["apply -k deploy/components/admission"]  # its parameters need the CRDs and the namespace of the base
RETIRED = ["delete --ignore-not-found mutatingadmissionpolicy,mutatingadmissionpolicybinding sundown-wake"]
POLICIES = [f"apply -k deploy/components/{name}" for name in ("hold", "policies")]

pytestmark = pytest.mark.slow


@pytest.fixture(params=["mutatingadmissionpolicies", "validatingadmissionpolicies"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the cluster behind a pretended kubectl serves the policies."""
    program = tmp_path / "bin" / "kubectl"
    program.parent.mkdir()
    program.write_text(KUBECTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    monkeypatch.setenv("SERVED", request.param)
    monkeypatch.setenv("REFUSED", "nothing")
    return bool(request.param.startswith("mutating"))


def made(target: str, notes: Path) -> tuple[list[str], str]:
    """What kubectl was asked for, and what was printed."""
    done = subprocess.run(["make", target], cwd=ROOT, capture_output=True, text=True, check=True)
    return notes.read_text().splitlines(), done.stdout


def test_deploying_puts_in_what_the_cluster_serves(cluster: bool, tmp_path: Path) -> None:
    asked, said = made("deploy", tmp_path / "notes")
    assert asked == POLICIES * cluster + ["apply -k deploy/base"] + (ADMISSION + RETIRED) * cluster
    assert ("serves no MutatingAdmissionPolicy" in said) is not cluster


@pytest.mark.parametrize("said", [AWAY, FORBIDDEN])
@pytest.mark.usefixtures("cluster")
def test_a_cluster_that_cannot_be_asked_is_not_taken_for_one_without_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("REFUSED", "get")
    monkeypatch.setenv("SAID", said)
    done = subprocess.run(["make", "deploy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == said
    assert done.stdout == ""
    assert not (tmp_path / "notes").exists()


@pytest.mark.usefixtures("cluster")
def test_deploying_ends_where_the_base_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUSED", "apply -k deploy/base")
    monkeypatch.setenv("SAID", FORBIDDEN)
    done = subprocess.run(["make", "deploy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1] == "kubectl apply -k deploy/base"


def test_undeploying_by_hand_is_what_make_does() -> None:
    """docs/operations.md has the same lines, in their order."""
    command = ["make", "--dry-run", "--no-print-directory", "--old-file=.venv/.complete", "undeploy"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    made = [line.removeprefix(".venv/bin/") for line in shown.splitlines() if "echo" not in line]
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8").partition("\n## Remove\n")[2]
    block = page.partition("```console\n")[2].partition("```")[0]
    by_hand = [line.removeprefix("$ ") for line in re.sub(r" \\\n +", " ", block).splitlines()]
    assert by_hand == made
    assert len(by_hand) == 5
