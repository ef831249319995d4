"""Who is answered by the live app, and what its page may do.

The app answers requests for the address that it printed and refuses all others, so that no foreign name leads to it (DNS
rebinding) and no foreign page opens its socket. The content policy lets a page load from the app alone. Scripts inside a
page need the nonce of that answer, which is written into the template before any text of a scenario. NiceGUI evaluates what
the server sends and compiles templates (``'unsafe-eval'``), and its style sheets are made in the page (``'unsafe-inline'``
for styles only).
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_REFUSED = b"Refused: this page is served at the address that govsim has printed, and nowhere else.\n"


def addresses(host: str, port: int) -> tuple[str, ...]:
    """Return the values of the header Host that are answered: those under which a person reaches ``host``."""
    name = f"[{host}]" if ":" in host else host
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    names = dict.fromkeys([name, "localhost", "127.0.0.1"] if loopback else [name])
    # A browser leaves out the port that everybody knows.
    return tuple(
        f"{one}{rest}" for one in names for rest in ([f":{port}", ""] if port == 80 else [f":{port}"])
    )


def policy(nonce: str, host: str) -> str:
    """Return the content policy of one answer."""
    return "; ".join([
        "default-src 'self'",
        f"script-src 'self' 'unsafe-eval' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self' ws://{host}",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ])  # fmt: skip


class Guard:
    """Middleware (ASGI) that refuses foreign hosts and origins and sends the headers of every answer.

    Parameters
    ----------
    app : callable
        What is guarded.
    allowed : tuple of str
        See :func:`addresses`.
    """

    def __init__(self, app: Application, allowed: tuple[str, ...]) -> None:
        self.app, self.allowed = app, allowed
        self.origins = tuple(f"http://{one}" for one in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        host = _only(scope, b"host")
        origin = _only(scope, b"origin")
        if host not in self.allowed or origin not in (None, *self.origins):
            await _refuse(scope, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = {
            b"content-security-policy": policy(nonce, host).encode(),
            b"x-frame-options": b"DENY",
            b"x-content-type-options": b"nosniff",
            b"referrer-policy": b"no-referrer",
        }

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in headers]
                message["headers"] = [*kept, *headers.items()]
            await send(message)

        await self.app(scope, receive, answer)


def _only(scope: Scope, wanted: bytes) -> str | None:
    """Return a header that is there once; nothing if it is not there, and no valid one if it is there twice."""
    found = [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == wanted]
    return None if not found else found[0] if len(found) == 1 else ""


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED})


def with_nonces(templates: Any) -> None:
    """Let the scripts of page templates (Jinja) carry the nonce of their answer; what is filled in later gets none."""
    inner = templates.env.loader
    read = inner.get_source

    def get_source(environment: Any, template: str) -> Any:
        source, file, fresh = read(environment, template)
        return re.sub(r"<script(?=[\s>])", '<script nonce="{{ request.state.nonce }}"', source), file, fresh

    inner.get_source = get_source
    templates.env.cache.clear()
