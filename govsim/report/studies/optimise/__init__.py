"""The page, tables and figure of an optimisation."""
