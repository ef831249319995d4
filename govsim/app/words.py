"""The words of the app in both languages, those of the picture among them."""

from __future__ import annotations

from govsim.report.stage import STAGE_WORDS

_OWN: dict[str, dict[str, str]] = {
    "en": {
        "title": "Two models, the same district",
        "seed": "seed",
        "projector": "Projector (F)",
        "language": "中文",
        "settings": "Settings of the district",
        "add": "Add a setting",
        "apply": "Apply and begin anew",
        "story": "What happened to",
        "case": "problem no.",
        "resident": "resident no.",
        "tell": "Tell",
        "pick": "Click a problem or a resident in the district, or give a number.",
        "none": "There is nothing to tell of it on this side yet.",
        "first": "Play or step first: nothing has happened yet.",
        "limits": (
            "In this model, under these assumptions. Both sides have the "
            "same residents, problems, hours and money."
        ),
        "same": "The same numbers:",
        "keys": "Keys: space plays and pauses, arrow right steps, Home resets, F projector.",
    },
    "zh": {
        "title": "同一个社区，两种模式",
        "seed": "种子",
        "projector": "投影模式 (F)",
        "language": "English",
        "settings": "社区参数",
        "add": "添加参数",
        "apply": "应用并重新开始",
        "story": "来龙去脉",
        "case": "问题编号",
        "resident": "居民编号",
        "tell": "讲述",
        "pick": "在图中点击一个问题或一位居民，或输入编号。",
        "none": "这一侧目前没有可讲述的内容。",
        "first": "请先播放或前进一周：目前什么都还没有发生。",
        "limits": "以上均为本模型在所设假设下的结果。两侧的居民、问题、工时与资金相同。",
        "same": "得到同样数字的命令：",
        "keys": "按键：空格播放或暂停，右方向键前进一周，Home 重置，F 投影模式。",
    },
}

WORDS = {language: own | STAGE_WORDS[language] for language, own in _OWN.items()}
