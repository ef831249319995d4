"""Bugs that somebody could plausibly make, each with the tests that should see it; :mod:`mutation_run` plants them.

No bug is a crash: every one leaves a program that runs and tells a wrong number. Neither the golden study nor hashes of
whole runs stand among the tests, because they see any change and say nothing about what is wrong.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutation(NamedTuple):
    """One bug: ``old`` stands exactly once in ``file`` and is replaced by ``new``; ``tests`` should see it."""

    name: str
    file: str
    old: str
    new: str
    kind: str
    tests: tuple[str, ...]


_B = "tests/behaviour/test_"
_EXPERIENCE, _PARTICIPATION, _STAFF = (f"{_B}{name}.py" for name in ("experience", "participation", "staff"))
_CASEWORK, _MEASUREMENT, _DETECTION = (f"{_B}{name}.py" for name in ("casework", "measurement", "detection"))
_ORGANISATIONS = f"{_B}organisations.py"
_STATISTICS, _CONTRAST = "tests/statistics/test_paired.py", "tests/statistics/test_contrast.py"
_INDICATORS, _TIMELINE = "tests/results/test_indicators.py", "tests/scenario/test_timeline.py"
_TIES = "tests/world/test_ties.py"
_P = "govsim/engine/processes/"

MUTATIONS: tuple[Mutation, ...] = (
    # --- residents: experience -----------------------------------------------------------------------------------
    Mutation(
        "loss-raises-trust", f"{_P}experience.py",
        "trust += rule.loss * rule.blame[tier] * gap * trust", "trust -= rule.loss * rule.blame[tier] * gap * trust",
        "wrong sign", (_EXPERIENCE,),
    ),
    Mutation(
        "gain-of-what-is-there", f"{_P}experience.py",
        "rule.gain * rule.blame[tier] * gap * (1.0 - trust)", "rule.gain * rule.blame[tier] * gap * trust",
        "wrong factor", (_EXPERIENCE,),
    ),
    Mutation(
        "blame-tiers-swapped", "govsim/engine/rules.py",
        "blame=(e.blame_community, e.blame_street, e.blame_district, e.blame_centre)",
        "blame=(e.blame_community, e.blame_district, e.blame_street, e.blame_centre)",
        "swapped tiers", (_EXPERIENCE,),
    ),
    Mutation(
        "waiting-felt-every-week", f"{_P}experience.py",
        "            job.overdue = 1\n", "            job.overdue = 0\n", "forgotten mark", (_EXPERIENCE,),
    ),
    Mutation(
        "opinion-with-the-centre", f"{_P}experience.py",
        "+ in_tier(held, b, 2)) / LOCAL_TIERS", "+ in_tier(held, b, 2) + in_tier(held, b, LOCAL_TIERS)) / TIERS",
        "one tier too many", (_EXPERIENCE,),
    ),
    Mutation(
        "everybody-learns-from-volunteering", f"{_P}experience.py",
        "if used_share >= 0.0 and status[b] & ACTIVE else", "if used_share >= 0.0 else", "wrong group", (_EXPERIENCE,),
    ),
    Mutation(
        "publishing-without-hours", f"{_P}experience.py",
        "rule.published_gain * read * (published - efficacy)", "rule.published_gain * (published - efficacy)",
        "lost factor", (_EXPERIENCE,),
    ),
    Mutation(
        "false-reports-published", f"{_P}measurement.py",
        "due, done = counters[c, _DUE], counters[c, _TRUE]", "due, done = counters[c, _DUE], counters[c, _DONE]",
        "wrong column", (_EXPERIENCE,),
    ),
    # --- residents: participation --------------------------------------------------------------------------------
    Mutation(
        "crowding-out-ignored", "govsim/engine/crowd.py",
        "pressed = max(1.0 - rule.habit_decay - rule.crowding_out, 0.0)", "pressed = max(1.0 - rule.habit_decay, 0.0)",
        "ignored parameter", (_PARTICIPATION,),
    ),
    Mutation(
        "no-rest-from-calls", "govsim/engine/crowd.py",
        "tired[b] = fatigue[b] * (1.0 - rule.fatigue_decay)", "tired[b] = fatigue[b]",
        "lost factor", (_PARTICIPATION,),
    ),
    Mutation(
        "calls-start-anew-each-week", "govsim/engine/crowd.py",
        "call_from[1] = (call_from[1] + calls_others) % others", "call_from[1] = calls_others % others",
        "forgotten state", ("tests/theory/test_contagion.py::test_calls_go_in_turn",),
    ),
    Mutation(
        "tie-weight-of-another-layer", "govsim/engine/rules.py",
        "weights[TieLayer.ORGANISATION] = p.tie_organisation", "weights[TieLayer.ORGANISATION] = p.tie_branch",
        "wrong parameter", (_PARTICIPATION,),
    ),
    # --- people in offices ---------------------------------------------------------------------------------------
    Mutation(
        "long-service-protects", "govsim/engine/staff.py",
        "years = (week - person.hired) / WEEKS_PER_YEAR", "years = (person.hired - week) / WEEKS_PER_YEAR",
        "wrong sign", (_STAFF,),
    ),
    Mutation(
        "the-burnt-out-stay", "govsim/engine/staff.py",
        'np.exp(rule.quit_burnout * servers["burnout"][may])', 'np.exp(-rule.quit_burnout * servers["burnout"][may])',
        "wrong sign", (_STAFF,),
    ),
    Mutation(
        "training-by-heads", "govsim/engine/staff.py",
        "in_field[here] += fte if posts.field[server] else 0.0", "in_field[here] += 1.0 if posts.field[server] else 0.0",
        "wrong denominator", (_STAFF,),
    ),
    Mutation(
        "idle-hours-are-load", f"{_P}institutions.py",
        "worked = booked.sum(axis=1) - booked[:, Activity.IDLE]", "worked = booked.sum(axis=1)",
        "wrong numerator", (_STAFF,),
    ),
    Mutation(
        "publishing-costs-nothing", f"{_P}effort.py",
        "publishing_share[here] * on_field", "0.0",
        "lost cost", (_STAFF,),
    ),
    Mutation(
        "one-grid-everywhere", f"{_P}effort.py",
        "(grids[c] * rule.patrol_hours)", "rule.patrol_hours",
        "wrong denominator", (_DETECTION,),
    ),
    # --- casework and routing ------------------------------------------------------------------------------------
    Mutation(
        "mildest-first", "govsim/engine/queue.py",
        "return -0.5 if task else -np.float64(job.severity)", "return 0.5 if task else np.float64(job.severity)",
        "reversed order", (_CASEWORK,),
    ),
    Mutation(
        "youngest-of-equals-first", "govsim/engine/queue.py",
        "return jobs[a].number < jobs[b].number", "return jobs[a].number > jobs[b].number",
        "unsorted order", (_CASEWORK,),
    ),
    Mutation(
        "helpers-as-good-as-staff", "govsim/engine/queue.py",
        "return job.shared_left / queue.classes[job.problem_class].substitutability", "return job.shared_left",
        "lost factor", (_CASEWORK,),
    ),
    Mutation(
        "patience-from-the-deadline", "govsim/engine/service.py",
        "job.explained_from = max(time, job.detected + item.deadline) + patience",
        "job.explained_from = job.detected + item.deadline + patience",
        "wrong clock", (_CASEWORK,),
    ),
    Mutation(
        "pressure-without-a-target", "govsim/engine/service.py",
        "(rule.explain_pressure if rule.closure_target else 1.0)", "(1.0 if rule.closure_target else rule.explain_pressure)",
        "swapped branches", (_CASEWORK,),
    ),
    Mutation(
        "good-work-comes-back", "govsim/engine/service.py",
        "(1.0 + rule.rework * (1.0 - skill))", "(1.0 + rule.rework * skill)",
        "wrong factor", ("tests/theory/test_detection.py::test_poor_work_comes_back",),
    ),
    Mutation(
        "summons-do-not-wear", f"{_P}routing.py",
        "offices[office].compliance = compliance * (1.0 - rule.summons_wear)",
        "offices[office].compliance = compliance",
        "ignored parameter", ("tests/theory/test_routing.py::test_summons_wear_out",),
    ),
    Mutation(
        "desk-hours-left-out", "govsim/engine/recorder.py",
        'spent = np.flatnonzero(events["hours"][some] > 0)',
        'spent = np.flatnonzero((events["hours"][some] > 0) & (events["what"][some] != 2))',
        "left out", (_DETECTION,),
    ),
    # --- detection -----------------------------------------------------------------------------------------------
    Mutation(
        "last-channel-kept", f"{_P}detection.py",
        "                    job.channel = channel\n                    counters[c, _DETECTED] += 1\n",
        "                    counters[c, _DETECTED] += 1\n                job.channel = channel\n",
        "last instead of first", (_DETECTION,),
    ),
    Mutation(
        "strangers-and-acquainted-swapped", f"{_P}detection.py",
        "(1.0 if acquainted[person] else rule.walk_in_stranger)", "(rule.walk_in_stranger if acquainted[person] else 1.0)",
        "swapped branches", (_DETECTION,),
    ),
    Mutation(
        "a-hotline-everywhere", "govsim/engine/rules.py",
        "hotline=scenario.reporting.hotline if model.detection.hotline else 0.0", "hotline=scenario.reporting.hotline",
        "ignored switch", (_DETECTION,),
    ),
    # --- measurement ---------------------------------------------------------------------------------------------
    Mutation(
        "late-in-the-week-of-its-deadline", f"{_P}measurement.py",
        "            elif due > start:\n", "            elif due > end:\n", "left out", (_MEASUREMENT,),
    ),
    Mutation(
        "complaints-hidden-without-a-target", f"{_P}measurement.py",
        "rule.closure_target\n                and not pleased", "not pleased", "ignored switch", (_MEASUREMENT,),
    ),
    Mutation(
        "gaming-of-all-misses-kept", f"{_P}measurement.py",
        "miss *= 1.0 - rule.gaming", "miss *= rule.gaming", "wrong factor", (_MEASUREMENT,),
    ),
    Mutation(
        "explanations-truly-done", f"{_P}measurement.py",
        "counters[c, _TRUE] += resolved\n", "counters[c, _TRUE] += 1\n", "wrong numerator", (_MEASUREMENT,),
    ),
    # --- slow processes ------------------------------------------------------------------------------------------
    Mutation(
        "adults-after-departures", f"{_P}institutions.py",
        "    np.bitwise_and(state.residents.status, ADULT, out=state.eligible)\n    demography.run(state)\n",
        "    demography.run(state)\n    np.bitwise_and(state.residents.status, ADULT, out=state.eligible)\n",
        "wrong moment", (_DETECTION,),
    ),
    Mutation(
        "incubation-helps-each-in-full", "govsim/engine/organisations.py",
        "hours = incubation[body.community] / number[body.community]", "hours = incubation[body.community]",
        "lost denominator", (_ORGANISATIONS,),
    ),
    Mutation(
        "outreach-hours-make-credible", "govsim/engine/organisations.py",
        "offered = spent[:, Activity.CASEWORK] + spent[:, Activity.IDLE]",
        "offered = spent.sum(axis=1)",
        "wrong denominator", (_ORGANISATIONS,),
    ),
    # --- world ---------------------------------------------------------------------------------------------------
    Mutation(
        "liaison-one-way", "govsim/world/ties.py",
        "_HOUSEHOLD if layer == _MEMBER else int(layer)", "int(layer)",
        "wrong label", (f"{_TIES}::test_liaison_ties_run_both_ways",),
    ),
    Mutation(
        "tiers-of-trust-reversed", "govsim/world/people.py",
        "means = (spec.trust_community, spec.trust_street, spec.trust_district, spec.trust_centre)",
        "means = (spec.trust_centre, spec.trust_district, spec.trust_street, spec.trust_community)",
        "swapped tiers", ("tests/world/test_people.py::test_attitudes_have_their_means_and_stay_on_the_scale",),
    ),
    # --- results -------------------------------------------------------------------------------------------------
    Mutation(
        "at-risk-after-the-event", "govsim/results/estimate.py",
        'np.searchsorted(np.sort(when), times, side="left")', 'np.searchsorted(np.sort(when), times, side="right")',
        "off by one", ("tests/results/test_survival.py",),
    ),
    Mutation(
        "windows-outside-the-run", "govsim/results/view.py",
        "fits = (since + window <= self.horizon) & (since + window >= self.counted_since)",
        "fits = (since <= self.horizon) & (since + window >= self.counted_since)",
        "wrong denominator", (f"{_INDICATORS}::test_denominators_on_cases_counted_by_hand",),
    ),
    Mutation(
        "gap-the-other-way", "govsim/results/equity.py",
        "minus(item.compute(theirs), item.compute(rest))", "minus(item.compute(rest), item.compute(theirs))",
        "wrong sign", (f"{_INDICATORS}::test_equity_gap_by_hand",),
    ),
    # --- statistics ----------------------------------------------------------------------------------------------
    Mutation(
        "bonferroni-for-holm", "govsim/statistics/paired.py",
        "running = max(running, min(1.0, p * (len(counted) - rank)))",
        "running = max(running, min(1.0, p * len(counted)))",
        "off by rank", (f"{_STATISTICS}::test_holm",),
    ),
    Mutation(
        "error-of-one-seed-fewer", "govsim/statistics/paired.py",
        "error = spread / np.sqrt(d.size)\n", "error = spread / np.sqrt(d.size - 1)\n",
        "wrong denominator", (f"{_STATISTICS}::test_students_own_example",),
    ),
    Mutation(
        "welch-freedom-swapped", "govsim/statistics/paired.py",
        "(first**2 / (a.size - 1) + second**2 / (b.size - 1))", "(first**2 / (b.size - 1) + second**2 / (a.size - 1))",
        "swapped sides", (f"{_CONTRAST}::test_welch_equals_that_of_scipy",),
    ),
    Mutation(
        "not-reached-is-fast", "govsim/statistics/paired.py",
        "np.inf if isinstance(v, Missing) else v", "-np.inf if isinstance(v, Missing) else v",
        "wrong sign", (f"{_STATISTICS}::test_a_quantile_that_some_seed_did_not_reach_is_compared_by_order",),
    ),
    Mutation(
        "ratio-of-sums-over-sums", "govsim/statistics/paired.py",
        "total + (a - total * b) / b.mean()", "total + (a - total * b) / b.sum()",
        "wrong denominator", ("tests/statistics/test_missing_seeds.py",),
    ),
    # --- scenario reading ----------------------------------------------------------------------------------------
    Mutation(
        "ramp-a-week-late", "govsim/scenario/timeline.py",
        "return step.strength * min(1.0, (age + 1) / steps)", "return step.strength * min(1.0, age / steps)",
        "off by a week", (f"{_TIMELINE}::test_a_ramp_rises_to_full_strength_and_falls_after_the_end",),
    ),
    Mutation(
        "measure-a-week-too-long", "govsim/scenario/timeline.py",
        "if length is None or age < length:", "if length is None or age <= length:",
        "off by a week", (f"{_TIMELINE}::test_a_ramp_rises_to_full_strength_and_falls_after_the_end",),
    ),
    Mutation(
        "parents-over-children", "govsim/scenario/origins.py",
        "                replaced.add(here)\n                merged[key] = value\n",
        "                replaced.add(here)\n                merged.setdefault(key, value)\n",
        "wrong order", ("tests/scenario/test_loading.py::test_children_lie_over_parents",),
    ),
)  # fmt: skip
"""Ordered by the part of the program they are in."""
