"""The null models of the theory suite, under the name by which tests of other rooms know them."""

from govsim.assurance.theory.findings import (
    PLAIN,
    PROBLEM,
    SILENT,
    Keys,
    arm,
    communities,
    governance,
    merged,
    scenario,
    world_of,
)
from govsim.assurance.theory.findings import run_engine as run

__all__ = [
    "PLAIN",
    "PROBLEM",
    "SILENT",
    "Keys",
    "arm",
    "communities",
    "governance",
    "merged",
    "run",
    "scenario",
    "world_of",
]
