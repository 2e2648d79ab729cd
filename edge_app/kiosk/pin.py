"""The teacher's PIN, its sessions, and the limit of wrong tries."""

from __future__ import annotations

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from edge_app.errors import InputError
from edge_app.files import whole_file

SHORTEST, LONGEST = 4, 64
FREE_TRIES = 5  # wrong PINs from one address before it has to wait
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 600.0
SESSION_S = 12 * 3600.0
MOST_SESSIONS, MOST_ADDRESSES = 100, 1000


class TooManyTries(Exception):
    """Too many wrong PINs: the address must wait.

    Attributes:
        wait_s: seconds to wait.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many wrong PINs: wait {wait_s:.0f} seconds")
        self.wait_s = wait_s


class Pins:
    """One PIN for all teachers of a device, kept as an argon2 hash.

    Args:
        path: of the file that holds the hash.
        clock: monotonic, in seconds.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._guard = threading.Lock()  # one at a time: a hash takes 19 MiB and a core
        self._sessions: dict[str, float] = {}
        self._wrong: dict[str, tuple[int, float]] = {}  # address -> wrong PINs, locked until

    @property
    def is_set(self) -> bool:
        return self._path.is_file()

    def set(self, pin: str) -> None:
        """Sets or changes the PIN, and ends all sessions.

        Raises:
            InputError: the PIN is too short or too long, or the file cannot be written.
        """
        if not SHORTEST <= len(pin) <= LONGEST:
            raise InputError(f"a PIN must have {SHORTEST} to {LONGEST} characters")
        with self._guard:
            hashed = json.dumps({"argon2": self._hasher.hash(pin)})
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(self._path, private=True) as beside:
                    beside.write_text(hashed, "utf-8")
            except OSError as exc:
                raise InputError(f"cannot store the PIN: {exc.strerror}") from exc
            self._sessions.clear()

    def log_in(self, pin: str, address: str) -> str:
        """A new session's key; "" if the PIN is wrong or none is set.

        Raises:
            TooManyTries: the address must wait, whether the PIN is right or not.
        """
        with self._guard:
            now_s = self._clock()
            wrong, until_s = self._wrong.get(address, (0, 0.0))
            if now_s < until_s:
                raise TooManyTries(until_s - now_s)
            if not self._fits(pin):
                self._remember(address, wrong + 1, now_s)
                return ""
            self._wrong.pop(address, None)
            self._sessions = {k: end for k, end in self._sessions.items() if end > now_s}
            while len(self._sessions) >= MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            key = secrets.token_urlsafe(32)
            self._sessions[key] = now_s + SESSION_S
            return key

    def knows(self, key: str | None) -> bool:
        """Whether a session's key is known and not expired."""
        return key is not None and self._sessions.get(key, 0.0) > self._clock()

    def log_out(self, key: str | None) -> None:
        self._sessions.pop(key or "", None)

    def _fits(self, pin: str) -> bool:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))["argon2"]
            return self._hasher.verify(stored, pin[: LONGEST + 1])
        except (OSError, ValueError, KeyError, VerificationError, InvalidHashError):
            return False

    def _remember(self, address: str, wrong: int, now_s: float) -> None:
        over = wrong - FREE_TRIES
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(over, 20)) if over >= 0 else 0.0
        if len(self._wrong) >= MOST_ADDRESSES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong[address] = (wrong, now_s + wait_s)
