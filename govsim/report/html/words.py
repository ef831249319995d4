"""The words of the report itself, English and Chinese; what has a label of its own is not here."""

from __future__ import annotations

import re

from govsim.report.docs.words import Language, unit

WORDS: dict[str, tuple[str, str]] = {
    "kicker": ("Comparison in a simulation", "模拟结果比较"),
    "baseline": ("baseline", "基准"),
    "budget": ("Budget", "资源"),
    "counted": ("Counted", "统计期"),
    "worlds": ("Residents and problems", "居民与问题"),
    "chance": ("Replications", "重复模拟"),
    "paired": (
        "{seeds} replications, compared in pairs; {residents} residents, {span}",
        "{seeds}次重复模拟，配对比较；{residents}名居民，模拟{span}",
    ),
    "not paired": (
        "{seeds} replications each, NOT paired; {residents} residents, {span}",
        "各{seeds}次重复模拟，未配对；{residents}名居民，模拟{span}",
    ),
    "weeks": ("weeks", "周"),
    "mean": ("Mean", "均值"),
    "smallest to largest": ("Smallest to largest", "最小至最大"),
    "left out": ("left out", "未设"),
    "each arm": ("Each option against the baseline", "各方案与基准比较"),
    "changes": ("Changed against the scenario", "相对情景的改动"),
    "no changes": ("nothing", "无"),
    "until": ("Replications added until", "追加模拟直至"),
    "indicator": ("Indicator", "指标"),
    "difference": ("Difference [95% CI]", "差值［95%置信区间］"),
    "verdict": ("Verdict", "判断"),
    "picture": ("Interval beside zero", "置信区间与零"),
    "headline note": (
        "± standard deviation over replications. Each row of the picture has a scale of its own; the upright line is no "
        "difference. ▲ more is better, ▼ less is better.",
        "±为各次重复模拟间的标准差。图中每行各用一个刻度，竖线表示无差异。▲越高越好，▼越低越好。",
    ),
    "better": ("better", "好于基准"),
    "worse": ("worse", "差于基准"),
    "higher": ("higher", "高于基准"),
    "lower": ("lower", "低于基准"),
    "undecided": ("undecided", "尚难判断"),
    "not tested": ("not tested", "未检验"),
    "no difference": ("no difference", "相同"),
    "two groups": ("two groups of results", "结果分为两类"),
    "by order": ("later in {larger} replications, sooner in {smaller}", "{larger}次较晚，{smaller}次较早"),
    "beyond": ("beyond {value}", "大于{value}"),
    "n/a": ("n/a", "无"),
    "not reached": ("not reached", "未达到"),
    "outcomes": (
        "{usual} in {n} of {of} replications, {odd} in {m} (true share between {low} and {high}%)",
        "{of}次重复模拟中{n}次为{usual}，{m}次为{odd}（后者的概率为{low}%至{high}%）",
    ),
    "who": ("Who gains, who loses", "谁受益，谁受损"),
    "nobody": (
        "No group shows a difference.", "各群体均尚难判断。",
    ),
    "cannot": ("What this cannot tell you", "本对比不能说明什么"),
    "again": ("To reproduce", "复现命令"),
    "key": ("result ID", "结果编号"),
    "neutral": ("equal resources: the same hours and money for all", "资源相同：各方案工时与资金相同"),
    "observed": ("with outside resources", "含外部资源"),
    "second": ("The same options, {mode}", "同样的方案，{mode}"),
    "per hour": ("Per hour of staff time", "按人员工时折算"),
    "per hour note": (
        "{mode}. Budgets differ there, so these are the same results for each hour worked.",
        "{mode}。各方案资源不同，故按每工时折算。",
    ),
    "baseline column": ("Baseline", "基准"),
    "other column": ("Other option", "对照方案"),
    "measure": ("Indicator", "指标"),
    "pair": ("Options compared", "对比方案"),
    "numbers of": (
        "{first} (baseline) → {second}, difference [95% confidence interval]:",
        "{first}（基准）→{second}，差值［95%置信区间］：",
    ),
    "distributions": ("Not only means: every replication", "不只看均值：每次模拟的结果"),
    "distributions note": (
        "One mark is one run. Box, from eight replications on: the middle half of them; line in it: median; ends: 5 and 95%. "
        "Where replications fall into two groups of results, the mean of all is no typical result.",
        "每个标记是一次模拟。重复八次及以上时画方框：方框为中间一半，框内竖线为中位数，两端为5%与95%分位。"
        "若结果分为两类，全部模拟的均值不代表典型结果。",
    ),
    "resolution": ("How long problems wait to be resolved", "问题多久才得到解决"),
    "resolution note": (
        "Share not yet resolved so long after a problem arises, whether known or not (Kaplan-Meier). Open "
        "problems, lapsed ones and those closed with an explanation only count as not yet resolved.",
        "问题发生后到该日尚未解决的占比，无论是否已被发现（Kaplan-Meier曲线）。未办结、自行消失或撤回、仅作解释即办结的问题"
        "均计为尚未解决。",
    ),
    "of seeds": ("{some} of {all} replications", "{all}次中的{some}次"),
    "working days": ("working days since it arose", "发生后的工作日"),
    "still open": (
        "Not yet resolved where the line ends, % of problems (smallest to largest)",
        "曲线末端尚未解决占比，%（最小至最大）",
    ),
    "kind": ("Kind of problem", "问题类别"),
    "all": ("All problems", "全部问题"),
    "local_soft": ("Sanitation, noise, disputes", "环境卫生、噪声、纠纷"),
    "local_hard": ("Pipes, heating, roads", "管网、供暖、道路"),
    "livelihood": ("Livelihood", "民生保障"),
    "structural": ("Structural: subsidence, water, land", "需专项资金：塌陷、用水、耕地"),
    "reported": ("Reported and resolved", "上报办结与实际解决"),
    "reported note": (
        "Open marks: what offices report of themselves. Filled marks: what is true in the model. Means over replications.",
        "空心：单位自报；实心：模型中的实际情况。各次重复模拟的均值。",
    ),
    "completion": ("completed by the deadline", "按时办结"),
    "call-back": ("satisfied on follow-up", "回访满意"),
    "denominator": ("resolved within half a year: of detected, of all problems", "半年解决率：占已发现、占全部问题"),
    "as reported": ("reported", "上报"),
    "as true": ("true", "实际"),
    "reported figure": ("% of work orders, of follow-up calls, of problems", "占工单、回访、问题%"),
    "gap": (
        "Reporting gap: reported completed minus resolved by the deadline",
        "上报与实际之差：上报按时办结率减按时实际解决率",
    ),
    "% points": ("% points", "百分点"),
    "solvers": ("Whose work resolved the problems", "问题由谁的工作解决"),
    "solvers note": (
        "Hours spent on resolved problems, mean over replications.", "用于已解决问题的工时，各次重复模拟的均值。",
    ),
    "desk": ("hotline", "热线"),
    "tasks": ("tasks from higher offices", "上级任务"),
    "call": ("mobilisation", "动员"),
    "visit": ("home visits", "入户走访"),
    "casework": ("casework", "事项办理"),
    "idle": ("unused", "空闲"),
    "outreach": ("outreach", "外展服务"),
    "publishing": ("publishing results", "结果公开"),
    "incubation": ("incubating organisations", "社会组织培育"),
    "effort_government": ("government staff", "政府人员"),
    "effort_members": ("members on assigned service", "党员报到服务"),
    "effort_residents": ("residents", "居民"),
    "effort_organisations": ("social organisations", "社会组织"),
    "effort_enterprises": ("enterprises", "企业"),
    "% of hours": ("% of hours", "占工时%"),
    "weekly": ("Week by week", "逐周变化"),
    "weekly note": (
        "Point at a curve, or choose it and use the arrow keys, to read its weeks. Tables and sentences give means over the "
        "counted weeks.",
        "指向曲线，或选中后用方向键，可读取每周数值；表格和文字中的数值为统计期均值。",
    ),
    "numbers at lines": (
        "Numbers: means over the counted weeks{weeks}, as in tables and sentences.",
        "数值为统计期均值{weeks}，与表格和文字一致。",
    ),
    "bands": ("Line: mean over replications. Band: smallest to largest.", "线为各次重复模拟的均值，色带为最小值至最大值。"),
    "no bands": (
        "Line: mean over replications. With so many models no bands are drawn; smallest and largest stand in the tables.",
        "线为各次重复模拟的均值。方案较多，不画色带；最小值与最大值见数据表。",
    ),
    "crowd": (
        "Line: mean over replications. In colour: the baseline and the option chosen; all others are grey. Named: the "
        "baseline, the highest and the lowest at the end.",
        "线为各次重复模拟的均值；彩色为基准和所选方案，其余为灰色；标出基准以及末端最高、最低的方案。",
    ),
    "in colour": ("In colour", "突出显示"),
    "gap label": ("difference", "差值"),
    "cut seeds": (
        "So that the page fits into a mail, single replications are left out where there is a box; seeds.csv has them all.",
        "为使页面可随邮件发送，有方框处不再画出每次模拟；全部数值见seeds.csv。",
    ),
    "cut groups": (
        "So that the page fits into a mail, groups are left out here or shown in one indicator; groups.csv has them all.",
        "为使页面可随邮件发送，此处省略群体表或只列一项指标；全部数值见groups.csv。",
    ),
    "years": ("years", "年"),
    "active_4w_share": ("Took part within four weeks, % of adults", "四周参与率，占16岁及以上居民%"),
    "registered_share": ("Registered as volunteers, % of adults", "注册志愿者，占16岁及以上居民%"),
    "open_per_1000": ("Backlog, open cases per 1,000 residents", "积压，每千名居民未办结事项"),
    "undetected_per_1000": ("Undetected problems per 1,000 residents", "每千名居民未被发现的问题"),
    "trust_community": ("Trust in the residents' committee, 0–1", "对居（村）委会的信任，0–1"),
    "trust_street": ("Trust in the street office or town, 0–1", "对街道（乡镇）的信任，0–1"),
    "trust_district": ("Trust in the district (county), 0–1", "对区（县）政府的信任，0–1"),
    "trust_centre": ("Trust in the central government, 0–1", "对中央政府的信任，0–1"),
    "groups": ("Groups of residents", "居民群体"),
    "groups note": (
        "Difference to the baseline with its 95% confidence interval; an arrowhead: "
        "it goes on. ◦ fewer than 20 people: one household "
        "more or less would change the number. Tested together, with a verdict: groups of 20 and more in undetected "
        "problems, resolution within half a year, taking part and trust in the residents' "
        "committee; not tested: other indicators, all residents together, "
        "and volunteers, who are chosen by what the models do.",
        "与基准的差值及95%置信区间，箭头表示超出图外。◦ 不足20人：多一户或少一户都会改变数值。"
        "一并检验并给出判断的是20人及以上群体的未被发现占比、半年解决率、参与和对居（村）委会的信任；"
        "未检验的是其他指标、全体居民，以及由模式本身决定其成员的志愿者。",
    ),
    "group": ("Group", "群体"),
    "people": ("People", "人数"),
    "show": ("Show", "显示"),
    "hours": ("What paid and seconded staff spend their hours on", "在岗人员与下沉干部的工时用途"),
    "hours note": (
        "Hours a week of all offices, mean over all weeks (smallest to largest over replications).",
        "全部单位每周工时，全部各周的均值（各次重复模拟的最小至最大）。",
    ),
    "activity": ("Activity", "用途"),
    "controls": ("Control runs without one mechanism", "去除某一机制的对照"),
    "controls written": (
        "Control runs without one mechanism: how much of each difference is left stands in the report and in controls.csv.",
        "去除某一机制的对照：每项差异还剩多少，见报告和controls.csv。",
    ),
    "controls note": (
        "The same options once more with one mechanism taken away: how much of each difference remains.",
        "去除一种机制后再模拟同样的方案：每项差异还剩多少。",
    ),
    "no controls": (
        "Not tried in these runs, so nothing here says which mechanism carries a difference. The same command with --controls "
        "runs every option again with shuffled ties, without ties, without ranking and with random routing.",
        "本次模拟没有做这项检验，因此不能说明差异来自哪种机制。"
        "同一命令加上 --controls，会在打乱网络、去除网络、取消考核排名和随机流转下再运行每个方案。",
    ),
    "assumptions": ("What it rests on", "依据什么"),
    "assumptions note": (
        "Values of this scenario by how well they are known. Differences follow from all of them together.",
        "本情景各参数取值按可信程度分类。差异由全部取值共同得出。",
    ),
    "found": ("found in a publication", "有公开出处"),
    "derived": ("derived from published figures", "由公开数据推算"),
    "calibrated": ("fitted to published figures", "按公开数据校准"),
    "assumed": ("assumed", "假设"),
    "design": ("choices of the design", "设计选择"),
    "influence shipped": (
        "By what they do to the difference between two models in a tenth of Yingzi (govsim sensitivity assumptions). For this "
        "scenario, run govsim sensitivity on a study of it and add its folder with --with.",
        "依据鹰手营子十分之一情景中两种模式之差的敏感性排序（govsim sensitivity assumptions）。"
        "如需本情景的结果，请对其运行govsim sensitivity，并以--with附上结果文件夹。",
    ),
    "influence": ("Most influential of the assumed values", "影响最大的假设值"),
    "parameter": ("Parameter", "参数"),
    "studies": ("Studies given with this report", "随本报告附上的研究"),
    "study cut": (
        "The table goes on; the whole of it is {file} in the folder of the study.",
        "表格未完，全表见研究文件夹中的{file}。",
    ),
    "everything": ("Every indicator", "全部指标"),
    "in the table": (
        "With so many options they stand in compare.csv in the folder of the comparison.",
        "方案较多，全部指标见对比文件夹中的compare.csv。",
    ),
    "definitions": ("What the indicators mean", "指标含义"),
    "models": ("Models shown", "显示的方案"),
    "alternative": ("{arm}: {first} at {start}, {last} at {end}.", "{arm}：{start}为{first}，{end}为{last}。"),
    "week at": ("week {n}", "第{n}周"),
    "day at": ("working day {n}", "第{n}个工作日"),
    "range": (
        "{arm}: median {middle}, from {low} to {high} over replications.",
        "{arm}：中位数{middle}，各次重复模拟从{low}到{high}。",
    ),
    "blank": (" ", ""),
    "and": (", ", "；"),
    "comma": (", ", "，"),
    "colon": (": ", "："),
    "stop": (". ", "。"),
    "titled": ("{arm}: {title}", "{arm}：{title}"),
    "listed": ("{arm}: {parts}.", "{arm}：{parts}。"),
    "unequal": ("UNEQUAL BUDGETS", "资源不相等"),
    "source": (
        "Every number on this page stands in the tables of this comparison; the page computes nothing. "
        "In this model, under these assumptions.",
        "本页每个数字都出自该编号对比的数据表，页面本身不作任何计算。仅在本模型、这些假设之下成立。",
    ),
    "more is better": ("more is better", "越高越好"),
    "less is better": ("less is better", "越低越好"),
    "unpaired interval": ("unpaired interval", "未配对置信区间"),
    "matrix note": (
        "Each row against the baseline {baseline}. Bold: better, worse, higher or lower.",
        "每行均与基准{baseline}比较。加粗：好于、差于、高于或低于基准。",
    ),
    "against": ("{other} against {baseline}", "{other}与{baseline}相比"),
    "other arm": ("Option", "方案"),
    "tiles note": (
        "Baseline (first number): {baseline}. After the verdict: difference before rounding [95% confidence interval].",
        "基准（前一个数）：{baseline}。判断之后为未四舍五入数值之差［95%置信区间］。",
    ),
    "to reproduce": ("To reproduce", "复现命令"),
    "many": ("Options side by side, most resolved first", "各方案比较（按半年解决率排序）"),
    "option": ("Option", "方案"),
    "beats": ("Better / worse", "好于／差于基准的项数"),
    "of measures": ("{better} / {worse} of {of}", "{of}项中{better}／{worse}"),
    "many note": (
        "Green: better than the baseline, orange: worse; without colour: undecided, which does not mean equal.",
        "绿色：好于基准；橙色：差于基准；无色：尚难判断，并不等于相同。",
    ),
    "two axes": ("Resolved within half a year and staff with burnout, %", "半年解决率与职业倦怠人员占比，%"),
    "two axes note": ("One mark is one option; the cross is the baseline.", "每个标记为一个方案，十字线为基准。"),
    "burnout axis": ("staff with burnout, %", "职业倦怠人员，%"),
    "resolved axis": ("resolved within half a year, % of problems", "半年解决率，占全部问题%"),
    "by kind": ("By kind of problem", "按问题类别"),
    "unresolved half year": ("Not resolved within half a year", "半年内未解决占比"),
    "by kind note": (
        "Means; better or worse where the ranges of the replications do not overlap.",
        "均值；各次重复模拟的范围不重叠时才判断好坏。",
    ),
    "knee": ("Workload and backlog of communities", "各社区的工作负荷与积压"),
    "knee figure": ("One mark is one community (median of the replications)", "每个标记为一个社区（各次重复模拟的中位数）"),
    "load axis": ("workload, % of the hours available", "工作负荷，占可用工时%"),
    "backlog axis": ("open cases per 1,000 residents", "每千名居民未办结事项"),
    "measures": ("Measures, each against the same model without it", "各项措施（与同一模式不采取该措施相比）"),
    "measure added": ("Model and measure", "模式与措施"),
    "resolution change": ("Resolved within half a year, percentage points [95% CI]", "半年解决率，百分点［95%置信区间］"),
    "studied": ("Countermeasures under {model}", "各项对策的效果（{model}）"),
    "studied measure": ("Measure", "对策"),
    "resolution points": ("Resolved within half a year, points", "半年解决率，百分点"),
    "studied better": ("better", "有改善"),
    "studied worse": ("worse", "变差"),
    "moved": ("Takes, a year", "每年占用"),
    "costs": ("Granted beyond it, a year", "每年另需"),
    "backfires": ("Gets worse", "变差的指标"),
    "many marks": (
        "▲ better than the baseline, ▼ worse, no mark: undecided, which does not mean equal.",
        "▲好于基准，▼差于基准；无标记：尚难判断，并不等于相同。",
    ),
    "more rows": (
        "Not shown: {rows}. All rows stand in the report and in compare.csv.",
        "未列出：{rows}；全部见报告和compare.csv。",
    ),
    "rows hidden": ("{n} {verdict}", "{n}项{verdict}"),
    "undecided note": (
        "Undecided does not mean equal: these replications cannot tell.",
        "尚难判断不等于相同：本次重复模拟不足以判断。",
    ),
    "looked at together": (
        "All main indicators are tested together, so one can be undecided although its own interval leaves out 0.",
        "主要指标一并检验，因此单项置信区间不含0时，仍可能尚难判断。",
    ),
    "few replications": (
        "A verdict takes {n} replications or more: add --seeds 5.",
        "至少需要{n}次重复模拟才能判断，请加 --seeds 5。",
    ),
    "large backlog": (
        "A large backlog is more than {n} open cases per 1,000 residents, mean over the counted weeks.",
        "积压严重指统计期内平均每千名居民未办结事项超过{n}件。",
    ),
    "replications": ("{n} replications (random seeds {seeds})", "{n}次重复模拟（随机种子{seeds}）"),
    "replications paired": (
        "{n} replications (random seeds {seeds}), the same residents, problems and chance for all",
        "{n}次重复模拟（随机种子{seeds}），各方案的居民、问题和偶然因素相同",
    ),
    "replications not paired": (
        "{n} replications each (random seeds {seeds}), not paired",
        "各{n}次重复模拟（随机种子{seeds}），未配对",
    ),
    "one replication": ("one replication (random seed {seeds})", "一次模拟（随机种子{seeds}）"),
    "runs made": ("{computed} computed, {reused} found, {s} s", "新模拟{computed}次，沿用{reused}次，用时{s}秒"),
    "results": ("Results    ", "结果  "),
    "report": ("Report     ", "报告  "),
    "next": ("Next       ", "下一步 "),
    "advice": ("Recommendations and their limits", "建议及其局限"),
    "certainty": ("How sure is this?", "结果有多可靠？"),
}  # fmt: skip


def say(name: str, language: Language, **values: str) -> str:
    """Return words of the page with values put in."""
    text = WORDS[name][0 if language == "en" else 1]
    for place, value in values.items():
        text = text.replace(f"{{{place}}}", value)
    return text


def printed_unit(text: str, language: Language) -> str:
    """Return a unit as words."""
    return unit(text, language).replace("0-1", "0\u20131")


def unit_beside(label: str, text: str, language: Language) -> str:
    """Return a unit beside a label: the bare sign where the label says already of what it is a share."""
    words = printed_unit(text, language)
    of = re.search(r", of (?:those )?(\w+)$" if language == "en" else "（占([^）]+)）$", label)
    return "%" if of and words.startswith(f"% of {of[1]} " if language == "en" else f"占{of[1]}") else words
