"""`reps evaluate --robust`: the tables of counts that change."""

from __future__ import annotations

import argparse
from typing import Sequence

from edge_app.cli.options import open_network
from edge_app.sinks.terminal import Progress
from edge_app.sinks.track import load_track
from edge_app.tools.manifest import Clip
from edge_app.tools.robustness.pictures import count_from_pictures, open_ways
from edge_app.tools.robustness.rows import Rows
from edge_app.tools.robustness.study import Changed, count_changed, table
from edge_app.tools.robustness.variants import RANDOM_DRAWS
from edge_app.tools.text_table import Table

TRACKS_NOTE = (
    "Of each clip's stored poses. A clip is left out of a row that leaves its poses as they are, "
    f"or that cuts into its first repetition. Changes by chance are drawn {RANDOM_DRAWS} times."
)
PICTURES_NOTE = "The network looks at each picture anew, at most {} frames a second."


def robustness(clips: Sequence[Clip], args: argparse.Namespace) -> list[Table]:
    """The tables for clips with repetitions.

    Args:
        clips: each has a stored track where `args.tracks` is given.
        args: robust, tracks, pictures, exercise, max_fps and the options of the network.

    Raises:
        InputError: the file of rows is another one, or the network cannot be opened.
    """
    rows = Rows(args.robust)
    made = []
    if args.tracks:
        found: list[Changed] = []
        with Progress(len(clips), "clip") as bar:
            for clip in clips:
                bar.note(clip.path.stem)
                poses = list(load_track(args.tracks / f"{clip.path.stem}.npz"))
                found += count_changed(clip, args.exercise or clip.exercise, poses, rows)
                bar.step()
        made.append(table("Counts that change, from stored poses", TRACKS_NOTE, found))
    if args.pictures:
        ways, missing = open_ways(open_network(args).path, args.threads)
        found = []
        with Progress(len(clips), "clip") as bar:
            for clip in clips:
                bar.note(clip.path.stem)
                exercise = args.exercise or clip.exercise
                found += count_from_pictures(clip, exercise, ways, args.max_fps, rows)
                bar.step()
        note = " ".join([PICTURES_NOTE.format(f"{args.max_fps:g}"), *missing])
        made.append(table("Counts that change, from pictures", note, found))
    return made
