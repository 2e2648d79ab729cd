"""One file sets a station: what an operator writes onto the boot partition or a USB stick.

Pure: from that file to the files of the system. `reps station apply` puts them there.
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
from edge_app.settings import AnyLanguage
from edge_app.toml_tables import read_tables
from edge_app.validation import CLOSED

NAME = "edge-reps.toml"  # on the boot partition or the stick
SETTINGS = "etc/edge-reps/station.toml"  # what the kiosk reads
SERVER = "etc/edge-reps/server.env"  # what the unit that sends results reads
WIFI = "etc/NetworkManager/system-connections/edge-reps.nmconnection"
_TO_THE_NETWORK = {True: "0.0.0.0", False: "127.0.0.1"}
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
    """What another room makes of the text; an empty one is not looked at."""

    def validated(text: str) -> str:
        try:
            if text:
                check(text)
        except InputError as exc:
            raise ValueError(f"cannot be used: {exc}") from exc
        return text

    return AfterValidator(validated)


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
        raise InputError(f"it is not a URL: {exc}") from exc
    if not usable or not url.isprintable() or " " in url:
        raise InputError("it must have the form postgresql://USER:PASSWORD@HOST/NAME")
    user = parts.username or ""
    plain = parts._replace(netloc=f"{user}@{host}" if user else host)
    return urlunsplit(plain), unquote(parts.password or "")


@dataclass(frozen=True, config=CLOSED)
class Wifi:
    """A network the station joins; without a password an open one."""

    name: str
    password: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.encode()) <= 32:
            raise ValueError("needs a 'name' of 1 to 32 bytes")
        if self.password and not 8 <= len(self.password.encode()) <= 63:
            raise ValueError("needs a 'password' of 8 to 63 characters")
        if not (self.name + self.password).isprintable():
            raise ValueError("has a character that cannot be printed")


@dataclass(frozen=True, config=CLOSED)
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

    name: HostName
    timezone: Zone = ""
    language: AnyLanguage = ""
    camera: Annotated[str, _if_given(parse_address)] = ""
    protocol: Annotated[str, _if_given(find_protocol)] = ""
    server: Annotated[str, _if_given(split_server)] = ""
    open: bool = False
    wifi: Wifi | None = None


@plain_dataclass(frozen=True)
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
    return read_tables(path, StationFile)


def system_files(station: StationFile, settings: str = "", hosts: str = "") -> list[SystemFile]:
    """All files that follow from a station, in the order in which they are written.

    Args:
        settings: the kiosk's settings file as it is; what the station says stands above it.
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
    """Files of an earlier station that this one must not have."""
    return [p for p, there in ((SERVER, station.server), (WIFI, station.wifi)) if not there]


def _hosts(text: str, name: str) -> str:
    """Debian's way: 127.0.1.1 is the machine's own name."""
    lines = [line for line in text.splitlines() if line.split()[:1] != ["127.0.1.1"]]
    if not any(line.split()[:1] == ["127.0.0.1"] for line in lines):
        lines.insert(0, "127.0.0.1\tlocalhost")
    return "\n".join([*lines, f"127.0.1.1\t{name}", ""])


def _merged(text: str, own: Mapping[str, Any]) -> str:
    """The settings' text with other values; comments and other keys stay as they are."""
    document = tomlkit.parse(text.replace(_OLD_HEAD, _HEAD) or _HEAD)
    for key, value in own.items():
        if value is not None and document.get(key) != value:
            document[key] = value
    return tomlkit.dumps(document)


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
