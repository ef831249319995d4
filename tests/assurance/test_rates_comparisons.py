"""What comparisons promise, on synthetic data whose truth is known; and rules that were replaced, which must fail here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing, Value
from govsim.statistics.distribution import distribution, exact
from govsim.statistics.multiple import pooled, shrunken, told_apart, worst_off
from govsim.statistics.paired import about_ratio, chance_among_many, contrast, paired, unpaired
from govsim.studies.compare import FEWEST_SEEDS, Precision, next_seeds, reached
from tests.assurance.battery import Case, Trial, check, measure

Rng = np.random.Generator


def _t_verdict(d: np.ndarray) -> bool:
    """Return whether a difference is told from none by the t interval alone, as before."""
    return bool(stats.ttest_1samp(d, 0.0).pvalue < 0.05) if np.ptp(d) else bool(d[0] != 0)


def _verdict(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether one row, looked at alone, gets better or worse: as in `govsim.studies.compare`."""
    result, gap = paired(a.tolist(), b.tolist()), distribution((b - a).tolist())
    first, second = distribution(a.tolist()), distribution(b.tolist())
    split = gap.peaks or first.apart != second.apart
    return bool(result.carries and not split and result.p is not None and result.p < 0.05)


def same(seeds: int) -> Trial:
    def trial(rng: Rng) -> bool:
        common, noise = rng.normal(size=seeds), rng.normal(size=(2, seeds))
        return _verdict(common + noise[0], common + noise[1])

    return trial


def tips(seeds: int, share: float, far: float) -> Trial:
    """A truly worse arm: usually 1 standard deviation higher, but a share of seeds falls far."""

    def trial(rng: Rng) -> bool | None:
        a, fell = rng.normal(size=seeds), rng.uniform(size=seeds) < share
        b = a + 1.0 + 0.3 * rng.normal(size=seeds) - far * fell
        if not fell.any():
            return None  # nothing in the sample tells
        result = paired(a.tolist(), b.tolist())
        return _verdict(a, b) and result.rises

    return trial


def found_far(seeds: int, far: float) -> Trial:
    def trial(rng: Rng) -> bool | None:
        fell = rng.uniform(size=seeds) < 0.1
        x = rng.normal(size=seeds) - far * fell
        return bool(distribution(x.tolist()).peaks) if fell.any() else None

    return trial


def one_group(shape: str, seeds: int) -> Trial:
    return lambda rng: bool(distribution(getattr(rng, shape)(size=seeds).tolist()).peaks)


def chance_of_falling(seeds: int, share: float) -> Trial:
    def trial(rng: Rng) -> bool:
        low, high = exact(int((rng.uniform(size=seeds) < share).sum()), seeds)
        return low <= share <= high

    return trial


def few_steps(seeds: int, share: float) -> Trial:
    """Two equal arms whose measure is nearly always the same number: counts of something rare."""

    def trial(rng: Rng) -> bool:
        a, b = (rng.uniform(size=(2, seeds)) < share).astype(float)
        return _verdict(a, b)

    return trial


def one_step(seeds: int) -> Trial:
    """A measure in whole steps, of which the difference is 1 in nine seeds of ten and -9 in the tenth: none in truth."""

    def trial(rng: Rng) -> bool:
        d = np.where(rng.uniform(size=seeds) < 0.9, 1.0, -9.0)
        return _verdict(np.zeros(seeds), d)

    return trial


def late(seeds: int) -> Trial:
    """Two equal arms of which a third of the seeds do not reach a median."""

    def trial(rng: Rng) -> bool:
        times = rng.exponential(size=(2, seeds))
        a, b = ([Missing.NOT_REACHED if t > 1.1 else float(t) for t in arm] for arm in times)
        result = paired(a, b)
        return result.carries and result.p is not None and result.p < 0.05

    return trial


def late_found(seeds: int) -> Trial:
    def trial(rng: Rng) -> bool:
        times = rng.exponential(size=seeds), 4.0 * rng.exponential(size=seeds)
        a, b = ([Missing.NOT_REACHED if t > 1.1 else float(t) for t in arm] for arm in times)
        result = paired(a, b)
        return result.carries and result.p is not None and result.p < 0.05

    return trial


def ratio(solved: float, seeds: int = 10) -> Trial:
    """Two equal arms: hours over a rare count."""

    def trial(rng: Rng) -> bool | None:
        arms = []
        for _ in range(2):
            hours, count = rng.normal(60.0, 2.0, seeds), rng.poisson(solved, seeds).astype(float)
            arms.append(about_ratio(hours.tolist(), count.tolist()))
        result = paired(*arms)
        return None if result.p is None else result.carries and result.p < 0.05

    return trial


def ratio_covers(solved: float, seeds: int = 20) -> Trial:
    def trial(rng: Rng) -> bool | None:
        count = rng.poisson(solved, seeds).astype(float)
        hours = 30.0 + 10.0 * count + rng.normal(0.0, 3.0, seeds)
        truth: list[Value] = [(30.0 + 10.0 * solved) / solved] * seeds
        found = paired(truth, about_ratio(hours.tolist(), count.tolist())).interval
        return None if found is None else found[0] <= 0.0 <= found[1]

    return trial


def power(seeds: int) -> Trial:
    """The true spread is 1; whether a difference as large as printed has 80 % power in truth."""

    def trial(rng: Rng) -> bool:
        least = paired([0.0] * seeds, rng.normal(size=seeds).tolist()).detectable(0.05)
        assert least is not None
        limit = stats.t.ppf(0.975, seeds - 1)
        return bool(stats.nct.sf(limit, seeds - 1, least * np.sqrt(seeds)) >= 0.8)

    return trial


def gain(seeds: int) -> Trial:
    """Correlation 0.75 of equal spreads: pairing is worth a factor of four."""

    def trial(rng: Rng) -> bool:
        common, own = rng.normal(size=(2, seeds))
        result = paired(common.tolist(), (0.75 * common + np.sqrt(1 - 0.75**2) * own).tolist()).gain_interval
        assert result is not None
        return result[0] <= 4.0 <= result[1]

    return trial


def _groups(rng: Rng, seeds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    size = np.exp(rng.uniform(np.log(20), np.log(5000), 30))
    spread = 8.0 / np.sqrt(size / 100.0) * np.exp(0.2 * rng.normal(size=30))
    return size, spread, rng.normal(size=(30, seeds)) * spread[:, None] + 0.2 * rng.normal(size=seeds)


def a_group(seeds: int) -> Trial:
    def trial(rng: Rng) -> bool:
        size, _, d = _groups(rng, seeds)
        found = pooled([paired([0.0] * seeds, row.tolist()) for row in d], size.tolist())
        chance = chance_among_many([one.p for one in found])
        return any(one.p is not None and one.p <= chance for one in found)

    return trial


def true_group(seeds: int) -> Trial:
    """One true effect of four standard errors among thirty groups."""

    def trial(rng: Rng) -> bool:
        size, spread, d = _groups(rng, seeds)
        d[np.argsort(size)[-8:]] += 4.0 * spread[np.argsort(size)[-8:], None] / np.sqrt(seeds)
        found = pooled([paired([0.0] * seeds, row.tolist()) for row in d], size.tolist())
        p = found[int(np.argmax(size))].p
        return p is not None and p <= chance_among_many([one.p for one in found])

    return trial


def largest_is_too_large(rng: Rng) -> bool:
    truth = rng.normal(size=30)
    x = truth + rng.normal(size=30)
    drawn, _ = shrunken(x.tolist(), [1.0] * 30)
    at = int(np.argmax(np.abs(x)))
    return bool((drawn[at] - truth[at]) * np.sign(x[at]) > 0)


def worst(seeds: int, cases: tuple[float, float]) -> Trial:
    """Twelve groups of equal true levels in both arms; the arms may differ in cases."""

    def trial(rng: Rng) -> bool:
        level = 60.0 + 3.0 * rng.normal(size=12)
        sizes = np.exp(rng.uniform(np.log(0.1), np.log(2.0), 12))
        arms, base = [], []
        for many in cases:
            n = np.maximum(2.0, sizes * many)[:, None] * np.ones(seeds)
            arms.append(level[:, None] + 49.0 / np.sqrt(n) * rng.normal(size=(12, seeds)))
            base.append(n)
        values, _ = worst_off(arms, base, 1)
        result = paired(values[0].tolist(), values[1].tolist())
        return result.p is not None and result.p < 0.05

    return trial


def any_pair(rng: Rng) -> bool:
    values = {str(n): rng.normal(size=(6, 6)).tolist() for n in range(3)}
    places = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    return any(pair.apart for pairs in told_apart(values, places).values() for pair in pairs)


def strangers(rng: Rng) -> bool:
    a, b = rng.normal(size=(2, 12))
    return _covers(contrast(a.tolist(), b.tolist()).interval)


def independent(rng: Rng) -> bool:
    return _covers(unpaired(rng.normal(size=8).tolist(), (3.0 * rng.normal(size=14)).tolist()).interval)


def _covers(interval: tuple[float, float] | None) -> bool:
    assert interval is not None
    return interval[0] <= 0.0 <= interval[1]


def until(share: float, far: float, width: float, most: int = 600) -> Trial:
    """Seeds are added until a mean is known to a width; a share of them falls far: does the interval hold the truth?"""

    def trial(rng: Rng) -> bool:
        values = (rng.normal(size=most) * (far > 1) - far * (rng.uniform(size=most) < share)).tolist()
        goal, seeds = Precision(INDICATORS[0], width), FEWEST_SEEDS
        while (more := next_seeds(reached(goal, [], values[:seeds]), most)) > seeds:
            seeds = more
        found = paired([-share * far] * seeds, values[:seeds]).interval
        assert found is not None
        return found[0] <= 0.0 <= found[1]

    return trial


CASES: tuple[Case, ...] = (
    Case("same-5", "equal arms, bell-shaped, 5 seeds: better or worse", "at most", 0.05, same(5), 2000),
    Case("same-20", "equal arms, bell-shaped, 20 seeds: better or worse", "at most", 0.05, same(20), 2000),
    Case("strangers", "pairs that have nothing in common, 12 seeds: the interval covers 0", "at least", 0.94, strangers, 2000),
    Case("welch", "independent arms of unequal spread: the interval covers 0", "at least", 0.95, independent, 2000),
    Case("tips-10", "an arm truly worse because seeds fall far (24 sd), seen in the sample, 10 seeds: called better",
         "at most", 0.05, tips(10, 0.1, 24.0), 1000, 0.48),
    Case("tips-20", "the same, 20 seeds", "at most", 0.05, tips(20, 0.1, 24.0), 1000, 0.48),
    Case("far-5", "a tenth of seeds lies 24 sd away, 5 seeds: found where there is one", "at least", 0.7,
         found_far(5, 24.0), 1000, 0.0),
    Case("far-10", "the same, 10 seeds", "at least", 0.95, found_far(10, 24.0), 1000, 0.0),
    Case("far-20", "the same, 20 seeds", "at least", 0.95, found_far(20, 24.0), 1000, 0.05),
    Case("far-20-near", "a tenth of seeds lies 12 sd away, 20 seeds: found", "at least", 0.7, found_far(20, 12.0), 1000),
    Case("one-5", "one group, bell-shaped, 5 seeds: taken for two", "at most", 0.01, one_group("standard_normal", 5), 2000),
    Case("one-20", "one group, bell-shaped, 20 seeds: taken for two", "at most", 0.01, one_group("standard_normal", 20), 2000),
    Case("one-skewed", "one group, skewed as an exponential distribution, 10 seeds: taken for two", "at most", 0.08,
         one_group("standard_exponential", 10), 1000),
    Case("exact-5", "interval of the share of seeds that fall (10 %), 5 seeds: covers it", "at least", 0.95,
         chance_of_falling(5, 0.1), 2000, 0.47),
    Case("exact-20", "interval of the share of seeds that fall (2 %), 20 seeds: covers it", "at least", 0.95,
         chance_of_falling(20, 0.02), 2000),
    Case("steps", "equal arms, a rare count (10 %), 5 seeds: better or worse", "at most", 0.05, few_steps(5, 0.1), 2000),
    Case("step-5", "no true difference: 1 in nine seeds of ten, -9 in the tenth, 5 seeds: better or worse", "at most", 0.05,
         one_step(5), 2000, 0.6),
    Case("late-10", "equal arms, a third of the medians not reached, 10 seeds: better or worse", "at most", 0.05,
         late(10), 2000),
    Case("late-power", "one arm four times slower, most medians not reached, 20 seeds: found", "at least", 0.5,
         late_found(20), 500, 0.0),
    Case("ratio-0.2", "hours per solved problem, equal arms, 0.2 solved a seed: better or worse", "at most", 0.05,
         ratio(0.2), 1000),
    Case("ratio-3", "the same, 3 solved a seed", "at most", 0.05, ratio(3.0), 2000),
    Case("ratio-covers", "hours per solved problem, 2 solved a seed, 20 seeds: the interval covers the truth", "at least", 0.92,
         ratio_covers(2.0), 1000),
    Case("power-5", "smallest detectable difference, 5 seeds: is found with 80 % power", "at least", 0.8, power(5), 1000),
    Case("power-20", "the same, 20 seeds", "at least", 0.8, power(20), 500),
    Case("gain", "interval of what pairing is worth, 10 seeds: covers the truth", "at least", 0.95, gain(10), 2000),
    Case("group-5", "no group differs, 30 groups, 5 seeds: some group is named", "at most", 0.05, a_group(5), 1000),
    Case("group-10", "the same, 10 seeds", "at most", 0.05, a_group(10), 1000),
    Case("group-power", "eight groups of thirty differ by four standard errors, 5 seeds: the largest is named", "at least", 0.7,
         true_group(5), 500, 0.33),
    Case("curse", "the largest of thirty effects, as it is named: larger than in truth", "at most", 0.55, largest_is_too_large,
         1000),
    Case("worst-equal", "worst-off group, no true difference, 10 seeds: better or worse", "at most", 0.05,
         worst(10, (200.0, 200.0)), 1000),
    Case("worst-cases", "the same, four times fewer cases in one arm", "at most", 0.05, worst(10, (400.0, 100.0)), 1000, 0.27),
    Case("until-bell", "--until a width, bell-shaped: the interval covers the truth", "at least", 0.93,
         until(0.0, 2.0, 0.3), 300),
    Case("until-far", "--until a width, a tenth of seeds falls far: the interval covers the truth", "at least", 0.85,
         until(0.1, 24.0, 1.0), 300, 0.59),
    Case("until-rare", "--until a width, something rare (3 % of seeds): the interval covers the truth", "at least", 0.8,
         until(0.03, 1.0, 0.05), 300, 0.65),
    Case("pairs", "six equal models, three measures, all 45 pairs: some are told apart", "at most", 0.05, any_pair, 300),
)  # fmt: skip


@pytest.mark.assurance
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rate(case: Case) -> None:
    """Each fails with chance 0.001 on fresh draws although the promise is kept exactly; the draws are fixed."""
    check(case)


def test_old_rules_would_fail_here() -> None:
    """The planted break: the t test of a sample with two groups, and the lowest of noisy levels."""

    def bare(rng: Rng) -> bool:
        return _t_verdict(np.where(rng.uniform(size=5) < 0.9, 1.0, -9.0))

    def lowest(rng: Rng) -> bool:
        level = 60.0 + 3.0 * rng.normal(size=12)
        sizes = np.exp(rng.uniform(np.log(0.1), np.log(2.0), 12))
        low = [
            (
                level[:, None]
                + 49.0 / np.sqrt(np.maximum(2.0, sizes * n))[:, None] * rng.normal(size=(12, 10))
            ).min(axis=0)
            for n in (400.0, 100.0)
        ]
        return _t_verdict(low[1] - low[0])

    by_name = {case.name: case for case in CASES}
    old = replace(by_name["worst-cases"], trial=lowest)
    assert not measure(old).keeps(old)
    old = replace(by_name["same-5"], trial=bare, trials=500)
    assert not measure(old).keeps(old)
