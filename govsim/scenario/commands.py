"""The commands that read but never run: check, show, describe and schema."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from govsim.scenario import describe as describing
from govsim.scenario import show as showing
from govsim.scenario.declare import Section
from govsim.scenario.files import governance_shelf, locate, read_chain, scenario_shelf
from govsim.scenario.loading import Loaded, LoadedGovernance, load, load_governance
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.origins import Origin


def check_command(file: str, overrides: Sequence[str], json_output: bool) -> int:
    """Print whether ``file`` is sound; return 0 if it is and 2 if not."""
    try:
        _, origins, shown, told = _read(file, overrides, must_fit=True)
    except ScenarioError as error:
        print(json.dumps(_as_json(error), ensure_ascii=False, indent=1) if json_output else error.report())
        return error.exit_code
    counts = showing.status_counts(origins)
    if json_output:
        result = {"ok": True, "file": shown, "values": len(origins), "status": counts, "about": told}
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return 0
    known = ", ".join(f"{number} {status}" for status, number in counts.items())
    print(f"{shown} is sound.")
    for line in told:
        print(f"  {line}")
    print(f"  {len(origins)} values: {known}")
    return 0


def show_command(file: str, overrides: Sequence[str], origin: bool, json_output: bool) -> int:
    """Print the resolved ``file`` as YAML with remarks, as a table of origins, or as JSON."""
    section, origins, shown, _ = _read(file, overrides, must_fit=False)
    if json_output:
        records = showing.as_records(section, origins)
        print(json.dumps({"file": shown, "values": records}, ensure_ascii=False, indent=1))
    elif origin:
        print(showing.as_table(section, origins))
    else:
        print(showing.as_yaml(section, origins), end="")
    return 0


def describe_command(parameter: str, json_output: bool) -> int:
    """Print what can be set."""
    if json_output:
        print(json.dumps({"parameters": describing.records(parameter)}, ensure_ascii=False, indent=1))
    else:
        print(describing.describe(parameter))
    return 0


def schema_command(kind: str, write: bool) -> int:
    """Print a JSON Schema, or renew the files beside the scenarios."""
    from govsim.scenario.editor import as_text, schema_files, write_schemas

    if write:
        folder = scenario_shelf().folder / "schema"
        written = write_schemas(folder)
        print(
            "\n".join(f"written: scenarios/schema/{file.name}" for file in written)
            or "the schema files are current"
        )
    else:
        print(as_text(schema_files()[f"{kind}.schema.json"]), end="")
    return 0


def _read(
    file: str, overrides: Sequence[str], must_fit: bool
) -> tuple[Section, Mapping[str, Origin], str, list[str]]:
    if _is_governance(file):
        if overrides:
            text = "--set changes scenarios; copy the governance file and edit the copy"
            raise ScenarioError([Problem.at(Place("--set #1"), "", text)])
        model = load_governance(file)
        return model.model, model.origins, model.file, _about_model(model)
    loaded = load(file, overrides, must_fit=must_fit)
    return loaded.scenario, loaded.origins, loaded.sources[0].shown, _about_scenario(loaded)


def _is_governance(file: str) -> bool:
    """Tell the two kinds of file apart: by built-in name, else by which keys are on top."""
    if not os.path.isfile(file):
        return governance_shelf().file(file) is not None and scenario_shelf().file(file) is None
    scenario, model = describing.models()
    try:
        documents, _, whole = read_chain(locate(file, scenario_shelf()), scenario_shelf())
        if not whole and read_chain(locate(file, governance_shelf()), governance_shelf())[2]:
            return True
    except ScenarioError:
        return FilePath(file).resolve().parent.name == "governance"
    keys = {key for document in documents for key in document.data}
    own = set(model.model_fields) - set(scenario.model_fields)
    return len(keys & own) > len(keys & (set(scenario.model_fields) - set(model.model_fields)))


def _about_scenario(loaded: Loaded) -> list[str]:
    from govsim.scenario.estimate import estimate

    scenario = loaded.scenario
    models = ", ".join(model.name for model in loaded.governance)
    return [
        f"{loaded.label}: {scenario.population.residents:,} residents, {scenario.run.weeks} weeks, "
        f"{scenario.run.seeds} {'seed' if scenario.run.seeds == 1 else 'seeds'}",
        f"governance: {models} (capacity {scenario.governance.capacity_mode})",
        f"a run needs {estimate(scenario)}",
    ]


def _about_model(model: LoadedGovernance) -> list[str]:
    label = model.model.name.en or model.model.name.zh or model.name
    return [f"governance model {label}, {len(model.model.sources)} sources, content {model.key[:12]}"]


def _as_json(error: ScenarioError) -> dict[str, Any]:
    problems = [
        {
            "file": p.file,
            "line": p.line,
            "column": p.column,
            "path": p.path,
            "message": p.message,
            "hints": p.hints,
        }
        for p in error.problems
    ]
    return {"ok": False, "problems": problems}
