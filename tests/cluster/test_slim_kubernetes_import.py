"""What the operator loads of kubernetes-asyncio, and that its configuration works all the same."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: me}}]
clusters: [{name: here, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users:
  - name: me
    user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: cat, args: ["{token}"], interactiveMode: Never}}
"""
TOKEN = (
    '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-a-plugin"}}'
)


def python(program: str) -> str:
    """What a fresh interpreter prints that runs the program."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_operator_loads_no_generated_models() -> None:
    """Design 10: they would take a quarter of its memory."""
    loaded = "len([name for name in sys.modules if name.startswith('kubernetes_asyncio.client.')])"
    assert int(python(f"import sys, sundown.handlers; print({loaded})")) < 10


def test_credentials_are_read_without_them(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "kubeconfig").write_text(KUBECONFIG.replace("{token}", str(tmp_path / "token")))
    program = f"""
import asyncio
from pathlib import Path
from sundown.cluster.credentials import load_configuration
found = asyncio.run(load_configuration(kubeconfig=Path({str(tmp_path / "kubeconfig")!r})))
print(found.host, found.api_key["BearerToken"])
"""
    assert python(program) == "https://127.0.0.1:6443 Bearer from-a-plugin"


def test_whoever_has_loaded_the_whole_package_keeps_it() -> None:
    program = "from kubernetes_asyncio.client import V1Pod; import sundown; from kubernetes_asyncio.client import V1Job"
    assert python(f"{program}; print(V1Pod.__name__, V1Job.__name__)") == "V1Pod V1Job"
