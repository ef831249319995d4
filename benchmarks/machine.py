"""The machine and the libraries that figures come from."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.crowd.native import FLAGS, compiler

LIBRARIES = (
    "govsim",
    "numba",
    "llvmlite",
    "numpy",
    "scipy",
    "networkx",
    "mesa",
    "ciw",
    "starsim",
    "pyarrow",
)


def describe() -> list[tuple[str, str]]:
    """Return what there is, as pairs of name and value."""
    rows = [
        ("processor", _processor()),
        ("cores", f"{os.cpu_count()}, of which this process may use {len(_usable())}"),
        ("caches", _caches()),
        ("memory", f"{memory() / 2**30:.1f} GiB, of which {available() / 2**30:.1f} GiB free"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("libraries", ", ".join(f"{name} {found}" for name in LIBRARIES if (found := version(name)))),
        ("C compiler", _compiler()),
    ]
    return [(name, value) for name, value in rows if value]


def version(library: str) -> str:
    """Return the version of a library, or nothing where it is absent."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def memory() -> int:
    """Return the memory of the machine in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def available() -> int:
    """Return the memory that can be had without swapping, in bytes."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    return int(found[1]) * 1024 if found else memory()


def _usable() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def gather() -> str:
    """Say how this machine reads sixteen numbers from places far apart."""
    found = vectors()
    if "avx512f" in found:
        return "one gather instruction (AVX-512)"
    if "avx2" in found:
        return "two gather instructions of eight, as this machine has AVX2 and no AVX-512"
    return "sixteen loads, as this machine has no gather instruction"


def vectors() -> list[str]:
    """Return the extensions of the processor for wide registers that matter here."""
    flags = re.search(r"^flags\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return [name for name in ("avx2", "avx512f") if flags and name in flags[1].split()]


def _processor() -> str:
    text = _read("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    vector = vectors()
    name = model[1] if model else platform.processor() or platform.machine()
    return f"{name}{' with ' + ', '.join(vector) if vector else ''}"


def _caches() -> str:
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = _read(folder / "type").strip()
        level, size = _read(folder / "level").strip(), _read(folder / "size").strip()
        if kind != "Instruction" and size:
            found.append(f"L{level} {size}")
    return ", ".join(found)


def _compiler() -> str:
    path = compiler()
    if path is None:
        return "none"
    done = subprocess.run([path, "--version"], capture_output=True, text=True)
    return f"{done.stdout.splitlines()[0] if done.stdout else path}, {' '.join(FLAGS)}"


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
