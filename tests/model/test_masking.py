"""What looks like a secret is masked in the log lines that people are shown, and the rest stays as it was."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.masking import MASK, PATTERNS, mask
from support.effort import examples

SECRET = "hunter2-Xy7"
PEM = "MIIEpAIBAAKCAQEAx1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"

GIVEN_AWAY = [
    f"DB_PASSWORD={SECRET} DB_HOST=db",
    f"PGPASSWORD={SECRET}",
    f'{{"password": "{SECRET}", "user": "bo"}}',
    f'{{"password": "{SECRET}\\"more"}}',
    f'{{\\"apiKey\\":\\"{SECRET}\\"}}',
    f"spring.datasource.password: {SECRET}",
    f"dbPassword='{SECRET}'",
    f"secretKey => {SECRET}",
    f"client_secret := {SECRET}",
    f"Server=db;Pwd={SECRET};Database=x",
    f"AccountName=x;AccountKey={SECRET}==;Endpoint=y",
    f"pass={SECRET}",
    f"db.pass: {SECRET}",
    f'{{"user": "bo", "pass": "{SECRET}"}}',
    f'{{\\"pass\\":\\"{SECRET}\\"}}',
    f"{{ 'pass' => '{SECRET}' }}",
    f"userpass: {SECRET}",
    f"secret_key_base: {SECRET}",
    f"cloning https://{SECRET}-a1B2c3D4@git.example.com/x.git",
    f'{{"auths":{{"registry.example.com":{{"auth":"{SECRET.replace("-", "")}a1B2=="}}}}}}',
    f"Using generated security password: {SECRET}",
    f"Authorization: Bearer {SECRET}",
    f"authorization: Basic {SECRET}",
    f"> Cookie: session={SECRET}; theme=dark",
    f"Set-Cookie: id={SECRET}; Path=/",
    f"X-Vault-Token: {SECRET}",
    f"calling with bearer {SECRET}",
    f"postgres://app:{SECRET}@db:5432/app",
    f"redis://:{SECRET}@redis:6379",
    f"GET /login?token={SECRET}&next=/ 200",
    f"GET /o?X-Amz-Signature={SECRET}&X-Amz-Expires=60",
    f"https://x.blob.core.windows.net/c?sv=2022&sig={SECRET}",
    f"https://hooks.slack.com/services/T000/B000/{SECRET}",
    f"mysqld --password {SECRET} --verbose",
    f"app --db-token={SECRET}",
    f"curl -u bo:{SECRET} https://example.com",
    f"CREATE USER bo IDENTIFIED BY '{SECRET}'",
    f"-----BEGIN RSA PRIVATE KEY-----\n{PEM}\n{PEM}\n{SECRET.replace('-', '')}==\n-----END RSA PRIVATE KEY-----",
]
BY_FORM = [
    "AKIAIOSFODNN7EXAMPLE",
    "gh" + "p_" + "a1B2" * 9,
    "github_" + "pat_" + "a1B2" * 9,
    "gl" + "pat-" + "a1B2" * 5,
    "xo" + "xb-1234567890-abcdefghij",
    "xa" + "pp-1-A0000-1234567890",
    "AI" + "za" + "a1B2" * 9,
    "sk" + "_live_" + "a1B2" * 6,
    "sk" + "-proj-" + "a1B2" * 9,
    "np" + "m_" + "a1B2" * 9,
    "hv" + "s.CAESI" + "a1B2" * 9,
    "SG" + "." + "a1B2" * 5 + "." + "a1B2" * 10,
    "do" + "p_v1_" + "a1b2" * 16,
    "hf" + "_" + "a1B2" * 8,
    "shp" + "at_" + "a1b2" * 8,
    "123456789:" + "AA" + "a1B2" * 8 + "c",
    "AGE-SECRET-" + "KEY-1" + "QPZRY9X8" * 7,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
]
LEFT_ALONE = [
    "password",
    "the token expired at 12:00",
    "Bearer token missing",
    "max_tokens=4096 prompt_tokens: 12",
    "password=null secret: none token=<empty>",
    'password: "" user: x',
    "/etc/passwd: No such file or directory",
    "--password-file /run/secrets/db",
    "secretName: web-tls",
    "PASS: TestWaking (0.01s)",
    "compass: north bypass: yes",
    "image sha256:" + "ab12" * 16,
    "GET /api/v1/namespaces/dev1/pods/web-7d9c5b8f4-x2x9k 200 12ms",
    "at com.example.Main$Inner.run(Main.java:42)",
    "https://example.com:8443/path?x=1#here",
    "https://deployment-account@example.com/path",
    '{"pass": 10, "fail": 0, "compass": "n", "auth": "basic", "author": "ana", "auth": true}',
    "-----BEGIN CERTIFICATE-----",
    "2026-11-23T12:00:00.000Z INFO listening on 0.0.0.0:8080",
]


@pytest.mark.parametrize("line", GIVEN_AWAY)
def test_what_is_named_a_secret_or_stands_where_one_stands(line: str) -> None:
    shown = mask(line)
    assert SECRET not in shown
    assert "hunter2" not in shown
    assert MASK in shown


@pytest.mark.parametrize("token", BY_FORM)
@pytest.mark.parametrize("around", ["{}", "got {} from there", '["{}"]', "see <{}>.", "a={},b=1"])
def test_what_has_the_form_of_a_known_one(token: str, around: str) -> None:
    shown = mask(around.format(token))
    assert token not in shown
    assert token[-12:] not in shown


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_what_only_speaks_of_secrets_stays(line: str) -> None:
    assert mask(line) == line


def test_what_stands_around_a_secret_stays() -> None:
    said = "10:00 user=bo password=hunter2 from=10.0.0.1\n10:01 all is well"
    assert mask(said) == "10:00 user=bo password=*** from=10.0.0.1\n10:01 all is well"


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("last", range(1, 5))
def test_a_private_key_of_which_only_a_part_is_there(first: int, last: int) -> None:
    """The last fifty lines of a log begin and end anywhere."""
    key = ["-----BEGIN PRIVATE KEY-----", PEM, PEM, PEM, "-----END PRIVATE KEY-----"]
    shown = mask("\n".join(["before it", *key[first : last + 1], "after it"] if first == 0 else key[first : last + 1]))
    assert PEM not in shown
    assert PEM[:20] not in shown
    assert first != 0 or ("before it" in shown and "after it" in shown)


def test_each_pattern_says_which_secret_it_is() -> None:
    assert len({row.about for row in PATTERNS}) == len(PATTERNS)


PIECES = st.sampled_from(
    [
        "password",
        "=",
        ": ",
        '"',
        "\\",
        "'",
        " ",
        "\n",
        "a1B",
        "https://",
        "@",
        "-----BEGIN PRIVATE KEY-----",
        "***",
        "--",
        "-----END PRIVATE KEY-----",
        "token",
        "Cookie",
        "Bearer ",
        "eyJabcdef",
        ".",
        "AKIA",
        "?",
        "&sig=",
        "\\n",
        "null",
    ]
)


@examples(200)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join))
def test_what_is_masked_stays_as_it_is(text: str) -> None:
    """Lines are masked where they are read, and may be once more where they are posted."""
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "piece", ["a ", "x:", "=", "-", "abc\n", "password=", "://", "aB1/", "-----BEGIN PRIVATE KEY-----"]
)
def test_no_text_makes_it_slow(piece: str) -> None:
    """In proportion: four times as much takes nowhere near sixteen times as long."""
    times = []
    for size in (4_000, 16_000):
        text = piece * (size // len(piece))
        began = time.process_time()
        mask(text)
        times.append(time.process_time() - began)
    assert times[1] < 12 * times[0] + 0.05
