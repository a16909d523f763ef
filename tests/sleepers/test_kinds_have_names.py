"""I4: a kind is named as kubectl understands it, by whatever row it has."""

import pytest

from sundown.sleepers.kinds import KINDS, kind_named


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("deployment", "Deployment"),
        ("Deployments", "Deployment"),
        ("deploy", "Deployment"),
        ("deployments.apps", "Deployment"),
        ("deployment.apps", "Deployment"),
        ("sts", "StatefulSet"),
        ("StatefulSet", "StatefulSet"),
        ("statefulsets.apps", "StatefulSet"),
    ],
)
def test_each_name_of_a_kind(word: str, kind: str) -> None:
    found = kind_named(word)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("word", ["", "web", "deploymnt", "apps", "deployments.extensions", "Deployment/web", "pod"])
def test_what_is_no_kind(word: str) -> None:
    assert kind_named(word) is None


def test_no_name_means_two_kinds() -> None:
    names = [name for row in KINDS.values() for name in row.spellings]
    assert len(names) == len(set(names))
