"""Whoever starts the tests may have them ignore signals: Ctrl-C in the background, a lost terminal under nohup.

What is tested here is what the signals do.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

_HEARD = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    ignored = []
    if threading.current_thread() is threading.main_thread():
        ignored = [number for number in _HEARD if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, _HEARD[number])
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
