"""Access control: host names, origins, sizes, the teacher's session."""

from __future__ import annotations

import ipaddress
import socket
from typing import Iterable
from urllib.parse import SplitResult, urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_app.kiosk.kiosk import Kiosk

COOKIE = "reps_session"
HEADER = "x-reps"  # a page of another origin would need permission to send it, and gets none
LARGEST_BODY = 20_000_000  # a roster of 100,000 students
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
SAFE = ("GET", "HEAD", "OPTIONS")


def kiosk_of(request: Request) -> Kiosk:
    """The kiosk of this server."""
    kiosk: Kiosk = request.app.state.kiosk
    return kiosk


def is_teacher(request: Request) -> bool:
    return kiosk_of(request).pins.knows(request.cookies.get(COOKIE))


def teacher(request: Request) -> Kiosk:
    """A dependency: the kiosk, for a teacher.

    Raises:
        HTTPException: 401 without a session.
    """
    if not is_teacher(request):
        raise HTTPException(401, "the teacher's PIN is needed")
    return kiosk_of(request)


def at_the_kiosk(request: Request) -> bool:
    """Whether the request comes from the device's own screen."""
    host = request.client.host if request.client else ""
    return host in ("127.0.0.1", "::1", "testclient")


class Guard:
    """Rejects requests that the kiosk's own pages never send.

    * A host name that is not the kiosk's: if another site's name pointed here, its script could
      read everything (DNS rebinding).
    * A change without our header, or a WebSocket or change from another origin.
    * A body that is too large.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        own = socket.gethostname()
        known = ("localhost", "testserver", own, f"{own}.local", *names)
        self._names = {name.lower() for name in known}  # as browsers write them

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        problem = self._problem(scope)
        if problem:
            if scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": 1008})
            status, detail = problem
            return await JSONResponse({"detail": detail}, status)(scope, receive, send)
        if scope["type"] == "http":
            return await self._app(scope, _bounded(receive), _with_headers(send))
        return await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._ours(_split(f"//{host}").hostname or ""):
            return 400, "unknown host name: add it to 'names' in the settings"
        changing = scope["type"] == "websocket" or scope["method"] not in SAFE
        origin = headers.get("origin")
        if changing and origin and _split(origin).netloc != host:
            return 403, "requests from another site are not allowed"
        if scope["type"] == "http" and changing and not headers.get(HEADER):
            return 403, f"missing header: {HEADER}"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return 413, f"more than {LARGEST_BODY} bytes"
        return None

    def _ours(self, name: str) -> bool:
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return True


def _split(url: str) -> SplitResult:
    """The parts of a URL; empty ones if it is invalid."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _bounded(receive: Receive) -> Receive:
    """Aborts a body that is longer than announced, as if the browser had disconnected."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > LARGEST_BODY else message

    return limited


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message["headers"],
                (b"content-security-policy", POLICY.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"),
                (b"cache-control", b"no-cache"),
            ]
        await send(message)

    return sender
