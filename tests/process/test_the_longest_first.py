"""In which order a run with several workers takes the files of tests."""

from support.longest_first import Weighed, about, ordered


def test_the_longest_file_comes_first_and_its_tests_stay_in_their_order() -> None:
    quick = [Weighed("a", 0.02, name=f"a{number}") for number in range(50)]
    cluster = [Weighed("b", 3.0, name="b1"), Weighed("b", 3.0, name="b2")]
    promise = [Weighed("c", 165.0, name="c1")]
    assert ordered([*quick, *cluster, *promise]) == [*promise, *cluster, *quick]


def test_a_test_tells_by_its_markers_how_long_it_takes() -> None:
    assert about(marks=frozenset({"lab", "timeout"}), timeout=300) == 3
    assert about(marks=frozenset({"lab", "slow", "timeout"}), timeout=660) == 165
    assert about(marks=frozenset({"lab", "browser"}), timeout=300) == 8
    assert about(marks=frozenset(), timeout=0) < 0.1
