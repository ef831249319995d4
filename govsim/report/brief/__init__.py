"""The brief: one page that says what a comparison found, whether it is better or worse, and how sure that is."""
