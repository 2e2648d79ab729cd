"""One file sets a station: what an operator writes onto the boot partition or a USB stick.

Pure: from that file to the files of the system. `reps station apply` puts them there.
"""

from __future__ import annotations

import configparser
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from edge_app.camera.address import parse_address
from edge_app.errors import InputError
from edge_app.kiosk.choices import LANGUAGES
from edge_app.session.protocol import find_protocol
from edge_app.toml_tables import read_tables

NAME = "edge-reps.toml"  # on the boot partition or the stick
SETTINGS = "etc/edge-reps/station.toml"  # what the kiosk reads
SERVER = "etc/edge-reps/server.env"  # what the unit that sends results reads
WIFI = "etc/NetworkManager/system-connections/edge-reps.nmconnection"
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, one label
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_TO_THE_NETWORK = {True: "0.0.0.0", False: "127.0.0.1"}


@dataclass(frozen=True)
class Wifi:
    """A network the station joins; without a password an open one."""

    name: str
    password: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class StationFile:
    """What one station is.

    Attributes:
        name: of the device in the network and of the station in the ledger.
        timezone: such as "Asia/Shanghai".
        language, protocol: what the pages begin with, until a teacher chooses otherwise.
        camera: an address as of `reps kiosk --camera`.
        server: postgresql://USER:PASSWORD@HOST/NAME, to which results are sent every hour.
        open: other machines of the network may open the pages.
    """

    name: str
    timezone: str = ""
    language: str = ""
    camera: str = ""
    protocol: str = ""
    server: str = ""
    open: bool = False
    wifi: Wifi | None = None


@dataclass(frozen=True)
class SystemFile:
    """One file to write; `secret` ones are for root and the program alone."""

    path: str  # below the root, without a leading slash
    text: str
    secret: bool = False


def read_station(path: Path) -> StationFile:
    """The file, checked.

    Raises:
        InputError: it cannot be read, a key is unknown, or a value makes no sense.
    """
    station = read_tables(path, StationFile, {"wifi": Wifi}, {"language": LANGUAGES})
    try:
        _check(station)
    except InputError as exc:
        raise InputError(f"{path}: {exc}") from exc
    return station


def _check(station: StationFile) -> None:
    if not _HOST_NAME.fullmatch(station.name):
        raise InputError(
            f"'name' is '{station.name}', not lower-case letters, digits and '-' such as gym-1"
        )
    if station.timezone and not _ZONE.fullmatch(station.timezone):
        raise InputError(f"'timezone' is '{station.timezone}', not one such as Asia/Shanghai")
    if station.camera:
        parse_address(station.camera)
    if station.protocol:
        find_protocol(station.protocol)
    if station.server:
        split_server(station.server)
    if station.wifi is not None:
        _check_wifi(station.wifi)


def _check_wifi(wifi: Wifi) -> None:
    if not 1 <= len(wifi.name.encode()) <= 32:
        raise InputError("'wifi.name' is 1 to 32 bytes long")
    if wifi.password and not 8 <= len(wifi.password.encode()) <= 63:
        raise InputError("'wifi.password' is 8 to 63 characters long")
    if not (wifi.name + wifi.password).isprintable():
        raise InputError("'wifi' has a character that cannot be printed")


def split_server(url: str) -> tuple[str, str]:
    """A server's URL without its password, and the password, which no list of processes may show.

    Raises:
        InputError: not the URL of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "postgresql" and bool(parts.hostname) and len(parts.path) > 1
        host = parts.netloc.rpartition("@")[2]
    except ValueError as exc:
        raise InputError(f"'server' is no URL: {exc}") from exc
    if not usable or not url.isprintable() or " " in url:
        raise InputError("'server' must be postgresql://USER:PASSWORD@HOST/NAME")
    user = parts.username or ""
    plain = parts._replace(netloc=f"{user}@{host}" if user else host)
    return urlunsplit(plain), unquote(parts.password or "")


def system_files(
    station: StationFile, settings: Mapping[str, Any], hosts: str = ""
) -> list[SystemFile]:
    """All files that follow from a station, in the order in which they are written.

    Args:
        settings: what the kiosk's settings file has now; what the station says stands above it.
        hosts: /etc/hosts as it is.
    """
    own = {
        "station": station.name,
        "camera": station.camera or None,
        "language": station.language or None,
        "protocol": station.protocol or None,
        "host": _TO_THE_NETWORK[station.open],
        "names": [station.name, f"{station.name}.local"] if station.open else None,
    }
    merged = {**settings, **{k: v for k, v in own.items() if v is not None}}
    files = [
        SystemFile("etc/hostname", f"{station.name}\n"),
        SystemFile("etc/hosts", _hosts(hosts, station.name)),
        SystemFile(SETTINGS, _toml(merged), secret=True),
    ]
    if station.timezone:
        files.append(SystemFile("etc/timezone", f"{station.timezone}\n"))
    if station.server:
        url, password = split_server(station.server)
        lines = [f"EDGE_REPS_SERVER={_quoted(url)}"]
        lines += [f"PGPASSWORD={_quoted(password)}"] if password else []
        files.append(SystemFile(SERVER, "\n".join([*lines, ""]), secret=True))
    if station.wifi is not None:
        files.append(SystemFile(WIFI, _keyfile(station.wifi), secret=True))
    return files


def gone(station: StationFile) -> list[str]:
    """Files of an earlier station that this one must not have."""
    return [p for p, there in ((SERVER, station.server), (WIFI, station.wifi)) if not there]


def _hosts(text: str, name: str) -> str:
    """Debian's way: 127.0.1.1 is the machine's own name."""
    lines = [line for line in text.splitlines() if line.split()[:1] != ["127.0.1.1"]]
    if not any(line.split()[:1] == ["127.0.0.1"] for line in lines):
        lines.insert(0, "127.0.0.1\tlocalhost")
    return "\n".join([*lines, f"127.0.1.1\t{name}", ""])


def _toml(table: Mapping[str, Any]) -> str:
    """A flat table; JSON's texts, numbers and lists of texts are TOML's."""
    head = "# Written by `reps station apply`; comments are lost, other keys are kept.\n"
    body = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in table.items()]
    return head + "".join(body)


def _quoted(text: str) -> str:
    """As systemd's EnvironmentFile wants it."""
    escaped = "".join("\\" + c if c in '\\"$`' else c for c in text)
    return f'"{escaped}"'


def _keyfile(wifi: Wifi) -> str:
    """A connection in NetworkManager's keyfile format; `;` parts lists and `\\` escapes there."""
    file = configparser.RawConfigParser(delimiters=("=",))
    file["connection"] = {"id": "edge-reps", "type": "wifi", "autoconnect": "true"}
    file["wifi"] = {"mode": "infrastructure", "ssid": _escaped(wifi.name)}
    if wifi.hidden:
        file["wifi"]["hidden"] = "true"
    if wifi.password:
        file["wifi-security"] = {"key-mgmt": "wpa-psk", "psk": _escaped(wifi.password)}
    file["ipv4"] = {"method": "auto"}
    file["ipv6"] = {"method": "auto"}
    text = io.StringIO()
    file.write(text, space_around_delimiters=False)
    return text.getvalue()


def _escaped(text: str) -> str:
    """GLib's key files: a leading space would be cut off."""
    text = text.replace("\\", "\\\\").replace(";", "\\;")
    return "\\s" + text[1:] if text.startswith(" ") else text
