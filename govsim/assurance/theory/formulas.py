"""Closed forms and fixed points, none of which asks the engine.

Sources: Erlang (1917), Cobham (1954), Pollaczek (1930) and Khinchine (1932) for queues; Granovetter (1978), Watts
(2002), Gleeson and Cahalane (2007) for thresholds; DeGroot (1974), Friedkin and Johnsen (1999) for opinions.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, exp, factorial, floor

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

_SETTLED = 1e-12
_STEPS = 200_000
_DEGREES = 80
"""Largest degree of a Poisson network that is counted; means are at most 10."""
_FINE = 1e-6
"""How closely critical values are found; finer ones take long, because a crowd near one moves slowly."""


def erlang_c(workers: int, load: float) -> float:
    """Return the chance of having to wait in M/M/c."""
    offered = workers * load
    top = offered**workers / factorial(workers) / (1 - load)
    return top / (sum(offered**k / factorial(k) for k in range(workers)) + top)


def wait_mmc(workers: int, load: float) -> float:
    """Return the mean wait in M/M/c, in service times."""
    return erlang_c(workers, load) / (workers * (1 - load))


def wait_mg1(load: float, spread: float) -> float:
    """Return the mean wait in M/G/1, in service times; ``spread`` is the coefficient of variation of the work."""
    return load * (1 + spread**2) / (2 * (1 - load))


def wait_behind(first_load: float, load: float) -> float:
    """Return the mean wait of the second class of M/M/1 with priority to the first, in service times."""
    return (first_load + load) / ((1 - first_load) * (1 - first_load - load))


def threshold_crowd(mean: float, spread: float, vanguard: float = 0.0) -> float:
    """Return the share that takes part in the end, from nobody, with normal thresholds.

    Parameters
    ----------
    mean, spread
        Of the thresholds of those who are not in the vanguard.
    vanguard
        Share that always takes part.
    """
    from scipy.special import ndtr

    share = 0.0
    for _ in range(_STEPS):
        new = vanguard + (1 - vanguard) * float(ndtr((share - mean) / spread))
        if abs(new - share) < _SETTLED:
            break
        share = new
    return share


def critical_spread(mean: float) -> float:
    """Return the spread of normal thresholds from which on a crowd tips (Granovetter 1978)."""
    return _where(lambda spread: threshold_crowd(mean, spread) > 0.5, 0.05 * mean, mean)


def critical_vanguard(mean: float, spread: float) -> float:
    """Return the share of a vanguard from which on a crowd tips."""
    return _where(lambda share: threshold_crowd(mean, spread, share) > 0.5, 0.0, mean)


def _where(tips: Callable[[float], bool], low: float, high: float) -> float:
    """Return the place at which ``tips`` turns from false to true."""
    while high - low > _FINE:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if tips(middle) else (middle, high)
    return high


def most_ties(threshold: float) -> int:
    """Return the most ties with which one active tie is enough."""
    return floor(1 / threshold + 1e-9)


def vulnerable(threshold: float, degree: float) -> float:
    """Return how many further people each person who is moved by one tie moves (Watts 2002), Poisson ties."""
    return degree * exp(-degree) * sum(degree**j / factorial(j) for j in range(most_ties(threshold) - 1))


def cascade_window(threshold: float) -> tuple[float, float] | None:
    """Return the mean degrees between which one person can set off a global cascade, None if nowhere."""
    from scipy.optimize import brentq

    grid = np.linspace(0.5, 20.0, 4_000)
    above = np.array([vulnerable(threshold, z) for z in grid]) > 1.0
    if not above.any():
        return None
    first, last = np.flatnonzero(above)[[0, -1]]

    def excess(z: float) -> float:
        return vulnerable(threshold, z) - 1.0

    return brentq(excess, grid[first - 1], grid[first]), brentq(excess, grid[last], grid[last + 1])


def trigger_chance(threshold: float, degree: float) -> float:
    """Return the chance that one random person sets off a global cascade: somebody next to it is in the giant
    component of people whom one tie moves. Poisson ties; ``u`` is the chance that a tie leads to no such component.
    """
    if vulnerable(threshold, degree) <= 1.0:
        return 0.0
    most = most_ties(threshold)
    weight = [degree**k * exp(-degree) / factorial(k) for k in range(most)]
    u = 0.0
    for _ in range(_STEPS):
        new = 1.0 - sum(weight) + sum(w * u**k for k, w in enumerate(weight))
        if abs(new - u) < _SETTLED:
            break
        u = new
    return 1.0 - exp(degree * (u - 1.0))


def seeded_cascade(threshold: float, degree: float, seeds: float) -> float:
    """Return the final size of a cascade from a share of seeds (Gleeson and Cahalane 2007), Poisson ties."""
    from scipy.special import bdtrc, pdtr

    k = np.arange(1, _DEGREES)
    need = np.array([ceil(threshold * ties - 1e-9) for ties in k])
    chance_of = np.diff(np.concatenate([[0.0], pdtr(np.arange(_DEGREES), degree)]))
    by_tie = chance_of[:-1]  # k p_k / z = p_(k-1)

    def moved(ties: NDArray[np.int64], q: float) -> Vector:
        # bdtrc is the chance of more than its first argument.
        enough: Vector = np.where(need > ties, 0.0, bdtrc(need - 1, np.maximum(ties, need), q))
        return enough

    q = seeds
    for _ in range(_STEPS):
        new = seeds + (1 - seeds) * float(by_tie @ moved(k - 1, q))
        if abs(new - q) < _SETTLED:
            break
        q = new
    return seeds + (1 - seeds) * float(chance_of[1:] @ moved(k, q))


def critical_seeds(threshold: float, degree: float) -> float:
    """Return the share of seeds from which on a cascade is global."""
    return _where(lambda seeds: seeded_cascade(threshold, degree, seeds) > 0.5, 0.0, 0.2)


def consensus_weights(trust: Matrix) -> Vector:
    """Return how much each person's first opinion counts in the consensus (DeGroot 1974).

    Parameters
    ----------
    trust : array, shape (people, people)
        Who listens to whom; rows sum to 1.
    """
    value, vector = np.linalg.eig(trust.T)
    left = np.real(vector[:, np.argmax(np.real(value))])
    weights: Vector = (left / left.sum()).astype(np.float64)
    return weights


def anchored_opinions(influence: Matrix, susceptible: Vector, first: Vector) -> Vector:
    """Return ``(I - A W)^-1 (I - A) x0``, the limit of opinions that stay tied to the first ones.

    Parameters
    ----------
    influence : array, shape (people, people)
        ``W``; rows sum to 1.
    susceptible, first : array, shape (people,)
        Diagonal of ``A``, and ``x0``.
    """
    own = (1.0 - susceptible) * first
    return np.linalg.solve(np.eye(len(first)) - susceptible[:, None] * influence, own).astype(np.float64)


def equally_susceptible(influence: Matrix, susceptible: Vector, common: float) -> Matrix:
    """Return the influence that has the same limit when everybody has one susceptibility.

    Somebody less susceptible than others is somebody who listens more to the own opinion of last week: with
    ``d = (1 - a) / (1 - a w_ii)``, the weight of the first opinion in the limit, the own weight becomes
    ``(1 - (1 - common) / d) / common`` and the others share the rest as before.

    Parameters
    ----------
    common
        At least the largest ``1 - d``, at most 1.
    """
    n = len(susceptible)
    own = np.diag(influence)
    anchor = (1.0 - susceptible) / (1.0 - susceptible * own)
    kept = (1.0 - (1.0 - common) / anchor) / common
    others = np.where(np.eye(n, dtype=bool), 0.0, influence)
    total = others.sum(axis=1)
    share = others / np.where(total > 0, total, 1.0)[:, None]
    result: Matrix = share * (1.0 - kept)[:, None] + np.diag(kept)
    return result


def anchored_path(influence: Matrix, susceptible: Vector, first: Vector, weeks: int) -> Matrix:
    """Return opinions by week, shape (weeks + 1, people), from the first ones on."""
    path = [first]
    for _ in range(weeks):
        path.append(susceptible * (influence @ path[-1]) + (1.0 - susceptible) * first)
    return np.array(path)
