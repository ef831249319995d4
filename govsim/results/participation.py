"""Indicators of who takes part: registered, active and ever active, hours, and who started it."""

from __future__ import annotations

from govsim.results.declare import Indicator
from govsim.results.values import percent, ratio
from govsim.results.view import View, gini


def _voluntary_hours(view: View) -> float:
    return view.total("self_started_hours") + view.total("called_hours")


PARTICIPATION: tuple[Indicator, ...] = (
    Indicator(
        "participation_4w", "take part voluntarily", "四周内自愿参与率", "% of adults, 4 weeks",
        "Adults who took part voluntarily at least once in four weeks, in percent of adults; mean over "
        "the last year.",
        definition_zh="四周内至少自愿参与一次的成年居民占全部成年居民的百分比，取最后一年的均值。",
        direction=1, decimals=1, compute=lambda v: v.share_of_adults("active_4w"),
        printed="4-week participation, % of adults", headline=True,
    ),
    Indicator(
        "participation_weekly", "take part in a week", "每周自愿参与率", "% of adults, week",
        "Adults who took part voluntarily in a week, in percent of adults; mean over the last year.",
        definition_zh="一周内自愿参与的成年居民占全部成年居民的百分比，取最后一年的均值。",
        direction=1, decimals=2, compute=lambda v: v.share_of_adults("active"),
    ),
    Indicator(
        "registered_share", "registered as volunteers", "志愿者注册率", "% of adults",
        "Adults registered as volunteers, in percent of adults; mean over the last year. Registered is "
        "not active.",
        definition_zh="注册为志愿者的成年居民占全部成年居民的百分比，取最后一年的均值。注册不等于实际参与。",
        direction=0, decimals=1, compute=lambda v: v.share_of_adults("registered"),
    ),
    Indicator(
        "ever_active_share", "ever took part", "曾参与率", "% of adults",
        "Adults who took part voluntarily at least once since the start, in percent of adults, at the end.",
        definition_zh="自模拟开始以来至少自愿参与过一次的成年居民占全部成年居民的百分比，按期末计算。",
        direction=1, decimals=1, compute=lambda v: percent(v.at_end("ever_active"), v.at_end("adults")),
    ),
    Indicator(
        "hours_per_adult", "voluntary hours", "人均志愿工时", "hours per adult-year",
        "Voluntary hours given over the run, per adult and year.",
        definition_zh="整个模拟期内的自愿服务工时，按每名成年居民每年计。",
        direction=1, decimals=2, compute=lambda v: ratio(_voluntary_hours(v), v.adult_years),
    ),
    Indicator(
        "hours_gini", "concentration of voluntary hours", "志愿工时基尼系数", "Gini, 0-1",
        "Gini coefficient of voluntary hours over adults, whole run: 0 if all give the same, near 1 if "
        "few give all.",
        definition_zh="整个模拟期内志愿工时在成年居民之间分布的基尼系数：人人相同为0，集中于少数人则接近1。",
        direction=0, decimals=2, compute=lambda v: gini(v.resident("hours_given")[v.adult]),
    ),
    Indicator(
        "self_started_share", "self-started part of it", "自发参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part without needing a call, in percent of all voluntary "
        "hours, whole run.",
        definition_zh="无须动员即参与者的志愿工时占全部志愿工时的百分比，按整个模拟期计算。",
        direction=1, decimals=1,
        compute=lambda v: percent(v.total("self_started_hours"), _voluntary_hours(v)),
    ),
    Indicator(
        "called_share", "called part of it", "动员参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part because of a call, in percent of all voluntary hours, "
        "whole run.",
        definition_zh="因动员才参与者的志愿工时占全部志愿工时的百分比，按整个模拟期计算。",
        direction=0, decimals=1, compute=lambda v: percent(v.total("called_hours"), _voluntary_hours(v)),
    ),
    Indicator(
        "mandated_hours", "ordered attendance", "指令性出席工时", "hours per adult-year",
        "Hours of attendance that was ordered, per adult and year; never counted as participation.",
        definition_zh="按要求出席的工时，按每名成年居民每年计；从不计入自愿参与。",
        direction=0, decimals=2, compute=lambda v: ratio(v.total("mandated_hours"), v.adult_years),
    ),
)  # fmt: skip
