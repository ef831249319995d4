# %% [markdown]
# # From a first run to a governance model of your own
#
# This file is plain Python; editors that know `# %%` cells (VS Code, Spyder, PyCharm, Jupyter with jupytext) show it
# as a notebook. Run it whole with `python docs/tutorial/first_model.py`, or cell by cell. It needs nothing but govsim,
# and no network.

# %% [markdown]
# ## 1. One run, week by week
#
# A model is one scenario under one governance model. A step is a week.

# %%
from govsim import GovernanceModel

model = GovernanceModel("tiny", "legacy_administrative", seed=1)
for _ in range(26):
    model.step()
print(
    f"week {model.engine.week}: {model.open:.0f} known cases wait, {model.undetected:.0f} problems are known to no office"
)

# %% [markdown]
# Residents are agents in Mesa's sense: views of the engine's columns.

# %%
active = model.residents.select(lambda person: person.weeks_active > 0)
print(f"{len(active)} of {len(model.residents)} residents have taken part at least once")

# %% [markdown]
# ## 2. Two governance models, the same residents, the same chance
#
# With one seed both models meet the same problems. So differences are taken seed by seed.

# %%
import pandas as pd

from govsim.engine import resolve_arm, simulate
from govsim.results.indicators import summarise
from govsim.results.view import View
from govsim.scenario import load, load_governance
from govsim.world import build

MEASURES = ["resolved_existing_26w", "resolved_reported_26w", "hidden_13w", "participation_4w", "burnout"]


def measure(governance: str, seeds: range) -> pd.DataFrame:
    """Return one row a seed and one column a measure, under equal hours and money."""
    scenario = load("tiny").scenario
    arm = resolve_arm(load_governance(governance).model, "neutral")
    rows = []
    for seed in seeds:
        world = build(scenario.population, scenario.network, seed)
        values = summarise(View(simulate(world, scenario, arm, seed)))
        rows.append({name: values[name] for name in MEASURES})
    return pd.DataFrame(rows, index=pd.Index(seeds, name="seed")).apply(pd.to_numeric, errors="coerce")


SEEDS = range(1, 9)
legacy = measure("legacy_administrative", SEEDS)
party_led = measure("party_led_cogovernance", SEEDS)
difference = party_led - legacy
print(difference.agg(["mean", "std"]).T.round(1))

# %% [markdown]
# The standard deviation is that of one district of 300 residents: a single run says little. `govsim compare` gives the
# intervals, and corrects them for looking at many measures at once.
#
# ## 3. A governance model of your own
#
# A model is a YAML file that says who looks, who decides, who works and whose hours they are. It holds no outcome.

# %%
import tempfile
from pathlib import Path

from govsim.cli import main

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
main(["new", "model", "door_to_door", "--from", "legacy_administrative", "--out", str(folder)])
file = folder / "door_to_door.yaml"
text = file.read_text(encoding="utf-8")
changed = text.replace("visit_share: 0.05", "visit_share: 0.25")
assert changed != text
file.write_text(changed, encoding="utf-8")
assert main(["check", str(file)]) == 0

# %% [markdown]
# Community workers now spend a quarter of their hours on home visits. What do they find, and what is left undone?

# %%
visits = measure(str(file), SEEDS) - legacy
print(visits.agg(["mean", "std"]).T.round(1))
assert visits["hidden_13w"].mean() < 0

# %% [markdown]
# More comes to light. Whether more is solved depends on the hours that remain, in this model, under these assumptions: change
# `capacity.staff.community` in the scenario and run it again.
#
# ## 4. Where to go on
#
# - `govsim audit door_to_door.yaml` looks for a thumb on the scale.
# - `govsim describe detection.visit_share` explains a parameter; `docs/governance.en.md` explains the eight blocks.
# - `docs/guide.md` has studies, measures and shocks, `docs/lessons.md` lessons for a class.
