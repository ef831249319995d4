"""What is kept of a run: indicators read from the recording, and the run folder that can defend itself."""

from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.values import Missing, Value

__all__ = ["EnvironmentProblem", "Missing", "RefusedError", "Value"]
