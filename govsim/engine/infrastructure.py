"""Infrastructure decays and is kept up; households are moved out of the subsidence zone.

The condition of a community multiplies the rates at which problems arise. Upkeep goes where the condition is worse, in
proportion. Money for rehousing is saved until it suffices for the next household of the zone, which then has other problems,
but not that one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine.process import Equation, Vector
from govsim.engine.recording import COUNTER
from govsim.engine.state import State
from govsim.units import WEEKS_PER_YEAR
from govsim.world.columns import Hazard, World


def rehousing_order(world: World, key: draws.Key) -> NDArray[np.int64]:
    """Return the households of the subsidence zone in the order in which they are rehoused."""
    zone = np.flatnonzero(world.households.exposure & Hazard.SUBSIDENCE)
    community = world.households.community[zone].astype(np.uint64)
    inside = zone - world.communities.first_household[world.households.community[zone]].astype(np.int64)
    luck = np.empty(len(zone))
    draws.fill_uniform(key, (community << draws.PLACE) | inside.astype(np.uint64), luck)
    return zone[np.lexsort((zone, luck))]


def run(state: State) -> None:
    """Let one week pass for infrastructure and housing."""
    spec, prices = state.scenario.infrastructure, state.scenario.capacity.prices
    capacity, condition = state.model.capacity, state.condition
    weekly, districts = state.establishment.department_money, state.establishment.districts
    condition *= np.exp(spec.decay / WEEKS_PER_YEAR)
    weights = condition * np.diff(state.world.communities.first_household)
    for here in districts:
        weight = float(weights[here[: state.communities]].sum())
        upkeep = capacity.maintenance_share * float(weekly[here].sum())
        if upkeep > 0.0 and weight > 0.0:
            per_household = upkeep * condition / weight
            better = spec.best + (condition - spec.best) * np.exp(-per_household / prices.upkeep)
            kept = here[: state.communities] & (condition > spec.best)
            np.copyto(condition, better, where=kept)
    np.minimum(condition, spec.ceiling, out=condition)
    state.row.counters[:, COUNTER["condition"]] = condition
    if capacity.relocation_share > 0.0:
        state.saved += capacity.relocation_share * weekly
    if state.saved.any():
        for here in districts:
            _rehouse(state, prices.rehousing, here)


def _rehouse(state: State, price: float, here: NDArray[np.bool_]) -> None:
    """Move households of one district out of the subsidence zone as far as the money saved there goes."""
    saved = np.where(here, state.saved, 0.0)
    wanted = int(saved.sum() / price)
    if wanted == 0:
        return
    order = state.rehousing_order
    order = order[here[state.world.households.community[order]]]
    waiting = order[(state.hazards[order] & Hazard.SUBSIDENCE > 0) & (state.exposure.dwellers[order] > 0)]
    moved = waiting[:wanted]
    if len(moved) == 0:
        return
    state.hazards[moved] &= ~np.uint8(Hazard.SUBSIDENCE)
    cost = len(moved) * price * saved / saved.sum()
    state.saved -= cost
    state.row.money_spent[:] += cost
    state.row.counters[:, COUNTER["rehoused"]] += np.bincount(
        state.world.households.community[moved], minlength=state.communities
    )


TITLE_ZH = "基础设施"

EQUATIONS = (
    Equation(
        "institutions.infrastructure_decay",
        "condition = condition * exp(decay / 52)",
        "Each community. Condition is a factor on the rates of problems: higher is worse.",
        "每个社区。状况为问题发生率的倍数：越大越差。",
        (Vector({"condition": 1.2, "decay": 0.05}, {"condition": 1.2011544011360332}),),
    ),
    Equation(
        "institutions.infrastructure_upkeep",
        "m = money * condition / weight; weight = sum(condition * households) over the district; "
        "condition = best + (condition - best) * exp(-m / price) if condition > best",
        "Each community, where the district pays for upkeep. money: maintenance_share of the money that its "
        "departments get in a week; "
        "households as at the start; price: `capacity.prices.upkeep`.",
        "所在区县投入维护经费的每个社区。money为该区县各部门每周经费的maintenance_share；"
        "households为开始时户数；price为capacity.prices.upkeep。",
        (
            Vector(
                {"condition": 1.2, "best": 0.7, "money": 500, "weight": 60, "price": 100},
                {"condition": 1.1524187090179798},
            ),
        ),
    ),
    Equation(
        "institutions.infrastructure_ceiling",
        "condition = min(condition, ceiling)",
        "Each community, after upkeep; it is also the counter of that name.",
        "每个社区，在维护之后；同名计数即此值。",
        (),
    ),
    Equation(
        "institutions.infrastructure_saving",
        "saved = saved + relocation_share * weekly_money",
        "Each department.",
        "每个部门。",
        (),
    ),
    Equation(
        "institutions.infrastructure_rehousing",
        "moved = floor(saved / price)",
        "Each district, with what its departments have saved together; price: `capacity.prices.rehousing`. The "
        "first so many "
        "households that are still in the subsidence zone and have an adult leave it, in the order of one draw "
        "for each household of "
        "the zone (`institutions.rehousing`, community and household, once a run; ties in the order of "
        "households). Each department "
        "pays moved * price in proportion to what it saved.",
        "每个区县，用各部门合计积存；price为capacity.prices.rehousing。仍在沉陷区且有成年人的住户按次序迁出，"
        "次序由每户一个随机数"
        "（institutions.rehousing，按社区与户，全程一次；相同时按户序）确定。各部门按积存比例支付moved * price。",
        (Vector({"saved": 250000, "price": 120000}, {"moved": 2}),),
    ),
)
