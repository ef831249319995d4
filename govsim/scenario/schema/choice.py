"""Which governance models are compared, alone or with measures of their own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.timeline import TimelineEntry


class ModelWithMeasures(Section):
    """A governance model with countermeasures or reforms that the other models of the scenario do not have."""

    model: str = parameter(..., "governance model", "治理模式", "-", status="design")
    """Name of a shipped model or path of a model file."""
    measures: list[TimelineEntry] = parameter(
        ..., "measures", "专有措施", "-", default_factory=list, status="design", max_length=40
    )
    """Countermeasures and reforms of this arm alone, written as in timeline; shocks strike every model and belong there."""


def _name_or_mapping(value: Any) -> str:
    return "name" if isinstance(value, str) else "mapping"


ModelChoice = Annotated[
    Annotated[str, Tag("name")] | Annotated[ModelWithMeasures, Tag("mapping")],
    Discriminator(_name_or_mapping),
]


class GovernanceChoice(Section):
    """Which models are compared, and on whose hours."""

    models: list[ModelChoice] = parameter(
        ...,
        "governance models",
        "治理模式",
        "-",
        default_factory=lambda: ["legacy_administrative", "party_led_cogovernance"],
        status="design",
        min_length=1,
        max_length=40,
    )
    """Names of shipped models or paths of model files, or {model: name, measures: [...]}; the first one is the baseline of
    every difference."""
    capacity_mode: Literal["neutral", "observed", "both"] = parameter(
        "both", "capacity mode", "资源口径", "-", status="design"
    )
    """neutral: the same total hours and money for every model; observed: with the extra hours and money a model brings;
    both: one after the other."""
