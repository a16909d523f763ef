"""Why a part in the cloud is never stopped: causes for machines, and a sentence for each (E5)."""

import re
from typing import get_args

import pytest

from sundown.aws.eligibility import Claim, Database, DatabaseCluster, Facts, Instance, protection, refusal
from sundown.model.cloud_refusal import Cause, Refusal

SENTENCES = {cause: str(Refusal(cause, "<what>", "<also>")) for cause in Cause}


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_has_a_sentence_of_its_own(cause: Cause) -> None:
    assert [other for other, said in SENTENCES.items() if said == SENTENCES[cause]] == [cause]
    assert not re.search(r"[{}]", SENTENCES[cause])


def test_what_people_named_is_no_template() -> None:
    assert (
        str(Refusal(Cause.READ_REPLICA, "{also}", "x")) == "it is a read replica (of {also}), which cannot be stopped"
    )


@pytest.mark.parametrize(
    ("before", "protected", "after"),
    [
        (None, True, Refusal(Cause.STOP_PROTECTED)),
        (Refusal(Cause.STOP_PROTECTED), False, None),
        (Refusal(Cause.STOP_PROTECTED), True, Refusal(Cause.STOP_PROTECTED)),
        (Refusal(Cause.SPOT), True, Refusal(Cause.SPOT)),
        (Refusal(Cause.SPOT), False, Refusal(Cause.SPOT)),
        (
            Refusal(Cause.TOLD, str(Refusal(Cause.STOP_PROTECTED))),
            False,
            Refusal(Cause.TOLD, str(Refusal(Cause.STOP_PROTECTED))),
        ),
    ],
)
def test_protection_is_known_by_its_cause_and_never_by_its_words(
    before: Refusal | None, protected: bool, after: Refusal | None
) -> None:
    assert protection(before, protected=protected) == after


def test_every_kind_of_thing_has_rules() -> None:
    claim = Claim("dev", "eu")
    of_each: dict[type, tuple[Facts, Cause]] = {
        Instance: (Instance(lifecycle="spot"), Cause.SPOT),
        Database: (Database("neptune"), Cause.NOT_RDS),
        DatabaseCluster: (DatabaseCluster("mysql"), Cause.MULTI_AZ_CLUSTER),
    }
    assert set(of_each) == set(get_args(Facts))
    for facts, cause in of_each.values():
        found = refusal(claim, facts, runs=True)
        assert found is not None
        assert found.cause is cause
