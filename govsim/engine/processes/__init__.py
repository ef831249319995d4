"""One file per process of the weekly order: its rule in words, its equation with source, then the kernel."""
