"""Arithmetic of shares that belong together, and errors that name all fields that took part."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section

SLACK = 1e-9
"""What rounding of decimal shares may add up to."""


def at_most_one(section: Section, *names: str, rest: str) -> None:
    """Refuse shares that add up to more than 1.

    Parameters
    ----------
    names
        Fields of ``section``.
    rest
        What the remaining share is, in words.
    """
    total = sum(getattr(section, name) for name in names)
    if total > 1 + SLACK:
        raise contradiction(
            "{list} add up to {total}; at most 1 is possible, because the rest is {rest}",
            *names,
            list=" + ".join(names),
            total=f"{total:g}",
            rest=rest,
        )


def contradiction(message: str, *fields: str, **words: str) -> PydanticCustomError:
    """Return the error for fields that do not go together.

    Parameters
    ----------
    message
        Sentence with ``{names}`` of ``words``.
    fields
        Fields that took part, dotted, seen from the section that raises.
    """
    return PydanticCustomError("contradiction", message, {**words, "fields": list(fields)})


def scale_to(share: float, groups: list[tuple[float, float]]) -> float:
    """Return the factor x on ratios of chances with which a share comes out.

    Parameters
    ----------
    share
        Wanted sum of ``weight * min(1, x * ratio)``; if it is out of reach, the least x with the largest sum.
    groups
        Ratio of chances, and share of people, of each group.
    """
    low, high = 0.0, 1.0 / min((ratio for ratio, weight in groups if ratio > 0 and weight > 0), default=1.0)
    for _ in range(100):
        middle = 0.5 * (low + high)
        if sum(weight * min(1.0, middle * ratio) for ratio, weight in groups) < share:
            low = middle
        else:
            high = middle
    return high
