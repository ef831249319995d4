"""Files of results that somebody else has sent: pipes, links, devices and what is too large are refused, and nothing hangs."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import govsim
from govsim.cli import main
from govsim.results import csvtext, load
from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.foreign import misfit, open_regular, read_small
from govsim.results.provenance import portable
from govsim.results.store import file_digest
from tests.results.fuzz import fuzz
from tests.small import small_run

pytestmark = pytest.mark.slow


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
    assert main(small_run(tmp_path, "--model", "legacy_administrative", seeds=3)) == 0
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


# Foreign folders: every command refuses what it cannot use, in one line, with exit code 4, and reads nothing outside.


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "results"
    assert main(small_run(out)) == 0
    return out


@pytest.fixture
def sent(made: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a copy of the results that may be damaged, beside a file that nobody may read, and no time to hang."""
    shutil.copytree(made, tmp_path / "results")
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    signal.signal(signal.SIGALRM, _too_slow)
    signal.alarm(60)
    yield tmp_path / "results"
    signal.alarm(0)


def _too_slow(*_: object) -> None:
    raise AssertionError("it hangs")


SECRET = "a line of a file outside"
RUN, COMPARISON = "tiny/*[0-9a-f]", "tiny/comparison-*"


def the(results: Path, pattern: str) -> Path:
    return min(
        path for path in results.glob(pattern) if path.name.startswith("comparison") == ("comp" in pattern)
    )


def sealed_again(folder: Path, name: str, content: bytes) -> None:
    """Put a file into a folder and its hash into the manifest, as somebody would who means harm."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = file_digest(folder / name)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def commands(results: Path, folder: Path) -> dict[str, list[str]]:
    """Return every command that takes a result, by what it is asked for."""
    zipped, page = results.parent / "a.zip", results.parent / "a.html"
    return {
        "status": ["status", str(results)],
        "contents": ["status", str(results), "--contents"],
        "case": ["explain", str(folder), "--case", "60"],
        "resident": ["explain", str(folder), "--resident", "3"],
        "verify": ["verify", str(folder), "--jobs", "1"],
        "against": ["verify", str(folder), "--against", str(folder)],
        "pack": ["pack", str(results), "-o", str(zipped)],
        "report": ["report", str(the(results, COMPARISON)), "-o", str(page)],
        "table of a study": ["report", str(the(results, COMPARISON)), "-o", str(page), "--with", str(folder)],
    }


def outcomes(results: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int, str]]:
    """Return exit code and words of every command; none may be an internal error or tell what stands outside."""
    found = {}
    for name, words in commands(results, folder).items():
        code = main(words)
        said = "".join(capsys.readouterr())
        assert "internal error" not in said, (name, said)
        assert SECRET not in said, name
        found[name] = code, said
    for table in ("summary", "weekly", "cases", "residents", "hours"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                getattr(govsim.load_results(folder), table)
        except RefusedError as problem:
            found[f"load {table}"] = 4, str(problem)
    return found


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(to: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.unlink()
        path.symlink_to(to)

    return make


def _holding(content: bytes) -> Callable[[Path], None]:
    return lambda path: print(path.write_bytes(content))


def _saying(**entries: object) -> Callable[[Path], None]:
    """Return what changes entries of a manifest."""
    return lambda path: print(path.write_text(json.dumps(json.loads(path.read_bytes()) | entries)))


MANIFESTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_fifo, "no regular file"),
    "an endless device": (_link("/dev/zero"), "is a link"),
    "a link that leads outside": (_link("../../../secret"), "is a link"),
    "too large": (_holding(b" " * 6_000_000), "larger than 5,000,000 bytes"),
    "brackets": (_holding(b"[" * 100_000), "nested more than"),
    "no UTF-8": (_holding(b'{"format": 2, "arm": "\xff\xfe"}'), "is not UTF-8 at byte 22"),
    "cut off": (_holding(b'{"format": 2, '), "is not JSON"),
    "a list": (_holding(b"[1]"), "holds [1] where a mapping should be"),
    "no number": (_saying(hours_per_week=float("nan")), "NaN is no number of JSON"),
    "half a character": (_saying(arm="\ud800"), "half a character"),
    "a huge number": (_saying(seed=10**30), "a number that is too large"),
    "a text for a number": (_saying(weeks="8"), 'entry weeks, holds "8" where a whole number, 1 to 100000, should be'),
    "no weeks": (_saying(weeks=0), "entry weeks, holds 0"),
    "a list for hashes": (_saying(hashes=["code"]), 'entry hashes, holds ["code"] where a mapping should be'),
    "no hash of the world": (_saying(hashes=dict.fromkeys(("scenario", "arm", "code"), "0")),
        "entry hashes, has no entry world"),
    "an unknown mode": (_saying(capacity_mode="none"), 'holds "none" where neutral or observed should be'),
    "a number for a version": (_saying(versions={"govsim": 3, "python": "3"}), "entry versions.govsim, holds 3 where a text"),
    "a file elsewhere": (_saying(files={"../../../secret": "0"}), "which is no file of this folder"),
    "no files": (_saying(files=None), "entry files, holds null where a mapping should be"),
    "a newer layout": (_saying(format=99), "has layout 99"),
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_cannot_be_used_is_refused_by_every_command(
    name: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, words = MANIFESTS[name]
    run = the(sent, RUN)
    damage(run / "manifest.json")
    found = outcomes(sent, run, capsys)
    for command, (code, said) in found.items():
        if command in ("status", "contents"):  # they list what is broken, with the reason
            assert (code, "1 broken" in said) == (0, True), (command, said)
        else:
            assert code == 4, (command, said)
        assert run.name in said, (command, said)
        assert words in said, (command, said)
    assert {"load summary", "load cases"} <= found.keys()


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_comparison_whose_manifest_cannot_be_used_is_refused(
    name: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, words = MANIFESTS[name]
    comparison = the(sent, COMPARISON)
    damage(comparison / "manifest.json")
    if words.startswith(("entry hashes, has no", "entry weeks, holds 0")):
        return  # of runs only
    assert main(["report", str(comparison)]) == 4
    said = capsys.readouterr().err
    assert words in said
    assert SECRET not in said
    assert not (comparison / "report.html").exists()


def parquet(columns: dict[str, object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def _ledger(run: Path, name: str) -> dict[str, object]:
    table = pq.read_table(run / name)
    return dict(zip(table.column_names, table.columns, strict=True))


TABLES: dict[str, tuple[str, Callable[[Path], bytes], str, str]] = {
    "rows without end": ("cases.parquet", lambda run: parquet({"case": np.zeros(5_000_000)}), "case",
        "would unfold to more than"),
    "a giant cell": ("cases.parquet", lambda run: parquet(_ledger(run, "cases.parquet") | {
        "channel": pa.array(["x" * 10_000_000] + ["y"] * (pq.read_metadata(run / "cases.parquet").num_rows - 1))}),
        "case", "too long a text in column channel"),
    "a long cell": ("cases.parquet", lambda run: parquet(_ledger(run, "cases.parquet") | {
        "channel": pa.array(["x" * 20_000] + ["y"] * (pq.read_metadata(run / "cases.parquet").num_rows - 1))}),
        "case", "a text of more than 10,000 bytes in column channel"),
    "other columns": ("cases.parquet", lambda run: parquet({"number": [1, 2]}), "case", "has no column case"),
    "words for numbers": ("cases.parquet", lambda run: parquet({"case": ["1", "2"]}), "case",
        "holds string in column case where numbers should be"),
    "lists": ("cases.parquet", lambda run: parquet({"case": [[1], [2]]}), "case", "in column case where numbers should be"),
    "gaps": ("cases.parquet", lambda run: parquet({"case": pa.array([1, None])}), "case", "has empty cells in column case"),
    "no Parquet": ("cases.parquet", lambda run: b"PAR1" + b"\0" * 50 + b"PAR1", "case", "cannot be read"),
    "communities that are not": ("cases.parquet", lambda run: parquet(_ledger(run, "cases.parquet") | {
        "community": pa.array([99] * pq.read_metadata(run / "cases.parquet").num_rows)}), "case", "do not fit each other"),
    "no names": ("offices.csv", lambda run: b"office,level\n0,desk\n", "case", "has no column name"),
    "a column twice": ("offices.csv", lambda run: b"name,name\na,b\n", "case", "has the column name twice"),
    "a giant CSV cell": ("offices.csv", lambda run: b"name\n" + b"x" * 400_000 + b"\n", "case", "field larger"),
    "no end of cells": ("offices.csv", lambda run: b"name\n" + b"x\n" * 50_001, "case", "more than 100,000 cells"),
    "an empty table": ("summary.csv", lambda run: b"", "summary", "summary.csv of run"),
    "no number": ("summary.csv", lambda run: b"indicator,value\na,b\n", "summary", "neither a number nor n/a"),
    "no CSV": ("summary.csv", lambda run: b"\xff\xfe\n", "summary", "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_with_the_right_hash_and_a_wrong_content_are_refused(
    name: str, sent: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, content, command, words = TABLES[name]
    run = the(sent, RUN)
    number = int(pq.read_table(run / "cases.parquet")["case"][0].as_py())
    sealed_again(run, file, content(run))
    monkeypatch.setattr(load, "_MOST_UNFOLDED", 20_000_000)  # 12 GB and 20 million take a while to be written
    monkeypatch.setattr(csvtext, "_MOST_CELLS", 100_000)
    if command == "case":
        code = main(["explain", str(run), "--case", str(number)])
        said = "".join(capsys.readouterr())
    else:
        with pytest.raises(RefusedError) as refused:
            _ = govsim.load_results(run).summary
        code, said = 4, str(refused.value)
    assert code == 4, said
    assert words in said, said
    assert run.name in said


@pytest.mark.parametrize("file", ["summary.csv", "cases.parquet", "scenario.yaml"])
@pytest.mark.parametrize("damage", [_fifo, _link("/dev/zero"), _link("../../../secret")])
def test_links_pipes_and_devices_are_refused_by_every_command(
    file: str, damage: Callable[[Path], None], sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the hash in the manifest is that of the file outside."""
    run = the(sent, RUN)
    sealed_again(run, file, (sent.parent / "secret").read_bytes())
    damage(run / file)
    for command, (code, said) in outcomes(sent, run, capsys).items():
        if command != "status":
            assert file in said, (command, said)
            assert code == (0 if command == "contents" else 4), (command, said)


FACTS = json.dumps({"arms": [{"label": 3}]}).encode()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("comparison.json", FACTS, "comparison.json"),
        ("comparison.json", b"[" * 100_000, "nested more than"),
        ("comparison.json", b"\xff", "is not UTF-8"),
        ("runs.json", b'{"arms": 3, "comparisons": []}', "entry arms, holds 3 where a list should be"),
        ("runs.json", b'{"arms": [{"label": "a", "content": "b", "capacity_mode": "neutral", "runs": [{"seed": 1, '
         b'"folder": "../../../../etc"}]}], "comparisons": []}', "does not lie beside it"),
        ("compare.csv", b"indicator\na\n", "files are not what govsim writes"),
        ("groups.csv", b"\xff\xff", "cannot be read"),
    ],
)  # fmt: skip
def test_comparisons_with_the_right_hash_and_a_wrong_content_are_refused(
    file: str, content: bytes, words: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = the(sent, COMPARISON)
    sealed_again(comparison, file, content)
    assert main(["report", str(comparison)]) == 4
    assert words in capsys.readouterr().err
    assert main(["verify", str(comparison), "--jobs", "1"]) == 4
    assert "internal error" not in capsys.readouterr().err


def test_a_scenario_of_a_run_reads_nothing_outside_its_folder(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = the(sent, RUN)
    (sent.parent / "pyproject.toml").write_text(
        ""
    )  # the folder above is a project, whose files a scenario may name
    text = (run / "scenario.yaml").read_bytes()
    for more in (b"extends: ../../../secret\n", text.replace(b"- governance.yaml", b"- ../../../secret")):
        sealed_again(run, "scenario.yaml", more)
        assert main(["verify", str(run), "--jobs", "1"]) != 0
        said = "".join(capsys.readouterr())
        assert "out of the project folder" in said
        assert SECRET not in said


def test_locks_and_notes_in_a_folder_are_not_followed(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link in the place of a lock would have the file outside cut off; pipes there would be waited for."""
    run = the(sent, RUN)
    shutil.rmtree(run)
    for number, make in enumerate((lambda path: path.symlink_to("../../secret"), os.mkfifo)):
        lock = run.with_name(f".{run.name}.lock")
        lock.unlink(missing_ok=True)
        make(lock)
        os.mkfifo(run.with_name(f"asked-{number}.json"))
        os.mkfifo(run.with_name(f"{number:016x}.failed.json"))
        assert main(["status", str(sent)]) == 0
        assert main(small_run(sent)) == 5
        assert ".lock" in capsys.readouterr().err
    assert (sent.parent / "secret").read_text() == f"{SECRET}\n"


def test_a_run_that_is_a_link_is_refused(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Inside a result; what a user names may be a link."""
    run = the(sent, RUN)
    outside = run.rename(sent.parent / "outside")
    run.symlink_to(outside, target_is_directory=True)
    assert govsim.load_results(outside).runs
    with pytest.warns(UserWarning, match=f"left out: run {run.name}: it is a link"):
        assert run.name not in {found.folder.name for found in govsim.load_results(sent).runs}
    assert main(["verify", str(the(sent, COMPARISON))]) == 4
    assert "which is a link; links are refused" in capsys.readouterr().err


def test_a_damaged_run_is_set_aside_and_computed_again(sent: Path) -> None:
    run = the(sent, RUN)
    _fifo(run / "manifest.json")
    assert main(small_run(sent)) == 0
    assert (run / "manifest.json").is_file()
    assert (run.with_name(f"{run.name}.broken-1") / "manifest.json").is_fifo()


def test_folder_names_that_are_no_text(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = sent.with_name(os.fsdecode(b"caf\xe9"))
    sent.rename(odd)
    run = the(odd, RUN)
    renamed = run.with_name(os.fsdecode(b"r\xe9n"))
    run.rename(renamed)
    for name, (code, said) in outcomes(odd, renamed, capsys).items():
        assert code == (4 if name == "pack" else 0), (name, said)
    assert main(["pack", str(renamed), "-o", str(sent.parent / "b.zip")]) == 4
    assert "is no text" in capsys.readouterr().err
    assert main(small_run(odd / os.fsdecode(b"n\xe9w"))) == 0
    assert portable([os.fsdecode(b"n\xe9w")]) == ["n\\udce9w"]  # as manifests say which command wrote them


def test_what_fits_no_shape_is_named() -> None:
    shape = {"a": [{"b?": int, "*": (str, None)}], "c?": frozenset({"x", "y"})}
    assert misfit({"a": [{"b": 1, "d": None, "e": ""}], "c": "x", "z": 1}, shape) == ""
    assert (
        misfit({"a": [{}, {"b": True}]}, shape) == ", entry a[1].b, holds true where a whole number should be"
    )
    assert misfit({"a": [{"q": 2}]}, shape) == ", entry a[0].q, holds 2 where a text or null should be"
    assert misfit({"c": "x"}, shape) == " has no entry a"
    assert misfit({"a": [], "c": "z"}, shape) == ', entry c, holds "z" where x or y should be'
    assert misfit(3, float) == "" != misfit(3.5, int)


def test_a_file_that_grows_while_it_is_read_is_read_no_further(tmp_path: Path) -> None:
    path = tmp_path / "grows"
    path.write_bytes(b"x" * 10)
    with open_regular(path, 10) as file:
        with path.open("ab") as more:
            more.write(b"x" * 100_000)
        with pytest.raises(ValueError, match="larger than 10 bytes"):
            file.read()


@pytest.mark.assurance
def test_a_slice_of_random_damage(made: Path) -> None:
    """Done or refused: no internal error, no hang; the whole of it is ``python -m tests.results.fuzz 3000``."""
    counted, wrong = fuzz(60, made)
    assert not wrong
    assert sum(counted.values()) == 60
    assert min(counted[code] for code in (0, 2, 4)) > 5
