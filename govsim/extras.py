"""Libraries that only some commands need: who has not installed them is told before anything is computed."""

from __future__ import annotations

from importlib.util import find_spec

from govsim.results.errors import EnvironmentProblem

EXTRAS = {"distributed": "cluster", "optuna": "studies", "SALib": "studies", "sklearn": "studies"}
"""By module, the extra of pyproject.toml that installs it."""


def require(module: str, purpose: str) -> None:
    """Refuse to go on without a module.

    Raises
    ------
    EnvironmentProblem
        If it is not installed, with the line that installs it.
    """
    if find_spec(module) is None:
        raise EnvironmentProblem(
            f"{purpose} needs {module}, which is not installed:  pip install 'govsim[{EXTRAS[module]}]'"
        )
