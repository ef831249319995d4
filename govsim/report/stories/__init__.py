"""Stories of one problem or one resident: which run, which facts, and their words in English and Chinese."""
