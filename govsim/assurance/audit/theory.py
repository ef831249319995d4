"""Closed forms that the engine has to meet whatever the model: a handful of the theory suite."""

from __future__ import annotations

from govsim.assurance.audit.rows import AuditRow
from govsim.assurance.theory import quick_nulls


def quick() -> list[AuditRow]:
    """Compare the engine with a few exact values, each on a null model of its own under the plainest governance."""
    done = "null models of the theory suite, each under the plainest governance"
    checks = quick_nulls()
    off = [one for one in checks if not one.ok]
    words = f"{len(checks) - len(off)} of {len(checks)} closed forms met"
    shown = off or checks[:1]
    words += "; " + "; ".join(
        f"{one.name}: {one.engine:.4g}, exact {one.exact:.4g} ± {one.tolerance:.2g}" for one in shown[:3]
    )
    return [AuditRow("theory", done, "fail" if off else "pass", words, len(off))]
