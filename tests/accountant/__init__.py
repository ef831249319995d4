"""The accountant: every printed number once more, from the ledgers and the definitions alone."""
