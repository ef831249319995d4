"""Run a scenario from a source checkout: ``python run.py SCENARIO`` is ``govsim run SCENARIO``."""

import sys

from govsim.cli import forward, main

if __name__ == "__main__":
    sys.argv[1:] = forward(sys.argv[1:])
    sys.exit(main())
