"""Progress and refusals in Chinese: by `--lang zh` or the language of the terminal, from one list of wordings."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

import govsim
from govsim.cli import main
from govsim.cli.chinese import LINES, PARTS, ChineseStream, asked_language, in_chinese


def test_a_run_tells_its_progress_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["run", "tiny", "--model", "legacy_administrative", "--seeds", "1", "--weeks", "4", "--jobs", "1"]
    words = [*asked, "--no-figures", "--out", str(tmp_path)]
    assert main([*words, "--lang", "zh"]) == 0
    told = capsys.readouterr().err
    assert "共1次模拟：1个方案，各重复1次。" in told
    assert "正在比较。" in told
    assert not re.search("runs?:|Comparing", told)
    assert main([*words, "--lang", "en"]) == 0
    assert "1 run: 1 option, 1 replication each." in capsys.readouterr().err


def test_a_refusal_is_told_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["brief", str(tmp_path), "--lang", "zh"]) == 2
    assert capsys.readouterr().err.startswith(f"govsim：{tmp_path}中没有比较。")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["status", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err == f"govsim：没有结果文件夹{tmp_path / 'none'}\n"
    monkeypatch.setenv("LC_ALL", "C")
    assert main(["status", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("govsim: no results folder")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["run", "--lang", "zh"], "zh"),
        (["run", "--lang=zh"], "zh"),
        (["run", "--lang", "en"], "en"),
        (["run"], "en"),
    ],
)
def test_the_command_line_says_the_language(
    words: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert asked_language(words) == language


def test_each_wording_is_one_that_the_project_prints() -> None:
    """A line whose English went is not kept: the words of its pattern stand together in one source."""
    package = Path(govsim.__file__).parent
    sources = [path.read_text("utf-8") for path in package.rglob("*.py") if path.name != "chinese.py"]
    for pattern, _ in (*LINES, *PARTS):
        words = re.findall("[A-Za-z]{4,}", re.sub(r"\\[A-Za-z]|\w\?", " ", pattern))
        assert words, pattern
        assert any(all(word in text for word in words) for text in sources), pattern


def test_progress_and_lines_without_a_wording() -> None:
    assert in_chinese("3/10 runs, 42 %, about 8 s left") == "3/10次模拟，42%，约剩8秒"
    assert in_chinese("0/10 runs, 0 %, starting") == "0/10次模拟，0%，正在启动"
    assert in_chinese("govsim: refused: words of somebody else") == "govsim：拒绝执行：words of somebody else"
    assert in_chinese("a line of a library, starting") == "a line of a library, starting"
    stream = io.StringIO()
    print("Comparing.", file=ChineseStream(stream))
    assert stream.getvalue() == "正在比较。\n"
