"""Every indicator once more, slowly and plainly, written from the words of its definition.

Nothing here comes from the program: what is counted, out of whom and over which weeks is read off the texts in
``dictionary.csv``. A ratio is returned as ``Ratio(events, base, factor)``, anything else as a number, None for a value
that is not reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.accountant.ledgers import Row, Run

YEAR = 52
HALF_YEAR = 26
DAYS = 5
NOT_REACHED = "not reached"
NONE = "n/a"


class Ratio(NamedTuple):
    """What was counted, out of what, and by how much the quotient is multiplied."""

    events: float
    base: float
    factor: float = 1.0

    @property
    def value(self) -> float | str:
        return self.factor * self.events / self.base if self.base else NONE


# ---------------------------------------------------------------------------------------------------------------- weeks


def first_counted(run: Run) -> int:
    """The last 52 weeks of a run; of a run of less than two years the second half."""
    return run.weeks - YEAR if run.weeks >= 2 * YEAR else run.weeks // 2


def counted(run: Run) -> range:
    return range(first_counted(run), run.weeks)


def in_counted(run: Run, time: float | None) -> bool:
    """Whether a moment falls into the counted weeks."""
    if time is None:
        return False
    return first_counted(run) * run.hours_per_week <= time <= run.weeks * run.hours_per_week


def total(run: Run, name: str, weeks: Iterable[int] | None = None, community: int | None = None) -> float:
    """Sum of a weekly counter over weeks and communities."""
    wanted = set(counted(run) if weeks is None else weeks)
    return sum(
        row[name] for row in run.counters
        if row["week"] in wanted and (community is None or row["community"] == community)
    )  # fmt: skip


def resident_years(run: Run) -> float:
    return total(run, "residents") / YEAR


def adult_years(run: Run) -> float:
    return total(run, "adults") / YEAR


# ---------------------------------------------------------------------------------------------------------------- cases


def is_problem(run: Run, case: Row) -> bool:
    return run.kind[case["problem_class"]] != "consultation"


def problems(run: Run) -> list[Row]:
    if "problems" not in run.cache:
        run.cache["problems"] = [case for case in run.cases if is_problem(run, case)]
    return run.cache["problems"]


def story(run: Run, case: Row) -> list[Row]:
    return run.events.get((case["case"], case["recurrence"]), [])


def week_of(run: Run, case: Row, what: str) -> int | None:
    """Week of the last event of that kind."""
    weeks = [event["week"] for event in story(run, case) if event["what"] == what]
    return weeks[-1] if weeks else None


def solved_counted(run: Run) -> list[Row]:
    """Problems solved in the counted weeks."""
    if "solved" not in run.cache:
        run.cache["solved"] = [
            case for case in problems(run)
            if case["outcome"] == "resolved" and week_of(run, case, "resolved") in counted(run)
        ]  # fmt: skip
    return run.cache["solved"]


def solved_within(run: Run, case: Row, weeks: int, since: str = "onset") -> bool:
    """Whether it was solved within so many weeks of a moment."""
    return case["outcome"] == "resolved" and case["closed"] - case[since] <= weeks * run.hours_per_week


def watched(run: Run, weeks: int, since: str = "onset") -> list[Row]:
    """Problems whose so many weeks end in the counted weeks."""
    key = f"watched {weeks} {since}"
    if key not in run.cache:
        run.cache[key] = [
            case for case in problems(run)
            if case[since] is not None and in_counted(run, case[since] + weeks * run.hours_per_week)
        ]  # fmt: skip
    return run.cache[key]


def known_by(run: Run, case: Row, weeks: int) -> bool:
    return case["detected"] is not None and case["detected"] - case["onset"] <= weeks * run.hours_per_week


def states(run: Run, case: Row) -> list[str]:
    """Where a case stands at the end of each week: nothing, undetected, open or closed."""
    at: dict[int, list[str]] = {}
    for event in story(run, case):
        at.setdefault(event["week"], []).append(event["what"])
    state, found = "nothing", []
    if not any(what == "arise" for whats in at.values() for what in whats):
        # What came back has no arrival of its own before the run knows of it: it exists from its onset.
        at.setdefault(int(case["onset"] // run.hours_per_week), []).insert(0, "arise")
    for week in range(run.weeks):
        for what in at.get(week, ()):
            if what == "arise" and state == "nothing":
                state = "undetected"
            elif what == "detect":
                state = "open"
            elif what == "reopened":
                state = "undetected"
            elif what in ("resolved", "explained", "lapsed"):
                state = "closed"
        found.append(state)
    return found


def stock(run: Run, state: str, every: bool = False, community: int | None = None) -> list[int]:
    """Problems (or all cases) in a state, at each week's end."""
    key = f"stock {every}"
    if key not in run.cache:
        counts: dict[tuple[str, int, int], int] = {}
        for case in run.cases if every else problems(run):
            for week, where in enumerate(states(run, case)):
                place = (where, case["community"], week)
                counts[place] = counts.get(place, 0) + 1
        run.cache[key] = counts
    counts = run.cache[key]
    places = communities(run) if community is None else [community]
    return [sum(counts.get((state, place, week), 0) for place in places) for week in range(run.weeks)]


def communities(run: Run) -> list[int]:
    return sorted({row["community"] for row in run.counters})


def came_back(run: Run, case: Row) -> Row | None:
    """The same problem's next recurrence."""
    if "by number" not in run.cache:
        run.cache["by number"] = {(one["case"], one["recurrence"]): one for one in run.cases}
    return run.cache["by number"].get((case["case"], case["recurrence"] + 1))


def in_two_years(run: Run) -> list[Row]:
    """Problems that arose in the last two years."""
    start = (run.weeks - 2 * YEAR) * run.hours_per_week
    return [case for case in problems(run) if case["onset"] >= start]


# -------------------------------------------------------------------------------------------------------------- orders


class Due(NamedTuple):
    """When an order was due, and whether it was closed and solved in time."""

    week: int
    closed_in_time: bool
    truly: bool


def due(run: Run, case: Row) -> Due | None:
    """An order is due once: when closed for good or at its deadline, whichever is first."""
    if case["detected"] is None or not is_problem(run, case):
        return None
    limit = case["detected"] + run.deadline[case["problem_class"]] * run.hours_per_week / DAYS
    end = case["closed"]
    if end is not None and end <= limit:
        if case["outcome"] == "lapsed":
            return None
        return Due(int(end // run.hours_per_week), True, case["outcome"] == "resolved")
    week = int(limit // run.hours_per_week)
    return Due(week, False, False) if week < run.weeks else None


def orders(run: Run) -> list[Due]:
    if "orders" not in run.cache:
        run.cache["orders"] = [found for case in run.cases if (found := due(run, case))]
    return run.cache["orders"]


# ----------------------------------------------------------------------------------------------------------- residents


def ages(run: Run, person: Row) -> list[int]:
    """Age as each week begins, and at the run's end; a birthday comes at the end of its week of the year."""
    kept = run.cache.setdefault("ages", {})
    if person["resident"] not in kept:
        age, found = person["age"], []
        for week in range(run.weeks + 1):
            found.append(age)
            if person["birthday"] is not None and week % YEAR == person["birthday"]:
                age += 1
        kept[person["resident"]] = found
    return kept[person["resident"]]


def present(person: Row, week: int) -> bool:
    """Who leaves does so at a week's end."""
    return person["left_week"] is None or person["left_week"] >= week


def at_end(run: Run, person: Row) -> bool:
    """Present, and 16 or over, as the last week began."""
    return present(person, run.weeks - 1) and ages(run, person)[run.weeks - 1] >= 16


def adults_at_end(run: Run) -> list[Row]:
    if "adults" not in run.cache:
        run.cache["adults"] = [person for person in run.residents if at_end(run, person)]
    return run.cache["adults"]


def weeks_lived(run: Run, person: Row) -> int:
    return run.weeks if person["left_week"] is None else person["left_week"] + 1


def weeks_as_adult(run: Run, person: Row) -> int:
    return sum(1 for age in ages(run, person)[: weeks_lived(run, person)] if age >= 16)


def active_since(run: Run, person: Row, weeks: int) -> bool:
    return person["last_active"] is not None and person["last_active"] >= run.weeks - weeks


def mean(values: Iterable[float]) -> float | str:
    found = list(values)
    return sum(found) / len(found) if found else NONE


def gini(values: list[float]) -> float | str:
    """Half the mean difference between two people, over the mean."""
    people, everything = len(values), sum(values)
    if not people or not everything:
        return NONE
    apart, before = 0.0, 0.0
    for place, value in enumerate(sorted(values)):
        apart += place * value - before
        before += value
    return 2 * apart / (2 * people * people) / (everything / people)


# --------------------------------------------------------------------------------------------------- times to solution


def followed(run: Run, case: Row) -> float:
    """Working days from arising to being solved, or to the end of the run."""
    end = case["closed"] if case["outcome"] == "resolved" else run.weeks * run.hours_per_week
    return (end - case["onset"]) / (run.hours_per_week / DAYS)


def kaplan_meier(run: Run, cases: list[Row]) -> list[tuple[float, float, int]]:
    """Steps of the share still unsolved: days, share after, number at risk."""
    spells = [(followed(run, case), case["outcome"] == "resolved") for case in cases]
    share, steps = 1.0, []
    for time in sorted({time for time, done in spells if done}):
        at_risk = sum(1 for other, _ in spells if other >= time)
        done = sum(1 for other, over in spells if over and other == time)
        share *= 1 - done / at_risk
        steps.append((time, share, at_risk))
    return steps


def median(run: Run, cases: list[Row]) -> float | str:
    if not cases:
        return NONE
    for time, share, _ in kaplan_meier(run, cases):
        if share <= 0.5 + 1e-12:
            return time
    return NOT_REACHED


def restricted_mean(run: Run, cases: list[Row], days: float) -> float | str:
    """Area under the curve up to a number of days; not known where nobody was watched for so long."""
    if not cases:
        return NONE
    if max(followed(run, case) for case in cases) < days:
        return NOT_REACHED
    area, last, share = 0.0, 0.0, 1.0
    for time, after, _ in kaplan_meier(run, cases):
        if time >= days:
            break
        area += share * (time - last)
        last, share = time, after
    return area + share * (days - last)


# -------------------------------------------------------------------------------------------------------------- effort

WHOSE = {
    "government": ("paid", "seconded"), "members": ("member",), "residents": ("volunteer",),
    "organisations": ("organisation",), "enterprises": ("enterprise",),
}  # fmt: skip


def effort(run: Run, case: Row, sources: Iterable[str]) -> float:
    return sum(event["hours"] for event in story(run, case) if event["source"] in sources)


def worked(run: Run, sources: Iterable[str], levels: Iterable[str] | None = None, only: str = "") -> float:
    """Hours of the counted weeks under any activity but idle, or under one."""
    weeks = counted(run)
    return sum(
        row["hours"] for row in run.hours
        if row["week"] in weeks and row["source"] in sources
        and (levels is None or run.level[row["office"]] in levels)
        and (row["activity"] == only if only else row["activity"] != "idle")
    )  # fmt: skip


EVERYBODY = ("paid", "seconded", "member", "volunteer", "organisation", "enterprise")
STAFF = ("paid", "seconded")


def offices(run: Run, name: str, levels: Iterable[str] | None = None, weight: str = "") -> float:
    """Sum of a column of the office ledger over the counted weeks."""
    weeks = counted(run)
    return sum(
        row[name] * (row[weight] if weight else 1) for row in run.offices
        if row["week"] in weeks and (levels is None or run.level[row["office"]] in levels)
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------- calls and reports


def calls(run: Run, weeks: Iterable[int]) -> int:
    """Reports by hotline, repeated calls included."""
    wanted = set(weeks)
    return sum(
        1 for events in run.events.values() for event in events
        if event["week"] in wanted and event["channel"] == "hotline"
        and event["what"] in ("detect", "called_again") and event["source"] == "none"
    )  # fmt: skip


def reported(run: Run, case: Row) -> bool:
    """Whether its resident told an office of it in the last 15 months (65 weeks)."""
    return any(
        event["source"] == "none"
        and event["week"] >= run.weeks - 65
        and (
            (event["what"] == "detect" and event["channel"] in ("hotline", "walk_in"))
            or event["what"] == "called_again"
        )
        for event in story(run, case)
    )


def reporters_once(run: Run) -> Ratio:
    number: dict[int, int] = {}
    for case in problems(run):
        if reported(run, case):
            number[case["resident"]] = number.get(case["resident"], 0) + 1
    return Ratio(sum(1 for n in number.values() if n == 1), len(number), 100)


def first_channel(run: Run, case: Row) -> str | None:
    """By which channel an office first came to know."""
    return next((event["channel"] for event in story(run, case) if event["what"] == "detect"), None)


def hotline_days(run: Run) -> Ratio:
    """Working days from coming to light by hotline to closing for good, orders closed in the counted weeks."""
    days = [
        (case["closed"] - case["detected"]) / (run.hours_per_week / DAYS) for case in problems(run)
        if first_channel(run, case) == "hotline" and run.kind[case["problem_class"]] != "structural"
        and case["outcome"] in ("resolved", "explained")
        and week_of(run, case, case["outcome"]) in counted(run)
    ]  # fmt: skip
    return Ratio(sum(days), len(days))


# -------------------------------------------------------------------------------------------------------------- groups


def quantile(values: list[float], share: float) -> float:
    """Value below which a share lies, between two neighbours in proportion."""
    if not values:
        return 0.0
    found = sorted(values)
    place = share * (len(found) - 1)
    low = found[int(place)]
    high = found[min(int(place) + 1, len(found) - 1)]
    return low + (high - low) * (place - int(place))


def fewest_ties(run: Run) -> float:
    """Most ties that somebody of the tenth of adults with the fewest has, at the start."""
    if "fewest" not in run.cache:
        run.cache["fewest"] = quantile(
            [person["degree"] for person in run.residents if person["age"] >= 16], 0.1
        )
    return run.cache["fewest"]


SPECIAL: dict[str, tuple[str, Callable[[Run, Row], bool], Callable[[Run, Row], bool]]] = {
    "migrant": ("migrants", lambda run, p: p["migrant"] == 1, lambda run, c: owner(run, c)["migrant"] == 1),
    "laid_off": ("laid-off", lambda run, p: p["work"] == 2, lambda run, c: c["work"] == 2),
    "elderly": ("aged 65 and over", lambda run, p: p["age"] >= 65, lambda run, c: c["age"] >= 65),
    "hazard": ("hazard-zone residents", lambda run, p: p["exposure"] > 0, lambda run, c: owner(run, c)["exposure"] > 0),
    "unconnected": (
        "residents with fewest ties",
        lambda run, p: p["degree"] <= fewest_ties(run),
        lambda run, c: owner(run, c)["degree"] <= fewest_ties(run),
    ),
}  # fmt: skip
"""Label, test of a person, test of a case: age and work of the case's resident are those when it arose."""


def owner(run: Run, case: Row) -> Row:
    return run.residents[case["resident"]]


def share_hidden(run: Run, cases: list[Row]) -> Ratio:
    return Ratio(sum(1 for case in cases if not known_by(run, case, 13)), len(cases), 100)


def share_solved(run: Run, cases: list[Row], weeks: int = HALF_YEAR) -> Ratio:
    return Ratio(sum(1 for case in cases if solved_within(run, case, weeks)), len(cases), 100)


def minus(one: float | str, other: float | str) -> float | str:
    return NONE if isinstance(one, str) or isinstance(other, str) else one - other


def gap(run: Run, measure: str, group: str) -> float | str:
    _, of_person, of_case = SPECIAL[group]
    if measure == "trust":
        people = adults_at_end(run)
        return minus(
            mean(person["trust_community"] for person in people if of_person(run, person)),
            mean(person["trust_community"] for person in people if not of_person(run, person)),
        )
    cases = watched(run, 13 if measure == "hidden" else HALF_YEAR)
    share = share_hidden if measure == "hidden" else share_solved
    return minus(
        share(run, [case for case in cases if of_case(run, case)]).value,
        share(run, [case for case in cases if not of_case(run, case)]).value,
    )


# ---------------------------------------------------------------------------------------------------------- indicators

Value = Ratio | float | str
Book = Callable[[Run], Value]
BOOKS: dict[str, Book] = {}


def book(name: str) -> Callable[[Book], Book]:
    def put(function: Book) -> Book:
        BOOKS[name] = function
        return function

    return put


def over_adults(name: str, factor: float = 1.0) -> Book:
    return lambda run: Ratio(total(run, name), total(run, "adults"), factor)


def over_residents(name: str, factor: float) -> Book:
    return lambda run: Ratio(total(run, name), total(run, "residents"), factor)


def per_resident_year(name: str, factor: float) -> Book:
    return lambda run: Ratio(total(run, name), resident_years(run), factor)


for _name, _counter in (
    ("participation_4w", "active_4w"), ("participation_weekly", "active"),
    ("registered_share", "registered"), ("enrolled_share", "enrolled"),
):  # fmt: skip
    BOOKS[_name] = over_adults(_counter, 100)
for _name in (
    "trust_community", "trust_street", "trust_district", "trust_centre", "satisfaction", "efficacy",
):  # fmt: skip
    BOOKS[_name] = over_adults(_name)
BOOKS["pattern_registered"] = over_residents("registered", 100)
BOOKS["pattern_ageing"] = over_residents("over_60", 100)
BOOKS["organisations"] = over_residents("organisations", 10_000)
for _name, _counter, _factor in (
    ("refused_tasks", "task_hours_refused", 1000), ("asked_tasks", "task_hours_arrived", 1000),
    ("rehoused", "rehoused", 1000), ("trifles", "trifles", 1000), ("pattern_orders", "dispatched", 1),
):  # fmt: skip
    BOOKS[_name] = per_resident_year(_counter, _factor)


@book("participation_26w")
def _(run: Run) -> Value:
    people = adults_at_end(run)
    return Ratio(sum(1 for person in people if active_since(run, person, HALF_YEAR)), len(people), 100)


def voluntary(run: Run) -> float:
    return total(run, "self_started_hours") + total(run, "called_hours")


@book("hours_per_adult")
def _(run: Run) -> Value:
    return Ratio(voluntary(run), adult_years(run))


@book("hours_gini")
def _(run: Run) -> Value:
    return gini([person["hours_26w"] for person in adults_at_end(run)])


@book("self_started_share")
def _(run: Run) -> Value:
    return Ratio(total(run, "self_started_hours"), voluntary(run), 100)


@book("called_share")
def _(run: Run) -> Value:
    return Ratio(total(run, "called_hours"), voluntary(run), 100)


@book("mandated_hours")
def _(run: Run) -> Value:
    return Ratio(total(run, "mandated_hours"), adult_years(run))


for _weeks in (4, 13, 26):

    def _existing(run: Run, weeks: int = _weeks) -> Value:
        return share_solved(run, watched(run, weeks), weeks)

    def _known(run: Run, weeks: int = _weeks) -> Value:
        cases = watched(run, weeks, "detected")
        return Ratio(sum(1 for case in cases if solved_within(run, case, weeks, "detected")), len(cases), 100)

    BOOKS[f"resolved_existing_{_weeks}w"] = _existing
    BOOKS[f"resolved_reported_{_weeks}w"] = _known


@book("median_days")
def _(run: Run) -> Value:
    return median(run, in_two_years(run))


@book("median_days_ordinary")
def _(run: Run) -> Value:
    return median(
        run, [case for case in in_two_years(run) if run.kind[case["problem_class"]] != "structural"]
    )


@book("mean_days_26w")
def _(run: Run) -> Value:
    return restricted_mean(run, in_two_years(run), 130)


@book("mean_days_52w")
def _(run: Run) -> Value:
    return restricted_mean(run, in_two_years(run), 260)


def arisen_counted(run: Run) -> list[Row]:
    return [case for case in problems(run) if in_counted(run, case["onset"])]


@book("problems_arisen")
def _(run: Run) -> Value:
    return Ratio(len(arisen_counted(run)), resident_years(run), 1000)


@book("still_open")
def _(run: Run) -> Value:
    cases = arisen_counted(run)
    return Ratio(
        sum(1 for case in cases if case["outcome"] in ("open", "undetected", "explained")), len(cases), 100
    )


@book("hidden_13w")
def _(run: Run) -> Value:
    return share_hidden(run, watched(run, 13))


@book("undetected_stock")
def _(run: Run) -> Value:
    hidden = sum(stock(run, "undetected")[week] for week in counted(run))
    return Ratio(hidden, hidden + sum(stock(run, "open")[week] for week in counted(run)), 100)


@book("backlog")
def _(run: Run) -> Value:
    return Ratio(sum(stock(run, "open")[week] for week in counted(run)), total(run, "residents"), 1000)


@book("large_backlogs")
def _(run: Run) -> Value:
    weeks = list(counted(run))
    return sum(
        1000 * sum(stock(run, "open", community=place)[week] for week in weeks)
        > 100 * total(run, "residents", weeks, community=place)
        for place in communities(run)
    )


def change(run: Run, series: list[float]) -> Value:
    """Mean of the second half of the counted weeks minus mean of the first, in percent of the mean of all of them."""
    weeks = list(counted(run))
    half = len(weeks) // 2
    level = sum(series[week] for week in weeks) / len(weeks)
    if not half or level <= 0:
        return "n/a"
    first, second = weeks[:half], weeks[-half:]
    return 100 * (sum(series[w] for w in second) - sum(series[w] for w in first)) / half / level


def by_resident(run: Run, state: str) -> list[float]:
    people = [total(run, "residents", [week]) for week in range(run.weeks)]
    return [1000 * here / max(n, 1) for here, n in zip(stock(run, state), people, strict=True)]


BOOKS["change_backlog"] = lambda run: change(run, by_resident(run, "open"))
BOOKS["change_hidden"] = lambda run: change(run, by_resident(run, "undetected"))


@book("change_burnout")
def _(run: Run) -> Value:
    burnt, filled = [0.0] * run.weeks, [0.0] * run.weeks
    for row in run.offices:
        if run.level[row["office"]] in ("community", "street"):
            burnt[row["week"]] += row["burnt_out"]
            filled[row["week"]] += row["filled"]
    return change(run, [b / max(f, 1) for b, f in zip(burnt, filled, strict=True)])


@book("recurrence_share")
def _(run: Run) -> Value:
    window = HALF_YEAR * run.hours_per_week
    solved = [
        case for case in problems(run)
        if case["outcome"] == "resolved" and in_counted(run, case["closed"] + window)
    ]  # fmt: skip
    back = [
        case for case in solved
        if (again := came_back(run, case)) and again["onset"] - case["closed"] <= window
    ]  # fmt: skip
    return Ratio(len(back), len(solved), 100)


@book("solved_again_share")
def _(run: Run) -> Value:
    solved = solved_counted(run)
    return Ratio(sum(1 for case in solved if case["recurrence"] > 0), len(solved), 100)


@book("explained_share")
def _(run: Run) -> Value:
    closings = [
        event["what"] for case in problems(run) for event in story(run, case)
        if event["what"] in ("explained", "resolved") and event["week"] in counted(run)
    ]  # fmt: skip
    return Ratio(closings.count("explained"), len(closings), 100)


def due_counted(run: Run) -> list[Due]:
    return [order for order in orders(run) if order.week in counted(run)]


def _reported(run: Run) -> Value:
    trifles = total(run, "trifles")
    return Ratio(total(run, "reported_done") + trifles, len(due_counted(run)) + trifles, 100)


BOOKS["reported_completion"] = BOOKS["pattern_reported"] = _reported


@book("true_completion")
def _(run: Run) -> Value:
    found = due_counted(run)
    return Ratio(sum(1 for order in found if order.truly), len(found), 100)


@book("reporting_gap")
def _(run: Run) -> Value:
    found, trifles = due_counted(run), total(run, "trifles")
    truly = sum(1 for order in found if order.truly)
    return Ratio(total(run, "reported_done") + trifles - truly, len(found) + trifles, 100)


def _callback(run: Run) -> Value:
    return Ratio(total(run, "callbacks_satisfied"), total(run, "callbacks"), 100)


BOOKS["callback_satisfaction"] = BOOKS["pattern_callback"] = _callback


@book("official_satisfaction")
def _(run: Run) -> Value:
    return Ratio(total(run, "official_callbacks_satisfied"), total(run, "official_callbacks"), 100)


for _name in WHOSE:

    def _effort(run: Run, name: str = _name) -> Value:
        solved = solved_counted(run)
        return Ratio(
            sum(effort(run, case, WHOSE[name]) for case in solved),
            sum(effort(run, case, EVERYBODY) for case in solved),
            100,
        )

    BOOKS[f"effort_{_name}"] = _effort

for _name in ("community", "street", "department"):

    def _load(run: Run, name: str = _name) -> Value:
        return Ratio(offices(run, "load", (name,), "filled"), offices(run, "filled", (name,)))

    BOOKS[f"load_{_name}"] = _load


@book("burnout")
def _(run: Run) -> Value:
    levels = ("community", "street")
    return Ratio(offices(run, "burnt_out", levels), offices(run, "filled", levels), 100)


@book("quits")
def _(run: Run) -> Value:
    levels = ("community", "street")
    return Ratio(offices(run, "quits", levels), offices(run, "filled", levels), 100 * YEAR)


@book("pattern_burnout")
def _(run: Run) -> Value:
    return Ratio(offices(run, "burnt_out", ("community",)), offices(run, "filled", ("community",)), 100)


def _admin(run: Run) -> Value:
    return Ratio(worked(run, STAFF, ("community",), "tasks"), worked(run, STAFF, ("community",)), 100)


BOOKS["admin_share"] = BOOKS["pattern_admin"] = _admin


@book("paid_hours_per_resolved")
def _(run: Run) -> Value:
    return Ratio(worked(run, STAFF), len(solved_counted(run)))


@book("idle_share")
def _(run: Run) -> Value:
    idle = worked(run, STAFF, only="idle")
    return Ratio(idle, idle + worked(run, STAFF), 100)


for _name in EVERYBODY:

    def _hours(run: Run, name: str = _name) -> Value:
        return Ratio(worked(run, (name,)), len(solved_counted(run)))

    BOOKS[f"hours_per_resolved_{_name}"] = _hours


@book("yuan_per_resolved")
def _(run: Run) -> Value:
    return Ratio(offices(run, "money_spent"), len(solved_counted(run)))


def granted(run: Run) -> float:
    """Hours of established posts, filled or not."""
    return offices(run, "posts") * run.hours_per_week


@book("resolved_per_granted_hour")
def _(run: Run) -> Value:
    return Ratio(len(solved_counted(run)), granted(run), 1000)


@book("known_per_granted_hour")
def _(run: Run) -> Value:
    return Ratio(sum(1 for case in problems(run) if in_counted(run, case["detected"])), granted(run), 1000)


@book("resolved_per_hour_spent")
def _(run: Run) -> Value:
    return Ratio(len(solved_counted(run)), worked(run, EVERYBODY), 1000)


@book("resolved_per_money")
def _(run: Run) -> Value:
    return Ratio(len(solved_counted(run)), offices(run, "money_granted"), 1e6)


@book("unpaid_hours")
def _(run: Run) -> Value:
    sources = ("volunteer", "member")
    return Ratio(worked(run, sources) + worked(run, sources, only="idle"), resident_years(run))


@book("partner_hours")
def _(run: Run) -> Value:
    sources = ("organisation", "enterprise")
    return Ratio(worked(run, sources) + worked(run, sources, only="idle"), resident_years(run))


@book("undone_tasks")
def _(run: Run) -> Value:
    return sum(row["tasks_undone"] for row in run.offices if row["week"] == run.weeks - 1)


@book("enrolled_activity")
def _(run: Run) -> Value:
    return Ratio(total(run, "activity"), total(run, "enrolled"))


@book("infrastructure")
def _(run: Run) -> Value:
    rows = [row for row in run.counters if row["week"] in counted(run)]
    return Ratio(sum(row["condition"] * row["residents"] for row in rows), total(run, "residents"))


for _group in SPECIAL:
    for _measure in ("hidden", "resolved", "trust"):

        def _gap(run: Run, measure: str = _measure, group: str = _group) -> Value:
            return gap(run, measure, group)

        BOOKS[f"gap_{_measure}_{_group}"] = _gap

    def _resolved(run: Run, group: str = _group) -> Value:
        return share_solved(run, [case for case in watched(run, HALF_YEAR) if SPECIAL[group][2](run, case)])

    BOOKS[f"resolved_{_group}"] = _resolved


@book("pattern_contacts")
def _(run: Run) -> Value:
    return Ratio(calls(run, counted(run)), resident_years(run))


def answered_at_desk(run: Run, weeks: Iterable[int]) -> int:
    """Calls whose question the desk answered: closed by work at a desk."""
    wanted = set(weeks)
    return sum(
        1 for events in run.events.values() for event in events
        if event["what"] == "resolved" and event["week"] in wanted
        and run.level.get(event["office"]) == "desk"
    )  # fmt: skip


@book("pattern_desk")
def _(run: Run) -> Value:
    return Ratio(answered_at_desk(run, counted(run)), calls(run, counted(run)), 100)


BOOKS["pattern_days"] = hotline_days
BOOKS["pattern_once"] = lambda run: reporters_once(run).value


@book("pattern_members")
def _(run: Run) -> Value:
    return Ratio(total(run, "answered_members"), total(run, "called_members"), 100)


@book("pattern_volunteers")
def _(run: Run) -> Value:
    people = [person for person in adults_at_end(run) if person["registered"]]
    return Ratio(sum(1 for person in people if active_since(run, person, YEAR)), len(people), 100)


@book("pattern_trust")
def _(run: Run) -> Value:
    return Ratio(total(run, "trust_centre") - total(run, "trust_street"), total(run, "adults"))


@book("pattern_decline")
def _(run: Run) -> Value:
    first, last = total(run, "residents", [0]), total(run, "residents", [run.weeks - 1])
    years = (run.weeks - 1) / YEAR
    return 100 * ((last / first) ** (1 / years) - 1) if years else NONE
