"""The web server: pages, API, WebSockets, metrics."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DataError, DBAPIError

from edge_app import __version__
from edge_app.errors import InputError
from edge_app.kiosk import (
    api_health,
    api_import,
    api_results,
    api_roster,
    api_station,
    api_teacher,
    sockets,
)
from edge_app.kiosk.guard import Guard
from edge_app.kiosk.kiosk import Kiosk
from edge_app.ledger.database import said

LOG = logging.getLogger(__name__)
STATIC = Path(__file__).with_name("static")
PAGES = {
    "/": "station", "/class": "class", "/results": "results", "/settings": "settings",
    "/health": "health",
}  # fmt: skip


def create_app(kiosk: Kiosk) -> FastAPI:
    """The web application of one kiosk; the caller opens and closes the kiosk."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        kiosk.hub.attach(asyncio.get_running_loop())
        yield

    app = FastAPI(
        title="Edge Reps kiosk",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere; /openapi.json stays
        redoc_url=None,
    )
    app.state.kiosk = kiosk
    app.add_middleware(Guard, names=(kiosk.settings.host, *kiosk.settings.names))
    for part in (
        api_station,
        api_teacher,
        api_roster,
        api_import,
        api_results,
        api_health,
        sockets,
    ):
        app.include_router(part.router)

    _answer_errors(app)
    shell = (STATIC / "page.html").read_text(encoding="utf-8")
    for path, name in PAGES.items():
        page = _serving(shell.replace("PAGE", name))
        app.add_api_route(path, page, include_in_schema=False, methods=["GET"])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _answer_errors(app: FastAPI) -> None:
    """Answers every error with one sentence."""

    @app.exception_handler(InputError)
    def wrong_input(request: Request, error: InputError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 400)

    @app.exception_handler(RequestValidationError)
    def wrong_body(request: Request, error: RequestValidationError) -> JSONResponse:
        # Without the input: it may hold NaN or half a character, which JSON cannot.
        faults = [{key: one[key] for key in ("type", "loc", "msg")} for one in error.errors()]
        return JSONResponse({"detail": faults}, 422)

    @app.exception_handler(DataError)
    def cannot_be_stored(request: Request, error: DataError) -> JSONResponse:
        LOG.warning("%s", error)
        return JSONResponse({"detail": "the value is too large for the ledger"}, 400)

    @app.exception_handler(DBAPIError)
    def no_ledger(request: Request, error: DBAPIError) -> JSONResponse:
        LOG.warning("%s", error)
        return JSONResponse({"detail": said(error)}, 503)


def _serving(text: str) -> Callable[[], HTMLResponse]:
    return lambda: HTMLResponse(text)
