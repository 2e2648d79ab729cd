"""Makes the README's first picture: a few seconds of an annotated clip as a GIF.

python -m models.gym.animation tests/data/sit-up.mp4 --exercise sit-up --out sit-up.gif
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from edge_app.camera.clip import ClipSource
from edge_app.cli.options import add_model, open_network
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.sinks.video.overlay import Overlay
from models.command import tool

# One palette for all pictures, chosen by the moving parts; only changes are stored.


@tool("animation")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.gym.animation", description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--exercise", required=True)
    parser.add_argument("--from", dest="from_s", type=float, default=9.2, help="seconds")
    parser.add_argument("--to", dest="to_s", type=float, default=16.4, help="seconds")
    parser.add_argument("--width", type=int, default=640, help="pixels")
    parser.add_argument("--fps", type=float, default=10)
    parser.add_argument("--out", type=Path, required=True)
    add_model(parser)
    args = parser.parse_args(argv)
    if args.out.suffix.lower() != ".gif":
        raise InputError(f"--out must end in .gif, not {args.out}")
    pictures = annotated(args)
    if not pictures:
        raise InputError(f"{args.clip} has no frames from {args.from_s:g} to {args.to_s:g} s")
    write_gif(pictures, args.fps, args.out)
    return 0


def annotated(args: argparse.Namespace) -> list[np.ndarray]:
    """The selected pictures, BGR; counting begins at the clip's start, so the count is right."""
    rules = rules_of(args.exercise)
    estimator = rules.estimator(open_network(args))
    overlay = Overlay(rules.title(), rules.exercise)
    pictures: list[np.ndarray] = []

    def keep(update: Update) -> None:
        drawn, t_s = overlay.draw(update), update.frame.t_s
        if args.from_s + len(pictures) / args.fps <= t_s < args.to_s:
            height = round(args.width * drawn.shape[0] / drawn.shape[1] / 2) * 2
            size = args.width, height
            pictures.append(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA))

    with ClipSource(args.clip) as source:
        run(
            (frame for frame in source if frame.t_s < args.to_s),
            [rules.lane(estimator)],
            [EachUpdate(keep)],
        )
    return pictures


def write_gif(pictures: list[np.ndarray], fps: float, out: Path) -> None:
    """Writes BGR pictures of one size as a looping GIF."""
    images = [Image.fromarray(picture[:, :, ::-1]) for picture in pictures]
    palette = images[len(images) // 2].quantize(256)  # one for all, so that nothing flickers
    indexed = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    with whole_file(out) as part:
        indexed[0].save(
            part, format="GIF", save_all=True, append_images=indexed[1:], loop=0,
            duration=round(1000 / fps), optimize=False, disposal=1,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
