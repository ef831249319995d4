"""Chinese names of the groups of residents, whose English ones are what run folders hold."""

from __future__ import annotations

from collections.abc import Mapping

_GROUPS = {
    "all": "全体", "age": "年龄", "sex": "性别", "schooling": "文化程度", "work": "就业状态", "origin": "户籍来源",
    "Party": "党员身份", "housing": "住房类型", "registration": "志愿者注册", "hazard": "灾害影响", "ties": "社会联系",
    "distance": "与党员的距离", "community": "社区", "gap": "与其他居民的差距",
    "worst off": "处境最差的群体",
}  # fmt: skip
_CATEGORIES = {
    "all residents": "全体居民",
    "under 16": "16岁以下", "16 to 34": "16至34岁", "35 to 59": "35至59岁", "60 to 74": "60至74岁",
    "75 and over": "75岁及以上",
    "men": "男性", "women": "女性",
    "primary or less": "小学及以下", "junior secondary": "初中", "senior secondary": "高中", "college": "大专及以上",
    "child": "儿童", "employed": "在业", "laid-off": "下岗", "self-employed": "个体经营", "retired": "退休",
    "student": "学生", "local": "本地居民", "migrant": "外来人口", "not a member": "非党员", "member": "党员",
    "old work-unit": "老单位小区", "resettlement": "安置小区", "commodity": "商品房小区", "village": "村庄",
    "not registered": "未注册", "registered volunteer": "注册志愿者",
    "subsidence": "采煤沉陷影响", "water": "饮用水影响", "farmland": "耕地影响",
    "tenth with fewest ties": "联系最少的一成", "below the middle": "联系较少", "above the middle": "联系较多",
    "tenth with most ties": "联系最多的一成",
    "Party members": "党员本人", "tied to a Party member": "与党员直接联系", "two steps from a Party member": "与党员相隔两步",
    "three or more steps from a Party member": "与党员相隔三步及以上", "no path to a Party member": "与党员无联系可达",
    "migrants minus rest": "外来人口减其他", "laid-off minus rest": "下岗人员减其他",
    "aged 65 and over minus rest": "65岁及以上老人减其他", "hazard-zone residents minus rest": "灾害区居民减其他",
    "residents with fewest ties minus rest": "社会联系最少者减其他",
}  # fmt: skip
_NONE = {"work": "无业", "hazard": "无灾害影响"}


def group_zh(group: str) -> str:
    """Return the Chinese name of a grouping."""
    return _GROUPS.get(group, group)


def category_zh(group: str, category: str, communities: Mapping[str, str]) -> str:
    """Return the Chinese name of a group; those of communities are the scenario's."""
    if group == "community":
        return communities.get(category, category)
    return _NONE[group] if category == "none" and group in _NONE else _CATEGORIES.get(category, category)
