"""WebSockets: events for every page, pictures for those that show them."""

import asyncio
from typing import Callable, Optional

import anyio
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from edge_app.kiosk.hub import Hub, Watcher
from edge_app.kiosk.kiosk import Kiosk

router = APIRouter()
FULL = 1013  # "try again later"
IN_FLIGHT = 2  # pictures in flight to a browser that has not drawn them yet
SLOW_S = 20.0  # a message that takes longer to send will not arrive


@router.websocket("/ws/events")
async def events(socket: WebSocket) -> None:
    """Sends the whole state (`kind` "board"), then every event and the newest live values."""
    kiosk: Kiosk = socket.app.state.kiosk
    await _serve(socket, kiosk.hub, lambda: {"kind": "board", **kiosk.page_state.snapshot()})


@router.websocket("/ws/pictures")
async def pictures(socket: WebSocket) -> None:
    """Sends the camera's newest picture after each "next" of the browser; see `pictures.pack`."""
    kiosk: Kiosk = socket.app.state.kiosk
    await _serve(socket, kiosk.hub, None, kiosk.pictures.again)


async def _serve(
    socket: WebSocket,
    hub: Hub,
    first: Optional[Callable[[], object]],
    joined: Callable[[], None] = lambda: None,
) -> None:
    """Serves one browser; `first` makes the first message, None for pictures."""
    await socket.accept()
    watcher = hub.join(pictures=first is None)
    if watcher is None:
        await socket.close(FULL)
        return
    joined()
    wanted: asyncio.Queue[None] = asyncio.Queue(IN_FLIGHT)
    for _ in range(IN_FLIGHT):
        wanted.put_nowait(None)
    try:
        # Both directions at once: only reading detects that the browser is gone.
        async with anyio.create_task_group() as both:
            both.start_soon(_read, socket, wanted, both.cancel_scope)
            await _write(socket, watcher, wanted, first)
            both.cancel_scope.cancel()
    finally:
        hub.leave(watcher)


async def _read(socket: WebSocket, wanted: "asyncio.Queue[None]", both: anyio.CancelScope) -> None:
    """Reads until the browser leaves; any message means that it has drawn a picture."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        if not wanted.full():
            wanted.put_nowait(None)
    both.cancel()


async def _write(
    socket: WebSocket,
    watcher: Watcher,
    wanted: "asyncio.Queue[None]",
    first: Optional[Callable[[], object]],
) -> None:
    try:
        if first is not None:
            # Made after joining: no event is missed, and event numbers remove duplicates.
            await socket.send_json(first())
        while not watcher.lost:
            if first is None:
                await wanted.get()
            message = await watcher.next()
            with anyio.fail_after(SLOW_S):
                if isinstance(message, bytes):
                    await socket.send_bytes(message)
                else:
                    await socket.send_text(message)
        await socket.close(FULL)
    except (WebSocketDisconnect, TimeoutError, RuntimeError):
        return  # the browser is gone, or too slow
