"""Whoever starts the tests in the background has them ignore Ctrl-C; what is tested here is what it does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    heard = before is not signal.SIG_IGN or threading.current_thread() is not threading.main_thread()
    if not heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if not heard:
        signal.signal(signal.SIGINT, before)
