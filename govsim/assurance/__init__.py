"""May a result be trusted: audits, known laws, running again, and where two runs part."""
