"""The station file, which an operator puts onto the boot partition or a USB stick.

Pure: turns that file into the system's files, which `reps station apply` writes.
"""

from __future__ import annotations

import configparser
import io
from dataclasses import dataclass as plain_dataclass
from pathlib import Path
from typing import Any, Callable, Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

import tomlkit
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated

from edge_app.camera.address import parse_address
from edge_app.errors import InputError
from edge_app.session.protocol import find_protocol
from edge_app.settings import AnyLanguage, Rotation
from edge_app.toml_tables import read_tables
from edge_app.validation import CLOSED

NAME = "edge-reps.toml"  # on the boot partition or the stick
SETTINGS = "etc/edge-reps/station.toml"  # read by the kiosk
SERVER = "etc/edge-reps/server.env"  # read by the unit that sends results
WIFI = "etc/NetworkManager/system-connections/edge-reps.nmconnection"
_TO_THE_NETWORK = {True: "0.0.0.0", False: "127.0.0.1"}
_UNTURNED = {"rotate": 0, "mirror": False}  # not worth a line
_HEAD = "# `reps station apply` sets some of these keys; the others and all comments are yours.\n"
_OLD_HEAD = "# Written by `reps station apply`; comments are lost, other keys are kept.\n"  # to 0.1

HostName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",  # RFC 1123, one label
        description="lower-case letters, digits and '-', such as gym-1",
    ),
]
Zone = Annotated[
    str,
    Field(
        pattern="^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$",
        description="a time zone such as Asia/Shanghai",
    ),
]


def _if_given(check: Callable[[str], object]) -> AfterValidator:
    """A text that another room validates, unless it is empty."""

    def validated(text: str) -> str:
        try:
            if text:
                check(text)
        except InputError as exc:
            raise ValueError(f"is invalid: {exc}") from exc
        return text

    return AfterValidator(validated)


def split_server(url: str) -> tuple[str, str]:
    """A server's URL without its password, and the password, which must not show in process lists.

    Raises:
        InputError: not the URL of a PostgreSQL database.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "postgresql" and bool(parts.hostname) and len(parts.path) > 1
        host = parts.netloc.rpartition("@")[2]
    except ValueError as exc:
        raise InputError(f"not a URL: {exc}") from exc
    if not usable or not url.isprintable() or " " in url:
        raise InputError("use the form postgresql://USER:PASSWORD@HOST/NAME")
    user = parts.username or ""
    plain = parts._replace(netloc=f"{user}@{host}" if user else host)
    return urlunsplit(plain), unquote(parts.password or "")


@dataclass(frozen=True, config=CLOSED)
class Wifi:
    """A network that the station joins; an open one has no password."""

    name: str
    password: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.encode()) <= 32:
            raise ValueError("needs a 'name' of 1 to 32 bytes")
        if self.password and not 8 <= len(self.password.encode()) <= 63:
            raise ValueError("needs a 'password' of 8 to 63 characters")
        if not (self.name + self.password).isprintable():
            raise ValueError("contains a non-printable character")


@dataclass(frozen=True, config=CLOSED)
class StationFile:
    """The configuration of one station.

    Attributes:
        name: of the device in the network, and of the station in the ledger.
        timezone: such as "Asia/Shanghai".
        language, protocol: defaults of the pages, until a teacher chooses others.
        camera: an address as for `reps kiosk --camera`.
        rotate, mirror: how its picture must be turned: degrees clockwise, then left and right.
        server: postgresql://USER:PASSWORD@HOST/NAME, which gets the results every hour.
        open: whether other machines of the network may open the pages.
    """

    name: HostName
    timezone: Zone = ""
    language: AnyLanguage = ""
    camera: Annotated[str, _if_given(parse_address)] = ""
    rotate: Rotation = 0
    mirror: bool = False
    protocol: Annotated[str, _if_given(find_protocol)] = ""
    server: Annotated[str, _if_given(split_server)] = ""
    open: bool = False
    wifi: Wifi | None = None


@plain_dataclass(frozen=True)
class SystemFile:
    """One file to write; only root and the program may read `secret` ones."""

    path: str  # below the root, without a leading slash
    text: str
    secret: bool = False


def read_station(path: Path) -> StationFile:
    """Reads and checks the station file.

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is invalid.
    """
    return read_tables(path, StationFile)


def system_files(station: StationFile, settings: str = "", hosts: str = "") -> list[SystemFile]:
    """All files of a station, in the order of writing.

    Args:
        settings: the kiosk's current settings file; the station's values override it.
        hosts: the current /etc/hosts.
    """
    own = {
        "station": station.name,
        "camera": station.camera or None,
        "rotate": station.rotate,
        "mirror": station.mirror,
        "language": station.language or None,
        "protocol": station.protocol or None,
        "host": _TO_THE_NETWORK[station.open],
        "names": [station.name, f"{station.name}.local"] if station.open else None,
    }
    files = [
        SystemFile("etc/hostname", f"{station.name}\n"),
        SystemFile("etc/hosts", _hosts(hosts, station.name)),
        SystemFile(SETTINGS, _merged(settings, own), secret=True),
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
    """Files of a previous configuration to remove."""
    return [p for p, there in ((SERVER, station.server), (WIFI, station.wifi)) if not there]


def _hosts(text: str, name: str) -> str:
    """/etc/hosts with the machine's own name as 127.0.1.1, as Debian does."""
    lines = [line for line in text.splitlines() if line.split()[:1] != ["127.0.1.1"]]
    if not any(line.split()[:1] == ["127.0.0.1"] for line in lines):
        lines.insert(0, "127.0.0.1\tlocalhost")
    return "\n".join([*lines, f"127.0.1.1\t{name}", ""])


def _merged(text: str, own: Mapping[str, Any]) -> str:
    """The settings' text with new values; comments and other keys stay unchanged."""
    document = tomlkit.parse(text.replace(_OLD_HEAD, _HEAD) or _HEAD)
    for key, value in own.items():
        if value is not None and document.get(key, _UNTURNED.get(key)) != value:
            document[key] = value
    return tomlkit.dumps(document)


def _quoted(text: str) -> str:
    """A value quoted for systemd's EnvironmentFile."""
    escaped = "".join("\\" + c if c in '\\"$`' else c for c in text)
    return f'"{escaped}"'


def _keyfile(wifi: Wifi) -> str:
    """A connection in NetworkManager's keyfile format, in which `;` separates and `\\` escapes."""
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
    """A value for GLib's key files, which would cut off a leading space."""
    text = text.replace("\\", "\\\\").replace(";", "\\;")
    return "\\s" + text[1:] if text.startswith(" ") else text
