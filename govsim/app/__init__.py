"""The live app: two models in lockstep in a browser, on this machine and for this machine only."""
