"""The calibration set that ships: `python -m calibration.scenes SCENES --out calibration/set`.

SCENES is a folder of pictures from `python -m models.gym.images`; the clips are the rendered ones
of tests/data. The device's estimator runs on each of them, and inputs of its network are kept: one
search view and one close view per scene. The set has those views that cover orientation, light,
distance and posture best (`edge_app.pose.views.choose`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from edge_app.camera.clip import ClipSource, thin
from edge_app.errors import InputError
from edge_app.pose.views import View
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.collect import record_views, write_set
from edge_app.values import Frame
from models.datasets import read_picture

CLIP_FPS = 5.0
LOOKS = 5  # looks at a still: three to find somebody, two close ones
CLIPS = Path(__file__).parent.parent / "tests" / "data"


def views_of_scene(path: Path, number: int, backend: OnnxBackend) -> Iterator[View]:
    """One of the three search views, alternating from scene to scene, and the last close view."""
    image = read_picture(path)
    frames = (Frame(image, i / 10, i) for i in range(LOOKS))
    views = record_views(frames, backend, blur=False, spacing_s=0)
    yield views[number % 3]
    if views[-1].close:
        yield views[-1]


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m calibration.scenes", description=__doc__)
    parser.add_argument("scenes", type=Path, help="folder of rendered pictures")
    parser.add_argument("--every", type=int, default=4, help="take every n-th scene")
    parser.add_argument("--count", type=int, default=256, help="pictures in the set")
    parser.add_argument("--out", type=Path, required=True, help="new folder for the set")
    args = parser.parse_args(argv)
    try:
        backend = OnnxBackend(
            shipped_model("accurate"), threads=1
        )  # its input, 256², also fits 192²
        views: list[View] = []
        for clip in sorted(CLIPS.glob("*.mp4")):
            with ClipSource(clip) as source:
                frames = thin(iter(source), CLIP_FPS)
                views += record_views(tqdm(frames, desc=clip.name, leave=False), backend, False)
        scenes = sorted(args.scenes.rglob("*.jpg"))[:: args.every]
        if not scenes:
            raise InputError(f"no .jpg in {args.scenes}")
        for number, path in enumerate(tqdm(scenes, desc="scenes", leave=False)):
            views += views_of_scene(path, number, backend)
        about = {"source": "rendered by models/synthetic: nobody real is shown",
                 "network": backend.metadata["weights_sha256"]}  # fmt: skip
        chosen = write_set(args.out, views, args.count, about)
    except InputError as exc:
        print(f"scenes: {exc}", file=sys.stderr)
        return 2
    size = sum(len(v.jpeg) for v in chosen) / 1e6
    print(f"{args.out}: {len(chosen)} of {len(views)} views, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
