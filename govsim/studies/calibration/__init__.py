"""Fitting assumed parameters to published figures: a region that is accepted, and what it does not settle.

``targets`` says what is fitted and what is held out, ``runs`` runs points, ``emulator`` learns each indicator from the
runs, ``sampling`` draws from the region, ``reading`` says what the region tells, ``search`` brings them together, and
``twin`` tries the whole on data whose parameters are known.
"""
