"""What a long run of the tests says of their rooms."""

from support.slowest_rooms import slowest


def test_rooms_are_summed_and_the_slowest_comes_first() -> None:
    durations = [
        ("tests/schedule/test_zones.py::test_a", 0.5),
        ("tests/lab/test_up.py::test_b[x::y]", 3.0),
        ("tests/schedule/test_zones.py::test_c", 1.0),
        ("tests/test_alone.py::test_d", 0.1),
    ]
    assert slowest(durations) == [("lab", 3.0), ("schedule", 1.5), ("tests", 0.1)]


def test_ten_rooms_are_enough() -> None:
    assert len(slowest((f"tests/{number}/test_it.py::test", 1.0) for number in range(30))) == 10
