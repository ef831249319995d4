"""Chinese label and meaning of the engine's weekly counters; the English meaning stands in the engine's own list."""

from __future__ import annotations

from typing import NamedTuple


class Chinese(NamedTuple):
    """Label and meaning."""

    label: str
    meaning: str


CHINESE: dict[str, Chinese] = {
    "residents": Chinese("居民人数", "本周在住居民；离开者于周末离开"),
    "adults": Chinese("成年居民", "本周初年满16岁、有资格参与的在住居民"),
    "registered": Chinese("注册志愿者", "注册为志愿者的成年居民"),
    "active": Chinese("本周自愿参与者", "本周自愿参与的成年居民"),
    "active_called": Chinese("其中因动员参与者", "其中若无动员便不会参与的人"),
    "active_registered": Chinese("本周参与的注册志愿者", "本周参与的注册志愿者"),
    "active_4w": Chinese("四周内参与者", "最近四周内自愿参与过的成年居民"),
    "ever_active": Chinese("累计参与过者", "自模拟开始以来至少参与过一次的成年居民"),
    "called": Chinese("被动员者", "收到参与动员的成年居民"),
    "called_members": Chinese("被动员党员", "收到动员且与党支部有联系的成年居民"),
    "answered_members": Chinese("响应动员的党员", "其中本周参与的人"),
    "mandated_hours": Chinese("指令性出席工时", "按要求出席的工时，从不计入自愿参与"),
    "self_started_hours": Chinese("自发志愿工时", "无须动员即参与者的志愿工时"),
    "called_hours": Chinese("动员志愿工时", "因动员而参与者的志愿工时"),
    "arrived": Chinese("新发生案件", "新发生的问题和咨询，含复发"),
    "detected": Chinese("新发现案件", "首次被发现的案件"),
    "resolved": Chinese("真实解决", "通过办理而真实解决的案件"),
    "explained": Chinese("解释性办结", "以解释最终办结、问题未解决的案件"),
    "reopened": Chinese("解释后问题仍存", "以解释答复后问题仍在、重新转为隐性的案件"),
    "lapsed": Chinese("自行消失", "自行消失或被撤回的案件"),
    "recurred": Chinese("复发", "新发生问题中由已解决问题复发而来者"),
    "undetected": Chinese("未发现存量", "存在而不在任何单位案头的案件，含解释后仍存者"),
    "open": Chinese("待办存量", "已知而未办结的案件"),
    "waiting_for_money": Chinese("待资金存量", "等待资金的未办结案件"),
    "contacts": Chinese("热线来电", "居民与热线的联系，含重复来电"),
    "repeated": Chinese("重复来电", "就周初已发现而未办结的案件再次来电"),
    "desk_answered": Chinese("热线直接解答", "由热线直接解答的咨询"),
    "dispatched": Chinese("转办工单", "转办为工单的联系"),
    "reported_due": Chinese("到期工单", "本周按期办结的工单，以及期限落在本周而未办结的工单"),
    "reported_done": Chinese("上报办结", "其中承办单位上报为按期办结者"),
    "truly_done": Chinese("真实办结", "其中到期前真实解决者"),
    "callbacks": Chinese("独立回访", "本周得到服务的居民接受的独立回访"),
    "callbacks_satisfied": Chinese("独立回访满意", "其中对结果满意者"),
    "official_callbacks": Chinese("官方回访", "行政满意率所依据的回访"),
    "official_callbacks_satisfied": Chinese("官方回访满意", "其中记录为满意者"),
    "trust_community": Chinese("对居委会的信任", "对居委会的信任"),
    "trust_street": Chinese("对街道（镇）的信任", "对街道（镇）的信任"),
    "trust_district": Chinese("对区级政府的信任", "对区级政府的信任"),
    "trust_centre": Chinese("对中央的信任", "对中央的信任"),
    "satisfaction": Chinese("服务满意度", "对服务的满意度"),
    "efficacy": Chinese("效能感", "相信共同行动有用的程度"),
    "task_hours_arrived": Chinese("下达任务工时", "下达到社区的上级任务的工作量"),
    "task_hours_refused": Chinese("拒收任务工时", "其中按准入清单拒收者：未完成，并计入统计"),
    "task_hours_moved": Chinese("上移任务工时", "其中上移到街道者，街道的工时照计"),
    "fees": Chinese("任务经费", "随清单外任务下拨的经费"),
    "ordered_asked": Chinese("指令服务时数", "登记者被要求提供的服务时数，无论是否到岗"),
    "votes_due": Chinese("应投票次数", "应就议程进行的投票"),
    "votes_missed": Chinese("未达法定人数", "因到会居民不足而未进行的投票"),
    "trifles": Chinese("凑数上报", "网格员为完成上报指标而上报的琐事"),
    "found_by_patrol": Chinese("巡查上报", "由巡查上报的案件，含解释后仍存者"),
    "enrolled": Chinese("登记服务者", "按规定登记、承担指令性服务的成年居民"),
    "activity": Chinese("登记者到岗率", "接到指令时到岗的概率"),
    "training_hours": Chinese("党员培训工时", "党员培训的工时"),
    "organisations": Chinese("社会组织数", "在社区内存续并开展工作的社会组织"),
    "organisation_strength": Chinese("社会组织力量", "存续的社会组织，按其投入工时的比例折算"),
    "condition": Chinese("基础设施状况", "基础设施状况，即问题发生率的乘数"),
    "rehoused": Chinese("搬迁户数", "迁出采煤沉陷区的家庭"),
    "over_60": Chinese("60岁以上居民", "本周生日之后年龄超过60岁的居民"),
    "left": Chinese("离开者", "去世或迁出的居民"),
}
"""By counter name; a test says that every counter of the engine has one."""

LABELS_ZH: dict[str, str] = {name: words.label for name, words in CHINESE.items()}
"""Labels alone."""
