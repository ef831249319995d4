"""The commands that belong to no family of their own, and the program that holds them all.

Every command imports what it needs when it runs, so that help and checks start at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from govsim.cli.classroom import lessons, live
from govsim.cli.options import (
    Controls,
    FileArgument,
    Json,
    Languages,
    MaxSeeds,
    ModelArgument,
    Overrides,
    Report,
    ScenarioArgument,
    Seeds,
    Unequal,
    Until,
    Weeks,
    with_run_options,
)
from govsim.cli.population import world
from govsim.cli.results import RESULT_COMMANDS
from govsim.cli.studies import STUDY_COMMANDS
from govsim.runner.options import RunOptions

if TYPE_CHECKING:
    from govsim.scenario import Loaded
    from govsim.scenario.studies import LoadedStudy


app = typer.Typer(
    name="govsim",
    help="Simulate the same community under different models of governance and compare what happens.",
    epilog="Begin with:  govsim run tiny     then:  govsim run yingzi",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from govsim.cli.version import version_line

        typer.echo(version_line())
        raise typer.Exit


@app.callback()
def _door(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print versions and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole trace of an internal error.")
    ] = False,
) -> None:
    pass


@app.command()
@with_run_options()
def run(
    scenario: ScenarioArgument,
    *,
    overrides: Overrides = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model", help="Governance model (name or file) instead of the scenario's. May be repeated."
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="MEASURE@WEEK",
            help="Run each model once more with a countermeasure from that week on, or MEASURE@FIRST-END. May be repeated.",
        ),
    ] = None,
    seeds: Seeds = None,
    weeks: Weeks = None,
    options: RunOptions,
    capacity: Annotated[
        Literal["neutral", "observed", "both"] | None,
        typer.Option(
            help="Same hours and money for all models, with outside resources, or both one after the other."
        ),
    ] = None,
    allow_unequal_budget: Unequal = False,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    controls: Controls = False,
    until: Until = None,
    max_seeds: MaxSeeds = None,
    report: Report = None,
    languages: Languages = "both",
    json_output: Json = False,
    force: Annotated[bool, typer.Option("--force", help="Compute again what is already there.")] = False,
) -> int:
    """Run a scenario under its governance models and compare."""
    from govsim.cli.commands import run_command
    from govsim.report.request import Presentation, ScenarioChanges

    return run_command(
        scenario=scenario,
        changed=ScenarioChanges(overrides or [], seeds, weeks, capacity),
        models=model or [],
        measures=measures or [],
        options=options,
        presentation=Presentation(figures, json_output, report, languages),
        allow_unequal_budget=allow_unequal_budget,
        controls=controls,
        until=until,
        max_seeds=max_seeds,
        force=force,
    )


@app.command()
@with_run_options()
def compare(
    arms: Annotated[
        list[str],
        typer.Argument(metavar="ARMS...", help="Scenarios or governance models; the first is the baseline."),
    ],
    *,
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Where governance models given as arms are run.")
    ] = "yingzi",
    overrides: Overrides = None,
    seeds: Seeds = None,
    weeks: Weeks = None,
    options: RunOptions,
    allow_unequal_budget: Unequal = False,
    unpaired: Annotated[
        bool,
        typer.Option(
            "--unpaired", help="Compare arms with other seeds, residents or weeks as independent samples."
        ),
    ] = False,
    against_seeds: Annotated[
        str | None,
        typer.Option(metavar="FIRST-LAST", help="Seeds of all arms but the first; needs --unpaired."),
    ] = None,
    controls: Controls = False,
    until: Until = None,
    max_seeds: MaxSeeds = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    report: Report = None,
    languages: Languages = "both",
    json_output: Json = False,
) -> int:
    """Compare scenarios or models. Runs are paired over the same seeds."""
    from govsim.cli.commands import compare_command
    from govsim.report.request import Presentation, ScenarioChanges

    return compare_command(
        arms=arms,
        scenario=scenario,
        changed=ScenarioChanges(overrides or [], seeds, weeks),
        options=options,
        presentation=Presentation(figures, json_output, report, languages),
        allow_unequal_budget=allow_unequal_budget,
        unpaired=unpaired,
        against_seeds=against_seeds,
        controls=controls,
        until=until,
        max_seeds=max_seeds,
    )


for study_command in STUDY_COMMANDS:
    app.command()(study_command)


@app.command()
@with_run_options("docs")
def table(
    kind: Annotated[
        Literal["models", "measures"],
        typer.Argument(help="All models side by side, or what each countermeasure does."),
    ],
    *,
    scenario: Annotated[str, typer.Option(metavar="SCENARIO", help="Where they are run.")] = "yingzi",
    overrides: Overrides = None,
    seeds: Seeds = None,
    weeks: Weeks = None,
    models: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="MODEL", help="Name or file of one more model. May be repeated."),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure", metavar="MEASURE", help="File of one more countermeasure. May be repeated."
        ),
    ] = None,
    start: Annotated[int, typer.Option(min=0, help="Week in which countermeasures begin.")] = 0,
    options: RunOptions,
    docs: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the page is written.")] = Path("docs"),
) -> int:
    """Write docs/models.md or docs/measures.md. From runs that are there, and from new ones."""
    from govsim.report.request import ScenarioChanges
    from govsim.report.tables import table_command

    changed = ScenarioChanges(overrides or [], seeds, weeks)
    return table_command(kind, scenario, changed, start, options, docs, models or [], measures or [])


@app.command()
def signs(
    baseline: Annotated[
        str, typer.Option(metavar="MODEL", help="Model that the signs are tried on.")
    ] = "legacy_administrative",
    other: Annotated[
        str, typer.Option(metavar="MODEL", help="Model that is compared with it.")
    ] = "party_led_cogovernance",
    seeds: Annotated[int, typer.Option(min=2, help="Number of seeds.")] = 8,
    points: Annotated[int, typer.Option(min=4, help="Districts that the default is compared with.")] = 32,
    docs: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the page is written.")] = Path("docs"),
) -> int:
    """Write docs/signs.md. Expectations fixed before running, and where the default lies among other districts."""
    from govsim.report.tables import signs_command

    return signs_command((baseline, other), seeds, points, docs)


for command in RESULT_COMMANDS:
    app.command()(command)


@app.command()
def check(file: FileArgument, overrides: Overrides = None, json_output: Json = False) -> int:
    """Find all mistakes of a file at once. Nothing is run or written."""
    from govsim.cli.scenarios import check_command

    def further(item: LoadedStudy | Loaded) -> None:
        from govsim.scenario.studies import LoadedStudy

        if isinstance(item, LoadedStudy):
            from govsim.report.answers import refuse_unknown_names

            refuse_unknown_names(item)
        elif item.scenario.lesson is not None:
            from govsim.report.lessons.shelf import refuse_unknown

            refuse_unknown(item, item.scenario.lesson, item.sources[0].shown)

    return check_command(file, overrides or [], json_output, further)


@app.command()
def show(
    file: FileArgument,
    overrides: Overrides = None,
    origin: Annotated[
        bool, typer.Option("--origin", help="One line a value: where it comes from and how well it is known.")
    ] = False,
    json_output: Json = False,
) -> int:
    """Print a file with unit, origin and status of every value."""
    from govsim.cli.scenarios import show_command

    return show_command(file, overrides or [], origin, json_output)


@app.command()
def audit(
    model: ModelArgument,
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Scenario from which the small worlds are made.")
    ] = "tiny",
    quick: Annotated[
        bool, typer.Option("--quick", help="A few seconds; says at its end what it leaves out.")
    ] = False,
    knobs: Annotated[
        bool,
        typer.Option("--knobs", help="Turn every parameter of the scenario too; takes a quarter of an hour."),
    ] = False,
    passthrough: Annotated[
        bool,
        typer.Option(
            "--passthrough",
            help="Sweep the numbers that the model leaves at 0 too, and list what follows each.",
        ),
    ] = False,
    json_output: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")] = False,
) -> int:
    """Look for a thumb on the scale of a model. A table of checks; exit code 4 if one fails."""
    from govsim.report.assurance import audit_command

    if json_output and markdown:
        raise typer.BadParameter("choose one of --json and --markdown")
    return audit_command(model, scenario, quick, knobs, passthrough, json_output, markdown)


@app.command()
def new(
    kind: Annotated[
        Literal["model"], typer.Argument(metavar="model", help="What to start: a governance model.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the file, without .yaml.")],
    base: Annotated[
        str, typer.Option("--from", metavar="MODEL", help="Model to start from: a built-in name or a file.")
    ] = "legacy_administrative",
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the file is written.")] = Path("."),
) -> int:
    """Write a governance file to start from. One file, every switch with what it means."""
    from govsim.cli.scenarios import new_model_command

    return new_model_command(name, base, out)


@app.command()
def describe(
    parameter: Annotated[
        str,
        typer.Argument(
            metavar="[PARAMETER]",
            help="A parameter or section, or a model, measure, scenario or study; without it, all parameters.",
        ),
    ] = "",
    json_output: Json = False,
) -> int:
    """Explain what can be set. Meaning, unit, range, default and source."""
    from govsim.cli.scenarios import describe_command

    return describe_command(parameter, json_output)


@app.command()
def order() -> int:
    """Print the processes of a week in order. With what each reads, writes, draws."""
    from govsim.cli.commands import order_command

    return order_command()


@app.command()
def docs(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the pages are.")] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name pages that are not current and return 1.")
    ] = False,
) -> int:
    """Write the model description and reference pages. English and Chinese, from the declarations."""
    from govsim.report.docs.pages import docs_command

    return docs_command(out, check)


@app.command()
def theory(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the page is written.")] = Path("docs"),
) -> int:
    """Hold the engine to known laws and write the page. Some minutes; 4 if it is outside a tolerance."""
    from govsim.report.assurance import theory_command

    return theory_command(out)


@app.command()
def schema(
    kind: Annotated[
        Literal["scenario", "governance", "measure", "study"],
        typer.Argument(help="Which kind of file the schema describes."),
    ] = "scenario",
    write: Annotated[
        bool, typer.Option("--write", help="Renew the schema files beside the scenarios.")
    ] = False,
) -> int:
    """Print the JSON Schema for editors. It completes and checks files as you type."""
    from govsim.cli.scenarios import schema_command

    return schema_command(kind, write)


@app.command()
def cite() -> int:
    """Print how to cite govsim: a line for a paper, and BibTeX."""
    from govsim.cli.version import cite_command

    return cite_command()


app.add_typer(world, name="world")
app.add_typer(lessons, name="lesson")
app.command("app")(live)
