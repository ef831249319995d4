"""Files of results that somebody else has sent: pipes, links, devices and what is too large are refused, and nothing hangs."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

import govsim
from govsim.cli import main
from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular, read_small


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    secret = tmp_path / "outside"
    secret.write_text("a secret line\n")
    (tmp_path / "link").symlink_to(secret)
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "device", "pipe", "folder", "nothing"):
        with pytest.raises(OSError, match=name):
            open_regular(tmp_path / name)
        with pytest.raises(OSError, match=name):
            read_small(tmp_path / name)
        with pytest.raises(RefusedError, match="cannot be read") as found:
            read_cells(tmp_path / name)
        assert "secret" not in str(found.value)
    with pytest.raises(ValueError, match="larger"):
        open_regular(secret, 3)
    assert open_regular(secret).read() == b"a secret line\n"


def test_tables_that_are_no_text_are_refused(tmp_path: Path) -> None:
    for text in (b"\xff\xfe\x00", b"a,b\n1,\x00\xff\n", b'a\n"' + b"x" * 200_000 + b'"\n'):
        (tmp_path / "t.csv").write_bytes(text)
        with pytest.raises(RefusedError):
            read_cells(tmp_path / "t.csv")


def test_a_run_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """K6: five of six runs are five of six, and the sixth has a name."""
    words = [
        "run",
        "tiny",
        "--weeks",
        "8",
        "--seeds",
        "3",
        "--no-figures",
        "--capacity",
        "neutral",
        "--jobs",
        "1",
    ]
    assert main([*words, "--model", "legacy_administrative", "--out", str(tmp_path)]) == 0
    runs = govsim.load_results(tmp_path)
    assert len(runs) == 3
    broken = runs.runs[1].folder
    whole = (broken / "manifest.json").read_bytes()
    for text in (whole[:100], b"[" * 100_000, b'"word"', b"\xff\xfe", b"{}"):
        (broken / "manifest.json").write_bytes(text)
        with pytest.warns(UserWarning, match=f"left out: run {broken.name}"):
            assert len(govsim.load_results(tmp_path)) == 2
        capsys.readouterr()
        main(["explain", str(tmp_path), "--case", "1"])
        assert broken.name in capsys.readouterr().err
        assert main(["status", str(tmp_path)]) in (0, 3)
        assert broken.name in capsys.readouterr().out
    (broken / "manifest.json").unlink()
    os.mkfifo(broken / "manifest.json")
    with pytest.warns(UserWarning, match=broken.name):
        assert len(govsim.load_results(tmp_path)) == 2
    (broken / "manifest.json").unlink()
    (broken / "manifest.json").write_bytes(whole)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(govsim.load_results(tmp_path)) == 3
