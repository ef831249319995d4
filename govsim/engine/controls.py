"""Negative controls: a mechanism that should carry a difference is taken away for every model alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.run import Controls
from govsim.world.columns import Ties, World


def unranked(model: Governance, controls: Controls) -> Governance:
    """Return a model without what ranks offices where the control asks for that."""
    if controls.ranking == "as_ruled":
        return model
    blocks = {
        "accountability": {"closure_target": False, "reporting_quota": 0.0},
        "agenda": {"rule": "first_come"},
    }
    return model.model_copy(
        update={name: getattr(model, name).model_copy(update=change) for name, change in blocks.items()}
    )


def ties_under(world: World, controls: Controls, key: draws.Key) -> Ties:
    """Return the ties that a run uses: those of the world, none, or the same ones with people at other places."""
    ties = world.ties
    count = len(ties.indptr) - 1
    if controls.network == "none":
        return Ties(np.zeros_like(ties.indptr), ties.other[:0].copy(), ties.layer[:0].copy())
    if controls.network == "as_built":
        return ties
    luck = np.empty(count)
    draws.fill_uniform(key, np.arange(count, dtype=np.uint64), luck)
    at: NDArray[np.int64] = np.lexsort((np.arange(count), luck))  # whose place each resident takes
    who = np.empty(count, np.int64)
    who[at] = np.arange(count)
    start: NDArray[np.int64] = ties.indptr.astype(np.int64)
    degree = (start[1:] - start[:-1])[at]
    indptr = np.concatenate([[0], np.cumsum(degree)])
    source = np.repeat(start[:-1][at] - indptr[:-1], degree) + np.arange(indptr[-1])
    return Ties(
        indptr.astype(ties.indptr.dtype), who[ties.other[source]].astype(ties.other.dtype), ties.layer[source]
    )
