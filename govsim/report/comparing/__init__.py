"""The folder of a comparison: tables that hold every number a person is shown, and words that say what they show."""
