"""Mesa's door to a run: a model that Mesa's tools step, collect from and batch, and agents that are views.

The state of a run stays in the engine's columns. A resident, Party member, cadre or social organisation is an
index into them: reading an attribute reads the column, setting one writes the column, and the engine goes on
from there in the next week. What the world fixes and what records past weeks can only be read. Views are made
when somebody first asks for agents, so a model that is only stepped runs at the engine's speed.

This is the one room that imports Mesa (3.3 to 3.5). Mesa 3.3 sets the start method of ``multiprocessing`` to
``spawn`` when it is imported, as its own ``batch_run`` needs it.
"""

from govsim.agents.model import GovernanceModel
from govsim.agents.views import Cadre, PartyMember, Resident, SocialOrganization

__all__ = ["Cadre", "GovernanceModel", "PartyMember", "Resident", "SocialOrganization"]
