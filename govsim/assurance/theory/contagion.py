"""Threshold models of collective action: their laws, and experiments that hold the rule of participation to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.findings import (
    Check,
    Diagram,
    Finding,
    Keys,
    Law,
    Series,
    array,
    check_share,
    estimated,
    measured,
    merged,
    run_engine,
    scenario,
    world_of,
)
from govsim.assurance.theory.formulas import (
    Vector,
    cascade_window,
    critical_seeds,
    critical_spread,
    critical_vanguard,
    seeded_cascade,
    threshold_crowd,
    trigger_chance,
)
from govsim.world import ParticipationType, World

Shares = NDArray[np.float64]

WELL_MIXED: Keys = {
    "participation": {
        "social": 1.0, "trust": 0.0, "efficacy": 0.0, "habit": 0.0, "call": 0.0, "visible_share": 1.0, "cost_noise": 0.0,
    },
}  # fmt: skip
"""Everybody sees everybody: the active share of the community alone moves people."""

RANDOM_TIES: Keys = merged(WELL_MIXED, {"participation": {"visible_share": 0.0}})
"""People see those to whom they are tied."""


def crowd(
    residents: int, weeks: int, base: Keys = WELL_MIXED, degree: float = 0.0, **dispositions: object
) -> Keys:
    """Return keys of people of whom all who are not certain are contingent, unless said.

    Parameters
    ----------
    degree
        Mean number of random ties, Poisson distributed.
    dispositions
        Keys of ``population.participation``.
    """
    keys: Keys = {
        "run": {"weeks": weeks},
        "population": {"residents": residents, "participation": {"contingent_share": 1.0, **dispositions}},
    }
    if degree:
        keys["network"] = {"neighbours": {"kind": "random", "degree": degree}}
    return merged(base, keys)


def normal_thresholds(mean: float, sd: float, placement: str = "quantile") -> Keys:
    """Return normal thresholds, spread exactly over the distribution unless ``placement`` is random."""
    return {"distribution": "normal", "mean": mean, "sd": sd, "placement": placement}


def with_vanguard(
    share: float, thresholds: Keys, residents: int, weeks: int, base: Keys = WELL_MIXED, degree: float = 0.0
) -> Keys:
    """Return a crowd of whom a share always takes part and all others have thresholds."""
    return crowd(
        residents, weeks, base, degree,
        certain_share=share, contingent_share=1.0 - share, threshold=thresholds,
    )  # fmt: skip


def active(keys: Keys, seed: int = 1, world: World | None = None) -> Shares:
    """Return the share of people who take part, by week."""
    recording = run_engine(scenario(keys), seed, world=world)
    share: Shares = recording.weekly["active"].sum(axis=1) / recording.weekly["adults"].sum(axis=1)
    return share


def iterated(world: World, weeks: int) -> Shares:
    """Return Granovetter's ``r(t + 1) = F(r(t))`` for the people of a world."""
    kind = world.residents.participation_type
    threshold = world.residents.threshold.astype(np.float64)
    share, out = 0.0, []
    for _ in range(weeks):
        joined = (kind == ParticipationType.CERTAIN) | (
            (kind == ParticipationType.CONTINGENT) & (threshold <= share)
        )
        share = float(joined.mean())
        out.append(share)
    return np.array(out)


def stairs(weeks: int = 110) -> Keys:
    """Return a hundred people with thresholds 0, 1, 2 to 99 of a hundred."""
    evenly = {"distribution": "uniform", "low": 0.0, "high": 1.0, "placement": "quantile"}
    return crowd(100, weeks, threshold=evenly)


def one_step_missing(keys: Keys, seed: int = 1) -> World:
    """Return the people of :func:`stairs`, of whom the one with threshold 1 has threshold 2."""
    world = world_of(scenario(keys), seed)
    threshold = world.residents.threshold.copy()
    threshold[np.argsort(threshold)[1]] = np.float32(0.02)
    return replace(world, residents=world.residents._replace(threshold=threshold))


def cascades(
    people: int, degree: float, threshold: float, networks: int, weeks: int = 80, first_seed: int = 1
) -> int:
    """Return in how many networks one person sets off a cascade that reaches more than a tenth."""
    keys = with_vanguard(1 / people, normal_thresholds(threshold, 0.0), people, weeks, RANDOM_TIES, degree)
    return sum(bool(active(keys, seed)[-1] > 0.1) for seed in range(first_seed, first_seed + networks))


CROWD, PATIENCE = 10_000, 400
"""People, and weeks: near a critical point a crowd moves slowly."""

WHOLE_PEOPLE = 5e-4
"""Tolerance of final shares: thresholds of 10,000 whole people against a smooth distribution."""

FINAL = "final share of people"
MEAN = 0.25
SPREADS = (0.06, 0.08, 0.10, 0.11, 0.115, 0.12, 0.122, 0.123, 0.125, 0.13, 0.14, 0.16, 0.18, 0.20)
_QUICK_SPREADS = (0.12, 0.123)


def _broken(x: Vector, y: list[float], at: float) -> tuple[Vector, Vector]:
    """Return a curve that is interrupted where it jumps."""
    place = int(np.searchsorted(x, at))
    return np.insert(x, place, at), np.insert(array(y), place, np.nan)


def _granovetter(quick: bool, seed: int) -> Finding:
    keys = stairs()
    climbing, stuck = active(keys, seed), active(keys, seed, one_step_missing(keys, seed))
    checks = [
        Check("thresholds 0, 1, 2, 3 to 99: people in the end", 100.0, 100.0 * float(climbing[-1]), 1e-9),
        Check("thresholds 0, 2, 2, 3 to 99: people in the end", 1.0, 100.0 * float(stuck[-1]), 1e-9),
    ]
    spreads = _QUICK_SPREADS if quick else SPREADS
    tipping = [
        Check(
            f"spread {sd:g}: {FINAL}",
            threshold_crowd(MEAN, sd),
            float(active(crowd(CROWD, PATIENCE, threshold=normal_thresholds(MEAN, sd)), seed)[-1]),
            WHOLE_PEOPLE,
        )
        for sd in spreads
    ]
    critical = critical_spread(MEAN)
    line = np.linspace(0.05, 0.205, 120)
    weeks = np.arange(1, len(climbing) + 1)
    shown = weeks % 10 == 1
    steps = (
        Series(
            "0, 1, 2, 3 to 99", (array(weeks), array(np.minimum(weeks, 100))),
            (array(weeks[shown]), 100.0 * climbing[shown]),
        ),
        Series("0, 2, 2, 3 to 99", (array(weeks), np.ones(len(weeks))), (array(weeks[shown]), 100.0 * stuck[shown])),
    )  # fmt: skip
    tips = measured(
        "10,000 people, mean 0.25", spreads, tipping,
        _broken(line, [threshold_crowd(MEAN, sd) for sd in line], critical),
    )  # fmt: skip
    return Finding(
        (*checks, *tipping),
        (
            Diagram("A hundred people, one step missing or not", "weeks", "people who take part", steps),
            Diagram(
                "Normal thresholds tip at a critical spread", "standard deviation of thresholds of mean 0.25", FINAL, (tips,),
                ((critical, f"{critical:.4f}"),),
            ),
        ),
    )  # fmt: skip


GRANOVETTER = Law(
    "granovetter",
    "Granovetter: one step missing, and the critical spread",
    "People join when at least as many others take part as their threshold says. With thresholds 0, 1, 2 to 99 all hundred "
    "join; if one person's threshold is 2 instead of 1, one does. With normal thresholds of mean 0.25 participation jumps "
    "from one sixteenth to nearly everybody when their spread passes 0.1222. Thresholds are spread exactly over the "
    "distribution (`placement: quantile`): random draws of 10,000 people miss the answer near the critical point.",
    "Granovetter 1978, American Journal of Sociology 83(6)",
    "Who takes part when everybody sees everybody",
    crowd(CROWD, PATIENCE, threshold=normal_thresholds(MEAN, 0.12)),
    _granovetter,
)

VANGUARDS = ((0.25, 0.10), (0.35, 0.10), (0.50, 0.20))
"""Mean and spread of the others' thresholds."""

_AROUND = (-0.02, -0.01, -0.004, 0.004, 0.01, 0.02, 0.04)
"""Shares beside the critical one."""


def _vanguard(quick: bool, seed: int) -> Finding:
    checks: list[Check] = []
    series = []
    for mean, sd in VANGUARDS[: 1 if quick else None]:
        critical = critical_vanguard(mean, sd)
        shares = [round(critical + off, 4) for off in ((-0.004, 0.004) if quick else _AROUND)]
        mine = [
            Check(
                f"mean {mean:g}, spread {sd:g}, vanguard {share:g}: {FINAL}",
                threshold_crowd(mean, sd, share),
                float(active(with_vanguard(share, normal_thresholds(mean, sd), CROWD, PATIENCE), seed)[-1]),
                WHOLE_PEOPLE,
            )
            for share in shares
        ]
        checks += mine
        line = np.linspace(0.0, 0.25, 101)
        exact = _broken(line, [threshold_crowd(mean, sd, share) for share in line], critical)
        series.append(measured(f"mean {mean:g}, sd {sd:g}: {critical:.3f}", shares, mine, exact))
    panel = Diagram(
        "A vanguard tips the others when it is just large enough",
        "share of people who always take part (key: critical share for thresholds of this mean and sd)",
        FINAL, tuple(series),
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


VANGUARD = Law(
    "vanguard",
    "Critical vanguards",
    "A share of people who always take part draws in the others when it passes a critical share, which depends on the "
    "others' thresholds. Below it, it draws in few. Nothing in the rule knows who the vanguard is.",
    "fixed points of Granovetter 1978 with the certain participants of Wiedermann et al. 2020, Scientific Reports 10",
    "A vanguard that always takes part",
    with_vanguard(0.04, normal_thresholds(0.25, 0.10), CROWD, PATIENCE),
    _vanguard,
)

WATTS_THRESHOLD, WATTS_PEOPLE, WATTS_NETWORKS = 0.18, 2_000, 40
WATTS_DEGREES = (0.7, 1.3, 1.6, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 7.5, 9.0)


def watts_weeks(degree: float) -> int:
    """Return how many weeks a cascade has: sparse networks have long ways."""
    return 60 if degree < 2.0 else 40


def _watts(quick: bool, seed: int) -> Finding:
    window = cascade_window(WATTS_THRESHOLD)
    if window is None:
        raise ValueError("no cascades at this threshold")
    degrees = (0.7, 3.0, 9.0) if quick else WATTS_DEGREES
    networks = 15 if quick else WATTS_NETWORKS
    first = 1 + (seed - 1) * networks * len(degrees)
    checks = [
        check_share(
            f"mean degree {degree:g}: share of {networks} starters with a global cascade",
            trigger_chance(WATTS_THRESHOLD, degree),
            cascades(
                WATTS_PEOPLE, degree, WATTS_THRESHOLD, networks, watts_weeks(degree), first + place * networks
            ),
            networks,
        )
        for place, degree in enumerate(degrees)
    ]
    line = np.linspace(0.3, 9.2, 300)
    series = measured(
        "2,000 people, threshold 0.18", degrees, checks,
        (line, [trigger_chance(WATTS_THRESHOLD, z) for z in line]), most=1.0,
    )  # fmt: skip
    panel = Diagram(
        "Cascades from one person, by how connected people are", "mean number of ties (Poisson)",
        "share with a global cascade", (series,),
        tuple((edge, f"{edge:.2f}") for edge in window), places_at=0.95,
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


WATTS = Law(
    "watts",
    "Watts: the cascade window",
    "On a random network of Poisson degrees with one threshold for all, one person can set off a global cascade only while "
    "the network is connected enough to carry it and not so connected that one active tie stops being enough. For a "
    "threshold of 0.18 the window is 1.02 to 5.76 mean ties; inside, the chance is that of starting beside the giant "
    "component of people whom one tie moves. A cascade counts as global when it reaches more than a tenth of the people.",
    "Watts 2002, Proceedings of the National Academy of Sciences 99(9)",
    "One person starts, on random networks",
    with_vanguard(
        1 / WATTS_PEOPLE,
        normal_thresholds(WATTS_THRESHOLD, 0.0),
        WATTS_PEOPLE,
        watts_weeks(3.0),
        RANDOM_TIES,
        3.0,
    ),
    _watts,
)

SEEDED_THRESHOLD, SEEDED_PEOPLE, SEEDED_NETWORKS, SEEDED_WEEKS = 0.25, 10_000, 8, 60
SEEDED: dict[float, tuple[float, ...]] = {
    4.0: (0.002, 0.005, 0.01, 0.02, 0.05), 6.0: (0.002, 0.005, 0.01, 0.02, 0.03, 0.05),
    8.0: (0.002, 0.005, 0.01, 0.02, 0.05, 0.07), 10.0: (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07),
}  # fmt: skip
"""Shares of seeds by mean degree."""

SEEDED_ERRORS = 4.5
"""Standard errors that the mean over eight networks may be off: a right engine is farther off in 0.3 % of the draws."""

SIMPLE_NETWORK = 1e-3
"""What networks of 10,000 people, in which nobody is tied to the same person twice, may differ from endless ones."""


def _gleeson(quick: bool, seed: int) -> Finding:
    checks: list[Check] = []
    series = []
    for degree, wanted in ({6.0: (0.005, 0.03)} if quick else SEEDED).items():
        mine = []
        for share in wanted:
            keys = with_vanguard(
                share,
                normal_thresholds(SEEDED_THRESHOLD, 0.0),
                SEEDED_PEOPLE,
                SEEDED_WEEKS,
                RANDOM_TIES,
                degree,
            )
            sample = array([active(keys, seed * SEEDED_NETWORKS + n)[-1] for n in range(SEEDED_NETWORKS)])
            name = f"mean degree {degree:g}, seeds {share:g}: {FINAL}"
            exact = seeded_cascade(SEEDED_THRESHOLD, degree, share)
            mine.append(estimated(name, exact, sample, SEEDED_ERRORS, SIMPLE_NETWORK))
        checks += mine
        line = np.geomspace(0.0015, 0.08, 80)
        exact_line = array([seeded_cascade(SEEDED_THRESHOLD, degree, x) for x in line])
        critical = critical_seeds(SEEDED_THRESHOLD, degree)
        label = f"{degree:g} ties: " + (f"{critical:.4f}" if critical > line[0] else f"below {line[0]:g}")
        series.append(measured(label, wanted, mine, _broken(line, list(exact_line), critical)))
    panel = Diagram(
        "How far a cascade from several starters goes", "share of people who start (key: critical share)", FINAL, tuple(series),
        log_x=True, log_y=True,
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


GLEESON = Law(
    "gleeson-cahalane",
    "Gleeson-Cahalane: seeds on random networks",
    "With one threshold of a quarter for all and Poisson degrees, a share of starters ends in a global cascade or close to "
    "where it began; the better connected people are, the more starters it takes. Each value is the mean over "
    "eight networks of 10,000 people.",
    "Gleeson and Cahalane 2007, Physical Review E 75, 056103",
    "Several people start, on random networks",
    with_vanguard(
        0.02, normal_thresholds(SEEDED_THRESHOLD, 0.0), SEEDED_PEOPLE, SEEDED_WEEKS, RANDOM_TIES, 8.0
    ),
    _gleeson,
)
