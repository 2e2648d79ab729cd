"""`reps kiosk`: camera, counting and pages in one command."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge_app.camera.address import shown
from edge_app.cli.options import add_model, add_orientation
from edge_app.errors import InputError
from edge_app.runtime.providers import AUTO
from edge_app.settings import Settings, load_settings
from edge_app.validation import parse_values

MOST_CONNECTIONS = 600  # each page holds two
# Storing a repetition takes the interpreter's lock a dozen times; each time the counting thread may
# hold it this long (5 ms by default), which delays the page.
SWITCH_S = 0.001


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps kiosk`."""
    parser.add_argument("--settings", type=Path, help="TOML file; flags override it")
    parser.add_argument("--data", type=Path, help="folder for ledger, PIN and choices")
    parser.add_argument(
        "--camera",
        help="usb:  usb:DEVICE  csi:N  rtsp://…  http://…  file:CLIP  file:CLIP?once  images:DIR",
    )
    add_orientation(parser)
    parser.add_argument(
        "--host",
        help="address to listen on: 127.0.0.1 (default), or 0.0.0.0 for the hall's network",
    )
    parser.add_argument("--port", type=int)
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Serves until interrupted."""
    try:
        import uvicorn

        from edge_app.kiosk.app import create_app
        from edge_app.kiosk.kiosk import open_kiosk
        from edge_app.kiosk.notify import Notifier, page_answers
    except ModuleNotFoundError as exc:
        raise InputError(f"the kiosk needs {exc.name}: pip install 'edge-reps[kiosk]'") from exc
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    sys.setswitchinterval(SWITCH_S)
    settings = _settings(args)
    listener = _listen(settings)
    kiosk = open_kiosk(settings)
    try:
        config = uvicorn.Config(
            create_app(kiosk),
            log_level="warning",
            ws_per_message_deflate=False,  # JPEG does not compress further, and events are short
            ws_max_size=1024,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=2,
        )
        port = listener.getsockname()[1]
        camera = shown(kiosk.loop.choices.camera)
        print(f"kiosk: http://{_where(settings.host)}:{port}/  camera {camera}")
        print(f"results are kept in {settings.folder}", flush=True)
        notifier = Notifier(
            lambda: kiosk.loop.signs_of_life, lambda: page_answers(settings.host, port)
        )
        notifier.start()
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            notifier.close()
    finally:
        kiosk.close()
        listener.close()
    return 0


def _settings(args: argparse.Namespace) -> Settings:
    """The file's settings, overridden by flags."""
    said: dict[str, Any] = {
        "data": str(args.data) if args.data else None,
        "camera": args.camera,
        "rotate": args.rotate or None,
        "mirror": args.mirror or None,
        "host": args.host,
        "port": args.port,
        "model": str(args.model) if args.model else None,
        "threads": args.threads or None,
        "provider": args.provider if args.provider != AUTO else None,
        "allow_fallback": args.allow_fallback or None,
    }
    given = {k: v for k, v in said.items() if v is not None}
    return parse_values(Settings, {**asdict(load_settings(args.settings)), **given})


def _listen(settings: Settings) -> socket.socket:
    """Binds the port before anything else is opened, so that a second kiosk ends at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()  # a browser that connects during the start waits a moment
    except (OSError, TypeError) as exc:  # the last of a name such as é..b
        listener.close()
        raise InputError(f"cannot listen on {settings.host}:{settings.port}: {exc}") from exc
    return listener


def _where(host: str) -> str:
    """The host for a browser on this machine."""
    if host in ("127.0.0.1", "0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
