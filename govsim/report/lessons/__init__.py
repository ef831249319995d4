"""Lessons: scenarios that a class plays in a browser without a network."""
