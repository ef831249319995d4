"""The tables of a run once more: weekly, communities, groups, resolution, hours, money and offices.

Each function returns what a table should hold, as a dictionary from a row's key to its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from tests.accountant import books
from tests.accountant.books import STAFF, YEAR, Ratio
from tests.accountant.ledgers import Row, Run

Cells = dict[str, float | str]
LEVELS = ("community", "street", "department", "desk")
ACTIVITIES = (
    "desk", "tasks", "patrol", "visit", "meeting", "call", "intake", "casework", "convening", "outreach",
    "training", "incubation", "idle", "publishing",
)  # fmt: skip


def summed(rows: Iterable[Row], keys: Callable[[Row], Any], name: str) -> dict[Any, float]:
    """Sum of a column by key."""
    sums: dict[Any, float] = {}
    for row in rows:
        key = keys(row)
        sums[key] = sums.get(key, 0.0) + row[name]
    return sums


# ------------------------------------------------------------------------------------------------------------- weekly

SUMMED = (
    "residents", "adults", "registered", "active", "active_called", "active_registered", "active_4w",
    "ever_active", "called", "called_members", "answered_members", "mandated_hours", "self_started_hours",
    "called_hours", "dispatched", "reported_done", "callbacks", "callbacks_satisfied", "official_callbacks",
    "official_callbacks_satisfied", "task_hours_arrived", "task_hours_refused", "task_hours_moved", "fees",
    "ordered_asked", "votes_due", "votes_missed", "trifles", "enrolled", "training_hours", "organisations",
    "organisation_strength", "rehoused", "over_60", "left",
)  # fmt: skip
"""Known from the counters by community alone, or checked against the ledgers apart."""
MEANS = {
    "trust_community": "adults", "trust_street": "adults", "trust_district": "adults",
    "trust_centre": "adults", "satisfaction": "adults", "efficacy": "adults", "activity": "enrolled",
}  # fmt: skip


def from_events(run: Run, community: int | None = None) -> dict[str, list[float]]:
    """Weekly counts that the ledgers of cases and events determine."""
    names = (
        "arrived", "detected", "resolved", "explained", "reopened", "lapsed", "recurred", "contacts",
        "repeated", "desk_answered", "reported_due", "truly_done", "found_by_patrol", "waiting_for_money",
    )  # fmt: skip
    found = {name: [0.0] * run.weeks for name in names}
    for case in run.cases:
        if community is not None and case["community"] != community:
            continue
        events = books.story(run, case)
        arose = min(int(case["onset"] // run.hours_per_week), run.weeks - 1)
        found["arrived"][arose] += 1
        found["recurred"][arose] += case["recurrence"] > 0
        seen = False
        for event in events:
            week, what = event["week"], event["what"]
            if what == "detect":
                if not seen:
                    found["detected"][week] += 1
                seen = True
                found["found_by_patrol"][week] += event["channel"] == "patrol"
                found["contacts"][week] += event["channel"] == "hotline"
            elif what == "called_again" and event["source"] == "none":
                found["contacts"][week] += event["channel"] == "hotline"
                found["repeated"][week] += event["channel"] == "hotline"
            elif what == "resolved":
                found["resolved"][week] += 1
                found["desk_answered"][week] += run.level.get(event["office"]) == "desk"
            elif what in ("explained", "reopened", "lapsed"):
                found[what][week] += 1
                # A closing by explanation that is not accepted is no closing for good.
                found["explained"][week] -= what == "reopened"
        for week, waits in enumerate(waits_for_money(run, case)):
            found["waiting_for_money"][week] += waits
        order = books.due(run, case)
        if order:
            found["reported_due"][order.week] += 1
            found["truly_done"][order.week] += order.truly
    for name, state in (("undetected", "undetected"), ("open", "open")):
        found[name] = [float(n) for n in books.stock(run, state, every=True, community=community)]
    return found


def waits_for_money(run: Run, case: Row) -> list[bool]:
    """Whether it waits for money at each week's end."""
    waits, found, place = False, [], 0
    events = books.story(run, case)
    for week in range(run.weeks):
        while place < len(events) and events[place]["week"] <= week:
            what = events[place]["what"]
            if what == "waits_for_money":
                waits = True
            elif what in ("funded", "explained", "resolved", "reopened", "lapsed"):
                waits = False
            place += 1
        found.append(waits)
    return found


def weekly(run: Run) -> list[Cells]:
    """Every column of weekly.csv."""
    counters: list[list[Row]] = [[] for _ in range(run.weeks)]
    for row in run.counters:
        counters[row["week"]].append(row)
    offices: list[list[Row]] = [[] for _ in range(run.weeks)]
    for row in run.offices:
        offices[row["week"]].append(row)
    by_source = summed(run.hours, lambda row: (row["week"], row["source"]), "hours")
    staff = summed(
        (row for row in run.hours if row["source"] in STAFF),
        lambda row: (row["week"], row["activity"]),
        "hours",
    )
    events = from_events(run)
    hidden, known = books.stock(run, "undetected"), books.stock(run, "open")
    flows = [[0, 0, 0] for _ in range(run.weeks)]
    for case in books.problems(run):
        for place, kinds in enumerate((("arise", "recurs"), ("detect",), ("resolved",))):
            happened = [event["week"] for event in books.story(run, case) if event["what"] in kinds]
            if happened:
                flows[happened[0]][place] += (
                    1  # coming to light counts the first time; the others happen once
                )
    table = []
    for week in range(run.weeks):
        cells: Cells = {"week": week}
        sums = {name: sum(row[name] for row in counters[week]) for name in (*SUMMED, *MEANS)}
        cells |= {name: sums[name] for name in SUMMED}
        cells |= {name: Ratio(sums[name], sums[base]).value for name, base in MEANS.items()}
        cells |= {name: values[week] for name, values in events.items()}
        cells["condition"] = Ratio(
            sum(row["condition"] * row["residents"] for row in counters[week]), sums["residents"]
        ).value
        cells["active_share"] = Ratio(sums["active"], sums["adults"], 100).value
        cells["active_4w_share"] = Ratio(sums["active_4w"], sums["adults"], 100).value
        cells["undetected_share"] = Ratio(hidden[week], hidden[week] + known[week], 100).value
        cells["problems_undetected"], cells["problems_open"] = hidden[week], known[week]
        cells["problems_arisen"], cells["problems_found"], cells["problems_solved"] = flows[week]
        due, trifles = events["reported_due"][week], sums["trifles"]
        cells["reported_completion"] = Ratio(sums["reported_done"] + trifles, due + trifles, 100).value
        cells["true_completion"] = Ratio(events["truly_done"][week], due, 100).value
        cells["callback_satisfaction"] = Ratio(sums["callbacks_satisfied"], sums["callbacks"], 100).value
        for name in (
            "posts", "filled", "burnt_out", "quits", "tasks_undone", "money_granted", "money_spent",
        ):  # fmt: skip
            cells[name] = sum(row[name] for row in offices[week])
        for level in LEVELS:
            there = [row for row in offices[week] if run.level[row["office"]] == level]
            cells[f"load_{level}"] = Ratio(
                sum(row["load"] * row["filled"] for row in there), sum(row["filled"] for row in there)
            ).value
        for source in books.EVERYBODY:
            cells[f"supplied_{source}"] = by_source.get((week, source), 0.0)
        for activity in ACTIVITIES:
            cells[f"staff_{activity}"] = staff.get((week, activity), 0.0)
        table.append(cells)
    return table


# --------------------------------------------------------------------------------------------- communities and offices


def communities(run: Run) -> list[Cells]:
    """communities.csv, in the order of their numbers."""
    table = []
    for place in books.communities(run):
        weeks = books.counted(run)
        adults, residents = (books.total(run, name, community=place) for name in ("adults", "residents"))

        def here(cases: list[Row], place: int = place) -> list[Row]:
            return [case for case in cases if case["community"] == place]

        arisen = here(books.arisen_counted(run))
        table.append(
            {
                "residents": residents / len(weeks),
                "participation_4w": Ratio(books.total(run, "active_4w", community=place), adults, 100).value,
                "trust_community": Ratio(books.total(run, "trust_community", community=place), adults).value,
                "problems": len(here(books.problems(run))),
                "resolved_existing_26w": books.share_solved(run, here(books.watched(run, 26))).value,
                "hidden_13w": books.share_hidden(run, here(books.watched(run, 13))).value,
                "still_open": Ratio(
                    sum(1 for case in arisen if case["outcome"] in ("open", "undetected", "explained")),
                    len(arisen), 100,
                ).value,
                "backlog": Ratio(
                    sum(books.stock(run, "open", community=place)[week] for week in weeks), residents, 1000
                ).value,
            }
        )  # fmt: skip
    return table


def offices(run: Run) -> dict[int, Cells]:
    """offices.csv by number of the office."""
    table: dict[int, Cells] = {}
    for office in run.level:
        rows = [row for row in run.offices if row["office"] == office]
        hours = [row for row in run.hours if row["office"] == office]
        cells: Cells = {
            name: sum(row[name] for row in rows) / run.weeks for name in ("posts", "filled", "burnt_out")
        }
        cells |= {name: sum(row[name] for row in rows) for name in ("quits", "money_granted", "money_spent")}
        cells["load"] = books.mean(row["load"] for row in rows if row["filled"] > 0)
        for name, sources in (
            ("staff_hours", STAFF),
            ("unpaid_hours", ("member", "volunteer")),
            ("partner_hours", ("organisation", "enterprise")),
        ):
            cells[name] = sum(row["hours"] for row in hours if row["source"] in sources)
        cells["used_hours"] = sum(row["hours"] for row in hours if row["activity"] != "idle")
        cells["idle_hours"] = sum(row["hours"] for row in hours if row["activity"] == "idle")
        cells["tasks_undone"] = sum(row["tasks_undone"] for row in rows if row["week"] == run.weeks - 1)
        table[office] = cells
    return table


def hours(run: Run) -> dict[tuple[int, str, str, str], float]:
    """hours.csv by week, level, source and activity."""
    return summed(
        run.hours,
        lambda row: (row["week"], run.level[row["office"]], row["source"], row["activity"]),
        "hours",
    )


def money(run: Run) -> dict[tuple[int, str], Cells]:
    """money.csv by week and level."""
    by_tier = {
        name: summed(run.offices, lambda row: (row["week"], run.level[row["office"]]), f"money_{name}")
        for name in ("granted", "spent")
    }
    return {key: {name: by_tier[name][key] for name in by_tier} for key in by_tier["granted"]}


# ----------------------------------------------------------------------------------------------------------- resolution


def unresolved(run: Run, kind: str, days: float) -> Cells:
    """A row of resolution.csv: share not solved by then, and problems still followed and unsolved."""
    key = f"curve {kind}"
    if key not in run.cache:
        cases = [
            case for case in books.in_two_years(run)
            if kind == "all" or run.kind[case["problem_class"]] == kind
        ]  # fmt: skip
        run.cache[key] = (
            books.kaplan_meier(run, cases), [books.followed(run, case) for case in cases],
        )  # fmt: skip
    curve, spells = run.cache[key]
    share = 1.0
    for time, after, _ in curve:
        if time <= days:
            share = after
    return {"unresolved": 100 * share, "at_risk": sum(1 for spell in spells if spell > days)}


# -------------------------------------------------------------------------------------------------------------- groups

SCHOOLING = ("primary or less", "junior secondary", "senior secondary", "college")
WORK = ("child", "employed", "laid-off", "self-employed", "retired", "student", "none")
HOUSING = ("old work-unit", "resettlement", "commodity", "village")
HAZARDS = {"subsidence": 1, "water": 2, "farmland": 4}


def belongs(run: Run, group: str, category: str) -> Callable[[Row], bool]:
    """Return whether somebody is in a group, by what he or she was at the start; read off the category's words."""
    if group == "all":
        return lambda p: True
    if group == "community":
        names = [row["community"] for row in run.table("communities")]
        return lambda p: names[p["community"]] == category
    if group == "age":
        words = category.split()
        if words[0] == "under":
            return lambda p: p["age"] < int(words[1])
        if words[1] == "and":
            return lambda p: p["age"] >= int(words[0])
        return lambda p: int(words[0]) <= p["age"] <= int(words[2])
    if group == "sex":
        return lambda p: p["female"] == (category == "women")
    if group in ("schooling", "work", "housing"):
        names = {"schooling": SCHOOLING, "work": WORK, "housing": HOUSING}[group]
        return lambda p: names[p[group]] == category
    if group == "origin":
        return lambda p: p["migrant"] == (category == "migrant")
    if group == "Party":
        return lambda p: p["party_member"] == (category == "member")
    if group == "registration":
        return lambda p: p["registered_start"] == (category == "registered at the start")
    if group == "hazard":
        if category == "none":
            return lambda p: p["exposure"] == 0
        return lambda p: p["exposure"] & HAZARDS[category] > 0
    if group == "distance":
        steps = {
            "Party members": 0, "tied to a Party member": 1, "two steps from a Party member": 2,
        }  # fmt: skip
        if category in steps:
            return lambda p: p["party_distance"] == steps[category]
        if category.startswith("three"):
            return lambda p: p["party_distance"] is not None and p["party_distance"] >= 3
        return lambda p: p["party_distance"] is None
    if group == "ties":
        low, high = -1, 1 << 30
        words = category.replace("ties", "").split()
        for word, number in pairwise(words):
            if word == "over":
                low = int(number)
            if word == "to":
                high = int(number)
        return lambda p: low < p["degree"] <= high
    raise KeyError(group)


def group_value(
    run: Run, people: list[Row], then: Callable[[Row], bool], measure: str
) -> tuple[float | str, float]:
    """Value and base of a measure over the people of a group and the problems that are theirs."""
    grown = [person for person in people if books.at_end(run, person)]
    if measure == "participation_26w":
        return Ratio(sum(1 for p in grown if books.active_since(run, p, 26)), len(grown), 100).value, len(
            grown
        )
    if measure == "registered":
        return Ratio(sum(1 for p in grown if p["registered"]), len(grown), 100).value, len(grown)
    if measure == "hours":
        weeks = [books.weeks_as_adult(run, person) for person in people]
        given = sum(person["hours_given"] for person in people)
        return Ratio(given, sum(weeks) / YEAR).value, sum(1 for number in weeks if number)
    if measure == "problems":
        members = {person["resident"] for person in people}
        own = [case for case in books.problems(run) if case["resident"] in members]
        lived = sum(books.weeks_lived(run, person) for person in people)
        return Ratio(len(own), lived / YEAR, 100).value, len(own)
    if measure in ("hidden", "resolved"):
        cases = books.watched(run, 13 if measure == "hidden" else 26)
        own = [case for case in cases if then(case)]
        share = books.share_hidden if measure == "hidden" else books.share_solved
        return share(run, own).value, len(own)
    return books.mean(person[measure] for person in grown), len(grown)


def group_row(run: Run, group: str, category: str, measure: str) -> Cells:
    """Value, base and people of a row of groups.csv."""
    if group == "gap":
        name = next(name for name, (label, *_) in books.SPECIAL.items() if f"{label} minus rest" == category)
        _, of_person, of_case = books.SPECIAL[name]
        people = [person for person in run.residents if of_person(run, person)]
        if measure == "trust":
            base = sum(1 for person in people if books.at_end(run, person))
        else:
            cases = books.watched(run, 13 if measure == "hidden" else 26)
            base = sum(1 for case in cases if of_case(run, case))
        return {"value": books.gap(run, measure, name), "base": base, "people": len(people)}
    key = f"group {group} {category}"
    if key not in run.cache:
        test = belongs(run, group, category)
        run.cache[key] = [person for person in run.residents if test(person)]
    people = run.cache[key]
    numbers = {person["resident"] for person in people}

    def then(case: Row) -> bool:
        # Problems count by what age and work their owner had when they arose.
        if group in ("age", "work"):
            return belongs(run, group, category)(case)
        return case["resident"] in numbers

    value, base = group_value(run, people, then, measure)
    return {"value": value, "base": base, "people": len(people)}
