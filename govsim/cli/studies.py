"""The commands about studies, as the command line takes them; each imports what it needs when it runs."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from govsim.cli.options import Controls, Json, Overrides, StudyLanguage, with_run_options
from govsim.runner.options import RunOptions

StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="A study file, or a built-in name.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model", metavar="MODEL", help="Governance model instead of those named. May be repeated."
    ),
]
Figures = Annotated[bool, typer.Option(help="Draw the figure.")]
Force = Annotated[bool, typer.Option("--force", help="Begin even what would take more than a month.")]


@with_run_options()
def sweep(
    study: StudyArgument,
    *,
    overrides: Overrides = None,
    models: Models = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds at each point, not the study's.")] = None,
    points: Annotated[
        int | None, typer.Option(min=1, help="Points of a Sobol or Latin hypercube design, not the study's.")
    ] = None,
    options: RunOptions,
    figures: Figures = True,
    controls: Controls = False,
    languages: StudyLanguage = "both",
    json_output: Json = False,
    force: Force = False,
) -> int:
    """Run a study's design and see what follows what. One row a run, ranges, and which model is best where."""
    from govsim.report.answers import Output, StudyRequest, answer_study
    from govsim.studies import sweep as kind

    request = StudyRequest(study, overrides or [], models or [], seeds, points)
    ask = partial(kind.sweep, controls=controls)
    return answer_study(
        request.load(), ask, options, Output(figures, json_output, languages), force, partial=True
    )


@with_run_options()
def sensitivity(
    study: StudyArgument,
    *,
    overrides: Overrides = None,
    method: Annotated[
        Literal["morris", "sobol"],
        typer.Option(help="morris: screening with few runs; sobol: shares of variance, for many."),
    ] = "morris",
    size: Annotated[
        int | None,
        typer.Option(min=2, help="Trajectories of Morris (10) or base points of Sobol, a power of 2 (256)."),
    ] = None,
    indicators: Annotated[
        list[str] | None,
        typer.Option("--indicator", metavar="NAME", help="Indicator to look at. May be repeated."),
    ] = None,
    models: Models = None,
    seeds: Annotated[int | None, typer.Option(min=2, help="Seeds at each point, not the study's.")] = None,
    options: RunOptions,
    figures: Figures = True,
    docs: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the page sensitivity.md there too.")
    ] = None,
    controls: Controls = False,
    languages: StudyLanguage = "both",
    json_output: Json = False,
    force: Force = False,
) -> int:
    """Rank a study's parameters by what they move. Noise first, and what chance alone would do as the floor."""
    from govsim.report.answers import Output, StudyRequest, answer_study, named_indicators
    from govsim.studies.sensitivity import answer as kind

    chosen = named_indicators(indicators or [])
    loaded = StudyRequest(study, overrides or [], models or [], seeds).load()
    ask = partial(kind.sensitivity, method=method, size=size, chosen=chosen, controls=controls)
    return answer_study(loaded, ask, options, Output(figures, json_output, languages), force, docs=docs)


@with_run_options()
def find(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help='Indicator, <= or >=, number: "median_days <= 5".')
    ],
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="A scenario file, or a built-in name.")
    ] = "yingzi",
    *,
    vary: Annotated[
        str,
        typer.Option(metavar="KEY=LOW..HIGH", help="Parameter and range: capacity.staff.community=5..20."),
    ] = "",
    overrides: Overrides = None,
    models: Models = None,
    seeds: Annotated[
        int | None, typer.Option(min=2, help="Number of seeds instead of the scenario's.")
    ] = None,
    options: RunOptions,
    controls: Controls = False,
    languages: StudyLanguage = "both",
    json_output: Json = False,
) -> int:
    """Find how much of a parameter it takes. Smallest or largest value that meets a target, for each model."""
    from govsim.report.answers import Output, answer_study
    from govsim.studies import find as kind

    ask = partial(kind.find, asked=kind.question(question), controls=controls)
    study = kind.study_of(scenario, vary, overrides or [], models or [], seeds)
    return answer_study(study, ask, options, Output(True, json_output, languages))


@with_run_options()
def calibrate(
    study: Annotated[
        str,
        typer.Argument(metavar="STUDY", help="A study file, or a built-in name such as calibrate_yingzi."),
    ],
    *,
    overrides: Overrides = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Read the held-out patterns too, when nothing is to be changed.")
    ] = False,
    twins: Annotated[
        int,
        typer.Option(
            "--twins", min=0, max=1000, help="Districts with known parameters that are to be found again."
        ),
    ] = 0,
    options: RunOptions,
    figures: Figures = True,
    docs: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the page calibration.md there too.")
    ] = None,
    languages: StudyLanguage = "both",
    json_output: Json = False,
    force: Force = False,
) -> int:
    """Fit assumed parameters to published figures. An accepted region, and what it does not settle."""
    from govsim.report.answers import Output, StudyRequest, answer_study, words_again
    from govsim.studies.calibration import answer as kind

    loaded = StudyRequest(study, overrides or []).load()
    again = [*words_again("calibrate", study, overrides or [], options.out), "--reveal"]
    ask = partial(kind.calibration, again=again, reveal=reveal, twins=twins)
    return answer_study(
        loaded, ask, options, Output(figures, json_output, languages), force, partial=True, docs=docs
    )


@with_run_options()
def districts(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY", help="A study with a list of points and two models: yingzi_districts."
        ),
    ],
    *,
    overrides: Overrides = None,
    seeds: Annotated[int | None, typer.Option(min=4, help="Seeds in each district, not the study's.")] = None,
    options: RunOptions,
    beside: Annotated[
        bool, typer.Option("--beside", help="Write the table beside the study file, for govsim run.")
    ] = False,
    force: Force = False,
    languages: StudyLanguage = "both",
) -> int:
    """Compare two models in every plausible district. In how many of them each difference holds."""
    from govsim.report.answers import Output, StudyRequest, answer_study, words_again
    from govsim.report.districts import write_beside
    from govsim.studies import districts as kind

    loaded = StudyRequest(study, overrides or [], seeds=seeds).load()
    again = [
        *words_again("districts", study, overrides or []),
        "--seeds",
        str(loaded.study.seeds),
        "--beside",
    ]
    publish = partial(write_beside, loaded, again) if beside else None
    return answer_study(loaded, kind.districts, options, Output(languages=languages), force, publish=publish)


@with_run_options("docs")
def optimise(
    study: Annotated[
        str, typer.Argument(metavar="STUDY", help="A study file with a block optimise, or optimise_yingzi.")
    ],
    *,
    overrides: Overrides = None,
    region: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Districts to hold over: a column a parameter.")
    ] = None,
    options: RunOptions,
    docs: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write optimise.md and its figure there too.")
    ] = None,
    controls: Controls = False,
    languages: StudyLanguage = "both",
) -> int:
    """Search for portfolios of countermeasures. Several goals, one budget, and how fragile the answer is."""
    from govsim.report.answers import Output, StudyRequest, answer_study, words_again
    from govsim.report.studies import optimise as kind

    loaded = StudyRequest(study, overrides or []).load()
    words = words_again("optimise", study, overrides or [])
    words += ["--region", region.as_posix()] if region is not None else []
    words += ["--controls"] if controls else []
    again = shlex.join(words)
    ask = partial(kind.optimise, again=again, region=region, controls=controls)
    publish = None if docs is None else partial(kind.publish_optimise, loaded, docs, again, region)
    return answer_study(loaded, ask, options, Output(languages=languages), partial=True, publish=publish)


@with_run_options()
def crossover(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODELS...]", help="Two or more governance models; those of the study if none."
        ),
    ] = None,
    *,
    over: Annotated[
        str, typer.Option(metavar="STUDY", help="Study file, or built-in name, that says what varies.")
    ] = "load_and_staff",
    overrides: Overrides = None,
    points: Annotated[
        int | None,
        typer.Option(min=2, help="Number of points instead of the study's (sobol, latin_hypercube)."),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=2, help="Number of seeds instead of the study's.")] = None,
    indicator: Annotated[
        list[str] | None,
        typer.Option(help="Indicator to map; the first one's switching values are sought. May be repeated."),
    ] = None,
    options: RunOptions,
    switching: Annotated[
        bool, typer.Option(help="Seek where the sign turns when one thing alone moves.")
    ] = True,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    docs: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write the page crossover.md there too, and the classes into its data folder.",
        ),
    ] = None,
    controls: Controls = False,
    languages: StudyLanguage = "both",
    json_output: Json = False,
    force: Force = False,
) -> int:
    """Find where which model is better. A map over districts, today's place on it, and what would turn it."""
    from govsim.report.answers import Output, StudyRequest, answer_study
    from govsim.report.studies.crossover_page import publish_crossover as write_page
    from govsim.studies.crossover import answer as kind

    chosen = kind.directed_indicators(indicator or [])
    request = StudyRequest(over, overrides or [], models or [], seeds, points)
    ask = partial(kind.find_crossover, chosen=chosen, points=points, switching=switching, controls=controls)
    publish = None if docs is None else partial(write_page, StudyRequest(over, overrides or []).load(), docs)
    return answer_study(
        request.load(),
        ask,
        options,
        Output(figures, json_output, languages),
        force,
        partial=True,
        publish=publish,
    )


STUDY_COMMANDS: tuple[Callable[..., int], ...] = (
    sweep, sensitivity, crossover, find, calibrate, districts, optimise,
)  # fmt: skip
"""In the order of the help."""
