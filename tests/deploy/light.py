"""Bundles with a program of one file in place of ours: real wheels, real signature, no network.

The program has the commands that the updater and the unit use. It keeps a row in the ledger for
each time it started as the kiosk, and its schema is whatever the release says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import shutil
import tempfile
import zipfile
from pathlib import Path

from deploy.bundle import FILES, FOLDERS, pack

ROOT = Path(__file__).parents[2]
PYTHON = "311"  # Debian 12's
CLI = """
import argparse, http.server, json, os, socket, sqlite3, sys, threading, time

VERSION, DOES, SCHEMA = {version!r}, {does!r}, {schema!r}


def kiosk(args):
    in_service = args.settings is not None
    if DOES == "crashes" and in_service:
        sys.exit("this release is broken")
    if DOES == "has no page" and not in_service:
        sys.exit("there is no page")
    if DOES == "hangs" and in_service:
        time.sleep(3600)
    os.makedirs(args.data, exist_ok=True)
    ledger = sqlite3.connect(args.data + "/ledger.sqlite", isolation_level=None)
    ledger.execute("PRAGMA journal_mode=WAL")
    ledger.execute("PRAGMA synchronous=FULL")
    ledger.execute("BEGIN IMMEDIATE")
    ledger.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
    ledger.execute("CREATE TABLE IF NOT EXISTS starts (version TEXT)")
    ledger.execute("DELETE FROM alembic_version")
    ledger.execute("INSERT INTO alembic_version VALUES (?)", (SCHEMA,))
    ledger.execute("INSERT INTO starts VALUES (?)", (VERSION,))
    ledger.execute("COMMIT")

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({{"version": VERSION}}).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = os.environ.get("NOTIFY_SOCKET")
    while True:
        if address:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.sendto(b"READY=1\\nWATCHDOG=1", address.replace("@", "\\0", 1))
        if DOES == "dies soon" and in_service:
            time.sleep(1)
            os._exit(1)
        time.sleep(0.2)


def main():
    print("warning: unknown processor, as a library says of some boards", file=sys.stderr)
    parser = argparse.ArgumentParser()
    does = parser.add_subparsers(dest="does")
    does.add_parser("doctor").add_argument("--json", action="store_true")
    count = does.add_parser("count")
    count.add_argument("clip")
    for name in ("--exercise", "--json", "--max-fps"):
        count.add_argument(name)
    count.add_argument("--quiet", action="store_true")
    station = does.add_parser("kiosk")
    for name in ("--settings", "--data", "--camera"):
        station.add_argument(name)
    station.add_argument("--port", type=int, default=8080)
    args = parser.parse_args()
    if args.does == "doctor":
        problem = {{"what": "model", "level": "problem", "said": "it is broken"}}
        print(json.dumps([problem] if DOES == "is ill" else []))
    elif args.does == "count":
        found = 9 if DOES == "miscounts" else 10
        with open(args.json, "w") as out:
            json.dump({{"repetitions": [{{"counted": True}}] * found}}, out)
    else:
        kiosk(args)


main()
"""
SAMPLE = "def sample_clip():\n    return 'sample.mp4'\n"


def light_bundle(version: str, does: str, schema: str, key: Path, folder: Path) -> Path:
    """A signed bundle for Debian 12 on this CPU.

    Args:
        version: of the release.
        does: well, crashes, hangs, dies soon, has no page, is ill, miscounts.
        schema: of its ledger.
        key: the secret one.
        folder: where `edge-reps-VERSION.tar` goes; made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary)
        (tree / "wheels").mkdir()
        files = {
            "edge_app/__init__.py": f"__version__ = {version!r}\n",
            "edge_app/cli/__main__.py": CLI.format(version=version, does=does, schema=schema),
            "edge_app/kiosk/__init__.py": "",
            "edge_app/kiosk/kiosk.py": SAMPLE,
        }
        wheel = _wheel(tree / "wheels", version, files)
        shutil.copy(_pip_wheel(), tree / "wheels")
        pip = _pip_wheel().name.split("-")[1]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (tree / "locks").mkdir()
        lock = tree / "locks" / f"cp{PYTHON}-{platform.machine()}.txt"
        lock.write_text(f"# pip {pip}\nedge-reps=={version} --hash=sha256:{digest}\n")
        for name in FOLDERS:
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / "deploy" / name, tree / name, ignore=ignore)
        for name in FILES:
            shutil.copy(ROOT / "deploy" / name, tree / name)
        about = {"version": version, "sample": {"exercise": "sit-up", "count": 10}}
        (tree / "manifest.json").write_text(json.dumps(about))
        return pack(tree, version, key, folder)


def _pip_wheel() -> Path:
    """The one that Python itself ships."""
    import ensurepip

    return next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))


def _wheel(folder: Path, version: str, files: dict[str, str]) -> Path:
    info = f"edge_reps-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: edge-reps\nVersion: {version}\n"
    kind = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {**files, f"{info}/METADATA": head, f"{info}/WHEEL": kind}
    record = "".join(f"{name},sha256={_digest(text)},{len(text)}\n" for name, text in files.items())
    path = folder / f"edge_reps-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(name, text)
    return path


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
