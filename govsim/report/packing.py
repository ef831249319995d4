"""The command pack: a result with all that somebody else needs to read it, cite it and run it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import govsim
from govsim.report.exits import DONE
from govsim.report.running import count
from govsim.report.verifying import contents
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.pack import pack
from govsim.results.sealed import sealed
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.study.holdings import holdings

_README = """\
# {title}

Results of govsim {versions}, an agent-based simulation of community-governance models. In this model, under these
assumptions: nothing here predicts what will happen in a real district.

## What is here

| | |
|---|---|
| `results/` | {runs} and {comparisons}, each a folder; `dictionary.csv` in each says what every column means |
| `results/.../scenario.yaml`, `governance.yaml` | what was run, with origin and status of every value |
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
    folders, comparisons = contents(result)
    _finished(result)
    every = [*(folder.resolve() for folder in folders), *(folder.resolve() for folder in comparisons)]
    manifests = [sealed(folder) for folder in every]
    root = every[0].parent.parent
    if any(folder.parent.parent != root for folder in every):
        raise RefusedError(f"{result.name} holds results of several results folders: pack one at a time")
    pages = _pages(manifests, len(folders))
    names = pack(every, root, pages, out)
    size = out.stat().st_size
    if json_output:
        print(json.dumps({"file": out.name, "bytes": size, "runs": len(folders), "files": len(names)}))
    else:
        print(
            f"{out}: {count(len(folders), 'run')}, {count(len(comparisons), 'comparison')}, "
            f"{len(names)} files, {size / 1e6:.1f} MB"
        )
        print("unpacked, `govsim verify results` runs them again and compares every table")
    return DONE


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


def _pages(manifests: Sequence[dict[str, Any]], runs: int) -> dict[str, bytes]:
    from govsim.report.docs.pages import pages

    made = pages()
    readme = _readme(manifests, runs)
    return {
        "README.md": readme.encode("utf-8"),
        "LICENSE": licence().encode("utf-8"),
        "model.en.md": made["odd.en.md"].encode("utf-8"),
        "model.zh.md": made["odd.zh.md"].encode("utf-8"),
    }


def _readme(manifests: Sequence[dict[str, Any]], runs: int) -> str:
    of_runs = manifests[:runs]
    versions: dict[str, str] = of_runs[0]["versions"]
    commits = sorted({str(item["commit"])[:12] for item in of_runs if item.get("commit")})
    arms: dict[tuple[str, str, str], list[int]] = {}
    for item in of_runs:
        arms.setdefault((item["scenario"], item["arm"], item["capacity_mode"]), []).append(item["seed"])
    listed = "\n".join(
        f"- {scenario}: {arm}, {mode}, seeds {', '.join(str(seed) for seed in sorted(seeds))}"
        for (scenario, arm, mode), seeds in sorted(arms.items())
    )
    packages = ", ".join(
        f"{name} {number}" for name, number in versions.items() if name not in ("govsim", "python")
    )
    return _README.format(
        title=" and ".join(sorted({str(item["scenario"]) for item in of_runs})),
        versions=", ".join(sorted({item["versions"]["govsim"] for item in of_runs})),
        runs=count(runs, "run"),
        comparisons=count(len(manifests) - runs, "comparison"),
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
