"""Commands that read but never run: check, show, describe, schema; and new, which writes a governance file to start from."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.scenario import show as showing
from govsim.scenario.catalogue import Item, find_entry
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, allowed
from govsim.scenario.files import governance_shelf, scenario_shelf
from govsim.scenario.kinds import kind_of
from govsim.scenario.loading import Loaded, LoadedGovernance, load, load_governance, load_measure
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.origins import Origin
from govsim.scenario.studies import LoadedStudy, check_ends, load_study

if TYPE_CHECKING:
    from govsim.scenario.schema.timeline import Measure, TimelineEntry


def check_command(
    file: str,
    overrides: Sequence[str],
    json_output: bool,
    further: Callable[[LoadedStudy | Loaded], None] = lambda item: None,
) -> int:
    """Print whether ``file`` is sound; return 0 if it is and 2 if not.

    Parameters
    ----------
    further
        Refuses a study or scenario that names what does not exist in later rooms, such as an indicator.
    """
    try:
        _, origins, shown, told = _read(file, overrides, True, further)
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
    """Print what can be set, or what a model, measure, scenario or study is."""
    if parameter and not showing.is_known(parameter) and (item := find_entry(parameter)) is not None:
        print(json.dumps(_item(item), ensure_ascii=False, indent=1) if json_output else _described(item))
        return 0
    if parameter and not showing.is_known(parameter) and (told := _indicator(parameter)):
        print(json.dumps(told, ensure_ascii=False, indent=1) if json_output else "\n".join(told.values()))
        return 0
    if json_output:
        print(json.dumps({"parameters": showing.records(parameter)}, ensure_ascii=False, indent=1))
    else:
        print(showing.describe(parameter))
    return 0


def _indicator(name: str) -> dict[str, str]:
    from govsim.results.indicators import INDICATORS

    found = next((one for one in INDICATORS if one.name == name), None)
    if found is None:
        return {}
    better = {1: "more is better", -1: "less is better", 0: "neither more nor less is better as such"}
    return {
        "name": f"{found.name}  (indicator: a result, which is not set)",
        "label": f"{found.label_en} / {found.label_zh}, {found.unit}; {better[found.direction]}",
        "definition": textwrap.fill(found.definition, 100),
        "definition_zh": found.definition_zh,
    }


def _item(item: Item) -> dict[str, Any]:
    told = {"kind": item.kind, "name": item.name, "file": item.file, "label": item.label}
    return told | {"description": _description(item)}


def _description(item: Item) -> dict[str, str]:
    section = {"scenario": "scenario", "governance": "model", "measure": "section", "study": "study"}[
        item.kind
    ]
    said = getattr(getattr(item.content, section), "description", None)
    return {language: getattr(said, language, "") for language in ("en", "zh")}


def _described(item: Item) -> str:
    kind = {"governance": "governance model"}.get(item.kind, item.kind)
    lines = [f"{item.label['en']} / {item.label['zh']}  ({kind}, {item.file})"]
    lines += [line for text in _description(item).values() if text for line in textwrap.wrap(text, 100)]
    return "\n".join([*lines, f"All values:  govsim show {item.name}"])


def schema_command(kind: str, write: bool) -> int:
    """Print a JSON Schema, or renew the files beside the scenarios."""
    from govsim.scenario.show import schema_files, schema_text, write_schemas

    if write:
        folder = scenario_shelf().folder / "schema"
        written = write_schemas(folder)
        print(
            "\n".join(f"written: scenarios/schema/{file.name}" for file in written)
            or "the schema files are current"
        )
    else:
        print(schema_text(schema_files()[f"{kind}.schema.json"]), end="")
    return 0


def _read(
    file: str,
    overrides: Sequence[str],
    must_fit: bool,
    further: Callable[[LoadedStudy | Loaded], None] = lambda item: None,
) -> tuple[Section, Mapping[str, Origin], str, list[str]]:
    kind = kind_of(file) or "scenario"
    if kind != "scenario" and overrides:
        text = f"--set changes scenarios; copy the {kind} file and edit the copy"
        raise ScenarioError([Problem.at(Place("--set #1"), "", text)])
    if kind == "governance":
        model = load_governance(file)
        return model.model, model.origins, model.file, _about_model(model)
    if kind == "measure":
        measure = load_measure(file)
        return measure.section, measure.origins, measure.sources[0].shown, _about_measure(measure.section)
    if kind == "study":
        study = load_study(file)
        if must_fit:
            check_ends(study)
            further(study)
        return study.study, study.origins, study.file, _about_study(study)
    loaded = load(file, overrides, must_fit=must_fit)
    if must_fit:
        further(loaded)
    return loaded.scenario, loaded.origins, loaded.sources[0].shown, _about_scenario(loaded)


def _about_scenario(loaded: Loaded) -> list[str]:
    from govsim.scenario.estimate import estimate

    scenario = loaded.scenario
    models = ", ".join(_arm(model) for model in loaded.governance)
    timeline = [f"timeline: {', '.join(map(_when, scenario.timeline))}"] if scenario.timeline else []
    return [
        f"{loaded.label}: {scenario.population.residents:,} residents, {scenario.run.weeks} weeks, "
        f"{scenario.run.seeds} {'seed' if scenario.run.seeds == 1 else 'seeds'}",
        f"governance: {models} (capacity {scenario.governance.capacity_mode})",
        *timeline,
        f"running all of it needs {estimate(scenario)}",
    ]


def _arm(model: LoadedGovernance) -> str:
    return " + ".join([model.name, *map(_when, model.measures)])


def _when(entry: TimelineEntry) -> str:
    """Say what an entry is and when it starts: ``water failure from week 26``."""
    content = entry.use if entry.use is not None else entry.governance
    name = content if content is None or isinstance(content, str) else content.name.en or content.name.zh
    if entry.start is not None:
        return f"{name} from week {entry.start}"
    assert entry.when is not None
    side = f"above {entry.when.above:g}" if entry.when.above is not None else f"below {entry.when.below:g}"
    return f"{name} once {entry.when.measure} is {side}"


def _about_model(model: LoadedGovernance) -> list[str]:
    label = model.model.name.en or model.model.name.zh or model.name
    return [f"governance model {label}, {len(model.model.sources)} sources, content {model.key[:12]}"]


def _about_measure(measure: Measure) -> list[str]:
    label = measure.name.en or measure.name.zh
    levers = f"{len(measure.levers)} {'lever' if len(measure.levers) == 1 else 'levers'}"
    return [f"{measure.kind} {label}, {levers}, {len(measure.sources)} sources"]


def _about_study(study: LoadedStudy) -> list[str]:
    from govsim.scenario.estimate import study_size

    asked, models, seeds = study.study, len(study.models), study.study.seeds
    named = (
        study.base.scenario,
        f"{study.points:,} points x {_many(models, 'model')} x {_many(seeds, 'seed')}",
    )
    sizes = [(*named, study.points * models * seeds)]
    if any(
        path.startswith("calibration.") and item.kind != "default" for path, item in study.origins.items()
    ):
        more = asked.calibration.rounds * asked.calibration.points
        words = f"calibrate: {study.points:,} points and {more:,} in {_many(asked.calibration.rounds, 'further round')}"
        sizes = [
            (study.base.scenario, f"{words} x {_many(seeds, 'seed')}", (study.points + more) * models * seeds)
        ]
    if asked.optimise is not None:
        wanted = asked.optimise
        smaller = study.load([f"{path}={value}" for path, value in wanted.search.items()]).scenario
        tried, districts = wanted.population * wanted.generations, 1 + wanted.search_points
        where = f"{_many(districts, 'district')} x {_many(wanted.search_seeds, 'seed')}"
        search = f"optimise: at most {tried:,} portfolios x {where}"
        elsewhere = min(wanted.region_points, study.points) * wanted.region_seeds
        shown = f"{_many(wanted.shown, 'portfolio')} and doing nothing, again"
        sizes = [
            (smaller, search, tried * districts * wanted.search_seeds),
            (study.base.scenario, f"{shown} x {_many(seeds, 'seed')}", (wanted.shown + models) * seeds),
            (
                study.base.scenario if wanted.whole_region else smaller,
                f"{shown} in the region",
                (wanted.shown + models) * elsewhere,
            ),
        ]
    return [
        f"{study.label}: {len(study.factors)} parameters of {study.asked} vary; "
        f"{asked.design.kind} of {study.points:,} points",
        f"governance: {', '.join(_arm(model) for model in study.models)} (capacity {asked.capacity_mode})",
        *(f"{words}: {study_size(scenario, runs)}" for scenario, words, runs in sizes),
    ]


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


_WIDTH = 108


def new_model_command(name: str, base: str, out: Path) -> int:
    """Write one governance file and say what can be done with it; return the exit code."""
    model = load_governance(base)
    file = _free_file(name, out)
    text = as_file(name, model)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise _refused(
            file, "is there already, and nothing is ever overwritten; choose another name"
        ) from None
    shown = os.path.relpath(file) if file.resolve().is_relative_to(Path.cwd()) else str(file)
    label = model.model.name.en or model.name
    print(f"written: {shown}, with every switch as in {label}")
    print(f"  1. change what differs, then  govsim check {shown}")
    print(f"  2. govsim compare {_called(model)} {shown} --scenario tiny --seeds 20")
    print(f"  3. govsim audit {shown}")
    return 0


def _called(model: LoadedGovernance) -> str:
    """Return how a model is named in a command: by path, or in full by its built-in name."""
    return model.name if os.path.isfile(model.name) else Path(model.file).stem


def _free_file(name: str, out: Path) -> Path:
    if not name.replace("-", "_").isidentifier():
        raise _refused(
            Path(name), "cannot be a file's name here: use letters, digits, _ and -, and begin with a letter"
        )
    if governance_shelf().file(name) is not None:
        raise _refused(
            Path(name), "is the name of a shipped model; choose another, so that the two are not mixed up"
        )
    if not out.is_dir():
        raise _refused(out, "is no folder; make it first, or name another with --out")
    return out / f"{name}.yaml"


def _refused(file: Path, reason: str) -> ScenarioError:
    return ScenarioError([Problem.at(Place(str(file)), "", reason)])


def as_file(name: str, base: LoadedGovernance) -> str:
    """Return the text of a governance file with the content of ``base``, called ``name``.

    Values count as assumed until the author names a source: the sources of ``base`` speak for ``base``.
    """
    model = base.model
    title = name.replace("_", " ").replace("-", " ")
    lines = [
        f"# A governance model made from {_called(base)}: the same structure until you change it.",
        "# Structure only: who detects, routes, resolves, mobilises, pays, answers to whom. There is no place for",
        "# a duration, a success rate, a satisfaction or a bonus; such a key is refused.",
        "# Every value counts as assumed until it names a source, as in",
        '#   patrol_share: {value: 0.2, status: found, source: "author, year, page"}',
        "govsim: 1",
        f'name: {{en: {json.dumps(title[:1].upper() + title[1:], ensure_ascii=False)}, zh: ""}}',
        'description: {en: "", zh: ""}  # one paragraph: what it is, what it pays, how it can fail',
        'sources: []  # - {text: "Author year, title, place", status: found, supports: "what in this file"}',
    ]
    kind = type(model)
    for block in kind.model_fields:
        section = getattr(model, block)
        if not Declared.of(kind, block).decoration and isinstance(section, Section):
            lines += ["", f"{block}:  # {Declared.of(kind, block).meaning}", *_switches(section)]
    return "\n".join(lines) + "\n"


def _switches(section: Section) -> Iterator[str]:
    data = section.model_dump(mode="json")
    for name in type(section).model_fields:
        declared = Declared.of(type(section), name)
        unit = declared.extra("unit")
        limits = allowed(declared.shape)
        told = f"{declared.meaning} [{limits if unit in ('', '-', limits) else f'{limits}; {unit}'}]"
        yield from textwrap.wrap(
            told, _WIDTH, initial_indent="  # ", subsequent_indent="  #   ", break_on_hyphens=False
        )
        yield f"  {name}: {_inline(data[name])}"


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
