"""Detections of BlazePose: `python -m models.peers.blazepose --data DATA --out blazepose.json`.

Runs in its own environment with mediapipe 0.10.14 and without torch. Every picture is independent
(static image mode); BlazePose finds one person or none.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Callable

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.files import whole_file
from models.command import tool

from .pictures import write_people

COMPLEXITY = {"full": 1, "heavy": 2}
# Of BlazePose's 33 landmarks those of COCO's 17 keypoints, in COCO's order.
COCO_FROM_BLAZEPOSE = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)


def place_heavy(package: Path, heavy: Path | None) -> None:
    """Puts the heavy model where mediapipe expects it, if it is missing.

    Raises:
        InputError: it is missing and not given, or cannot be copied.
    """
    place = package / "modules" / "pose_landmark" / "pose_landmark_heavy.tflite"
    if place.exists():
        return
    if heavy is None:
        raise InputError("mediapipe comes without the heavy model: give its .tflite with --heavy")
    with whole_file(place) as beside:
        try:
            shutil.copyfile(heavy, beside)
        except OSError as exc:
            raise InputError(f"cannot read {heavy}: {exc.strerror}") from exc


def open_blazepose(
    model: str, heavy: Path | None
) -> tuple[str, Callable[[np.ndarray], np.ndarray]]:
    """The detector's name, and the function that finds (people, 17, 3) in a BGR picture.

    Raises:
        InputError: mediapipe or the model is missing.
    """
    try:
        import mediapipe
    except ImportError as exc:
        raise InputError("BlazePose needs the package mediapipe 0.10.14") from exc
    if model == "heavy":
        place_heavy(Path(mediapipe.__file__).parent, heavy)
    pose = mediapipe.solutions.pose.Pose(static_image_mode=True, model_complexity=COMPLEXITY[model])

    def find(picture: np.ndarray) -> np.ndarray:
        landmarks = pose.process(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)).pose_landmarks
        if landmarks is None:
            return np.zeros((0, 17, 3))
        height, width = picture.shape[:2]
        chosen = [landmarks.landmark[i] for i in COCO_FROM_BLAZEPOSE]
        return np.array([[(p.x * width, p.y * height, p.visibility) for p in chosen]])

    return f"BlazePose {model}, mediapipe {mediapipe.__version__}, 224 then 256", find


@tool("blazepose")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.peers.blazepose", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", choices=sorted(COMPLEXITY), default="heavy")
    parser.add_argument("--heavy", type=Path, help="pose_landmark_heavy.tflite")
    args = parser.parse_args(argv)
    detector, find = open_blazepose(args.model, args.heavy)
    write_people(args.out, detector, args.data, find)
    return 0


if __name__ == "__main__":
    sys.exit(main())
