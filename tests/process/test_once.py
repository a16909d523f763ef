"""What is done or said once, however much comes by."""

from sundown.once import Once


def test_what_comes_again_is_not_new() -> None:
    once = Once(at_most=3)
    assert [once.is_new(name) for name in ("a", "b", "a", "b")] == [True, True, False, False]


def test_the_oldest_are_forgotten_so_that_whoever_makes_them_up_fills_nothing() -> None:
    """J6, S1"""
    once = Once(at_most=3)
    assert all(once.is_new(number) for number in range(100))
    assert [once.is_new(number) for number in (99, 98, 97, 96)] == [False, False, False, True]
