"""`docs/settings.md`: every environment variable of the processes, from their models."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from sundown.admission.settings import AdmissionSettings
from sundown.aws.settings import AwsSettings
from sundown.cli.shared.settings_options import variable
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.model.scalars import format_duration
from sundown.settings import Settings
from sundown_lab.reference import markdown

INTRODUCTION = """\
Both processes take their settings from environment variables. Lists and tables are written as JSON. `sundown operator --help` and
`sundown frontdesk --help` show the same; a value that cannot be is refused at the start, with the name of its variable.

In a cluster they stand as `env` of the two containers of [deploy/base/deployment.yaml](../deploy/base/deployment.yaml). What both
processes know has to be the same for both, but for where they listen."""

SLACK = """\
Tokens and secrets come from the environment only, there from the Secret `sundown-slack`; [Slack](slack.md) says which are needed."""

AWS = """\
Without regions AWS is not asked for anything. Credentials are found as boto3 finds them (`AWS_*`, the pod's role);
[AWS](aws.md) says what the role has to allow."""


ADMISSION = """\
Of [the webhook](policies.md#the-webhook), which knows the settings of both processes too, and for which the label, the protected
namespaces and the named ones have to be the same as for them."""


def settings_page() -> str:
    """The page, as it has to stand in the repository."""
    return markdown.page(
        "Settings",
        INTRODUCTION,
        "## Both processes",
        _table(Settings, Settings.model_fields),
        "## The frontdesk",
        SLACK,
        _own(FrontdeskSettings),
        "## AWS, the operator's",
        AWS,
        _table(AwsSettings, AwsSettings.model_fields),
        "## The admission webhook",
        ADMISSION,
        _own(AdmissionSettings),
        origin="the settings models",
    )


def _own(kind: type[Settings]) -> str:
    return _table(kind, (name for name, field in kind.model_fields.items() if _is_own(name, field)))


def _is_own(name: str, field: FieldInfo) -> bool:
    common = Settings.model_fields.get(name)
    return common is None or common.default != field.default


def _table(kind: type[BaseSettings], names: Iterable[str]) -> str:
    return markdown.table(("variable", "default", "what it says"), _rows(kind, names))


def _rows(kind: type[BaseSettings], names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        field = kind.model_fields[name]
        said = markdown.prose(field.description or "")
        yield markdown.code(variable(kind, name)), _default(field), " ".join((said, *_limits(field)))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "has to be given"
    default: Any = field.get_default(call_default_factory=True)
    if default is None or default == "":
        return ""
    if isinstance(default, timedelta):
        return markdown.code(format_duration(default))
    return markdown.code(default if isinstance(default, str) else json.dumps(default))


def _limits(field: FieldInfo) -> Iterator[str]:
    least: object = None
    most: object = None
    for limit in field.metadata:
        match limit:
            case Ge(ge=value):
                least = value
            case Gt(gt=value):
                least = f"more than {value}"
            case Le(le=value):
                most = value
            case Lt(lt=value):
                most = f"less than {value}"
    if least is not None and most is not None:
        yield (
            f"From {least} to {most}."
            if isinstance(least, int | float)
            else f"{str(least).capitalize()}, at most {most}."
        )
