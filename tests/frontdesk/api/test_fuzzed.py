"""Whatever schemathesis thinks of, made from our own document, is answered as that document says: never a 500 (F1 F6)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import Program, program
from support.frontdesks import Frontdesk

pytestmark = [pytest.mark.lab, pytest.mark.timeout(240, func_only=True)]

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)
EXAMPLES = 6
"""Of each operation: enough for half a minute. `SUNDOWN_FUZZ` has more of them by hand."""


@pytest.fixture
def ci(control_plane: Cluster, api: Api, frontdesk: Frontdesk, namespace: str, env: Env) -> Program:
    """A program that may do everything in one env."""
    env.schedule(ALWAYS_AWAKE)
    one = program(control_plane, api, frontdesk, namespace)
    one.may(env, "get", "wake", "suspend", "extend", "snooze")
    return one


def test_no_request_is_answered_otherwise_than_promised(ci: Program, env: Env, tmp_path: Path) -> None:
    """F1 F6: addresses, parameters, headers and bodies that the schemas allow, and those that they do not."""
    count = os.environ.get("SUNDOWN_FUZZ", str(EXAMPLES))
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.env" = {json.dumps(env.name)}\n')
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(ci.ask("GET", "/openapi.json", token=None).body))
    command = (
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run", str(document)),
        *("--url", ci.url, "--header", f"Authorization: Bearer {ci.token()}", "--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", count, "--seed", "20261123", "--no-color"),
        *("--suppress-health-check", "all", "--request-timeout", "20", "--generation-database", "none"),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
