"""Conversions of units; the only fixed numbers beside the declared parameters."""

WEEKS_PER_YEAR = 52
DAYS_PER_WEEK = 5
"""Working days."""

WEEKS_PER_MONTH = 52 / 12
PER_1000 = 1 / 1000
PER_10000 = 1 / 10_000
PERCENT = 100.0
THOUSAND = 1000.0
MILLION = 1e6
ADULT_AGE = 16
"""Age from which a resident is asked and counted as somebody who may take part."""

ELDERLY_AGE = 65
YOUNG_AGE = 40
"""Age from which a household counts no longer as a young one."""

OLD_AGE = 60
"""Age beyond which people count as old in the statistics that patterns are compared with."""

RECENT_WEEKS = 4
"""Weeks over which somebody who took part counts as active."""

ROUNDING = 1e-9
"""Difference below which two amounts of hours or posts are the same."""

MOST_TERMS = 256.0
"""Largest mean of a Poisson number that is drawn at once; exp(-mean) of a larger one would be nothing."""

UNSURE = 1e-12
"""What is left of a chance that would otherwise be certain, so that its hazard stays finite."""

NEVER_EXCEEDED = 40
"""Standard deviations above its mean that no count of a week reaches; room for it is made before the week."""

BLOCK = 256
"""Residents that decide together; what is known of them while they do fits into the first cache."""

LANES = 16
"""Residents who look at their ties side by side."""

RESIDENT_BITS = 29
"""Bits of a tie that name the other resident; the layer stands above them."""

LAYER_BITS = 3
LAYERS = 1 << LAYER_BITS
"""Layers of ties that fit above them; the last one is of no tie and weighs nothing."""

SPOOLED_BYTES = 8 * 2**20
"""Bytes of a growing table that stay in memory."""

SORTED_ROWS = 2**16
"""Rows of a large table that are sorted at a time, or more, so that there are at most so many parts."""

SORTED_PARTS = 64

ROWS_TAKEN_APART = 2**12
"""Records of a growing table that are made into columns at a time."""

SAMPLED_ROWS = 2**20
"""Rows that are looked at to cut a large table into parts."""
