"""The command pack: a result with all that somebody else needs to read it, cite it and run it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import govsim
from govsim.cli.verifying import contents
from govsim.report.exits import DONE
from govsim.report.running import count
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.load import pack, untrusted_folder
from govsim.runner.folder_status import holdings
from govsim.runner.points import KINDS, base_of, is_point
from govsim.scenario.messages import Place, Problem, ScenarioError

_README = """\
# {title}

Results of govsim {versions}, an agent-based simulation of community-governance models. In this model, under these
assumptions: nothing here predicts what will happen in a real district.

## What is here

| | |
|---|---|
| `results/` | {held}, each a folder; `dictionary.csv` says what every column means |
| `results/.../scenario.yaml`, `governance.yaml` | what was run, with origin and status of every value |
| `results/.../base-.../` | of runs of a design: the scenario and model that they begin with; their manifests add the point |
| `results/.../manifest.json` | seed, versions, commit, hashes of every file, the books of cases, hours and money |
| `model.en.md`, `model.zh.md` | the model, after the ODD protocol |
| `LICENSE` | the licence |

{listed}

## How to verify

1. Unpack the file.
2. Install govsim {version}{commit} with Python {python}; the results were made with {packages}.
3. In the unpacked folder: `govsim verify results`. It runs everything again from the files here and compares every
   table byte for byte. It needs no network. Exit code 0: all the same; 4: not, and it names what differs.

One run can be run again alone: `govsim run results/SCENARIO/KEY/scenario.yaml --out again`.
The tables open in a spreadsheet (CSV), in R, pandas or DuckDB (Parquet); from Python `govsim.load_results("results")`.

## 如何核验

1. 解压本文件。
2. 安装上文所列版本的 govsim 与 Python。
3. 在解压后的文件夹中运行 `govsim verify results`：程序仅用此处的文件重新运行全部内容，并逐字节比对每一张表，无需联网。
   退出码 0 表示完全一致；4 表示不一致，并指明差异所在。
"""


def pack_command(result: Path, out: Path, json_output: bool = False) -> int:
    """Pack a result and return the exit code.

    Raises
    ------
    ScenarioError
        If there is no result there.
    RefusedError
        If a run is not finished, was changed, or cannot be handed on.
    EnvironmentProblem
        If the file cannot be written.
    """
    if out.suffix != ".zip":
        raise ScenarioError([Problem.at(Place("--out"), "", f"{out.name}: the name ends in .zip")])
    if not out.parent.is_dir():
        raise EnvironmentProblem(f"cannot write {out}: there is no folder {out.parent}")
    folders, comparisons, answers = contents(result)
    _finished(result)
    runs = [untrusted_folder(folder) for folder in folders]
    begun = {
        base_of(folder, manifest)
        for folder, manifest in zip(folders, runs, strict=True)
        if is_point(manifest)
    }
    every = [folder.resolve() for folder in (*folders, *comparisons, *answers, *sorted(begun))]
    roots = {_root(folder) for folder in every}
    if len(roots) > 1:
        raise RefusedError(f"{result.name} holds results of several results folders: pack one at a time")
    (root,) = roots
    pages = _pages(runs, len(comparisons), len(answers))
    names = pack(every, root, pages, out)
    size = out.stat().st_size
    if json_output:
        print(json.dumps({"file": out.name, "bytes": size, "runs": len(folders), "files": len(names)}))
    else:
        held = _held(len(folders), len(comparisons), len(answers))
        print(f"{out}: {held}; {len(names)} files, {size / 1e6:.1f} MB")
        print("unpacked, `govsim verify results` runs them again and compares every table")
    return DONE


def _held(runs: int, comparisons: int, answers: int) -> str:
    parts = [(runs, "run"), (comparisons, "comparison"), (answers, "table folder")]
    return ", ".join(count(number, noun) for number, noun in parts if number) + (
        " of studies" if answers else ""
    )


def _root(folder: Path) -> Path:
    """Return the results folder: a point of a study lies one folder deeper in it than a run or an answer."""
    return folder.parents[2 if folder.parent.name in KINDS else 1]


def _finished(result: Path) -> None:
    """Refuse a folder in which something is under way or half written."""
    if not result.is_dir():
        return
    for held in holdings(result):
        for owner in held.running:
            raise RefusedError(
                f"{held.folder.name}: {owner.run} is being computed by {owner.who}; wait for it"
            )
        for broken in held.broken:
            if ".broken-" not in broken.name:
                raise RefusedError(
                    f"{held.folder.name}: {broken.name} is not finished ({broken.reason}); "
                    "repeat its command, or remove it"
                )


def _pages(runs: Sequence[dict[str, Any]], comparisons: int, answers: int) -> dict[str, bytes]:
    from govsim.report.docs.pages import pages

    made = pages()
    readme = _readme(runs, comparisons, answers)
    return {
        "README.md": readme.encode("utf-8"),
        "LICENSE": licence().encode("utf-8"),
        "model.en.md": made["odd.en.md"].encode("utf-8"),
        "model.zh.md": made["odd.zh.md"].encode("utf-8"),
    }


def _readme(of_runs: Sequence[dict[str, Any]], comparisons: int, answers: int) -> str:
    versions: dict[str, str] = of_runs[0]["versions"]
    commits = sorted({str(item["commit"])[:12] for item in of_runs if item.get("commit")})
    arms: dict[tuple[str, str, str, bool], list[int]] = {}
    for item in of_runs:
        which = item["scenario"], item["arm"], item["capacity_mode"], is_point(item)
        arms.setdefault(which, []).append(item["seed"])
    listed = "\n".join(
        f"- {scenario}: {arm}, {mode}, "
        + (f"{count(len(seeds), 'run')} of designs, " if points else "")
        + f"seeds {', '.join(str(seed) for seed in sorted(set(seeds)))}"
        for (scenario, arm, mode, points), seeds in sorted(arms.items())
    )
    packages = ", ".join(
        f"{name} {number}" for name, number in versions.items() if name not in ("govsim", "python")
    )
    return _README.format(
        title=" and ".join(sorted({str(item["scenario"]) for item in of_runs})),
        versions=", ".join(sorted({item["versions"]["govsim"] for item in of_runs})),
        held=_held(len(of_runs), comparisons, answers),
        listed=listed,
        version=versions["govsim"],
        commit=f" (commit {', '.join(commits)})" if commits else "",
        python=versions["python"],
        packages=packages,
    )


def licence() -> str:
    """Return the text of the licence, from the checkout or from the installed package.

    Raises
    ------
    EnvironmentProblem
        If this installation has none.
    """
    file = Path(govsim.__file__).parent.parent / "LICENSE"
    if (file.parent / "pyproject.toml").is_file() and file.is_file():
        return file.read_text(encoding="utf-8")
    try:
        found = distribution("govsim")
        for name in ("licenses/LICENSE", "LICENSE"):
            text = found.read_text(name)
            if text is not None:
                return text
    except PackageNotFoundError:
        pass
    raise EnvironmentProblem("this installation of govsim has no licence file, which belongs in a pack")
