"""The tables of arms and differences: what their columns mean, their rows, and the names of groups in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from govsim.report.glossary import Said
from govsim.report.glossary import indicator as term
from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.equity import SMALL_GROUP
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing
from govsim.statistics.distribution import FEWEST_SEEDS, QUANTILES, Distribution, distribution
from govsim.statistics.paired import Paired
from govsim.studies.compare import ArmRuns, Comparison
from govsim.studies.groups import LOOKED_AT, GroupDifference
from govsim.studies.wording import or_missing

Rows = list[list[Cell]]

MODE = Column("capacity_mode", "capacity mode", "资源口径", "-", "neutral or observed.")
ARM = Column("arm", "arm", "方案", "-", "Label of the arm.")
WHO = (
    MODE,
    Column("baseline", "baseline", "基准", "-", "Label of the baseline."),
    Column("other", "other", "对照", "-", "Label of the other arm."),
)
_LABELS = (
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
)
_UNIT = Column("unit", "unit", "单位", "-", "Unit of all values of the row.")
_DIRECTION = Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better, 0 neither.")
_WHAT = (
    Column("indicator", "indicator", "指标", "-", "Name; see the rows of table indicators."),
    *_LABELS,
    _UNIT,
    _DIRECTION,
)
_DECIMALS = Column(
    "decimals", "decimals", "小数位数", "digits", "Digits after the point where it is printed."
)
_BASELINE_MEAN = Column("baseline_mean", "baseline mean", "基准均值", "see unit", "Mean over seeds.")
_OTHER_MEAN = Column("other_mean", "other mean", "对照均值", "see unit", "Mean over seeds.")
_DIFFERENCE = Column(
    "difference", "difference", "差值", "see unit", "Mean over seeds of other minus baseline."
)
_TERMS = (
    Column("equal_budget", "equal budget", "资源相等", "-", "Same hours and money granted."),
    Column(
        "interval",
        "interval",
        "区间类型",
        "-",
        "paired, or unpaired where pairing was not asked for or made it wider.",
    ),
)
"""On what terms a difference stands."""
_ENDS = (
    Column("low95", "low end", "95%下限", "see unit", "Low end of the 95% t interval of the difference."),
    Column("high95", "high end", "95%上限", "see unit", "High end of that interval."),
)
_HALF = Column(
    "half_width",
    "half of the interval",
    "区间半宽",
    "see unit",
    "Half of the 95% interval of the difference.",
)
_P = Column(
    "p", "p value", "p值", "-",
    "Two-sided test of the difference: t test, or sign or rank test of the order where some seed did not reach the value.",
)  # fmt: skip
_SEEDS = Column("seeds", "seeds", "重复次数", "seeds", "Seeds in which both arms have the value.")
_OF = Column("of", "of seeds", "总次数", "seeds", "All seeds; no verdict where some lack the value.")
_OUTCOMES = "one, two or unknown (fewer than {} seeds) groups of results. Where there are two, the mean is no typical result."


def _sides(name: str, en: str, zh: str, unit: str, meaning: str) -> tuple[Column, Column]:
    return (
        Column(f"baseline_{name}", f"{en}, baseline", f"{zh}（基准）", unit, meaning),
        Column(f"other_{name}", f"{en}, other", f"{zh}（对照）", unit, meaning),
    )


_BEYOND = "Where some seed did not reach the value, the mean lies beyond this: the mean of those that did."
_REST = (
    Column("rest_mean", "mean of the larger group", "多数一类均值", "see unit", "Of the seeds of the larger group."),
    Column("rest_sd", "spread of the larger group", "多数一类标准差", "see unit", "Standard deviation over these seeds."),
    Column("apart", "seeds apart", "少数一类次数", "seeds", "Seeds of the smaller group."),
    Column("apart_low95", "apart, low end", "少数一类概率下限", "0-1",
           "Share of all possible seeds that fall into the smaller group: low end (Clopper and Pearson)."),
    Column("apart_high95", "apart, high end", "少数一类概率上限", "0-1", "High end; one-sided where no seed lies apart."),
)  # fmt: skip
COMPARE = (
    *WHO,
    *_WHAT,
    Column("headline", "headline", "主要指标", "-", "yes if it is in the printed table."),
    _BASELINE_MEAN,
    Column("baseline_sd", "baseline spread", "基准标准差", "see unit", "Standard deviation over seeds."),
    _OTHER_MEAN,
    Column("other_sd", "other spread", "对照标准差", "see unit", "Standard deviation over seeds."),
    _DIFFERENCE,
    *_ENDS,
    _HALF,
    _P,
    Column(
        "p_holm", "corrected p value", "校正p值", "-",
        "Corrected by Holm's method for all arms beside each other: headline indicators for these, others for all.",
    ),
    Column(
        "pairing_gain", "pairing gain", "配对增益", "-",
        "Variance of an unpaired difference over that of the paired one; n/a below ten seeds.",
    ),
    Column("correlation", "correlation", "相关系数", "-", "Between the arms over seeds."),
    _SEEDS,
    Column(
        "verdict", "verdict", "判断", "-",
        "better, worse, higher, lower, undecided, no difference, not tested (too few seeds, or some without the value) or n/a.",
    ),
    *_TERMS,
    Column("baseline_outcomes", "outcomes of the baseline", "基准结局数", "-", _OUTCOMES.format(FEWEST_SEEDS)),
    Column("other_outcomes", "outcomes of the other", "对照结局数", "-", _OUTCOMES.format(FEWEST_SEEDS)),
    Column("outcomes", "outcomes of the difference", "差值结局数", "-", _OUTCOMES.format(FEWEST_SEEDS)),
    _DECIMALS,
    Column(
        "detectable", "detectable", "可检出差值", "see unit",
        "Smallest difference found with 80 % power among all looked at together, from the upper end of the one-sided 80 % "
        "interval of the spread.",
    ),
    _OF,
    *_sides("seeds", "seeds", "重复次数", "seeds", "Seeds in which the arm has the value."),
    Column("larger", "larger", "较大的次数", "seeds", "Seeds in which the other arm has the larger value."),
    Column("smaller", "smaller", "较小的次数", "seeds", "Seeds in which it has the smaller one."),
    Column("test", "test", "检验", "-", "mean (t test) or order (sign or rank test, where some seed did not reach the value)."),
    Column("gain_low95", "gain, low end", "配对增益下限", "-", "Pitman and Morgan; n/a below ten seeds."),
    Column("gain_high95", "gain, high end", "配对增益上限", "-", "High end of that interval."),
    *_sides("beyond", "beyond", "大于", "see unit", _BEYOND),
    Column(
        "hangs_on", "hangs on", "可能受其影响的指标", "-",
        "Headline indicators in which the same seeds fall into two groups of results; - where there are none.",
    ),
)  # fmt: skip
ARMS = (
    MODE,
    ARM,
    *_WHAT,
    Column("mean", "mean", "均值", "see unit", "Mean over seeds."),
    Column("sd", "spread", "标准差", "see unit", "Standard deviation over seeds."),
    Column("smallest", "smallest", "最小值", "see unit", "Smallest over seeds."),
    Column("largest", "largest", "最大值", "see unit", "Largest over seeds."),
    Column("seeds", "seeds", "重复次数", "seeds", "Seeds in which the value exists."),
    Column("outcomes", "outcomes", "结局数", "-", _OUTCOMES.format(FEWEST_SEEDS)),
    _DECIMALS,
    _OF,
    Column("beyond", "beyond", "大于", "see unit", _BEYOND),
    *_REST,
)
DISTRIBUTION = (
    MODE,
    ARM,
    Column("minus", "minus", "减去", "-", "Baseline of a difference by seed; - for the arm itself."),
    _WHAT[0],
    _UNIT,
    *(
        Column(f"q{100 * q:02.0f}", f"{100 * q:.0f} % quantile", f"{100 * q:.0f}%分位数", "see unit", "Over seeds.")
        for q in QUANTILES
    ),
    Column("smallest", "smallest", "最小值", "see unit", "Smallest over seeds."),
    Column("largest", "largest", "最大值", "see unit", "Largest over seeds."),
    Column("seeds", "seeds", "重复次数", "seeds", "Seeds in which the value exists."),
    Column("outcomes", "outcomes", "结局数", "-", _OUTCOMES.format(FEWEST_SEEDS)),
    Column("low_outcome", "lower outcome", "低结局", "see unit", "Median of the seeds that came to it; n/a unless two."),
    Column("low_seeds", "seeds with the lower one", "低结局次数", "seeds", "How many."),
    Column("high_outcome", "upper outcome", "高结局", "see unit", "Median of the seeds that came to it; n/a unless two."),
    Column("high_seeds", "seeds with the upper one", "高结局次数", "seeds", "How many."),
    Column("p_one_peak", "p value", "单峰p值", "-", "Chance, at most, of such a split if there were one group of results."),
    _OF,
    *_REST,
)  # fmt: skip
SEEDS = (
    MODE,
    ARM,
    Column("seed", "seed", "随机种子", "-", "Seed of the run."),
    _WHAT[0],
    Column("value", "value", "数值", "see indicators", "As in summary.csv of the run."),
)
GROUPS = (
    *WHO,
    Column("group", "grouping", "分组", "-", "By what residents are grouped."),
    Column("category", "category", "类别", "-", "Which of the groups."),
    Column("indicator", "indicator", "指标", "-", "What is measured; see the rows of table group_measures."),
    _UNIT,
    _BASELINE_MEAN,
    _OTHER_MEAN,
    _DIFFERENCE,
    _HALF,
    _SEEDS,
    Column("people", "people", "人数", "people", "Residents in the group, mean over seeds."),
    *_ENDS,
    _P,
    Column("group_zh", "grouping, Chinese", "分组（中文）", "-", "Chinese name of the grouping."),
    Column("category_zh", "category, Chinese", "类别（中文）", "-", "Chinese name of the group."),
    *_LABELS,
    _DIRECTION,
    Column("small", "small group", "小样本", "-", f"yes where the group has fewer than {SMALL_GROUP} people."),
    Column(
        "looked_at", "looked at", "纳入检索", "-",
        f"yes for {', '.join(LOOKED_AT)} of groups that are not small: searched together for gains and losses.",
    ),
    Column(
        "verdict", "verdict", "判断", "-",
        "better, worse, higher or lower where found among all looked at (Benjamini and Hochberg, 5 %); undecided, no "
        "difference, not tested or n/a.",
    ),
    _DECIMALS,
    *_TERMS,
    _OF,
    Column("shrunken", "shrunken difference", "收缩后差值", "see unit",
           "Difference drawn towards the mean of all groups by its error (empirical Bayes): what is named."),
    Column("shrunken_sd", "its standard deviation", "收缩后标准差", "see unit", "What is left open of it."),
)  # fmt: skip
PER_HOURS = (
    *WHO,
    Column("measure", "measure", "指标", "-", "Name of the yield."),
    *_LABELS,
    _UNIT,
    _BASELINE_MEAN,
    _OTHER_MEAN,
    _DIFFERENCE,
    *_ENDS,
    _SEEDS,
    _DECIMALS,
    *_TERMS,
    _OF,
)


def named(item: Column) -> Said:
    """Return what pages call an indicator: tables beside them have the same names."""
    return term(item.name, item.label_en, item.label_zh)


def yes(truth: bool) -> str:
    """Return yes or no."""
    return "yes" if truth else "no"


def who(comparison: Comparison) -> list[Cell]:
    """Return the first cells of every row about a comparison."""
    return [comparison.other.mode, comparison.baseline.label, comparison.other.label]


def comparison_rows(comparison: Comparison) -> Rows:
    """Return one row per indicator."""
    rows: Rows = []
    for item in comparison.differences:
        indicator, result = item.indicator, item.paired
        rows.append([
            *who(comparison),
            indicator.name, *named(indicator), indicator.unit, indicator.direction,
            yes(indicator.headline),
            result.baseline, or_missing(result.baseline_spread), result.other, or_missing(result.other_spread),
            result.difference, *_ends(result), or_missing(result.half_width), or_missing(result.p),
            or_missing(item.p_corrected), or_missing(result.gain if result.gain_interval else None),
            or_missing(result.correlation), result.pairs,
            item.verdict, *_terms(comparison, result),
            item.baseline.outcomes, item.other.outcomes, item.spread.outcomes, indicator.decimals, or_missing(item.detectable),
            result.seeds, result.baseline_seeds, result.other_seeds, result.larger, result.smaller,
            "order" if result.by_order else "mean", *(result.gain_interval or (Missing.NO_BASE, Missing.NO_BASE)),
            or_missing(item.baseline.beyond), or_missing(item.other.beyond),
            "-" if item.split else " ".join(d.indicator.name for d in comparison.splits) or "-",
        ])  # fmt: skip
    return rows


def _terms(comparison: Comparison, result: Paired) -> tuple[Cell, Cell]:
    return "yes" if comparison.equal_budget else "NO", "unpaired" if result.independent else "paired"


def _ends(result: Paired) -> tuple[Cell, Cell]:
    return (Missing.NO_BASE, Missing.NO_BASE) if result.interval is None else result.interval


def arm_rows(arm: ArmRuns) -> Rows:
    """Return one row per indicator of one arm."""
    rows: Rows = []
    for indicator in INDICATORS:
        values, about = arm.values(indicator.name), arm.about(indicator)
        numbers = [v for v in about if not isinstance(v, Missing)]
        words = (indicator.name, *named(indicator), indicator.unit, indicator.direction)
        found = distribution(values)
        cells: list[Cell] = [
            next((v for v in about if isinstance(v, Missing)), Missing.NO_BASE),
            *(Missing.NO_BASE,) * 3,
        ]
        if numbers and found.range is not None:
            spread = float(np.std(numbers, ddof=1)) if len(numbers) > 1 else Missing.NO_BASE
            cells = [float(np.mean(numbers)), spread, *found.range]
        if found.beyond is not None:
            cells[0] = cells[1] = cells[3] = Missing.NOT_REACHED
        rows.append([
            arm.mode, arm.label, *words, *cells, len(numbers), found.outcomes, indicator.decimals, found.of,
            or_missing(found.beyond), *_rest(found),
        ])  # fmt: skip
    return rows


def distribution_rows(arms: Sequence[ArmRuns], comparisons: Sequence[Comparison]) -> Rows:
    """Return one row per arm and indicator, then one per comparison and indicator."""
    rows: Rows = [
        [arm.mode, arm.label, "-", i.name, i.unit, *_spread(distribution(arm.values(i.name)))]
        for arm in arms
        for i in INDICATORS
    ]
    rows += [
        [
            c.other.mode,
            c.other.label,
            c.baseline.label,
            d.indicator.name,
            d.indicator.unit,
            *_spread(d.spread),
        ]
        for c in comparisons
        for d in c.differences
    ]
    return rows


def _spread(found: Distribution) -> Iterator[Cell]:
    yield from found.quantiles or (Missing.NO_BASE,) * len(QUANTILES)
    yield from found.range or (Missing.NO_BASE, Missing.NO_BASE)
    yield found.seeds
    yield found.outcomes
    if found.peaks:
        for peak in found.peaks:
            yield from (peak.at, peak.seeds)
    else:
        yield from (Missing.NO_BASE,) * 4
    yield or_missing(found.p)
    yield found.of
    yield from _rest(found)


def _rest(found: Distribution) -> Iterator[Cell]:
    if not found.seeds:
        yield from (Missing.NO_BASE,) * len(_REST)
        return
    yield from (found.rest.mean, or_missing(found.rest.spread)) if found.peaks else (Missing.NO_BASE,) * 2
    yield len(found.apart)
    yield from found.chance


def seed_rows(arms: Sequence[ArmRuns]) -> Rows:
    """Return every indicator of every run."""
    return [
        [arm.mode, arm.label, run.seed, indicator.name, run.summary[indicator.name]]
        for arm in arms
        for run in arm.runs
        for indicator in INDICATORS
    ]


def group_rows(
    comparison: Comparison, found: Sequence[GroupDifference], communities: Mapping[str, str]
) -> Rows:
    """Return one row per group and measure; ``communities`` are Chinese names by English ones."""
    return [
        [
            *who(comparison), g.group, g.category, g.measure.name, g.measure.unit,
            g.paired.baseline, g.paired.other, g.paired.difference, or_missing(g.paired.half_width), g.paired.pairs,
            g.people, *_ends(g.paired), or_missing(g.paired.p), group_zh(g.group),
            category_zh(g.group, g.category, communities),
            *named(g.measure), g.measure.direction, yes(g.small), yes(g.looked_at), g.verdict,
            group_decimals(g), *_terms(comparison, g.paired), g.paired.seeds, or_missing(g.shrunken), or_missing(g.shrunken_sd),
        ]
        for g in found
    ]  # fmt: skip


def group_decimals(item: GroupDifference) -> int:
    """Return the digits with which a group's number is printed: more for what lies between 0 and 1."""
    return 3 if item.measure.unit == "0-1" else 2 if item.measure.name == "hours" else 1


def per_hour_rows(comparison: Comparison, found: Sequence[tuple[Indicator, Paired]]) -> Rows:
    """Return one row per yield."""
    return [
        [
            *who(comparison), item.name, *named(item), item.unit,
            result.baseline, result.other, result.difference, *_ends(result), result.pairs, item.decimals,
            *_terms(comparison, result), result.seeds,
        ]
        for item, result in found
    ]  # fmt: skip


_GROUPS = {
    "all": "全体", "age": "年龄", "sex": "性别", "schooling": "受教育程度", "work": "就业状态", "origin": "是否外来人口",
    "Party": "党员身份", "housing": "住房类型", "registration": "志愿者注册", "hazard": "采煤影响", "ties": "社会联系",
    "distance": "与党员的距离", "community": "社区", "gap": "与其他居民的差距",
    "worst off": "处境最差的群体",
}  # fmt: skip
_CATEGORIES = {
    "all residents": "全体居民",
    "under 16": "16岁以下", "16 to 34": "16至34岁", "35 to 59": "35至59岁", "60 to 74": "60至74岁",
    "75 and over": "75岁及以上",
    "men": "男性", "women": "女性",
    "primary or less": "小学及以下", "junior secondary": "初中", "senior secondary": "高中", "college": "大专及以上",
    "child": "儿童", "employed": "在职", "laid-off": "下岗失业", "self-employed": "个体经营", "retired": "退休",
    "student": "学生", "local": "本地居民", "migrant": "外来人口", "not a member": "非党员", "member": "党员",
    "old work-unit": "老单位小区", "resettlement": "安置小区", "commodity": "商品房小区", "village": "村庄",
    "not registered at the start": "期初未注册", "registered at the start": "期初注册志愿者",
    "subsidence": "采煤沉陷影响", "water": "饮用水影响", "farmland": "耕地影响",
    "tenth with fewest ties": "联系最少的一成", "below the middle": "联系较少", "above the middle": "联系较多",
    "tenth with most ties": "联系最多的一成",
    "Party members": "党员本人", "tied to a Party member": "与党员直接联系", "two steps from a Party member": "与党员相隔两步",
    "three or more steps from a Party member": "与党员相隔三步及以上", "no path to a Party member": "与党员无联系可达",
    "migrants minus rest": "外来人口减其他", "laid-off minus rest": "下岗失业人员减其他",
    "aged 65 and over minus rest": "65岁及以上老人减其他", "hazard-zone residents minus rest": "采煤影响区居民减其他",
    "residents with fewest ties minus rest": "社会联系最少者减其他",
}  # fmt: skip
_NONE = {"work": "无业", "hazard": "无采煤影响"}


def group_zh(group: str) -> str:
    """Return the Chinese name of a grouping."""
    return _GROUPS.get(group, group)


def category_zh(group: str, category: str, communities: Mapping[str, str]) -> str:
    """Return the Chinese name of a group; those of communities are the scenario's."""
    if group == "community":
        return communities.get(category, category)
    return _NONE[group] if category == "none" and group in _NONE else _CATEGORIES.get(category, category)
