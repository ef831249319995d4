"""An audit of one governance model: was it favoured, does it cost what it does, is any of it without effect.

Every check runs the engine on small worlds through ``simulate``; none of them reads the engine's sources.
"""

from govsim.assurance.audit.auditing import audit
from govsim.assurance.audit.bench import AuditRuns
from govsim.assurance.audit.rows import Audit, AuditRow, Followed
from govsim.assurance.audit.subject import FULL, QUICK, Profile

__all__ = ["FULL", "QUICK", "Audit", "AuditRow", "AuditRuns", "Followed", "Profile", "audit"]
