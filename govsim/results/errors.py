"""Two reasons not to go on that are nobody's bug: honesty and the machine."""

from __future__ import annotations


class RefusedError(Exception):
    """A result or a comparison that would mislead; exit code 4."""

    exit_code = 4


class EnvironmentProblem(Exception):  # noqa: N818  (named for what a person reads, not for its base)
    """Disk, permission or lock: nothing is wrong with what was asked; exit code 5."""

    exit_code = 5
