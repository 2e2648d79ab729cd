"""The job for every clip of an archive, and the outcome of one clip."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from edge_app import __version__
from edge_app.camera.orientation import UPRIGHT, Orientation
from edge_app.errors import InputError
from edge_app.pipeline.build import Rules, rules_of
from edge_app.runtime.open import SHIPPED, shipped_model
from edge_app.session.attempt import Verdict

SUFFIXES = (
    ".mp4", ".m4v", ".mov", ".3gp", ".avi", ".mkv", ".webm", ".flv", ".wmv", ".ogv", ".mpg",
    ".mpeg", ".ts", ".mts", ".m2ts", ".gif",
)  # fmt: skip
_ENDS = 2**20  # bytes of a clip's beginning and end that identify it
_NAMESPACE = uuid.UUID("5a0f6f3e-8d5b-4f0c-9a53-0b8c1c7f1d42")


@dataclass(frozen=True)
class Job:
    """Options for every clip; sent to the machines of the cluster.

    Attributes:
        threads: of the network, and CPUs per clip.
        orientation: of every clip, besides its own.
        program: the version that made the job; another version must not run it.
    """

    exercise: str | None
    protocol: str | None
    model: str = "fast"
    threads: int = 1
    provider: str = "auto"
    allow_fallback: bool = False
    program: str = __version__
    orientation: Orientation = UPRIGHT

    def rules(self) -> Rules:
        """The exercise and the test to count by.

        Raises:
            InputError: exercise or protocol is invalid.
        """
        return rules_of(self.exercise, self.protocol)

    def mark(self) -> str:
        """A text that changes with everything that affects a count, except the clip.

        Raises:
            InputError: exercise, protocol or model does not exist.
        """
        rules = self.rules()
        body = repr(rules.exercise) if rules.exercise else rules.name
        path = shipped_model(self.model) if self.model in SHIPPED else Path(self.model)
        try:
            model = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as exc:
            raise InputError(f"cannot read the model {path}: {exc.strerror}") from exc
        parts = [self.program, asdict(rules.protocol), body, model]
        parts += [] if self.orientation == UPRIGHT else [asdict(self.orientation)]
        return json.dumps(parts, sort_keys=True)


@dataclass(frozen=True)
class Counted:
    """One clip's attempt.

    Attributes:
        evidence: number of frames and `evidence.pack` of every minute, in order.
        ended: "time", "strikes", "gap", "cap", or "" if it lasted until the end of the clip.
        damage: what of the clip could not be read; "" if nothing.
    """

    start_s: float
    verdicts: tuple[Verdict, ...]
    evidence: tuple[tuple[int, bytes], ...]
    ended: str
    score: int
    seen: int  # frames with a person
    model: str
    damage: str = ""


def clips_in(folder: Path) -> list[Path]:
    """All video files below a folder, by name, without hidden ones.

    Raises:
        InputError: not a folder, or no video files in it.
    """
    if not folder.is_dir():
        raise InputError(f"not a folder: {folder}; --ray counts all clips below a folder")
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not found:
        raise InputError(f"no clips below {folder} ({', '.join(SUFFIXES)})")
    return found


def attempt_id(clip: Path, mark: str) -> uuid.UUID:
    """The id of a clip's attempt: the same for the same clip counted the same way, wherever the
    file is.

    A clip is identified by its length and its first and last MiB, so that an archive on a slow
    share need not be read twice.

    Raises:
        InputError: the file cannot be read.
    """
    digest = hashlib.sha256(mark.encode())
    try:
        with clip.open("rb") as file:
            length = file.seek(0, 2)
            digest.update(str(length).encode())
            for start in (0, max(0, length - _ENDS)):
                file.seek(start)
                digest.update(file.read(_ENDS))
    except OSError as exc:
        raise InputError(f"cannot read {clip}: {exc.strerror}") from exc
    return uuid.uuid5(_NAMESPACE, digest.hexdigest())
