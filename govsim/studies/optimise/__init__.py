"""Portfolios of countermeasures under one budget: the search, the front, and how much the answer hangs on."""
