"""Trains from a pack (models/pack.py makes it): `python train.py --minutes 9`.

Copied into the pack's folder as train.py. Needs torch, numpy, OpenCV and tqdm, but nothing of this
project. Files already unpacked are not needed again; run folder and data stay in --work, and
weights.pt, the average over training as float32, goes to --weights.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
HAND_OVER = """
import sys
from pathlib import Path
from models.checkpoint import export_weights
export_weights(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def unpack(work: Path) -> list[str]:
    """Unpacks new files; returns the names still missing."""
    missing = []
    for name in json.loads((HERE / "pack.json").read_text())["files"]:
        mark = work / f".{name}.done"
        if mark.exists():
            continue
        if not (HERE / name).exists():
            missing.append(name)
            continue
        with tarfile.open(HERE / name) as tar:
            tar.extractall(work if name == "code.tar" else work / "data", filter="data")
        mark.touch()
    return missing


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 1) - 1))
    parser.add_argument("--weights", type=Path, help="folder to copy weights.pt and log.csv to")
    parser.add_argument(
        "--unpack", action="store_true", help="only unpack the files that have arrived"
    )
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    missing = unpack(args.work)
    if args.unpack:
        print(f"still missing: {', '.join(missing) or 'nothing'}")
        return 0
    if missing:
        print(f"the pack is incomplete, these files are missing: {', '.join(missing)}")
        return 2
    command = [sys.executable, "-m", "models.train", str(HERE / "recipe.toml")]
    command += ["--data", str(args.work / "data"), "--out", str(args.work / "run")]
    command += ["--workers", str(args.workers), "--minutes", str(args.minutes)]
    environment = {**os.environ, "PYTHONPATH": str(args.work)}
    done = subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
    if done == 0 and args.weights is not None:
        command = [sys.executable, "-c", HAND_OVER, str(args.work / "run"), str(args.weights)]
        done = subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
    return done


if __name__ == "__main__":
    sys.exit(main())
