"""Drawn movements over time with exact phase, as keypoint tracks: joints only, no pictures.

    python -m models.gym.moves --minutes 600 --seed 1 --out FILE.npz [--processes 2]

The archive has N poses of T tracks and R repetitions:

    poses (N, 18, 2) float16: OpenPose keypoints from the picture's centre, right and down, in units
        of its longer side (pixels = poses * max(size_px) + (size_px - 1) / 2); 0 where missing
    scores (N, 18) float16: 0 where missing
    t_s (N,) float32: seconds since the track's start
    first (T + 1,) int64: where each track begins; the last is N
    exercise (N,) uint8: index into `exercises`; 0 is none. From the first repetition of a set to
        the end of its last one, the pauses in between included; a plank while it is held
    phase (N,) float16: radians in [0, 2 pi); 0 at rest, pi at the turn and while staying there
    inside (N,) bool: within a repetition
    kind (N,) uint8: index into `kinds`, in words what is done ("walk", "ready", "moving", ...)
    rep_track (R,) int32, rep_exercise (R,) uint8
    rep_s (R, 4) float32: leaves rest, reaches the turn, leaves the turn, is back at rest; like
        `t_s`, and before 0 or after the last `t_s` where the clip cuts the repetition
    rep_depth (R,) float16: 1 is as far as this student can
    rep_fault (R,) uint8: index into `faults`; 0 is valid, "partial" turns early, "return" does not
        come back to rest, "trip" is the rope's
    size_px (T, 2) int16: width and height of the picture
    parameters (T, P) float32: what was drawn, named by `parameter_names` (P,)
    exercises, kinds, faults: the names; seed
"""
