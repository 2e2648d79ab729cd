"""How good an ONNX network is: `python -m models.evaluate MODEL.onnx --data ../shared/data`.

Whole pictures go through the device's own preprocessing and decoding, at the model's input size:
COCO AP and AR by pycocotools on coco_val (a sample of 103 pictures, not «COCO val AP»), PCK on the
validation splits of exercise_frames (0.1 of the person's box) and LSPET (0.2 of the torso), and
how many people are found in pictures without any.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.pose.backend import OnnxBackend, open_backend
from edge_app.pose.complete import complete
from edge_app.pose.decode import PEAK, decode
from edge_app.pose.lock import FEWEST_KEYPOINTS, Person
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.pose.skeleton import COCO_FROM_OPENPOSE, INDEX, KEYPOINTS

from .datasets import Sample, Source, load_source, read_picture

GROUPS = {
    "head": ("nose", "right_eye", "left_eye", "right_ear", "left_ear"),
    "shoulders": ("right_shoulder", "left_shoulder"),
    "elbows": ("right_elbow", "left_elbow"),
    "wrists": ("right_wrist", "left_wrist"),
    "hips": ("right_hip", "left_hip"),
    "knees": ("right_knee", "left_knee"),
    "ankles": ("right_ankle", "left_ankle"),
}


def people_in(backend: OnnxBackend, image: np.ndarray) -> list[Person]:
    """Everybody found in a whole picture, in picture pixels."""
    hw = (image.shape[0], image.shape[1])
    view = letterbox(hw, backend.input_hw)
    heatmaps, pafs = backend.infer(preprocess(image, view, backend.input_hw))
    people = [Person(p, s) for p, s in zip(*decode(heatmaps, pafs))]
    people = complete(people, heatmaps, None, PEAK)
    return [Person(view.to_image(p.xy), p.score) for p in people]


def coco_scores(backend: OnnxBackend, folder: Path) -> dict[str, float]:
    """AP, AP50, AR by the COCO protocol."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(folder / "annotations.json"))
    results = []
    for image in tqdm(truth.loadImgs(truth.getImgIds()), desc="coco_val", leave=False):
        picture = read_picture(folder / "images" / image["file_name"])
        for person in people_in(backend, picture):
            points = np.column_stack([person.xy, person.score])[COCO_FROM_OPENPOSE]
            results.append(
                {
                    "image_id": image["id"],
                    "category_id": 1,
                    "keypoints": points.ravel().tolist(),
                    "score": float(person.score.sum() / len(KEYPOINTS)),
                }
            )
    if not results:
        return {"AP": 0.0, "AP50": 0.0, "AR": 0.0}
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(results), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {"AP": evaluation.stats[0], "AP50": evaluation.stats[1], "AR": evaluation.stats[5]}


def best_match(people: list[Person], sample: Sample) -> np.ndarray:
    """(18,) distance in pixels from the labelled keypoints to those of the person nearest to them.

    A keypoint that was not found is infinitely far.
    """
    present = sample.present[0]
    best = np.full(len(KEYPOINTS), np.inf)
    for person in people:
        error = np.linalg.norm(person.xy - sample.xy[0], axis=1)
        error[~person.found] = np.inf
        size = float(max(sample.box[0, 2:]))
        if (
            np.exp(-error[present] / (0.1 * size)).sum()
            > np.exp(-best[present] / (0.1 * size)).sum()
        ):
            best = error
    return best


def pck(
    backend: OnnxBackend, data: Path, source: Source, of_torso: float | None
) -> tuple[float, dict[str, float]]:
    """Share of the labelled keypoints found within a tenth of the box, or `of_torso` of the torso.

    Returns:
        over all, and by group of keypoints.
    """
    right = np.zeros(len(KEYPOINTS))
    total = np.zeros(len(KEYPOINTS))
    for sample in tqdm(load_source(data, source, "val"), desc=source.path, leave=False):
        within = 0.1 * float(max(sample.box[0, 2:]))
        if of_torso is not None:
            torso = _torso_px(sample)
            if torso is None:
                continue
            within = of_torso * torso
        error = best_match(people_in(backend, read_picture(sample.image)), sample)
        present = sample.present[0].copy()
        present[INDEX["neck"]] = False  # made from the shoulders, so it is no label
        right += present & (error < within)
        total += present
    groups = {g: [INDEX[n] for n in names] for g, names in GROUPS.items()}
    by_group = {g: right[i].sum() / total[i].sum() for g, i in groups.items() if total[i].sum()}
    return right.sum() / max(total.sum(), 1), by_group


def _torso_px(sample: Sample) -> float | None:
    """From one shoulder to the opposite hip, the longer of the two."""
    pairs = [("right_shoulder", "left_hip"), ("left_shoulder", "right_hip")]
    lengths = [
        float(np.linalg.norm(sample.xy[0, INDEX[a]] - sample.xy[0, INDEX[b]]))
        for a, b in pairs
        if sample.present[0, INDEX[a]] and sample.present[0, INDEX[b]]
    ]
    return max(lengths) if lengths else None


def false_people(backend: OnnxBackend, folder: Path) -> float:
    """People found per picture without any."""
    samples = load_source(folder.parent, Source(folder.name, people="none"), "val")
    found = 0
    for sample in tqdm(samples, desc="negatives", leave=False):
        people = people_in(backend, read_picture(sample.image))
        found += sum(p.found.sum() >= FEWEST_KEYPOINTS for p in people)
    return found / max(len(samples), 1)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path, help="write the figures here")
    args = parser.parse_args(argv)
    try:
        backend = open_backend(args.model)
        frames, frames_by = pck(backend, args.data, Source("exercise_frames"), None)
        lspet, lspet_by = pck(backend, args.data, Source("lspet"), 0.2)
        figures: dict[str, object] = {
            "input": list(backend.input_hw),
            "coco_val": coco_scores(backend, args.data / "coco_val"),
            "exercise_frames PCK@0.1 box": frames,
            "exercise_frames by keypoint": frames_by,
            "lspet PCK@0.2 torso": lspet,
            "lspet by keypoint": lspet_by,
            "false people a picture": false_people(backend, args.data / "negatives"),
        }
    except InputError as exc:
        print(f"evaluate: {exc}", file=sys.stderr)
        return 2
    text = json.dumps(figures, indent=1, default=lambda v: round(float(v), 4))
    text = json.dumps(json.loads(text, parse_float=lambda v: round(float(v), 3)), indent=1)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
