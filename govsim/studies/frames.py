"""Finished runs as pandas data frames, and as the pair of experiments and outcomes that scenario discovery works on."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.results.foreign import LARGEST_SMALL, foreign_text, open_regular
from govsim.results.indicators import INDICATORS
from govsim.results.load import Results, read_ledger, untrusted_folder
from govsim.results.values import Missing, Value
from govsim.runner.find_runs import refuse_unusable, runs_in, unusable_in
from govsim.runner.points import base_of, is_point, settings_of
from govsim.scenario.origins import digest
from govsim.scenario.reader import read_bytes, read_text
from govsim.statistics.distribution import Distribution
from govsim.statistics.paired import beyond, count_known
from govsim.studies.compare import ArmRuns, compare

if TYPE_CHECKING:
    import pandas as pd

WHO = ("run", "arm", "mode", "seed")
"""First columns of every frame: key of the run, label of the model, capacity mode, root seed."""
_SCENARIO = "scenario.yaml"
_TOLD_APART = re.compile(r" \[[0-9a-f]{6}\]$")
"""What is added to a label under which two models ran."""
_NOT_VARIED = (
    "name",
    "description",
    "sources",
    "govsim",
    "governance.models",
    "governance.capacity_mode",
    "run.first_seed",
)


class Frames:
    """Some finished runs; every frame is read when it is asked for.

    A number that does not exist is missing (NaN, or NA in ledgers); :attr:`reasons` says why for indicators: ``n/a`` where
    there was nothing to divide by, ``not reached`` where a median lies beyond the run. In ledgers a missing time is a time
    that has not come. What the columns mean, with units, is in :attr:`dictionary`.

    Parameters
    ----------
    runs : sequence of Results
        In the order in which their rows shall stand.
    """

    def __init__(self, runs: Iterable[Results]) -> None:
        self.runs: tuple[Results, ...] = tuple(runs)

    def __len__(self) -> int:
        return len(self.runs)

    def __repr__(self) -> str:
        arms = ", ".join(dict.fromkeys(self._labels.values()))
        return f"<{len(self)} runs of {arms}>"

    @cached_property
    def _labels(self) -> dict[Path, str]:
        """Label of each run's arm; of two different models with one label and mode, with a part of their hash."""
        contents: dict[tuple[str, str], set[str]] = {}
        for run in self.runs:
            contents.setdefault(_named(run), set()).add(_arm(run))
        return {
            run.folder: _named(run)[0] + (f" [{_arm(run)[:6]}]" if len(contents[_named(run)]) > 1 else "")
            for run in self.runs
        }

    def select(
        self,
        arm: str | None = None,
        mode: Literal["neutral", "observed"] | None = None,
        seed: int | None = None,
    ) -> Frames:
        """Return those runs that are of an arm (by its label), a capacity mode, a seed."""
        return Frames(
            run
            for run in self.runs
            if arm in (None, self._labels[run.folder])
            and mode in (None, run.manifest["capacity_mode"])
            and seed in (None, run.seed)
        )

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a run: who it is, its scenario and length, and every indicator by name."""
        import pandas as pd

        rows = []
        for run in self.runs:
            values = {name: np.nan if isinstance(v, Missing) else v for name, v in run.summary.items()}
            about = {"scenario": run.manifest["scenario"], "weeks": run.manifest["weeks"]}
            rows.append(self._who(run) | about | values)
        return pd.DataFrame(rows, columns=None if rows else [*WHO, "scenario", "weeks"])

    @cached_property
    def reasons(self) -> pd.DataFrame:
        """One row for each indicator that a run has no number for, with the reason."""
        import pandas as pd

        rows = [
            self._who(run) | {"indicator": name, "reason": value.value}
            for run in self.runs
            for name, value in run.summary.items()
            if isinstance(value, Missing)
        ]
        return pd.DataFrame(rows, columns=[*WHO, "indicator", "reason"])

    @cached_property
    def known(self) -> pd.DataFrame:
        """One row an arm, mode and indicator: in how many seeds it has a number, of how many; mean and what it lies beyond.

        A mean over seeds of which some did not reach the value would leave out the slowest: it is missing, and ``beyond`` says
        what it lies beyond.
        """
        import pandas as pd

        values: dict[tuple[str, str, str], list[Value]] = {}
        for run in self.runs:
            who = self._labels[run.folder], run.manifest["capacity_mode"]
            for name, value in run.summary.items():
                values.setdefault((*who, name), []).append(value)
        rows = [
            [*key, count_known(some), len(some), np.nan if Missing.NOT_REACHED in some or not count_known(some)
             else float(np.mean([v for v in some if not isinstance(v, Missing)])), beyond(some)]
            for key, some in values.items()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["arm", "mode", "indicator", "seeds", "of", "mean", "beyond"])

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """The district week by week, one row a run and week."""
        return self.table("weekly").astype({"week": np.int64})

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One row a run, group of residents and measure."""
        return self.table("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The case ledger, one row a run and case; times in working hours since the start."""
        return self.ledger("cases")

    @cached_property
    def events(self) -> pd.DataFrame:
        """What happened to cases, one row a run and event."""
        return self.ledger("events")

    @cached_property
    def residents(self) -> pd.DataFrame:
        """Residents at the end, one row a run and resident."""
        return self.ledger("residents")

    @cached_property
    def hours(self) -> pd.DataFrame:
        """The ledger of hours by week, office, source and activity."""
        return self.ledger("hours")

    @cached_property
    def offices(self) -> pd.DataFrame:
        """The ledger of offices, one row a run, week and office."""
        return self.ledger("offices")

    @cached_property
    def counters(self) -> pd.DataFrame:
        """Weekly counters, one row a run, week and community."""
        return self.ledger("counters")

    @cached_property
    def dictionary(self) -> pd.DataFrame:
        """What every column of every table means, with unit, in English and Chinese."""
        import pandas as pd

        from govsim.results.tables import dictionary_table

        header, rows = dictionary_table()
        return pd.DataFrame(rows, columns=header)

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the CSV tables of all runs below each other, such as ``offices`` or ``money``.

        Raises
        ------
        RefusedError
            If a run does not hold it, or a cell is no result.
        """
        return self._stacked(lambda run: run.table(_held(run, f"{name}.csv").stem))

    def ledger(self, name: str) -> pd.DataFrame:
        """Return one of the Parquet ledgers of all runs below each other; large ones are better read run by run.

        Raises
        ------
        RefusedError
            If a run does not hold it.
        """
        return self._stacked(lambda run: read_ledger(_held(run, f"{name}.parquet")).to_pandas())

    def _stacked(self, read: Any) -> pd.DataFrame:
        import pandas as pd

        parts = []
        for run in self.runs:
            part = read(run)
            for place, (column, value) in enumerate(self._who(run).items()):
                part.insert(place, column, value)
            parts.append(part)
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(WHO))

    def _who(self, run: Results) -> dict[str, Any]:
        values = (
            foreign_text(run.folder.name),
            self._labels[run.folder],
            run.manifest["capacity_mode"],
            run.seed,
        )
        return dict(zip(WHO, values, strict=True))

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row a run: every parameter of its scenario that is not the same in all runs, by dotted path.

        Parameters of the governance model (``governance.*`` blocks) are there where they vary among runs of one arm label;
        between arms they are what the arm is. Points of a design tell what their study varies.
        """
        import pandas as pd

        begun: dict[Path, dict[str, Any]] = {}
        scenarios = [_settings(run, _SCENARIO, begun) for run in self.runs]
        varied = [path for path in _paths(scenarios) if _varies(scenarios, path)]
        columns = {
            path: [item.get(path) for item in scenarios]
            for path in varied
            if not path.startswith(_NOT_VARIED)
        }
        models = [_settings(run, "governance.yaml", begun) for run in self.runs]
        arms = [_TOLD_APART.sub("", run.manifest["arm"]) for run in self.runs]
        for path in _paths(models):
            if path.startswith(_NOT_VARIED):
                continue
            within = [
                [m for m, a in zip(models, arms, strict=True) if a == arm] for arm in dict.fromkeys(arms)
            ]
            if any(_varies(some, path) for some in within):
                columns[f"governance.{path}"] = [item.get(path) for item in models]
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.runs)))

    def experiments_outcomes(
        self, weekly: bool = True
    ) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
        """Return the pair that the EMA Workbench's analyses take (PRIM, CART, feature scoring, pair plots).

        Parameters
        ----------
        weekly
            Also give the weekly series.

        Returns
        -------
        experiments : DataFrame
            One row a run: :attr:`parameters` that vary, ``seed``, ``scenario`` (number of the combination of parameters),
            ``policy`` (the arm; with its capacity mode where there are several) and ``model``.
        outcomes : dict of str to float64 array
            Indicators by name, shape (runs,); with ``weekly``, ``weekly.NAME`` for every column of the weekly table, shape
            (runs, weeks). NaN where there is no number, and beyond the end of shorter runs.
        """
        experiments = self.parameters.copy()
        points = [json.dumps(row, default=str) for row in experiments.to_numpy().tolist()]
        numbers = {point: number for number, point in enumerate(dict.fromkeys(points))}
        modes = {run.manifest["capacity_mode"] for run in self.runs}
        experiments["seed"] = [run.seed for run in self.runs]
        experiments["scenario"] = [numbers[point] for point in points]
        experiments["policy"] = [
            self._labels[run.folder] + (f" ({run.manifest['capacity_mode']})" if len(modes) > 1 else "")
            for run in self.runs
        ]
        experiments["model"] = "govsim"
        names = [item.name for item in INDICATORS if item.name in self.summary.columns]
        outcomes = {name: self.summary[name].to_numpy(np.float64) for name in names}
        if weekly and all(_holds(run, "weekly.csv") for run in self.runs):
            outcomes |= self._series()
        return experiments, outcomes

    def _series(self) -> dict[str, NDArray[np.float64]]:
        longest = max((int(run.manifest["weeks"]) for run in self.runs), default=0)
        tables = [run.weekly for run in self.runs]
        found: dict[str, NDArray[np.float64]] = {}
        for name in [column for column in (tables[0].columns if tables else ()) if column != "week"]:
            series = np.full((len(tables), longest), np.nan)
            for row, table in enumerate(tables):
                series[row, : len(table)] = table[name].to_numpy(np.float64)
            found[f"weekly.{name}"] = series
        return found

    def differences(
        self,
        baseline: str,
        other: str,
        mode: Literal["neutral", "observed"] | None = None,
        *,
        allow_unequal_budget: bool = False,
    ) -> pd.DataFrame:
        """Return paired differences of two arms over the seeds that both have, one row an indicator.

        Parameters
        ----------
        baseline, other
            Labels, as in the column ``arm`` of :attr:`summary`.
        mode
            Capacity mode; needed where there are several. An arm that is the same in both has one run for both.

        Raises
        ------
        RefusedError
            If there is nothing to compare: unlike worlds, lengths or budgets, no common seed, or several runs of one seed.
        """
        import pandas as pd

        first, second = (self._arm_runs(label, mode) for label in (baseline, other))
        common = [seed for seed in first if seed in second]
        if not common:
            raise RefusedError(f"{baseline!r} and {other!r} have no seed in common")
        arms = [
            ArmRuns(label, _content(runs[common[0]]), runs[common[0]].manifest["capacity_mode"],
                    tuple(runs[seed] for seed in common))
            for label, runs in ((baseline, first), (other, second))
        ]  # fmt: skip
        found = compare(arms[0], arms[1], allow_unequal_budget=allow_unequal_budget)
        rows = []
        for item in found.differences:
            low, high = item.paired.interval or (None, None)
            values = [item.paired.baseline, item.paired.other, item.paired.difference]
            numbers = [np.nan if isinstance(value, Missing) else value for value in values]
            rows.append([
                item.indicator.name, item.indicator.unit, item.indicator.direction, *numbers, low, high, item.paired.p,
                item.p_corrected, item.paired.pairs, item.verdict, item.paired.seeds, item.paired.baseline_seeds,
                item.paired.other_seeds, item.baseline.beyond, item.other.beyond, *_apart(item.baseline), *_apart(item.other),
            ])  # fmt: skip
        columns = [
            "indicator", "unit", "direction", "baseline", "other", "difference", "low95", "high95", "p", "p_holm", "seeds",
            "verdict", "of", "baseline_seeds", "other_seeds", "baseline_beyond", "other_beyond", "baseline_apart",
            "baseline_rest", "other_apart", "other_rest",
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).set_index("indicator")

    def _arm_runs(self, label: str, mode: Literal["neutral", "observed"] | None) -> dict[int, Results]:
        found: dict[int, Results] = {}
        for run in self.select(arm=label, mode=mode).runs or self.select(arm=label).runs:
            if run.seed in found:
                raise RefusedError(
                    f"there are several runs of {label!r} with seed {run.seed} (capacity modes or scenarios): select some first"
                )
            found[run.seed] = run
        if not found:
            raise RefusedError(
                f"no run of {label!r}; there are {', '.join(dict.fromkeys(self._labels.values()))}"
            )
        return dict(sorted(found.items()))


def load_results(path: str | Path) -> Frames:
    """Return the finished runs that a folder is, holds, or compares, by scenario, arm, capacity mode and seed.

    Parameters
    ----------
    path
        A run folder, a comparison, a scenario's folder or a results folder. Of runs that agree in all of these but were made
        by other code, all are returned. A run that cannot be used is left out with a warning that names it.

    Raises
    ------
    RefusedError
        If there is none, or a file is not what was written, or is a link.
    """
    folder = Path(path)
    found = runs_in(folder) if folder.is_dir() else []
    if not found:
        refuse_unusable(folder)
        raise RefusedError(f"{folder} is no run folder and holds none")
    for words in unusable_in(folder):
        warnings.warn(f"left out: run {words}", stacklevel=2)
    found.sort(key=lambda run: (run.folder.parent.name, run.model, run.mode, run.seed, run.folder.name))
    return Frames(Results(run.folder, untrusted_folder(run.folder)) for run in found)


def _apart(found: Distribution) -> tuple[int, float]:
    """Return how many seeds lie apart from the rest, and the mean of the rest where there are two groups of results."""
    return len(found.apart), found.rest.mean if found.peaks else np.nan


def _named(run: Results) -> tuple[str, str]:
    return str(run.manifest["arm"]), str(run.manifest["capacity_mode"])


def _arm(run: Results) -> str:
    return str(run.manifest["hashes"]["arm"])


def _content(run: Results) -> str:
    return digest(run.manifest["hashes"]["scenario"], _arm(run))


def _holds(run: Results, name: str) -> bool:
    return name in run.manifest["files"]


def _held(run: Results, name: str) -> Path:
    if not _holds(run, name):
        end = f".{name.rpartition('.')[2]}"
        there = sorted(file.removesuffix(end) for file in run.manifest["files"] if file.endswith(end))
        kind = "table" if end == ".csv" else "ledger"
        known = f"it has the {kind}s {', '.join(there)}" if there else "it was kept as its indicators only"
        raise RefusedError(f"run {run.folder.name} has no {kind} {name.removesuffix(end)}: {known}")
    return run.folder / name


def _settings(run: Results, name: str, begun: dict[Path, dict[str, Any]]) -> dict[str, Any]:
    """Return what a run's file says, by dotted path; lists of plain values as one text.

    Parameters
    ----------
    begun
        What points of designs begin with, as far as it was read; filled further.
    """
    if _holds(run, name):
        return _said(run.folder / name)
    if not is_point(run.manifest):
        raise RefusedError(
            f"run {run.folder.name} was kept as its indicators by another version of govsim, without its parameters: the "
            "command of its study computes it again"
        )
    file = run.folder.parent / str(run.manifest["point"]["base"]) / name
    if file not in begun:
        begun[file] = _said(base_of(run.folder, run.manifest) / name)
    if name != _SCENARIO:
        return begun[file]
    pairs = [item.split("=", 1) for item in settings_of(run.manifest)]
    return begun[file] | {
        path: value
        for path, text in pairs
        for path, value in _leaves(read_text(f"{path}: {text}", path).data)
    }


def _said(file: Path) -> dict[str, Any]:
    with open_regular(file, LARGEST_SMALL) as content:
        return dict(_leaves(read_bytes(content.read(), file.name).data))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        if "value" in value and {"status", "source", "note"} & set(value):
            yield from _leaves(value["value"], path)
            return
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{path}[{number}]")
    else:
        yield path, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _paths(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(path for item in settings for path in item))


def _varies(settings: Sequence[Mapping[str, Any]], path: str) -> bool:
    return any(item.get(path) != settings[0].get(path) for item in settings[1:])
