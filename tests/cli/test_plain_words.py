"""I5: what the API server refuses or does not answer is said in plain words."""

import pytest

from sundown.cluster.errors import ApiError, TooLarge, Unreachable, error_for
from sundown.frontdesk.commands import helping
from sundown.frontdesk.commands.reply import Reply
from sundown.usecases.plain_words import in_plain_words

REQUEST = "GET /api/v1/namespaces/dev1/pods: "
SAID = 'pods is forbidden: User "system:serviceaccount:sundown-system:sundown-frontdesk" cannot list resource "pods"'


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "Sundown itself may not do that: whoever runs the cluster has to grant it"),
        (403, "Sundown itself may not do that: whoever runs the cluster has to grant it"),
        (404, "it is not there, or not any more"),
        (409, "somebody else has changed it at the same moment"),
        (410, "the list has changed while it was read: try again"),
        (422, "the cluster does not take that"),
        (429, "the cluster does not answer at the moment: try again in a minute"),
        (500, "the cluster does not answer at the moment: try again in a minute"),
        (504, "the cluster does not answer at the moment: try again in a minute"),
    ],
)
def test_each_refusal(status: int, told: str) -> None:
    error = error_for(status, REQUEST + SAID, None)
    assert in_plain_words(error).startswith(told)
    assert REQUEST.strip(": ") not in in_plain_words(error)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            Unreachable("the API server at https://10.0.0.1:6443 does not answer: TimeoutError"),
            "does not answer at the moment",
        ),
        (TooLarge("GET /x: more than 8 bytes"), "more of it than I can read"),
        (
            error_for(
                500,
                REQUEST + 'failed calling webhook "images.example.com": Post "https://10.0.0.1:443/": refused',
                None,
            ),
            "a webhook of the cluster does not answer, and without it nothing is changed: images.example.com",
        ),
        (
            ApiError("GET /x: the answer is no JSON", status=200),
            "an answer that I do not understand: the answer is no JSON",
        ),
    ],
)
def test_what_is_no_refusal(error: ApiError, told: str) -> None:
    assert told in in_plain_words(error)
    assert "10.0.0.1" not in in_plain_words(error)


def test_it_is_a_sentence_with_a_sign_that_something_is_wrong() -> None:
    reply = helping.sorry(error_for(403, REQUEST + SAID, None), "/devenv", env="dev1")
    assert isinstance(reply, Reply)
    assert reply.trouble
    assert str(reply.title[0]).startswith("Sundown itself may not do that")
