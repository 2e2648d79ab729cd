"""Loops over vertices and triangles, compiled by numba: skinning, smoothing, normals."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def skinned(
    rest: np.ndarray, bones: np.ndarray, shares: np.ndarray, transforms: np.ndarray
) -> np.ndarray:
    """Linear blend skinning.

    Args:
        rest: (V, 3) vertices in the rest pose, metres.
        bones, shares: (V, K) numbers of the bones that move each vertex, the heaviest first, and
            their shares, which sum to 1.
        transforms: (frames, bones, 3, 4) what each bone does to a rest vertex.

    Returns:
        (frames, V, 3) float32.
    """
    out = np.empty((len(transforms), len(rest), 3), np.float32)
    blend = np.empty((3, 4), np.float64)
    for frame in range(len(transforms)):
        for v in range(len(rest)):
            blend[:] = 0.0
            for k in range(bones.shape[1]):
                share = shares[v, k]
                if share <= 0.0:
                    break
                bone = transforms[frame, bones[v, k]]
                for i in range(3):
                    for j in range(4):
                        blend[i, j] += share * bone[i, j]
            x, y, z = rest[v, 0], rest[v, 1], rest[v, 2]
            for i in range(3):
                out[frame, v, i] = blend[i, 0] * x + blend[i, 1] * y + blend[i, 2] * z + blend[i, 3]
    return out


@njit(cache=True, error_model="numpy")
def placed(
    joints: np.ndarray, parents: np.ndarray, turns: np.ndarray, own: np.ndarray, root: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Forward kinematics; parents come before their children.

    Args:
        joints: (bones, 3) heads in the rest pose.
        parents: (bones,), -1 for the root.
        turns: (frames, bones, 3, 3) orientations of the bones that have one of their `own`.
        own: (bones,) bool; the others follow their parent.
        root: (frames, 3) place of the root.

    Returns:
        Orientations (frames, bones, 3, 3) and heads (frames, bones, 3) of all bones.
    """
    turned, heads = turns.copy(), np.empty((len(root), len(joints), 3))
    for frame in range(len(root)):
        for bone in range(len(joints)):
            parent = parents[bone]
            if parent < 0:
                heads[frame, bone] = root[frame]
                continue
            if not own[bone]:
                turned[frame, bone] = turned[frame, parent]
            for i in range(3):
                total = heads[frame, parent, i]
                for j in range(3):
                    offset = joints[bone, j] - joints[parent, j]
                    total += turned[frame, parent, i, j] * offset
                heads[frame, bone, i] = total
    return turned, heads


@njit(cache=True, error_model="numpy")
def normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Outward unit normals of the vertices of one mesh: (V, 3) float32."""
    out = np.zeros((len(points), 3), np.float32)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = points[a, 0], points[a, 1], points[a, 2]
        ux, uy, uz = points[b, 0] - ax, points[b, 1] - ay, points[b, 2] - az
        vx, vy, vz = points[c, 0] - ax, points[c, 1] - ay, points[c, 2] - az
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in range(3):
            v = faces[f, corner]
            out[v, 0] += x
            out[v, 1] += y
            out[v, 2] += z
    for v in range(len(out)):
        length = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2)
        if length > 0.0:
            out[v] /= length
    return out


@njit(cache=True, error_model="numpy")
def smoothed(
    points: np.ndarray, first: np.ndarray, neighbours: np.ndarray, rounds: np.ndarray
) -> np.ndarray:
    """Each vertex averaged with its neighbours as often as `rounds` says: like `points`.

    Args:
        first: (V + 1,) where each vertex's part of `neighbours` begins.
    """
    now = points.copy()
    for done in range(rounds.max()):
        before = now.copy()
        for v in range(len(points)):
            if rounds[v] > done and first[v + 1] > first[v]:
                for i in range(3):
                    total = 0.0
                    for k in range(first[v], first[v + 1]):
                        total += before[neighbours[k], i]
                    now[v, i] = total / (first[v + 1] - first[v])
    return now


def quartered(faces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every triangle as four: one at each corner and one in the middle, in this order.

    Args:
        faces: (F, 3).
        count: of the vertices.

    Returns:
        The faces (4 F, 3), the edges (E, 2) whose middles are the new vertices from `count` on,
        and the vertices opposite each edge (E, 2), -1 where the mesh ends.
    """
    sides = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)  # ab, bc, ca
    edges, of = np.unique(np.sort(sides, axis=1), axis=0, return_inverse=True)
    of = of.reshape(-1)
    opposite = np.full((len(edges), 2), -1, np.int64)
    order = np.argsort(of, kind="stable")
    second = np.concatenate([[False], of[order][1:] == of[order][:-1]])
    facing = np.roll(faces, 1, axis=1).reshape(-1)[order]  # c, a, b
    opposite[of[order][~second], 0] = facing[~second]
    opposite[of[order][second], 1] = facing[second]
    ab, bc, ca = (count + of.reshape(-1, 3)).T
    a, b, c = faces.T
    four = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return np.stack([np.stack(f, 1) for f in four], 1).reshape(-1, 3), edges, opposite


def rounded(points: np.ndarray, edges: np.ndarray, opposite: np.ndarray) -> np.ndarray:
    """The vertices of a quartered mesh on a smoother surface, by Loop's rule: (V + E, 3).

    Args:
        points: (V, 3) of the mesh before.
        edges, opposite: see `quartered`.
    """
    inside = opposite[:, 1] >= 0
    middles = points[edges].mean(1)
    middles[inside] = 0.75 * middles[inside] + 0.25 * points[opposite[inside]].mean(1)
    total, number = np.zeros_like(points), np.zeros(len(points))
    for one, other in ((0, 1), (1, 0)):
        np.add.at(total, edges[:, one], points[edges[:, other]])
        np.add.at(number, edges[:, one], 1)
    share = np.where(number == 3, 3 / 16, 3 / (8 * np.maximum(number, 1)))
    share[edges[~inside].ravel()] = 0
    old = points * (1 - number * share)[:, None] + total * share[:, None]
    return np.concatenate([old, middles]).astype(points.dtype)
