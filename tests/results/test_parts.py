"""What is told of each community comes of its residents and cases alone, and equals what masks over everybody give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from govsim.results.equity import GROUP_MEASURES, groups
from govsim.results.tables import community_table
from govsim.results.values import percent
from govsim.results.view import View, rows_by
from tests.synthetic import make_recording


@given(labels=st.lists(st.integers(0, 6), max_size=40), count=st.integers(7, 9))
def test_rows_by_label(labels: list[int], count: int) -> None:
    label = np.array(labels, np.uint16)
    found = rows_by(label, count)
    assert [rows.tolist() for rows in found] == [np.flatnonzero(label == k).tolist() for k in range(count)]


def test_groups_of_communities_equal_masks() -> None:
    view = View(make_recording(cases=900, residents=400))
    told = {name: group for grouping, name, group in groups(view) if grouping == "community"}
    assert list(told) == list(view.recording.communities)
    for index, group in enumerate(told.values()):
        masked = view.group(view.resident("community") == index)
        assert group.members.sum() == masked.members.sum()
        assert group.problems.sum() == masked.problems.sum() > 0
        for measure in GROUP_MEASURES:
            assert measure.compute(group) == measure.compute(masked), measure.name


def test_table_of_communities_equals_masks() -> None:
    view = View(make_recording(cases=900, residents=400))
    header, rows = community_table(view)
    for index, row in enumerate(rows):
        told = dict(zip(header, row, strict=True))
        among = view.problem & (view.case("community") == index)
        assert told["problems"] == among.sum() > 0
        lately = among & view.arisen
        for name, part, whole in (
            (
                "resolved_existing_26w",
                view.solved_within(26, "onset", among),
                view.watched(26, "onset", among),
            ),
            ("hidden_13w", view.hidden_for(13, among), view.watched(13, "onset", among)),
            ("still_open", view.unsolved & lately, lately),
        ):
            assert told[name] == percent(float(part.sum()), float(whole.sum())), name
