"""``sundown api token``: a token to call the REST API with, or how to get one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from sundown.cli.shared.cluster_access import connected, context_namespace
from sundown.cli.shared.cluster_options import cluster_options, span
from sundown.cli.shared.output import examples
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.cluster.token_reviews import AUDIENCE
from sundown.errors import NotFound, OutOfRange
from sundown.usecases.find import NotAllowed

_SHORTEST, _LONGEST = timedelta(minutes=10), timedelta(days=365)
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_HOW = f"""\
The API takes any token that the cluster takes, and lets you do what the cluster's RBAC lets you do.

For a person: what your kubeconfig logs in with, where that is a token:
  kubectl config view --minify --raw -o jsonpath='{{.users[0].user.token}}'
  (with a plugin such as kubelogin: its "get-token" prints one)

For a program, a ServiceAccount's, good for Sundown alone:
  sundown api token ACCOUNT -n NAMESPACE
  kubectl create token ACCOUNT -n NAMESPACE --audience {AUDIENCE} --duration 1h
  kubectl create rolebinding ACCOUNT -n ENV --clusterrole sundown-slack --serviceaccount NAMESPACE:ACCOUNT

For a pod: a projected volume, serviceAccountToken: {{audience: {AUDIENCE}, path: token}}

Then:
  curl -H "Authorization: Bearer $TOKEN" http://ADDRESS/api/v1/envs"""


@click.group(epilog=examples("sundown api token", "sundown api token --help"))
def api() -> None:
    """What it takes to call the REST API."""


@api.command(
    epilog=examples(
        "sundown api token                       # says how to get one",
        "sundown api token ci -n team-a          # one of the ServiceAccount ci, for Sundown alone",
        "sundown api token ci -n team-a --duration 8h",
    )
)
@click.argument("account", required=False, metavar="[SERVICEACCOUNT]")
@click.option("-n", "--namespace", metavar="NAME", help="Where the account is.  [default: that of the context]")
@click.option("--duration", type=span, default="1h", show_default=True, help="For how long it is good.")
@cluster_options
def token(
    *, account: str | None, namespace: str | None, duration: timedelta, kubeconfig: Path | None, context: str | None
) -> None:
    """Print a token for the REST API, or how to get one."""
    if account is None:
        click.echo(_HOW)
        return
    if not _SHORTEST <= duration <= _LONGEST:
        raise OutOfRange("a token is good for between 10m and 365d")
    where = namespace or context_namespace(kubeconfig, context)
    if not (_NAME.fullmatch(account) and _NAME.fullmatch(where)):
        raise NotFound(f'no ServiceAccount "{account}" in namespace "{where}": none can have that name')
    made = connected(
        lambda cluster: _make(cluster, where, account, duration=duration), kubeconfig=kubeconfig, context=context
    )
    click.echo(made)


async def _make(cluster: Cluster, namespace: str, account: str, *, duration: timedelta) -> str:
    spec = {"audiences": [AUDIENCE], "expirationSeconds": int(duration.total_seconds())}
    body: dict[str, Any] = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    try:
        made = await cluster.create(paths.service_account_token(namespace, account), body)
    except Missing as error:
        raise NotFound(
            f'no ServiceAccount "{account}" in namespace "{namespace}"; kubectl create serviceaccount {account} -n {namespace} makes it'
        ) from error
    except Denied as error:
        raise NotAllowed(
            f'you may not make a token of "{account}": ask for the right to "create" serviceaccounts/token in {namespace} ({error})'
        ) from error
    return str(made["status"]["token"])
