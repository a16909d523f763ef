"""Takes out of an installation what neither process of Sundown ever loads; the image's build calls it, nothing else does.

What is kept is named where a library brings a catalogue of which we use a few (AWS's services), what goes is named where we
use most of it. ``tests/deploy/test_the_image_is_slim.py`` loads all of Sundown without what is listed here.
"""

import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

AWS_SERVICES = frozenset({"dynamodb", "ec2", "rds", "resourcegroupstaggingapi", "signin", "sso", "sso-oidc", "sts"})
"""What Sundown calls, and what boto3 calls to get at credentials."""

UNUSED = (
    "kubernetes_asyncio/client/api",  # generated models and calls: Sundown reads JSON (see `sundown.slim_kubernetes_import`)
    "kubernetes_asyncio/client/models",
    "kubernetes_asyncio/dynamic",
    "kubernetes_asyncio/stream",
    "kubernetes_asyncio/utils",
    "kubernetes_asyncio/watch",
    "pygments/lexers/[a-z]*.py",  # colours for source code, in tracebacks that no command prints
    "pygments/lexers/_*builtins*",
    "markdown_it",  # what `rich` makes Markdown with, which nothing here prints
    "mdurl",
    "cffi",  # what compiles; what is compiled loads `_cffi_backend` alone
    "pycparser",
    "pydantic/v1",  # an older pydantic for who has not moved yet
    "holidays/locale/[!e]*",  # names of holidays in other languages: Sundown says them in English, or as the country does
    "boto3/examples",
    "bs4",  # of the wheel that brings Swagger UI: what MkDocs does with it
    "soupsieve",
    "mkdocs_swagger_ui_tag/plugin.py",
    "mkdocs_swagger_ui_tag/swagger-ui/*.html",
    "mkdocs_swagger_ui_tag/swagger-ui/*/*.map",
    "mkdocs_swagger_ui_tag/swagger-ui/javascripts/*-preset.js",
    "slack",  # older names of slack_sdk, and parts of Slack that Sundown does not call
    "slack_sdk/audit_logs",
    "slack_sdk/rtm*",
    "slack_sdk/scim",
    "CHANGELOG.md",  # of a package that puts it beside all others
    "*.dist-info/RECORD",  # what pip would need, and there is none
)
"""Paths in site-packages, with wildcards."""

SOURCES = (".c", ".h", ".pxd", ".po", ".pyi", ".pyx")
"""What compilers, translators and type checkers read."""

_ELF = b"\x7fELF\x02\x01"
_PT_LOAD = 1


def unused(site_packages: Path) -> Iterator[Path]:
    """What can go, whole folders first."""
    for path in UNUSED:
        yield from site_packages.glob(path)
    catalogue = site_packages / "botocore" / "data"
    for service in sorted(one for one in catalogue.iterdir() if one.is_dir()):
        if service.name not in AWS_SERVICES:
            yield service
        else:
            *older, newest = sorted(one for one in service.iterdir() if one.is_dir())
            yield from older
            yield from newest.glob("examples-*.json")
    yield from (path for path in site_packages.rglob("*") if path.suffix in SOURCES)


def loaded(library: bytes) -> bytes:
    """A compiled module without what no loader maps: its symbols, and what a debugger would read.

    A loader goes by the program headers (System V ABI, chapter 5); what follows the last segment that it maps is for linkers,
    and so is the table of sections, which the file then says it does not have. Other files than ELF of 64 bits, in the order
    of bytes of x86 and ARM, are given back as they are.
    """
    if library[:6] != _ELF:
        return library
    (headers,) = struct.unpack_from("<Q", library, 32)
    size, count = struct.unpack_from("<HH", library, 54)
    segments = [struct.unpack_from("<IIQQQQ", library, headers + number * size) for number in range(count)]
    end = max(offset + length for kind, _, offset, _, _, length in segments if kind == _PT_LOAD)
    cut = bytearray(library[:end])
    struct.pack_into("<Q", cut, 40, 0)
    struct.pack_into("<HHH", cut, 58, 0, 0, 0)
    return bytes(cut)


def main(site_packages: Path) -> None:
    """Remove it, and say how much it was."""
    before = _size(site_packages)
    for library in site_packages.rglob("*.so"):
        library.write_bytes(loaded(library.read_bytes()))
    for path in list(unused(site_packages)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print(f"{site_packages}: {before} MB, and {_size(site_packages)} without what is never loaded")


def _size(folder: Path) -> int:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
