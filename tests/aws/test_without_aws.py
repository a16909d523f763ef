"""Where AWS is not configured, the operator does without it altogether."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ASSEMBLED = """
import json, sys
from kubernetes_asyncio.client import Configuration
import sundown.cli.app
from sundown.aws.settings import AwsSettings
from sundown.cli.commands.operator import operator
from sundown.handlers import watched
from sundown.kopf_glue.watching import registry
from sundown.process.operator import Operator
from sundown.settings import Settings

one = Operator(Configuration(), Settings(), AwsSettings())
registry(one, watched(one))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded(**environment: str) -> set[str]:
    """The packages that an operator has loaded when it is put together."""
    ran = subprocess.run(
        [sys.executable, "-c", ASSEMBLED],
        env={"PATH": str(Path(sys.executable).parent), **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return set(json.loads(ran.stdout))


def test_an_operator_without_regions_does_not_even_import_boto3() -> None:
    """E8."""
    there = loaded()
    assert {"kopf", "sundown"} <= there
    assert not {"boto3", "botocore", "s3transfer"} & there


def test_an_operator_with_a_region_does() -> None:
    assert "botocore" in loaded(SUNDOWN_AWS_REGIONS='["eu-central-1"]')
