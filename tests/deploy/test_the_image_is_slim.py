"""What the image leaves out of its libraries is loaded by nothing of Sundown's (issue 9, item 4)."""

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))

# Loads every module of Sundown as its processes do, and makes each client of AWS that is named.
LOAD_ALL = """
import pkgutil, sys
from importlib import import_module

import sundown
from sundown.slim_kubernetes_import import spare_the_models
spare_the_models()
for module in pkgutil.walk_packages(sundown.__path__, "sundown."):
    if module.name != "sundown.__main__":
        import_module(module.name)
import holidays
from datetime import date
from sundown.model.spec import Holidays
from sundown.schedule.days_off import day_off
for country in (one for one in holidays.list_supported_countries() if len(one) == 2):
    day_off(Holidays(country=country), date(2026, 12, 25))
import boto3
for service in sys.argv[1:]:
    boto3.Session(aws_access_key_id="a", aws_secret_access_key="b").client(service, region_name="eu-central-1")
from sundown.frontdesk.api import page
for name in page.FILES:
    assert page.packed(name)
from rich.console import Console
from rich.table import Table
table = Table("NAME")
table.add_row("team-a")
Console().print(table)
print("all loaded from", boto3.__file__)
"""


@pytest.fixture(scope="module")
def slim() -> ModuleType:
    spec = importlib.util.spec_from_file_location("slim", ROOT / "deploy" / "slim.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def installation(slim: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that are installed here, as the image has them."""
    copy = tmp_path_factory.mktemp("image") / "site-packages"
    shutil.copytree(SITE_PACKAGES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    slim.main(copy)
    return copy


def load_all(installation: Path, services: Iterable[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-B", "-c", LOAD_ALL, *services]
    path = {"PYTHONPATH": f"{installation}:{ROOT / 'operator'}"}
    return subprocess.run(command, env=path, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_all_of_sundown_and_every_client_of_aws_load_from_it(slim: ModuleType, installation: Path) -> None:
    done = load_all(installation, sorted(slim.AWS_SERVICES))
    assert done.returncode == 0, done.stderr
    assert f"all loaded from {installation}" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["rich/table.py", "botocore/data/sts", "holidays/registry.py"])
def test_loading_notices_what_should_not_have_been_taken_out(installation: Path, missing: str) -> None:
    (installation / missing).rename(installation / "away")
    try:
        assert load_all(installation, ["sts"]).returncode != 0
    finally:
        (installation / "away").rename(installation / missing)


def test_compiled_modules_lose_what_is_for_linkers_and_debuggers(slim: ModuleType) -> None:
    whole = next((SITE_PACKAGES / "aiohttp").glob("_http_parser.*.so")).read_bytes()
    cut = slim.loaded(whole)
    assert len(cut) < len(whole) / 4
    assert slim.loaded(cut) == cut


@pytest.mark.parametrize(
    "library", [b"", b"\x7fELF\x01\x01" + bytes(90), b"MZ" + bytes(90)], ids=["empty", "32 bits", "DLL"]
)
def test_what_is_no_library_of_64_bits_stays_as_it_is(slim: ModuleType, library: bytes) -> None:
    assert slim.loaded(library) == library


def test_every_service_of_aws_that_sundown_calls_stays(slim: ModuleType) -> None:
    sources = "".join(path.read_text() for path in (ROOT / "operator" / "sundown" / "aws").rglob("*.py"))
    called = set(re.findall(r'(?:place,\s+|service=|client\()"([a-z0-9-]+)"', sources))
    assert {"ec2", "rds", "dynamodb", "sts", "resourcegroupstaggingapi"} <= called
    assert called <= slim.AWS_SERVICES


def test_every_entry_of_its_list_is_there_to_be_taken_out(slim: ModuleType) -> None:
    missing = [path for path in slim.UNUSED if not any(SITE_PACKAGES.glob(path))]
    assert missing == []
    assert {path.name for path in (SITE_PACKAGES / "botocore" / "data").iterdir()} >= slim.AWS_SERVICES


def test_the_tools_that_build_it_are_pinned_by_hash_and_the_same_as_in_development() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pinned = pins("build.txt")
    assert {re.split(r"[<>=~ ]", one)[0] for one in needed} <= pinned.keys()
    assert pinned.items() <= pins("dev.txt").items()


def pins(name: str) -> dict[str, str]:
    """The packages of a file of requirements, each with its version; each has hashes."""
    text = (ROOT / "requirements" / name).read_text()
    found = re.findall(r"^([a-z0-9-]+)==([^ ]+)[^\n]* \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    return dict(found)
