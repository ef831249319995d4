"""Tables for the documentation: all models side by side, and what each countermeasure does for the hours it takes."""
