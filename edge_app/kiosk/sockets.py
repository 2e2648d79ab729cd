"""WebSockets: events for every page, pictures for those that show them."""

import asyncio
from typing import Callable, Optional

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from edge_app.kiosk.hub import Hub, Watcher
from edge_app.kiosk.kiosk import Kiosk

router = APIRouter()
FULL = 1013  # "try again later"
IN_FLIGHT = 2  # pictures that may be on their way to a browser that has not drawn them
SLOW_S = 20.0  # a message that takes longer to go out will not arrive


@router.websocket("/ws/events")
async def events(socket: WebSocket) -> None:
    """First the whole state (`kind` "board"), then every event and the newest live values."""
    kiosk: Kiosk = socket.app.state.kiosk
    await _serve(socket, kiosk.hub, lambda: {"kind": "board", **kiosk.board.snapshot()})


@router.websocket("/ws/pictures")
async def pictures(socket: WebSocket) -> None:
    """The newest picture, after each «next» of the browser, as `pictures.pack` makes it."""
    kiosk: Kiosk = socket.app.state.kiosk
    await _serve(socket, kiosk.hub, None)


async def _serve(socket: WebSocket, hub: Hub, first: Optional[Callable[[], object]]) -> None:
    """`first` makes what a page gets first; None is for the pictures."""
    await socket.accept()
    watcher = hub.join(pictures=first is None)
    if watcher is None:
        await socket.close(FULL)
        return
    wanted: asyncio.Queue[None] = asyncio.Queue(IN_FLIGHT)
    for _ in range(IN_FLIGHT):
        wanted.put_nowait(None)
    # Both directions at once: only reading tells that the browser is gone.
    tasks = [
        asyncio.ensure_future(_read(socket, wanted)),
        asyncio.ensure_future(_write(socket, watcher, wanted, first)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        hub.leave(watcher)


async def _read(socket: WebSocket, wanted: "asyncio.Queue[None]") -> None:
    """Until the browser leaves; whatever it says means that it has drawn a picture."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        if not wanted.full():
            wanted.put_nowait(None)


async def _write(
    socket: WebSocket,
    watcher: Watcher,
    wanted: "asyncio.Queue[None]",
    first: Optional[Callable[[], object]],
) -> None:
    try:
        if first is not None:
            # Made after joining: nothing falls between, and the events' numbers sort out the rest.
            await socket.send_json(first())
        while not watcher.lost:
            if first is None:
                await wanted.get()
            message = await watcher.next()
            if isinstance(message, bytes):
                await asyncio.wait_for(socket.send_bytes(message), SLOW_S)
            else:
                await asyncio.wait_for(socket.send_text(message), SLOW_S)
        await socket.close(FULL)
    except (WebSocketDisconnect, asyncio.TimeoutError, RuntimeError):
        return  # the browser is gone, or might as well be
