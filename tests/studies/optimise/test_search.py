"""The search on problems whose front is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from govsim.studies.optimise.portfolios import Chooser, Score, Tried, search_portfolios

Point = tuple[int, int]
SIDE = 20


def suggest(chooser: Chooser) -> Point:
    return (
        chooser.suggest_categorical("a", list(range(SIDE + 1))),
        chooser.suggest_categorical("b", list(range(SIDE + 1))),
    )


def score(point: Point, most: int | None = None) -> Score:
    """Two goals at odds in a, both hurt by b: the front is b = 0, all a."""
    a, b = point
    return Score((float(a - b), float(SIDE - a - b)), () if most is None else (float(a - most),))


def run(seed: int = 1, most: int | None = None, generations: int = 25) -> Tried[Point]:
    def evaluate(points: Sequence[Point]) -> Iterator[Score | None]:
        return (score(point, most) for point in points)

    return search_portfolios(suggest, evaluate, 2, 24, generations, seed)


def test_the_known_front_is_found() -> None:
    tried = run()
    front = [tried.candidates[n] for n in tried.front()]
    assert all(b == 0 for _, b in front)
    assert len({a for a, _ in front}) >= 0.8 * (SIDE + 1)


def test_a_limit_is_kept_and_binds() -> None:
    free, bound = run(), run(most=7)
    assert max(a for a, b in (free.candidates[n] for n in free.front())) > 7
    front = [bound.candidates[n] for n in bound.front()]
    assert front
    assert all(a <= 7 and b == 0 for a, b in front)
    outside = [n for n, found in enumerate(bound.scores) if found is not None and not found.allowed]
    assert outside, "some that pass the limit were tried"
    assert not set(outside) & set(bound.front())


def test_equal_seeds_try_the_same_and_others_do_not() -> None:
    assert run(seed=3).candidates == run(seed=3).candidates
    assert run(seed=3).candidates != run(seed=4).candidates


def test_nothing_is_evaluated_twice() -> None:
    seen: list[Point] = []

    def evaluate(points: Sequence[Point]) -> Iterator[Score | None]:
        seen.extend(points)
        return (score(point) for point in points)

    search_portfolios(suggest, evaluate, 2, 12, 10, 1)
    assert len(seen) == len(set(seen))


def test_impossible_candidates_are_replaced_and_never_on_the_front() -> None:
    def evaluate(points: Sequence[Point]) -> Iterator[Score | None]:
        return (None if a % 2 else score((a, b)) for a, b in points)

    tried = search_portfolios(suggest, evaluate, 2, 12, 12, 1)
    assert any(found is None for found in tried.scores)
    front = [tried.candidates[n] for n in tried.front()]
    assert front
    assert all(a % 2 == 0 for a, _ in front)


def test_what_comes_first_is_tried_first() -> None:
    def evaluate(points: Sequence[Point]) -> Iterator[Score | None]:
        return (score(point) for point in points)

    first = [{"a": n, "b": n} for n in range(9)]
    tried = search_portfolios(suggest, evaluate, 2, 6, 1, 1, first)
    assert tried.candidates[:9] == [(n, n) for n in range(9)]


def test_nobody_within_the_limits_gives_an_empty_front() -> None:
    assert run(most=-1, generations=2).front() == []


@pytest.mark.parametrize("excess", [(), (0.0,), (-1.0, 0.0)])
def test_a_limit_that_is_just_met_is_kept(excess: tuple[float, ...]) -> None:
    assert Score((1.0,), excess).allowed
    assert not Score((1.0,), (*excess, 1e-9)).allowed
