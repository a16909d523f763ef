"""Whatever schemathesis thinks of, made from our own document, is answered as that document says: never a 500 (F1 F6)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.asked import Asked, asking
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import Program, program
from support.frontdesks import Counter
from support.supporting import ON, PLACE, Supported

ROLES = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{PLACE}"

SECONDS = int(os.environ.get("SUNDOWN_FUZZ", "0"))
"""So long in all; where it is 0, as long as the fixed examples take. `make fuzz` takes five minutes, from another seed each time."""
EXAMPLES = 6
"""Of each operation: enough for half a minute."""

pytestmark = [pytest.mark.lab, pytest.mark.timeout(240 + 2 * SECONDS, func_only=True)]

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


@pytest.fixture
def ci(
    control_plane: Cluster,
    api: Api,
    counter: Counter,
    slack: Workspace,
    supported: Supported,
    namespace: str,
    env: Env,
) -> Iterator[Program]:
    """A program that may do everything in one env, of a frontdesk that knows support pods."""
    desk = counter.fresh(slack, **ON)
    desk.start()
    env.schedule(ALWAYS_AWAKE)
    one = program(control_plane, api, desk, namespace)
    one.may(env, "get", "wake", "suspend", "extend", "snooze", "delete", "approve")
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "sundown-support-user"}
    subject = {"kind": "ServiceAccount", "name": "ci", "namespace": one.home}
    api.create(f"{ROLES}/rolebindings", {"metadata": {"name": "ci"}, "roleRef": role, "subjects": [subject]})
    yield one
    api.delete(f"{ROLES}/rolebindings/ci")


@pytest.fixture
def asked(env: Env) -> Iterator[Asked]:
    """What somebody has asked for, and nobody looks after."""
    with asking(env.api, granted=False) as ask:
        yield ask(env)


def test_no_request_is_answered_otherwise_than_promised(ci: Program, env: Env, asked: Asked, tmp_path: Path) -> None:
    """F1 F6: addresses, parameters, headers and bodies that the schemas allow, and those that they do not."""
    config = tmp_path / "schemathesis.toml"
    known = {"path.env": env.name, "path.request": asked.name, "path.pod": "tools"}
    config.write_text("[parameters]\n" + "".join(f'"{name}" = {json.dumps(value)}\n' for name, value in known.items()))
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(ci.ask("GET", "/openapi.json", token=None).body))
    command = (
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run", str(document)),
        *("--url", ci.url, "--header", f"Authorization: Bearer {ci.token()}", "--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES), "--no-color"),
        *(("--max-time", str(SECONDS)) if SECONDS else ("--seed", "20261123")),
        *("--suppress-health-check", "all", "--request-timeout", "20", "--generation-database", "none"),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
