"""Positions of the hands in an exercise: head, chest, hips, knees or out in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.gym.body import Figure
from models.gym.limbs import SIDES, Limb, hand_turn, turn, unit

RAISED_DEG = {"head": 22.0, "front": 6.0}  # how far the collar bones lift


@dataclass(frozen=True)
class Reach:
    """The pose of one arm; all directions are in room coordinates."""

    wrist: np.ndarray  # (frames, 3) metres
    elbow: np.ndarray  # (frames, 3) or (3,) direction in which the elbow points
    fingers: np.ndarray  # (frames, 3) or (3,) direction
    palm: np.ndarray  # (frames, 3) or (3,) direction the palm faces


@dataclass(frozen=True)
class Trunk:
    """The posed body of the arms."""

    figure: Figure
    turns: Mapping[str, np.ndarray]
    heads: Mapping[str, np.ndarray]
    depth: np.ndarray  # (frames,) how far from rest, 0 to 1


def bone_heads(
    figure: Figure, turns: Mapping[str, np.ndarray], root: np.ndarray
) -> dict[str, np.ndarray]:
    """Positions of the bones' heads: name -> (frames, 3)."""
    heads = figure.place(turns, root)[1]
    return {name: heads[:, i] for name, i in figure.anatomy.bones.items()}


def arms(
    figure: Figure, turns: Mapping[str, np.ndarray], root: np.ndarray, hands: str, depth: np.ndarray
) -> dict[str, np.ndarray]:
    """Turns of collar bones, arms and hands that move the hands to the positions of `hands`."""
    return arms_to(figure, turns, root, REACHES[hands], RAISED_DEG.get(hands, 0.0), depth)


def arms_to(
    figure: Figure, turns: Mapping[str, np.ndarray], root: np.ndarray,
    reach_of: Callable[[Trunk, str], Reach], lift_deg: float = 0.0, depth: np.ndarray | None = None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Like `arms`, with any target for the hands and with the collar bones lifted."""
    chest = turns["spine01"]
    out = {f"clavicle.{side}": chest @ turn("y", -sign * lift_deg) for side, sign in SIDES.items()}
    depth = np.zeros(len(chest)) if depth is None else depth
    trunk = Trunk(figure, turns, bone_heads(figure, {**turns, **out}, root), depth)
    for side in SIDES:
        reach = reach_of(trunk, side)
        arm = Limb.arm(figure, side)
        out |= arm.solve(trunk.heads[f"upperarm01.{side}"], reach.wrist, reach.elbow)
        wrist = hand_turn(figure, side, reach.fingers, reach.palm)
        out[f"wrist.{side}"] = np.broadcast_to(wrist, chest.shape)
    return out


def pointing(way: np.ndarray, bend: float, elbow: np.ndarray) -> Callable[[Trunk, str], Reach]:
    """Both arms towards `way` (3,) as seen by the left one from the chest; mirrored on the right.

    Args:
        bend: 0 keeps the arm straight, 1 brings the wrist half the way back.
        elbow: (3,) where the left elbow points, also from the chest.
    """

    def reach(trunk: Trunk, side: str) -> Reach:
        mirror, chest = np.array([SIDES[side], 1.0, 1.0]), trunk.turns["spine01"]
        towards = chest @ unit(way * mirror)
        length = Limb.arm(trunk.figure, side).reach * (0.98 - 0.5 * bend)
        wrist = trunk.heads[f"upperarm01.{side}"] + towards * length
        return Reach(
            wrist, chest @ (elbow * mirror), towards, chest @ np.array([-SIDES[side], -0.3, 0])
        )

    return reach


def to_floor(trunk: Trunk, side: str, floor_m: float) -> Reach:
    """A hand flat on the floor beside the hip, pushing the trunk up."""
    sign, hip = SIDES[side], trunk.heads[f"upperleg01.{side}"]
    wrist = hip.copy()
    wrist[:, 0] += sign * 0.16
    wrist[:, 1] += 0.04 + 0.16 * (1 - trunk.depth)
    wrist[:, 2] = floor_m
    return Reach(
        wrist=wrist,
        elbow=np.array([0.7 * sign, 0.9, 0.1]),
        fingers=np.array([0.2 * sign, -1.0, 0.0]),
        palm=np.array([0.0, 0.0, -1.0]),
    )


def blended(first: Reach, second: Reach, share: np.ndarray) -> Reach:
    """Blends two reaches; `share` (frames,) of the second."""
    part = share[:, None]
    return Reach(*(
        (1 - part) * getattr(first, name) + part * getattr(second, name)
        for name in ("wrist", "elbow", "fingers", "palm")
    ))  # fmt: skip


def _to_head(trunk: Trunk, side: str) -> Reach:
    sign, head = SIDES[side], trunk.turns["head"]
    neck = trunk.figure.joint("head") - trunk.figure.joint("neck01")
    size = np.linalg.norm(neck) / 0.11
    return Reach(
        wrist=trunk.heads["head"] + head @ (np.array([sign * 0.105, 0.02, 0.045]) * size),
        elbow=trunk.turns["spine01"] @ np.array([sign * 1.0, -0.55, 0.25]),
        fingers=head @ np.array([-0.35 * sign, 0.8, 0.45]),
        palm=head @ np.array([-sign, -0.45, 0.0]),
    )


def _to_chest(trunk: Trunk, side: str) -> Reach:
    """Crossed arms, the left one on top."""
    sign, chest = SIDES[side], trunk.turns["spine01"]
    own = trunk.heads[f"upperarm01.{side}"]
    other = trunk.heads[f"upperarm01.{'R' if side == 'L' else 'L'}"]
    before = -0.14 if side == "L" else -0.115
    return Reach(
        wrist=0.75 * other + 0.25 * own + chest @ np.array([0, before, -0.09]),
        elbow=chest @ np.array([sign * 0.5, -0.5, -0.8]),
        fingers=chest @ np.array([-0.8 * sign, -0.1, 0.6]),
        palm=chest @ np.array([0, 1.0, 0]),
    )


def _to_front(trunk: Trunk, side: str) -> Reach:
    """Beside the thighs at rest, swinging up to shoulder height."""
    sign, swing = SIDES[side], turn("x", -78 * trunk.depth + 8)
    reach = 0.97 * Limb.arm(trunk.figure, side).reach
    hang = np.array([sign * 0.12, -0.12, -0.97])
    return Reach(
        wrist=trunk.heads[f"upperarm01.{side}"] + swing @ hang * reach,
        elbow=np.array([sign * 1.0, 0.6, -0.3]),
        fingers=swing @ np.array([0, -0.12, -1.0]),
        palm=swing @ np.array([-sign, 0.0, 0]),
    )


def _to_hips(trunk: Trunk, side: str) -> Reach:
    sign, pelvis = SIDES[side], trunk.turns["root"]
    return Reach(
        wrist=trunk.heads["spine05"] + pelvis @ np.array([sign * 0.165, -0.05, 0.09]),
        elbow=trunk.turns["spine01"] @ np.array([sign * 1.0, 0.35, 0.0]),
        fingers=pelvis @ np.array([-0.3 * sign, -0.8, -0.45]),
        palm=pelvis @ np.array([-sign, 0.3, 0]),
    )


def _to_thighs(trunk: Trunk, side: str) -> Reach:
    """Hands that slide along the thighs to the knees and past them."""
    sign, shoulder = SIDES[side], trunk.heads[f"upperarm01.{side}"]
    hip, knee = trunk.heads[f"upperleg01.{side}"], trunk.heads[f"lowerleg01.{side}"]
    along = np.clip(0.35 + 0.75 * trunk.depth, 0, 1)[:, None]
    way = hip + (knee - hip) * along + np.array([0.0, -0.03, 0.10]) - shoulder
    gap = np.linalg.norm(way, axis=-1, keepdims=True)
    return Reach(
        wrist=shoulder + way * np.minimum(1, 0.97 * Limb.arm(trunk.figure, side).reach / gap),
        elbow=np.array([sign * 1.0, 0.3, 0.0]),
        fingers=np.array([0, -0.8, 0.6]),
        palm=np.array([0, -0.6, -0.8]),
    )


REACHES = {
    "head": _to_head,
    "chest": _to_chest,
    "front": _to_front,
    "hips": _to_hips,
    "thighs": _to_thighs,
}
