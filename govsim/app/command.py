"""The command ``app``: what has to be there before a page can be served."""

from __future__ import annotations

import importlib.util
import socket
import sys

from govsim.app.session import Session
from govsim.report.exits import DONE, ENVIRONMENT

HOST = "127.0.0.1"
"""This machine alone; nobody else on the network sees the page."""


def app_command(scenario: str, port: int, browser: bool) -> int:
    """Serve the app until it is stopped.

    Raises
    ------
    ScenarioError
        If something is wrong with the scenario; nothing is served then.
    """
    if importlib.util.find_spec("nicegui") is None:
        how = (
            "python -m pip install -e '.[app]'   in the folder of govsim, or   python -m pip install nicegui"
        )
        print(f"govsim: the app needs NiceGUI, which is not installed:  {how}", file=sys.stderr)
        return ENVIRONMENT
    Session(scenario)
    if not _free(port):
        print(
            f"govsim: port {port} is in use; choose another:  govsim app {scenario} --port {port + 1}",
            file=sys.stderr,
        )
        return ENVIRONMENT
    from govsim.app.page import serve

    print(f"http://{HOST}:{port}  (Ctrl-C stops it)", flush=True)
    serve(scenario, HOST, port, browser)
    return DONE


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
