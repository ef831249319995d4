"""The live app in a process of its own, at a free port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator


@contextlib.contextmanager
def served(scenario: str, before: str = "") -> Iterator[str]:
    """Serve the app on a free port; gives its address. ``before`` is Python that runs first in its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["app", scenario, "--no-browser", "--port", str(port)]
    program = f"{before}\nfrom govsim.cli import main\nraise SystemExit(main({words!r}))"
    command = [sys.executable, *(["-c", program] if before else ["-m", "govsim", *words])]
    # NiceGUI takes a program that runs under pytest for a test of its own.
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    server = subprocess.Popen(command, env=plain, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert server.poll() is None, server.communicate()[0]
        time.sleep(0.1)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)
