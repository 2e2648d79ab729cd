"""Records the network's inputs, chosen to cover the room, with faces blurred.

INT8 calibration needs pictures like the network's real input: whole frames while nobody is tracked,
then squares around one person, turned torso up. `ViewRecorder` takes them from the running
estimator, in place of its backend.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge_app.pose.decode import decode, find_peaks
from edge_app.pose.person import FEWEST_KEYPOINTS, Person
from edge_app.runtime.contract import Backend
from edge_app.skeleton import INDEX, KEYPOINTS, NECK
from edge_app.values import Pose

HEAD = tuple(INDEX[n] for n in ("nose", "right_eye", "left_eye", "right_ear", "left_ear"))
HEAD_PEAK = 0.03  # blur even a peak as low as this: better a blurred hand than a visible face
BODY = np.array([i for i, n in enumerate(KEYPOINTS) if n not in ("nose", "neck") and i not in HEAD])
JPEG_QUALITY = 92


@dataclass
class Look:
    """One run of the network: its input (1, 3, h, w) and its outputs."""

    blob: np.ndarray
    heatmaps: np.ndarray
    pafs: np.ndarray

    def picture(self) -> np.ndarray:
        """The input before scaling: (h, w, 3) uint8, BGR."""
        rgb = np.rint((self.blob[0] + 1) * 127.5).clip(0, 255).astype(np.uint8)
        return np.ascontiguousarray(rgb.transpose(1, 2, 0)[..., ::-1])

    def people(self) -> list[Person]:
        """The people seen, in the input's pixels."""
        people = [Person(p, s) for p, s in zip(*decode(self.heatmaps, self.pafs))]
        return [p for p in people if p.found.sum() >= FEWEST_KEYPOINTS]


class ViewRecorder:
    """A backend that runs another one and keeps every look until `looks` is cleared."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.looks: list[Look] = []

    def __getattr__(self, name: str) -> object:
        """Everything else comes from the other backend."""
        return getattr(self._backend, name)

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `Backend.infer`."""
        heatmaps, pafs = self._backend.infer(blob)
        self.looks.append(Look(blob.copy(), heatmaps, pafs))
        return heatmaps, pafs


@dataclass(frozen=True)
class View:
    """One input of the network, compressed, with its features."""

    jpeg: bytes
    close: bool  # a square around the tracked person, not a whole frame
    tilt_deg: float  # of the torso in the frame, 0 upright to 180 head down; nan for nobody
    light: float  # mean brightness, 0 to 1
    size: float  # the body's larger extent over the frame's height; nan for nobody
    features: np.ndarray  # (n,): similar views are close

    def cell(self) -> tuple[str, str, str]:
        """Orientation, light and distance in words, for a table of the coverage."""
        orientation = "nobody"
        if not np.isnan(self.tilt_deg):
            words = ("upright", "tilted", "lying", "upside down")
            orientation = words[int(np.searchsorted((30, 60, 120), self.tilt_deg, "right"))]
        light = ("dark", "medium", "bright")[int(np.searchsorted((0.3, 0.6), self.light))]
        if np.isnan(self.size):
            return orientation, light, "whole frame"
        return (
            orientation,
            light,
            ("far", "middle", "near")[int(np.searchsorted((0.35, 0.7), self.size))],
        )


def view_of(picture: np.ndarray, pose: Pose, frame_hw: tuple[int, int], close: bool) -> View:
    """Describes one input of the network.

    Args:
        picture: (h, w, 3) uint8, BGR, as seen by the network.
        pose: of the tracked person, in frame pixels; scores 0 for nobody.
        frame_hw: height and width of the frame in pixels.
        close: whether it shows the tracked person.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    light, contrast = float(grey.mean()) / 255, float(grey.std()) / 128
    person = Person(pose.xy, pose.score)
    torso = person.torso()
    size = person.extent_px / frame_hw[0] if person.found.any() else np.nan
    tilt = np.nan if torso is None else float(np.degrees(np.arctan2(abs(torso[0]), -torso[1])))
    features = np.concatenate(
        [[close, 2 * light, 2 * contrast, np.nan_to_num(np.log2(max(size, 1e-2))) / 2],
         _heading(torso), 0.3 * _posture(person)]
    ).astype(np.float32)  # fmt: skip
    ok, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not ok:
        raise ValueError(f"cannot compress a picture of shape {picture.shape}")
    return View(jpeg.tobytes(), close, tilt, light, size, features)


def _heading(torso: np.ndarray | None) -> np.ndarray:
    """Direction of the torso in the frame as a unit vector; (0, 0) if it is not seen."""
    length = 0.0 if torso is None else float(np.hypot(*torso))
    return np.zeros(2) if torso is None or not length else torso / length


def _posture(person: Person) -> np.ndarray:
    """The limbs' joints about the neck in body sizes, torso up; 0 where one is missing."""
    torso = person.torso()
    if torso is None or not np.hypot(*torso):
        return np.zeros(2 * len(BODY))
    up = torso / np.hypot(*torso)
    turned = np.array([[-up[1], up[0]], [-up[0], -up[1]]])
    joints = (person.xy[BODY] - person.xy[NECK]) / max(person.extent_px, 1.0)
    return np.where(person.found[BODY, None], joints @ turned.T, 0.0).ravel()


def choose(features: np.ndarray, count: int) -> list[int]:
    """Indices of `count` rows that cover all: farthest-point selection (Gonzalez 1985).

    The first is the row nearest to the mean; each next one is the row farthest from all chosen.
    Equal rows are never chosen twice, so there may be fewer.
    """
    if not len(features) or not count:
        return []
    chosen = [int(np.linalg.norm(features - features.mean(0), axis=1).argmin())]
    distance = np.linalg.norm(features - features[chosen[0]], axis=1)
    while len(chosen) < count and distance.max() > 0:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(features - features[chosen[-1]], axis=1))
    return chosen


def blur_heads(picture: np.ndarray, look: Look) -> np.ndarray:
    """Blurs every head that the network detects, even faintly, beyond recognition.

    A face that the network does not see at all stays visible.
    """
    discs = [disc for person in look.people() for disc in head_of(person)]
    kind, xy, _ = find_peaks(look.heatmaps, HEAD_PEAK)
    smallest = 0.04 * min(picture.shape[:2])
    for x, y in xy[np.isin(kind, HEAD)]:
        if all(np.hypot(x - cx, y - cy) > r for cx, cy, r in discs):
            discs.append((x, y, smallest))
    blurred: np.ndarray = picture.copy()
    for x, y, radius in discs:
        _blur_disc(blurred, float(x), float(y), max(float(radius), smallest))
    return blurred


def head_of(person: Person) -> list[tuple[float, float, float]]:
    """Centre and radius of the head, from its keypoints, or beyond the neck without any."""
    found = [i for i in HEAD if person.found[i]]
    torso = person.torso()
    radius = 0.09 * person.extent_px if torso is None else 0.3 * float(np.hypot(*torso))
    if found:
        centre = person.xy[found].mean(0)
        spread = np.linalg.norm(person.xy[found] - centre, axis=1).max()
        return [(*centre, max(1.5 * float(spread), radius))]
    if torso is None:
        return []
    return [(*(person.xy[NECK] + 0.35 * torso), 1.2 * radius)]


def _blur_disc(picture: np.ndarray, x: float, y: float, radius: float) -> None:
    """In place: the disc is averaged down to about 3×3 patches, so no face can be made from it."""
    top, left = (max(0, int(v - radius)) for v in (y, x))
    patch = picture[top : int(y + radius) + 1, left : int(x + radius) + 1]
    if not patch.size:
        return
    height, width = patch.shape[:2]
    coarse = cv2.resize(patch, (3, 3), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    rows, columns = np.ogrid[top : top + height, left : left + width]
    inside = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
    patch[inside] = coarse[inside]
