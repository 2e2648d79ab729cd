"""Network cameras: a small server plays every answer that a camera gives."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Iterator

import cv2
import numpy as np
import pytest

from edge_app.camera import network
from edge_app.camera.address import open_capture, parse_address, shown
from edge_app.camera.orientation import Orientation
from edge_app.errors import InputError


class Camera(BaseHTTPRequestHandler):
    """MJPEG at /live, and what goes wrong elsewhere."""

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        code = self.path.partition("?")[0].strip("/")
        if code.isdigit():
            self.send_response(int(code))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif code == "slow":
            time.sleep(1.5)
        elif code == "text":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello " * 1000)
        else:
            self.live()

    def live(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for number in range(40):
                picture = np.full((48, 64, 3), 5 * number, np.uint8)
                jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
                self.wfile.write(
                    b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
                    + jpeg
                    + b"\r\n"
                )
                time.sleep(0.02)
        except OSError:
            pass


@pytest.fixture
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_mjpeg_is_read_and_turned(host: str) -> None:
    capture = open_capture(parse_address(f"http://{host}/live", Orientation(90)))
    shots = [capture.read() for _ in range(5)]
    capture.close()
    assert capture.live
    assert all(shot is not None and shot.image.shape == (64, 48, 3) for shot in shots)
    means = [float(shot.image.mean()) for shot in shots if shot is not None]
    assert means == sorted(means) and means[-1] > means[0]


def test_a_stream_that_ends_is_a_camera_that_is_gone(host: str) -> None:
    capture = open_capture(parse_address(f"http://{host}/live"))
    shots = list(iter(capture.read, None))
    capture.close()
    assert 30 <= len(shots) <= 40


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("401", r"it wants a user and a password \(401\)"),
        ("403", r"it forbids this \(403\)"),
        ("404", r"it has nothing at this path \(404\)"),
        ("500", "it has an error of its own"),
        ("text", "what it sends is no video"),
        ("slow", "no picture within"),
    ],
)
def test_every_refusal_has_a_sentence_and_no_secret(
    host: str, path: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_S", 1.0)
    with pytest.raises(InputError, match=said) as refused:
        open_capture(parse_address(f"http://who:secret@{host}/{path}?key=hidden"))
    text = str(refused.value)
    assert text.startswith(f"http://{host}: ") and "secret" not in text and "hidden" not in text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rtsp://who:secret@127.0.0.1:1/hall", "nothing answers at this port"),
        ("rtsp://who:secret@no-such-host.invalid/hall", "there is no host 'no-such-host.invalid'"),
        ("http://who:secret@127.0.0.1:1/hall", "nothing answers at this port"),
    ],
)
def test_nobody_there(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        open_capture(parse_address(url))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rtsp:", "needs a host"),
        ("rtsp:///path", "needs a host"),
        ("http://hall:99999/", "is no URL"),
        ("rtsp://u:50%off@hall/", "has a '%' without two hex digits"),
    ],
)
def test_what_is_no_url(url: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_address(url)


def test_of_a_url_only_the_host_is_shown() -> None:
    assert shown("rtsp://who:secret@hall:554/live?token=1") == "rtsp://hall:554"
    assert shown("http://hall?password=x@y") == "http://hall"
    assert shown("usb:/dev/video0") == "usb:/dev/video0"
