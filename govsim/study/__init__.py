"""Many runs: arms times seeds, and what may be said about their differences."""
