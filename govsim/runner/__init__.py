"""One run and many: locks, workers, progress and the folders in which runs are kept; nothing here knows statistics."""
