"""How fast govsim is, beside what others use for the same work: ``python -m benchmarks`` from a checkout.

One file or folder for each part of the table: :mod:`crowd`, :mod:`casework`, :mod:`world`, :mod:`runs`, :mod:`ensemble`,
:mod:`start`. Each has ``measure(effort)``, which returns tables; :mod:`page` writes them into ``docs/benchmarks.md``.
The pages says what is compared; ``docs/speed.md`` says why it comes out that way.
"""
