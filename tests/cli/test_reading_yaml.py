"""YAML as kubectl reads it; each row was compared with ``kubectl annotate --local -o json``."""

from typing import Any

import pytest

from sundown.cli.shared.yaml_reader import Unreadable, read_all


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("18:00", "18:00"),
        ("08:00", "08:00"),
        ("1:30:00", "1:30:00"),
        ("190:20:30.15", "190:20:30.15"),
        ("2026-11-23", "2026-11-23"),
        ("2026-11-23T21:00:00Z", "2026-11-23T21:00:00Z"),
        ("!!timestamp 2026-01-01", "2026-01-01"),
        ("2026-12-24T12:00", "2026-12-24T12:00"),
        ("yes", True),
        ("y", True),
        ("on", True),
        ("NO", False),
        ("n", False),
        ("Off", False),
        ("tRUE", "tRUE"),
        ("~", None),
        ("Null", None),
        ("", None),
        ("=", "="),
        ("010", 8),
        ("0o17", 15),
        ("08", 8),
        ("0888", 888),
        ("0x10", 16),
        ("-0x1F", -31),
        ("0b11", 3),
        ("0b2", "0b2"),
        ("1_000", 1000),
        ("+5", 5),
        ("1e3", 1000),
        ("1.0", 1),
        ("1.", 1),
        (".5", 0.5),
        ("-.5", -0.5),
        ("0.5e-3", 0.0005),
        ("1e", "1e"),
        ("1e400", "1e400"),
        ("685_230.15", 685230.15),
        ('"y"', "y"),
        ("!!str 018", "018"),
        ("!!int '5'", 5),
        ("!!bool 'yes'", True),
        ("!Ref Queue", "Queue"),
        ("!Ref 12", "12"),
        ("!Sub {b: !Ref c}", {"b": "c"}),
        ("!Join [!Ref b, 1]", ["b", 1]),
        ("{<<: {b: 1}, c: 2}", {"b": 1, "c": 2}),
        ("{<<: {b: 1}, b: 2}", {"b": 2}),
    ],
)
def test_a_value_is_read_as_kubectl_reads_it(written: str, read: Any) -> None:
    [document] = read_all(f"a: {written}".encode())
    assert document == {"a": read}
    assert type(document["a"]) is type(read)


def test_keys_are_strings() -> None:
    assert read_all(b"1: a\ntrue: b\n1.5: c\nn: d") == [{"1": "a", "true": "b", "1.5": "c", "false": "d"}]


@pytest.mark.parametrize(
    "text", [b"a: .inf", b"a: .nan", b"~: x", b"? [1]\n: 2", b"a: *x", b"a: 1\na: 2", b"a: 1\n'a': 2"]
)
def test_what_kubectl_refuses_and_what_is_given_twice_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        read_all(text)


def test_an_alias_repeats_what_it_names() -> None:
    assert read_all(b"a: &days [Mon]\nb: *days") == [{"a": ["Mon"], "b": ["Mon"]}]


def test_documents_are_read_one_by_one_and_empty_ones_left_out() -> None:
    assert read_all(b"a: 1\n---\n---\n# nothing\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]


def test_json_is_read_with_tabs_and_one_object_after_the_other() -> None:
    assert read_all(b'{\t"a": 1}\n{"b": "18:00"}') == [{"a": 1}, {"b": "18:00"}]


def test_flow_style_yaml_is_not_taken_for_json() -> None:
    assert read_all(b"{a: 18:00, b: [Mon]}") == [{"a": "18:00", "b": ["Mon"]}]


def test_a_file_that_is_not_text_is_refused() -> None:
    with pytest.raises(Unreadable):
        read_all(b"a: \x80\x81")


def bomb(levels: int, *, line: str) -> bytes:
    """A few hundred bytes, each level of which repeats the one before nine times."""
    written = ["a0: &a0 {x: 1, y: 2}"]
    written += [line.format(this=level, parts=", ".join([f"*a{level - 1}"] * 9)) for level in range(1, levels + 1)]
    return "\n".join(written).encode()


BOMBS = {
    "merge keys": "a{this}: &a{this} {{<<: [{parts}]}}",
    "lists": "a{this}: &a{this} [{parts}]",
    "lists in a merge key": "a{this}: &a{this} {{<<: [{parts}], z{this}: [{parts}]}}",
}


@pytest.mark.parametrize("line", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("levels", [5, 9, 40])
def test_a_file_that_grows_without_end_is_refused_before_it_grows(line: str, levels: int) -> None:
    """S17: 470 bytes took 6.5 seconds, and ten times as long with each level."""
    with pytest.raises(Unreadable, match="repeat so much"):
        read_all(bomb(levels, line=line))


def test_aliases_as_people_use_them_are_read_however_long_the_file() -> None:
    """S17"""
    shared = b"base: &base {days: [Mon, Tue, Wed, Thu, Fri], from: '08:00', to: '18:00'}\n"
    rows = b"".join(b"row%d: {<<: *base, n: %d}\n" % (number, number) for number in range(2000))
    (document,) = read_all(shared + rows)
    assert document["row1999"]["days"] == ["Mon", "Tue", "Wed", "Thu", "Fri"]
