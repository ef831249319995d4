"""What may be said about numbers over seeds; nothing here knows a run or the engine."""
