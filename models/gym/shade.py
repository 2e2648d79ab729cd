"""Shades the z-buffer's surfaces: textures, one lamp with shadows, ambient light."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from models.gym.raster import NOTHING, draw_triangles
from models.gym.textures import LEVELS

SHADOW_PX = 256
SHADOW_BIAS_M = 0.025
FROM_M = 40.0  # distance of the shadow map's viewer; so far that its rays are parallel
LINEAR = ((np.arange(256) / 255) ** 2.2).astype(np.float32)  # light of a stored grey


class Textures(NamedTuple):
    """All textures of a picture in one array."""

    texels: np.ndarray  # (N, 3) uint8 RGB
    start: np.ndarray  # (textures, LEVELS) where each level begins
    size: np.ndarray  # (textures, 2) rows and columns of the first level; powers of two
    texel_m: np.ndarray  # (textures,) side of one texel, metres


class People(NamedTuple):
    """All people's meshes as one."""

    faces: np.ndarray  # (F, 3)
    normals: np.ndarray  # (V, 3) float32
    colours: np.ndarray  # (V, 3) uint8
    texture: np.ndarray  # (V,) number of the texture, or -1 for the vertex's own colour
    uv: np.ndarray  # (V, 2) float32 metres on the texture
    worn: np.ndarray  # (V, 2) float32 how much it is of the shirt and of the trousers, 0 to 1


class Walls(NamedTuple):
    """All rectangles of the room."""

    rectangles: np.ndarray  # (R, 3, 3) a corner and two sides
    texture: np.ndarray  # (R,) number of the texture; -1 shows the photograph behind all
    offset: np.ndarray  # (R, 2) float64 metres on the texture
    glow: np.ndarray  # (R,) light a surface gives off itself, 0 for most


class Light(NamedTuple):
    """A lamp far away and the light of the room; in linear light, 1 shows white as white."""

    towards: np.ndarray  # (3,) direction to the lamp
    lamp: np.ndarray  # (3,) RGB
    around: np.ndarray  # (3,) RGB


class Shadows(NamedTuple):
    """The people's shadows: from the lamp and, close to the floor, from ambient light."""

    axes: np.ndarray  # (3, 3) rows: right, down and forward of the lamp's view
    middle: np.ndarray  # (3,)
    texels_a_m: float
    depth: np.ndarray  # (px, px)
    contact: np.ndarray  # (px, px) 0 to 1 around `middle`, rows along y


def bundle(levels: list[list[np.ndarray]], texel_m: list[float]) -> Textures:
    """Joins textures, each given by its levels."""
    flat = [level.reshape(-1, 3) for each in levels for level in each]
    ends = np.cumsum([0] + [len(part) for part in flat])[:-1].reshape(len(levels), LEVELS)
    size = np.array([each[0].shape[:2] for each in levels])
    return Textures(np.concatenate(flat), ends, size, np.asarray(texel_m, np.float64))


def cast(
    points: np.ndarray, faces: np.ndarray, towards: np.ndarray, px: int = SHADOW_PX
) -> Shadows:
    """The shadows of a mesh under a lamp: `towards` (3,) points to it, `px` is a side's length."""
    low, high = points.min(0), points.max(0)
    middle = ((low + high) / 2).astype(np.float64)
    scale = px / (float(np.linalg.norm(high - low)) + 0.3)
    right = np.cross(-towards, [0.31, 0.95, 0.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(-towards, right), -towards])
    seen = (points - middle) @ axes.T
    depth = np.full((px, px), np.inf, np.float32)
    what = np.empty(depth.shape, np.int32)
    place = np.empty((*depth.shape, 2), np.float32)
    draw_triangles(seen[:, :2] * scale + px / 2, seen[:, 2] + FROM_M, faces, depth, what, place)
    return Shadows(axes, middle, scale, depth, np.zeros_like(depth))


@njit(cache=True, inline="always", error_model="numpy")
def _texel(textures, number, u_m, v_m, footprint_m):
    """Index of the nearest texel of the level that fits the pixel's size; textures repeat."""
    texel_m = textures.texel_m[number]
    level = 0
    while footprint_m > 1.5 * texel_m and level < LEVELS - 1:
        texel_m *= 2
        level += 1
    rows, columns = textures.size[number, 0] >> level, textures.size[number, 1] >> level
    column = int(np.floor(u_m / texel_m)) % columns
    row = int(np.floor(v_m / texel_m)) % rows
    return textures.start[number, level] + row * columns + column


@njit(cache=True, inline="always", error_model="numpy")
def _lit(shadows, px, py, pz):
    """Share of the lamp's light that reaches a point, from 0 to 1."""
    x, y, z = px - shadows.middle[0], py - shadows.middle[1], pz - shadows.middle[2]
    axes, px_side = shadows.axes, len(shadows.depth)
    column = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) * shadows.texels_a_m + px_side / 2
    row = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) * shadows.texels_a_m + px_side / 2
    far = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z + FROM_M - SHADOW_BIAS_M
    if column < 2 or row < 2 or column > px_side - 3 or row > px_side - 3:
        return 1.0
    lit = 0.0
    for dy in (-1.5, 0.0, 1.5):
        for dx in (-1.5, 0.0, 1.5):
            lit += shadows.depth[int(row + dy + 0.5), int(column + dx + 0.5)] > far
    return lit / 9


@njit(cache=True, inline="always", error_model="numpy")
def _crowded(shadows, x, y, z):
    """How much a point of the floor is hidden by a body close above it, from 0 to 1."""
    if z > 0.05:
        return 0.0
    px_side = len(shadows.contact)
    column = int((x - shadows.middle[0]) * shadows.texels_a_m + px_side / 2)
    row = int((y - shadows.middle[1]) * shadows.texels_a_m + px_side / 2)
    if column < 0 or row < 0 or column >= px_side or row >= px_side:
        return 0.0
    return shadows.contact[row, column]


@njit(cache=True, error_model="numpy")
def shade(depth, what, place, people, walls, textures, light, shadows, eye, axes, focal_px, photo):
    """The light of every pixel.

    Args:
        depth, what, place: a drawn `raster.Hits`.
        eye, axes, focal_px: the camera's.
        photo: (height, width, 3) uint8 RGB, what is seen where nothing stands.

    Returns:
        (height, width, 3) float32, linear RGB.
    """
    height, width = depth.shape
    out = np.empty((height, width, 3), np.float32)
    rgb = np.empty(3, np.float64)
    for y in range(height):
        for x in range(width):
            hit = what[y, x]
            if hit == NOTHING:
                for i in range(3):
                    out[y, x, i] = LINEAR[photo[y, x, i]]
                continue
            far = depth[y, x]
            dx, dy = (x + 0.5 - width / 2) / focal_px, (y + 0.5 - height / 2) / focal_px
            px = eye[0] + far * (axes[0, 0] * dx + axes[1, 0] * dy + axes[2, 0])
            py = eye[1] + far * (axes[0, 1] * dx + axes[1, 1] * dy + axes[2, 1])
            pz = eye[2] + far * (axes[0, 2] * dx + axes[1, 2] * dy + axes[2, 2])
            first, second = place[y, x, 0], place[y, x, 1]
            glow, seen_photo = 0.0, False
            if hit < len(people.faces):
                nx, ny, nz = _skin(people, textures, hit, first, second, far / focal_px, rgb)
            else:
                r = hit - len(people.faces)
                nx, ny, nz = _normal(walls.rectangles[r])
                glow, seen_photo = walls.glow[r], walls.texture[r] < 0
                if seen_photo:
                    for i in range(3):
                        rgb[i] = LINEAR[photo[y, x, i]]
                else:
                    view = abs(nx * axes[2, 0] + ny * axes[2, 1] + nz * axes[2, 2])
                    slant = max(0.15, view / np.sqrt(nx * nx + ny * ny + nz * nz))
                    _wall(walls, textures, r, first, second, far / focal_px / slant, rgb)
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
            nx, ny, nz = nx / length, ny / length, nz / length
            slope = nx * light.towards[0] + ny * light.towards[1] + nz * light.towards[2]
            lit = _lit(shadows, px + 0.02 * nx, py + 0.02 * ny, pz + 0.02 * nz)
            close = 1 - 0.75 * _crowded(shadows, px, py, pz)
            if seen_photo:
                darker = close * (0.5 + 0.5 * lit)
                for i in range(3):
                    out[y, x, i] = rgb[i] * darker
                continue
            direct = max(0.0, (slope + 0.15) / 1.15) * lit
            view = abs(nx * axes[2, 0] + ny * axes[2, 1] + nz * axes[2, 2])
            general = close * (0.62 + 0.28 * nz + 0.2 * view)
            for i in range(3):
                incoming = light.lamp[i] * direct + light.around[i] * general
                out[y, x, i] = rgb[i] * (incoming + glow)
    return out


@njit(cache=True, inline="always", error_model="numpy")
def _length(v):
    return np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])


@njit(cache=True, inline="always", error_model="numpy")
def _normal(rectangle):
    """Its normal, not scaled."""
    side, other = rectangle[1], rectangle[2]
    return (
        side[1] * other[2] - side[2] * other[1],
        side[2] * other[0] - side[0] * other[2],
        side[0] * other[1] - side[1] * other[0],
    )


@njit(cache=True, error_model="numpy")
def _wall(walls, textures, number, first, second, footprint_m, rgb):
    """Writes the colour of a point of a rectangle to `rgb`."""
    u_m = first * _length(walls.rectangles[number, 1]) + walls.offset[number, 0]
    v_m = second * _length(walls.rectangles[number, 2]) + walls.offset[number, 1]
    texel = _texel(textures, walls.texture[number], u_m, v_m, footprint_m)
    for i in range(3):
        rgb[i] = LINEAR[textures.texels[texel, i]]


@njit(cache=True, inline="always", error_model="numpy")
def _cloth(people, a, b, c, wa, wb, wc):
    """The texture of a point of a triangle, or -1; a hem runs where two shares are equal."""
    ta, tb, tc = people.texture[a], people.texture[b], people.texture[c]
    main = ta if wa >= wb and wa >= wc else (tb if wb >= wc else tc)
    if ta == tb and tb == tc:
        return main
    worn = people.worn
    shirt = wa * worn[a, 0] + wb * worn[b, 0] + wc * worn[c, 0]
    trousers = wa * worn[a, 1] + wb * worn[b, 1] + wc * worn[c, 1]
    bare = 1 - shirt - trousers
    own, best = -1, -1.0  # of the corners' textures, that with the largest share here
    for corner, texture in ((a, ta), (b, tb), (c, tc)):
        share = bare
        if texture >= 0:
            share = shirt if worn[corner, 0] > worn[corner, 1] else trousers
        if share > best or (share == best and texture == main):
            own, best = texture, share
    return own


@njit(cache=True, error_model="numpy")
def _skin(people, textures, face, wb, wc, footprint_m, rgb):
    """The normal of a point of a person's surface; writes its colour to `rgb`."""
    a, b, c = people.faces[face, 0], people.faces[face, 1], people.faces[face, 2]
    wa = 1 - wb - wc
    number = _cloth(people, a, b, c, wa, wb, wc)
    if number >= 0:
        u_m = wa * people.uv[a, 0] + wb * people.uv[b, 0] + wc * people.uv[c, 0]
        v_m = wa * people.uv[a, 1] + wb * people.uv[b, 1] + wc * people.uv[c, 1]
        texel = _texel(textures, number, u_m, v_m, footprint_m)
        for i in range(3):
            rgb[i] = LINEAR[textures.texels[texel, i]]
    else:
        for i in range(3):
            grey = wa * people.colours[a, i] + wb * people.colours[b, i]
            grey += wc * people.colours[c, i]
            rgb[i] = LINEAR[int(grey)]
    n = people.normals
    return (
        wa * n[a, 0] + wb * n[b, 0] + wc * n[c, 0],
        wa * n[a, 1] + wb * n[b, 1] + wc * n[c, 1],
        wa * n[a, 2] + wb * n[b, 2] + wc * n[c, 2],
    )
