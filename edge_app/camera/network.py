"""Network cameras: RTSP and MJPEG over HTTP, through PyAV, whose errors say what is wrong."""

from __future__ import annotations

import errno
import re
import socket
from typing import Any
from urllib.parse import urlsplit

from edge_app.camera.address import shown
from edge_app.camera.colour import Converter
from edge_app.camera.contract import Address, Capture, Shot
from edge_app.errors import InputError
from edge_app.ffmpeg import av

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 2.0
# A camera's answer may not lead to a file of this machine.
PROTOCOLS = "rtp,rtsp,rtsps,srtp,udp,tcp,tls,http,https,httpproxy"
OPTIONS = {
    "protocol_whitelist": PROTOCOLS,
    "rtsp_transport": "tcp",  # lost packets of UDP grey the picture
    "http_proxy": "",  # a camera is in the hall
    "fflags": "nobuffer",  # the newest picture, not the smoothest film
    "flags": "low_delay",
}
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parse(kind: str, place: str) -> Address:
    """The address of a URL; the whole URL is the place.

    Raises:
        InputError: no host, an invalid port, or a "%" that is not followed by two hex digits.
    """
    url = f"{kind}:{place}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as exc:
        raise InputError(f"the camera's address {kind}://… is no URL: {exc}") from exc
    if not place.startswith("//") or not host:
        raise InputError(f"'{kind}:' needs a host, for example {kind}://192.168.1.20/stream")
    if _BAD_PERCENT.search(url):
        raise InputError(
            f"the camera's address {shown(url)} has a '%' without two hex digits: "
            "write a '%' in a password as %25"
        )
    return Address(kind, url)


def open_address(address: Address) -> Capture:
    """Opens a network camera.

    Raises:
        InputError: no picture comes in time; the message says why.
    """
    return NetworkCapture(address.place)


class NetworkCapture:
    """A network camera; `read` waits for the next picture.

    Raises:
        InputError: the host or the camera does not answer, or refuses.
    """

    live, every = True, False

    def __init__(self, url: str) -> None:
        try:
            self._container: Any = av.open(
                url, options=OPTIONS, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S)
            )
        except (av.FFmpegError, OSError, ValueError) as exc:
            raise InputError(f"{shown(url)}: {_reason(url, exc)}") from exc
        try:
            stream = self._container.streams.video[0]
        except IndexError as exc:
            self._container.close()
            raise InputError(f"{shown(url)}: there is no video in it") from exc
        stream.thread_type = "SLICE"  # decoding several at a time would delay each
        self._pictures = self._decoded(stream)

    def read(self) -> Shot | None:
        return next(self._pictures, None)

    def close(self) -> None:
        self._container.close()

    def _decoded(self, stream: Any) -> Any:
        packets, converter = self._container.demux(stream), Converter(transfer=0)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError, OSError):
                return
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                continue  # the next key picture mends it
            for frame in frames:
                if not frame.is_corrupt:
                    yield Shot(converter.bgr(frame))


_REASONS = (
    (av.error.HTTPUnauthorizedError, "it wants a user and a password (401)"),
    (av.error.HTTPForbiddenError, "it forbids this (403)"),
    (av.error.HTTPNotFoundError, "it has nothing at this path (404)"),
    (av.error.HTTPClientError, "it refuses this request"),
    (av.error.HTTPServerError, "it has an error of its own (5xx): restart the camera"),
    (av.error.InvalidDataError, "what it sends is no video"),
    (ConnectionRefusedError, "the host is there, but nothing answers at this port"),
)  # fmt: skip
_ERRNOS = {
    errno.EHOSTUNREACH: "the host cannot be reached: is the camera on, and in the same network?",
    errno.ENETUNREACH: "there is no network",
    errno.ECONNRESET: "the host closed the connection",
}


def _reason(url: str, exc: Exception) -> str:
    """Why a camera did not open; never with a part of its URL but the host."""
    for kind, said in _REASONS:
        if isinstance(exc, kind):
            return said
    number = getattr(exc, "errno", 0)
    if number in _ERRNOS:
        return _ERRNOS[number]
    if isinstance(exc, (av.error.ExitError, TimeoutError)):
        return f"no picture within {OPEN_TIMEOUT_S:g} s"
    host = urlsplit(url).hostname or ""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return f"there is no host '{host}'"
    return "what it sends is no video"
