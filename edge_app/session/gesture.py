"""A raised arm held for two seconds: start and stop without touching anything."""

from __future__ import annotations

from edge_app.skeleton import INDEX
from edge_app.values import Pose

HELD_S = 2.0
SEEN = 0.2
ABOVE = 0.35  # torso lengths of the wrist above shoulder and head
STEADY = 0.25  # torso lengths that the raised wrist may move
GAP_S = 0.3  # the arm may be unseen for this long


class RaisedArm:
    """Detects, once, that one arm alone was held up long enough; then the arm must come down.

    One arm alone, because both arms go up in jumping jacks and pull-ups; held still, because the
    wrist does not stay in place during a movement.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._last_s = 0.0
        self._place = (0.0, 0.0)
        self._done = False

    def update(self, pose: Pose) -> bool:
        """Adds one pose; True for the one that completes the two seconds."""
        wrist = raised_wrist(pose)
        if wrist is None:
            if self._since_s is not None and pose.t_s - self._last_s > GAP_S:
                self._since_s, self._done = None, False
            return False
        torso_px = _torso_px(pose)
        moved = max(abs(wrist[0] - self._place[0]), abs(wrist[1] - self._place[1]))
        if self._since_s is None or (torso_px and moved > STEADY * torso_px):
            self._since_s, self._place = pose.t_s, wrist
        self._last_s = pose.t_s
        if self._done or pose.t_s - self._since_s < HELD_S:
            return False
        self._done = True
        return True


def raised_wrist(pose: Pose) -> tuple[float, float] | None:
    """Position of the one raised wrist in pixels; None if none is raised, or both are."""
    torso_px = _torso_px(pose)
    if not torso_px:
        return None
    raised = []
    for side in ("right", "left"):
        wrist, shoulder = INDEX[f"{side}_wrist"], INDEX[f"{side}_shoulder"]
        if pose.score[wrist] < SEEN or pose.score[shoulder] < SEEN:
            continue
        lines_px = [float(pose.xy[shoulder, 1])]
        if pose.score[INDEX["nose"]] >= SEEN:
            lines_px.append(float(pose.xy[INDEX["nose"], 1]) + 0.2 * torso_px)
        if float(pose.xy[wrist, 1]) < min(lines_px) - ABOVE * torso_px:
            raised.append((float(pose.xy[wrist, 0]), float(pose.xy[wrist, 1])))
    return raised[0] if len(raised) == 1 else None


def _torso_px(pose: Pose) -> float:
    """Distance from shoulder to hip on the better seen side; 0 if neither is seen."""
    best = 0.0
    for side in ("right", "left"):
        shoulder, hip = INDEX[f"{side}_shoulder"], INDEX[f"{side}_hip"]
        if min(pose.score[shoulder], pose.score[hip]) >= SEEN:
            dx, dy = (pose.xy[shoulder] - pose.xy[hip]).tolist()
            best = max(best, (dx * dx + dy * dy) ** 0.5)
    return best
