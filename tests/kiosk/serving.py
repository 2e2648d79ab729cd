"""A kiosk behind a real server on a real port, in this process."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import Iterator

import uvicorn

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import until


@contextmanager
def serving(kiosk: Kiosk) -> Iterator[int]:
    """The port it is served on."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(kiosk), log_level="error", ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    assert until(lambda: server.started)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
