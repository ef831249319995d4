"""A small section with one parameter of every shape; these tests stand apart from the real declarations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.files import Shelf
from govsim.scenario.loading import Resolved, resolve
from govsim.scenario.messages import ScenarioError


class Person(Section):
    name: str = parameter(..., "name", "姓名", "-")
    """What the person is called."""
    share: float = parameter(0.5, "part", "份额", "share, 0-1", ge=0, le=1)
    """Part of the hours."""


class Range(Section):
    low: float = parameter(0.1, "lower end", "下限", "hours", ge=0)
    """Least."""
    high: float = parameter(0.9, "upper end", "上限", "hours", ge=0)
    """Most."""

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low > self.high:
            raise PydanticCustomError(
                "ordered",
                "low {low} is above high {high}",
                {"low": self.low, "high": self.high, "fields": ["low", "high"]},
            )
        return self


class Small(Section):
    title: str = parameter("untitled", en="title", zh="标题", unit="-", meaning="A name.", decoration=True)
    weeks: int = parameter(
        52, en="length", zh="周数", unit="weeks", meaning="Weeks simulated.", status="design", ge=1, le=5200
    )
    enabled: bool = parameter(True, en="switch", zh="开关", unit="-", meaning="Whether it is on.")
    rule: Literal["first_come", "severity", "none"] = parameter(
        "first_come", en="rule", zh="规则", unit="-", meaning="Which case comes next."
    )
    share: float = parameter(
        0.3,
        en="share",
        zh="比例",
        unit="share, 0-1",
        meaning="A share.",
        status="found",
        source="Yearbook",
        ge=0,
        le=1,
    )
    sizes: list[float] = parameter(
        ...,
        default_factory=lambda: [0.2, 0.8],
        en="sizes",
        zh="规模",
        unit="share",
        meaning="Sizes.",
        min_length=1,
        max_length=4,
    )
    limit: float | None = parameter(None, en="limit", zh="上限", unit="hours", meaning="A limit, if any.")
    pair: tuple[int, int] = parameter((1, 2), en="pair", zh="对", unit="count", meaning="Two numbers.")
    span: Range = parameter(..., default_factory=Range, en="span", zh="范围", unit="-", meaning="A range.")
    people: list[Person] = parameter(
        ..., default_factory=list, en="people", zh="人", unit="-", meaning="Who."
    )
    rates: dict[str, float] = parameter(
        ..., default_factory=dict, en="rates", zh="率", unit="per week", meaning="Rates."
    )


class Files:
    """Writes YAML texts into a folder and resolves one of them against :class:`Small`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shelf = Shelf("scenario", folder / "shelf", "scenarios")

    def write(self, **texts: str) -> Files:
        for name, text in texts.items():
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return self

    def load(self, name: str = "main", *overrides: str) -> Resolved[Small]:
        return resolve(f"{name}.yaml", Small, self.shelf, overrides)

    def refused(self, name: str = "main", *overrides: str) -> str:
        with pytest.raises(ScenarioError) as caught:
            self.load(name, *overrides)
        return caught.value.report()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path / "project")
    return Files(tmp_path / "project")


@pytest.fixture
def refused(files: Files) -> Callable[..., str]:
    """Return the report on a text that is refused."""

    def report(text: str, *overrides: str) -> str:
        return files.write(main=text).refused("main", *overrides)

    return report
