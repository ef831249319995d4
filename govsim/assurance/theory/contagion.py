"""Threshold models of collective action: the engine's one rule of participation, with all else off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.nulls import Keys, merged, run, scenario, world_of
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


def normal(mean: float, sd: float, placement: str = "quantile") -> Keys:
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
    recording = run(scenario(keys), seed, world=world)
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
    keys = with_vanguard(1 / people, normal(threshold, 0.0), people, weeks, RANDOM_TIES, degree)
    return sum(bool(active(keys, seed)[-1] > 0.1) for seed in range(first_seed, first_seed + networks))
