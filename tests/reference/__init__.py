"""The model once more: every process in plain Python, from the numbered equations of the model description alone."""
