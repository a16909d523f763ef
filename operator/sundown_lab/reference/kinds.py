"""The table of kinds that sleep by a patch, in the middle of the page that tells about them."""

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.hold_policy import is_held
from sundown_lab.errors import LabError
from sundown_lab.reference.markdown import code, table

BEGIN = "<!-- The table is made by `make docs` from the catalogue (`sleepers/catalogue.py`). -->"
END = "<!-- Here it ends. -->"
_HEAD = ("kind", "what it is", "asleep by", "wave", "rights", "held by", "tried with", "says so")
_ROLE = "../deploy/components/kinds/{0}/clusterrole.yaml"
_HOLD = "../deploy/components/kinds/{0}/hold/policies.yaml"


def with_catalogue(page: str) -> str:
    """The page with its table as the catalogue is.

    Raises:
        LabError: when nothing says where the table is.
    """
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise LabError("docs/kinds.md does not say where its table begins and ends.", hint=f"Write {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n\n{_catalogue()}\n\n{END}{after}"


def _catalogue() -> str:
    return table(
        _HEAD,
        (
            (
                row.kind,
                row.title,
                code(row.patch),
                str(row.wave),
                f"[{row.component}]({_ROLE.format(row.component)})",
                f"[{row.component}/hold]({_HOLD.format(row.component)})" if is_held(row) else row.not_held,
                row.tried,
                f"[source]({row.source})",
            )
            for row in ROWS
        ),
    )
