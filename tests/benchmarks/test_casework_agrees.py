"""The queues that the engine is measured on are the ones that Ciw is given."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.casework import SAME, on_ciw, on_engine


@pytest.mark.parametrize(("offices", "workers"), [(1, 2), (4, 1)])
def test_waits_equal_ciw(offices: int, workers: int) -> None:
    _, _, lists = on_engine(offices, workers, 400, 160.0)
    assert len(lists) == offices
    assert sum(len(each.arrived) for each in lists) > 300
    assert max(each.waited.max() for each in lists) > 1.0
    _, waits = on_ciw(workers, lists)
    for each, waited in zip(lists, waits, strict=True):
        np.testing.assert_allclose(each.waited, waited, rtol=0.0, atol=SAME)
