"""The live app over real sockets: whom it answers, what it sends, and that nobody waits for another's district."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from govsim.app.guard import addresses
from tests.app.serving import served

pytestmark = pytest.mark.slow

pytest.importorskip("nicegui")

SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served("tiny") as address:
        yield int(urlsplit(address).port or 0)


def ask(
    port: int, path: str, headers: dict[str, str], host: str | None = None
) -> tuple[int, http.client.HTTPMessage, str]:
    """Return status, headers and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in {"Host": host or f"127.0.0.1:{port}", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = "" if answer.status == 101 else answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}"])
def test_the_printed_address_is_answered(port: int, host: str) -> None:
    assert ask(port, "/govsim/app.js", {}, host.format(port))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example:{}", "127.0.0.1", "127.0.0.1:1", "127.0.0.2:{}", "localhost.:{}", " "]
)
@pytest.mark.parametrize("path", ["/", "/govsim/app.js"])
def test_other_hosts_are_refused(port: int, path: str, host: str) -> None:
    status, _, text = ask(port, path, {}, host.format(port))
    assert status == 403
    assert "address that govsim has printed" in text


def test_two_hosts_are_refused(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("GET", "/govsim/app.js", skip_host=True)
    for host in (f"127.0.0.1:{port}", "evil.example"):
        connection.putheader("Host", host)
    connection.endheaders()
    assert connection.getresponse().status in (400, 403)
    connection.close()


ORIGINS = [("http://127.0.0.1:{}", True), ("http://localhost:{}", True), (None, True)]
ORIGINS += [
    (f"{one}", False)
    for one in ("http://evil.example", "null", "https://127.0.0.1:{}", "http://127.0.0.1", "")
]


@pytest.mark.parametrize(("origin", "welcome"), ORIGINS)
def test_foreign_origins_open_neither_page_nor_socket(port: int, origin: str | None, welcome: bool) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port)}
    assert ask(port, "/govsim/app.js", headers)[0] == (200 if welcome else 403)
    assert ask(port, SOCKET, {**UPGRADE, **headers})[0] == (101 if welcome else 403)


def test_a_socket_for_another_host_is_refused(port: int) -> None:
    assert ask(port, SOCKET, UPGRADE, f"evil.example:{port}")[0] == 403


@pytest.mark.parametrize("path", ["/", "/govsim/app.css", "/nothing"])
def test_every_answer_carries_its_policy(port: int, path: str) -> None:
    _, headers, _ = ask(port, path, {})
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe-inline" not in rules["script-src"]
    assert all(
        word.startswith(("'", f"ws://127.0.0.1:{port}", "data:", "blob:"))
        for r in rules.values()
        for word in r.split()
    )


def test_each_page_has_a_nonce_of_its_own_and_no_script_is_without_it(port: int) -> None:
    nonces = []
    for _ in range(2):
        _, headers, text = ask(port, "/", {})
        nonces += re.findall("'nonce-([^']+)'", headers["Content-Security-Policy"])
        scripts = re.findall("<script[^>]*>", text)
        assert len(scripts) > 5
        assert all(f'nonce="{nonces[-1]}"' in one or 'src="/govsim/app.js"' in one for one in scripts), (
            scripts
        )
    assert len(set(nonces)) == 2


SLOW = """
import time
import govsim.app.page as page
real = page.Session
def slow(scenario):
    time.sleep(5.0)
    return real(scenario)
page.Session = slow
"""


@pytest.mark.assurance
def test_others_are_served_while_a_district_is_built() -> None:
    """Building takes five seconds here; a page that waits for it comes whole, and everything else comes at once."""
    with served("tiny", SLOW) as address:
        port = int(urlsplit(address).port or 0)
        found: list[tuple[int, float]] = []

        def build() -> None:
            begun = time.monotonic()
            status, _, text = ask(port, "/", {})
            found.append((status if "model-left" in text else 0, time.monotonic() - begun))

        slow = threading.Thread(target=build)
        slow.start()
        time.sleep(0.5)
        for _ in range(3):
            begun = time.monotonic()
            assert ask(port, "/govsim/app.js", {})[0] == 200
            assert time.monotonic() - begun < 2.0
        assert not found, "the slow page was not being built meanwhile"
        slow.join(60)
    assert found[0][0] == 200
    assert found[0][1] >= 5.0


def test_a_scenario_that_is_gone_is_told_on_the_page() -> None:
    gone = SLOW.replace("time.sleep(5.0)", "scenario = 'gone.yaml'")
    with served("tiny", gone) as address:
        status, _, text = ask(int(urlsplit(address).port or 0), "/", {})
    assert status == 200
    assert "there is no such file" in text


def test_a_users_model_stands_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "extends: yantian\nname: {en: My Model, zh: 我的模式}\n", encoding="utf-8"
    )
    (tmp_path / "town.yaml").write_text(
        "extends: tiny\ngovernance: {models: [mine.yaml]}\n", encoding="utf-8"
    )
    with served(str(tmp_path / "town.yaml")) as address:
        status, _, text = ask(int(urlsplit(address).port or 0), "/", {})
    assert status == 200
    assert "My Model" in text


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("127.0.0.1", 8060, ("127.0.0.1:8060", "localhost:8060")),
        ("localhost", 8060, ("localhost:8060", "127.0.0.1:8060")),
        ("::1", 8060, ("[::1]:8060", "localhost:8060", "127.0.0.1:8060")),
        ("192.0.2.7", 8060, ("192.0.2.7:8060",)),
        ("office.example", 80, ("office.example:80", "office.example")),
    ],
)
def test_names_under_which_it_is_reached(host: str, port: int, expected: tuple[str, ...]) -> None:
    assert addresses(host, port) == expected
