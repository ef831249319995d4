"""The words in which everything is counted, declared once in both languages.

Indicators name what they count, out of whom and over which weeks with these words; :class:`govsim.results.view.View`
has the query for each, and the tests have a second one, written from these definitions alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A word of the trade: its name and its definition, in English and in Chinese."""

    name: str
    zh: str
    definition: str
    definition_zh: str


TERMS: tuple[Term, ...] = (
    Term(
        "case", "案件",
        "One row of the case ledger: a problem or a question of one household. What comes back after it was solved is a case "
        "of its own, with the same number and the next recurrence.",
        "案件台账中的一行：一户居民的一个问题或一次咨询。解决后复发的，另计为一个案件，编号相同，复发次数加一。",
    ),
    Term(
        "problem", "问题",
        "A case whose class is not of the kind consultation.",
        "类别不属于咨询的案件。",
    ),
    Term(
        "question", "咨询",
        "A case whose class is of the kind consultation. It is in no rate of problems.",
        "类别属于咨询的案件，不计入任何问题类指标。",
    ),
    Term(
        "known", "已发现",
        "A case is known from the moment at which it first came to light, by whatever channel: column detected of the case "
        "ledger.",
        "案件自首次被任一渠道发现之时起为已发现：案件台账中的detected列。",
    ),
    Term(
        "report", "报告",
        "A resident tells an office of a case: it comes to light by hotline or walk-in, or the resident calls about a case that "
        "was known and not closed when the week began (event called_again that takes nobody's hours).",
        "居民向单位反映一个案件：通过热线或上门使其被发现，或就周初已发现而未办结的案件再次来电（不耗工时的called_again事件）。",
    ),
    Term(
        "call", "来电",
        "A report by hotline, repeated calls included.",
        "通过热线的报告，含重复来电。",
    ),
    Term(
        "order", "工单",
        "A known problem. It is due once: at the moment at which it is closed for good, or at its official deadline, whichever "
        "is first; the deadline runs from when it came to light. One that lapses before its deadline is never due.",
        "已发现的问题。每件工单只到期一次：最终办结之时或法定期限届满之时，以先到者为准；期限自被发现之时起算。期限届满前自行消失的不计为到期。",
    ),
    Term(
        "in time", "按期",
        "An order is truly done in time when it is solved by its deadline. It is reported as done in time when it is closed by "
        "then, by work or by explanation, or when its office says so all the same.",
        "工单在期限内得到解决为实际按期解决；期限内以办理或解释办结，或承办单位仍称已办结的，为上报按期办结。",
    ),
    Term(
        "solved", "解决",
        "A problem is solved (truly resolved) when it is closed by work done: outcome resolved. Answers to questions, "
        "explanations and lapses solve nothing. A problem that comes back and is solved again counts twice.",
        "问题因办理而办结（结果为resolved）即为解决。答复咨询、解释办结和自行消失均不算解决。复发后再次解决的计两次。",
    ),
    Term(
        "present", "在住",
        "A resident is present in a week when he or she lived there as it began; who dies or moves away does so at a week's end. "
        "An adult is a present resident aged 16 or over when the week began.",
        "一周开始时在住的居民为该周在住居民；去世或迁出者于周末离开。周初年满16岁的在住居民为成年居民。",
    ),
    Term(
        "group", "群体",
        "Residents are grouped by what they were at the start; those with fewest ties have at most as many ties as the tenth of adults "
        "with the fewest. Coming to light, being solved and their gaps go, in groups by age and work, by what the owner was when the "
        "problem arose.",
        "按居民期初的情况分组；社会联系最少者指联系数不超过成年居民中最少一成的居民。按年龄和就业状况分组时，发现、解决及其差距按问题发生时当事人的情况计。",
    ),
    Term(
        "counted weeks", "统计期",
        "The last 52 weeks of a run; of a run of less than two years the second half. Flows, means of stocks and rates are taken "
        "over them, and cases count by when they arose, were solved or could be watched to the end of their window.",
        "模拟期的最后52周；不足两年的取后半段。流量、存量均值和各种比率均按统计期计算；案件按其发生、解决或观察期结束的时间计入。",
    ),
    Term(
        "worked hours", "工作工时",
        "Hours under any activity but idle. Supplied hours are worked hours and idle hours together.",
        "除空闲以外各用途的工时。供给工时为工作工时与空闲工时之和。",
    ),
)  # fmt: skip
"""In the order in which they build on each other."""
