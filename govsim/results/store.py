"""The run folder ``<out>/<scenario>/<key>/``: found by content, written beside and renamed, manifest last."""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args

from govsim.engine.recording import HourSource, Recording
from govsim.results.csvtext import read_cells, table_bytes
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import UnreadableError, misfit, open_regular, read_json
from govsim.results.ledger import (
    Write,
    balance,
    case_ledger,
    counter_ledger,
    event_ledger,
    hour_ledger,
    office_ledger,
    resident_ledger,
)
from govsim.results.provenance import commit, foreign_code, portable, source_hash, versions
from govsim.results.tables import DICTIONARY, dictionary_table, run_tables, spending_table, summary_table
from govsim.results.view import View
from govsim.units import WEEKS_PER_YEAR

Keep = Literal["everything", "summary", "spending"]
FORMAT = 2
"""Version of the folder's layout; readers refuse a newer one."""
MANIFEST = "manifest.json"
_WEEKS = range(1, 100_001)
_MANIFEST = {
    "format": int, "files": {"*": str}, "key?": str, "study?": str, "scenario?": str, "arm?": str, "weeks?": _WEEKS,
    "capacity_mode?": frozenset({"neutral", "observed"}), "kept?": frozenset(get_args(Keep)), "hours_per_week?": float,
    "hashes?": {"*": (str, None)}, "versions?": {"*": str}, "command?": [str], "started_utc?": str, "warnings?": [str],
    "point?": dict, "commit?": (str, None), "dirty?": (bool, None), "unpaired_asked?": bool, "network?": dict,
    "granted_hours?": float, "granted_money?": float, "resources?": {"*": float}, "balance?": dict,
}  # fmt: skip
"""What every manifest holds, and the form of what it may hold; see :data:`~govsim.results.foreign.Shape`."""
_RUN = {
    "key": str, "scenario": str, "arm": str, "capacity_mode": str, "seed": int, "weeks": _WEEKS, "hours_per_week": float,
    "hashes": {"scenario": str, "arm": str, "code": str, "world": str, "exogenous": str},
    "versions": {"govsim": str, "python": str}, "started_utc": str,
}  # fmt: skip
"""What the manifest of a run holds besides."""
_PARQUET_MARK = b"PAR1"
"""First and last bytes of a Parquet file."""
_TRIES = 20
_ABANDONED_SECONDS = 3600.0
"""Writing a run takes a second; a hidden folder as old as this has no writer any more."""

_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True)
class RunIdentity:
    """What a run is, by content; no name enters the key.

    Attributes
    ----------
    scenario, arm : str
        Content hash of the resolved scenario (without its choice of models and seeds), and of the governance
        model together with its capacity mode.
    seed : int
        Root seed.
    """

    scenario: str
    arm: str
    seed: int

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits for scenario, model, capacity mode, seed and deciding code."""
        words = f"{self.scenario}:{self.arm}:{self.seed}:{source_hash()}:{FORMAT}"
        return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class RunContext:
    """Everything else the manifest says.

    Attributes
    ----------
    documents : dict of str to str
        Text files that make the run repeatable, by file name: ``scenario.yaml`` and what it refers to.
    started : str
        UTC start, ISO 8601.
    seconds : float
        Wall time of the simulation.
    network : dict
        Measures of the network that was built: degree, clustering, assortativity, components.
    point : dict
        Of a point of a design, which keeps no documents of its own: where they are, and the settings it adds.
    """

    scenario_label: str
    arm_label: str
    capacity_mode: str
    governance: str
    command: list[str]
    documents: dict[str, str]
    started: str
    seconds: float
    warnings: list[str] = field(default_factory=list)
    network: dict[str, Any] = field(default_factory=dict)
    point: dict[str, Any] = field(default_factory=dict)


def slug(words: str) -> str:
    """Return a folder name made of words: lower-case letters, digits and hyphens, safe on every disk."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not name or name in _RESERVED:
        digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()
        name = f"scenario-{digest}"
    return name


def prepare(out: Path) -> None:
    """Make sure that results can be written before anything is computed.

    Raises
    ------
    EnvironmentProblem
        If the folder cannot be made or written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(b"govsim")
            probe.flush()
    except OSError as problem:
        reason = "it is a file" if out.is_file() else (problem.strerror or str(problem))
        raise EnvironmentProblem(f"cannot write results to {out}: {reason}. Nothing was computed.") from None


def write_run(
    folder: Path,
    identity: RunIdentity,
    context: RunContext,
    recording: Recording,
    keep: Keep = "everything",
) -> None:
    """Write one run; the folder appears whole or not at all.

    Parameters
    ----------
    keep
        ``summary`` keeps the indicators of the whole run and the manifest only, without waiting for the disk: of a
        thousand points each can be computed again, and what a power failure cuts off is found by its hash. ``spending``
        keeps what hours and money went into beside it.

    Raises
    ------
    RefusedError
        If a result is not a number, or the books of cases, hours or money do not close.
    EnvironmentProblem
        If the disk is full or not writable; what was finished before stays.
    """
    with _without_collector():
        _write_run(folder, identity, context, recording, keep)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Put the search for circles of objects off: tables make many objects and no circles, and a search looks at all there are."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _write_run(
    folder: Path, identity: RunIdentity, context: RunContext, recording: Recording, keep: Keep
) -> None:
    view = View(recording)
    books = balance(view)
    if books.faults:
        raise RefusedError(f"run {identity.key} (seed {identity.seed}): " + "; ".join(books.faults))
    files = _everything(view) if keep == "everything" else _summary(view)
    if keep == "spending":
        files["spending.csv"] = table_bytes("spending.csv", *spending_table(view))
    files |= {name: words.encode("utf-8") for name, words in context.documents.items()}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "key": identity.key,
        "scenario": context.scenario_label,
        "arm": context.arm_label,
        "capacity_mode": context.capacity_mode,
        "kept": keep,
        "seed": identity.seed,
        "weeks": recording.weeks,
        "hours_per_week": recording.hours_per_week,
        "hashes": {
            "scenario": identity.scenario,
            "arm": identity.arm,
            "governance": context.governance,
            "code": source_hash(),
            **recording.hashes,
        },
        "network": context.network,
        "granted_hours": recording.granted_hours,
        "granted_money": float(recording.money_granted.sum()),
        "resources": resources(view),
        "balance": asdict(books),
        "versions": versions(),
        **commit(),
        "command": portable(context.command),
        "started_utc": context.started,
        "seconds": round(context.seconds, 3),
        "warnings": context.warnings,
        **({"point": context.point} if context.point else {}),
        **({"replaced": replaced} if (replaced := [name for name, _ in foreign_code()]) else {}),
    }
    write_folder(folder, files, manifest, lasting=keep == "everything")


def resources(view: View) -> dict[str, float]:
    """Return what an arm had over the whole run: hours supplied by whose they are, and tasks from above asked and refused.

    Hours of volunteers, of members and of partners are outside every budget; a comparison says whether they were equal.
    """
    supplied = view.recording.supplied.sum(axis=(0, 1))
    hours = {f"hours_{source.name.lower()}": float(supplied[source]) for source in HourSource}
    return hours | {
        "hours_ordered": view.total("mandated_hours"),
        "tasks_asked": view.total("task_hours_arrived"),
        "tasks_refused": view.total("task_hours_refused"),
        "resident_years": view.total("residents") / WEEKS_PER_YEAR,
    }


def _everything(view: View) -> dict[str, bytes | Write]:
    files: dict[str, bytes | Write] = {
        name: _dictionary() if name == DICTIONARY else table_bytes(name, header, rows)
        for name, (header, rows) in run_tables(view)
    }
    files["cases.parquet"] = case_ledger(view)
    if view.recording.events:
        files["events.parquet"] = event_ledger(view)
    files["residents.parquet"] = resident_ledger(view)
    files["hours.parquet"] = hour_ledger(view)
    files["offices.parquet"] = office_ledger(view)
    files["counters.parquet"] = counter_ledger(view)
    return files


@cache
def _dictionary() -> bytes:
    """Return the dictionary of tables, the same for all runs."""
    return table_bytes(DICTIONARY, *dictionary_table())


def _summary(view: View) -> dict[str, bytes | Write]:
    header, rows = summary_table(view)
    return {"summary.csv": table_bytes("summary.csv", header, rows)}


def write_folder(
    folder: Path, files: Mapping[str, bytes | Write], manifest: dict[str, Any], lasting: bool = True
) -> None:
    """Write files and then the manifest to a hidden folder beside, flush, and rename it into place.

    Parameters
    ----------
    files
        Content by name, or what writes it.
    manifest
        What the manifest says beside the hashes of the files, which are added.
    lasting
        Wait until the disk has it.

    Raises
    ------
    EnvironmentProblem
        If the disk is full or not writable; the hidden folder is removed.
    """
    part: Path | None = None
    name = "its folder"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        part.chmod(0o755)
        with ThreadPoolExecutor(1) as beside:
            waits = []
            for name, content in files.items():
                _write(part / name, content)
                if lasting:  # the disk works on one file while the next is made
                    waits.append((name, beside.submit(_flush, part / name)))
            hashes = {"files": {name: file_digest(part / name) for name in sorted(files)}}
            while waits:
                name, flushed = waits.pop(0)
                flushed.result()
        text = json.dumps(manifest | hashes, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        name = MANIFEST
        _write(part / name, text.encode("utf-8"))
        if lasting:
            _flush(part / name)
            _flush_folder(part)
        _put(part, folder)
        if lasting:
            _flush_folder(folder.parent)
        remove_leftovers(folder, _ABANDONED_SECONDS)
    except BaseException as problem:
        written = _size(part) / 1e6 if part is not None else 0.0
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)
        if not isinstance(problem, OSError):
            raise
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else (problem.strerror or str(problem))
        needs = f"more than {written:.1f} MB needed"
        raise EnvironmentProblem(f"cannot write {name} of {folder} ({needs}): {reason}") from None


def _put(part: Path, folder: Path) -> None:
    """Rename ``part`` to ``folder``, while another process may be doing the same with the same files."""
    for _ in range(_TRIES):
        try:
            part.rename(folder)
            return
        except OSError as problem:
            if problem.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        if _listed_files(folder) == _listed_files(part) and _names(folder) == _names(part):
            shutil.rmtree(part)  # somebody may be reading what is there, and it is the same
            return
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        with contextlib.suppress(FileNotFoundError):
            folder.rename(aside / folder.name)
        shutil.rmtree(aside, ignore_errors=True)
    raise OSError(errno.EBUSY, "another process keeps writing it")


def _names(folder: Path) -> set[str]:
    with contextlib.suppress(OSError):
        return {path.name for path in folder.iterdir()}
    return set()


def _listed_files(folder: Path) -> object:
    try:
        manifest = read_manifest(folder)
    except (RefusedError, OSError):  # changed, or gone while it was being read
        return None
    return None if manifest is None else manifest["files"]


def remove_leftovers(folder: Path, seconds: float) -> None:
    """Remove hidden folders that processes which were killed while writing this one have left behind.

    Parameters
    ----------
    seconds
        Age from which on one has no writer any more; 0 for who holds the lock of the run.
    """
    for left in folder.parent.glob(f".{folder.name}-*"):
        with contextlib.suppress(FileNotFoundError):  # its owner has just put it in place
            if time.time() - left.stat().st_mtime >= seconds:
                shutil.rmtree(left, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _write(path: Path, content: bytes | Write) -> None:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_digest(path: Path) -> str:
    """Return the hash of a file as manifests list it."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, partial(hashlib.blake2b, digest_size=16)).hexdigest()


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return what a manifest says without looking at the files that it lists, or None where there is none.

    Raises
    ------
    UnreadableError
        If it cannot be read or is not in the form of a manifest, naming the entry.
    RefusedError
        If it was written by a newer govsim.
    """
    if not os.path.lexists(folder / MANIFEST):
        return None
    manifest: dict[str, Any] = read_json(folder / MANIFEST, _MANIFEST)
    if manifest["format"] != FORMAT:
        raise RefusedError(
            f"run {folder.name} has layout {manifest['format']}, this govsim reads {FORMAT}: "
            "read it with the version that wrote it"
        )
    wrong = misfit(manifest, _RUN) if "seed" in manifest else ""
    for name in manifest["files"]:
        if Path(name).name != name or name in ("", ".", "..") or not name.isprintable():
            wrong = wrong or f" lists {name!r}, which is no file of this folder"
    if wrong:
        raise UnreadableError(f"{folder.name}: {MANIFEST}{wrong}")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest, or None where the folder has none and so holds no finished run.

    Raises
    ------
    UnreadableError
        As :func:`manifest_of`.
    RefusedError
        If the run was written by a newer govsim, or a file is not what was written.
    """
    manifest = manifest_of(folder)
    for name, expected in manifest["files"].items() if manifest is not None else ():
        path = folder / name
        try:
            reason = "" if file_digest(path) == expected else "changed, cut off or missing since"
        except OSError as problem:
            reason = "it is missing" if problem.errno == errno.ENOENT else "it is a link or no regular file"
        except ValueError as problem:
            reason = str(problem)
        if not reason:
            continue
        if _is_cut_off(path):
            raise CutOffError(f"run {folder.name}: {name} is not what was written, it lacks its end")
        if reason.startswith("changed") and path.suffix == ".csv":
            read_cells(path)  # names the week and the indicator where a cell is no result
        raise RefusedError(
            f"run {folder.name}: {name} is not what was written ({reason}). "
            f"Delete the folder {folder.as_posix()} to compute it again."
        )
    return manifest


class CutOffError(RefusedError):
    """A file of a run ends in its middle, as after a power failure; nobody changed it on purpose."""


def _is_cut_off(path: Path) -> bool:
    """Return whether a file that is not what was written merely lacks its end."""
    try:
        with open_regular(path) as file:
            first = file.read(len(_PARQUET_MARK))
            file.seek(-len(first), os.SEEK_END)
            last = file.read()
    except (OSError, ValueError):
        return False
    if path.suffix == ".parquet":
        return not first or (first == _PARQUET_MARK and last != _PARQUET_MARK)
    return not last.endswith(b"\n")


def find_run(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a finished run, or None; a folder that is unfinished or cut off is set aside.

    Raises
    ------
    RefusedError
        As :func:`read_manifest`, but for files that were cut off and manifests that cannot be read.
    EnvironmentProblem
        If the folder cannot be set aside.
    """
    try:
        manifest = read_manifest(folder)
    except (CutOffError, UnreadableError):
        manifest = None
    if manifest is None and folder.exists():
        number = 1
        while (aside := folder.with_name(f"{folder.name}.broken-{number}")).exists():
            number += 1
        try:
            folder.rename(aside)
        except FileNotFoundError:
            pass  # another process was quicker
        except OSError as problem:
            raise EnvironmentProblem(
                f"cannot set aside the unfinished {folder.name}: {problem.strerror}"
            ) from None
    return manifest
