"""The effects of a cheap camera: exposure, glare, blur, noise, colour."""

from __future__ import annotations

import cv2
import numpy as np

GAMMA = 1 / 2.2
AIMED_GREY = (0.16, 0.42)  # of the exposure control, in linear light


def photograph(rng: np.random.Generator, light: np.ndarray, dim: float) -> np.ndarray:
    """A picture from rendered light.

    Args:
        light: (height, width, 3) float32, linear RGB.
        dim: 0 by day to 1 at night: dimmer light means more noise and a slower shutter.

    Returns:
        (height, width, 3) uint8 BGR.
    """
    light = light * exposure(rng, light, dim)
    light = _glare(rng, light)
    if rng.random() < 0.2 + 0.25 * dim:
        light = _moved(rng, light)
    if rng.random() < 0.35:
        light = cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.3)))
    light = _noisy(rng, light, dim)
    light = light * (1 + rng.normal(0, 0.05, 3))  # white balance
    image = np.clip(light, 0, 1).astype(np.float32) ** np.float32(GAMMA * rng.uniform(0.85, 1.2))
    image = 255 * (image * rng.uniform(0.85, 1.1) + rng.normal(0, 0.02))
    image = _sharpened(rng, image)
    return np.ascontiguousarray(np.clip(image, 0, 255).astype(np.uint8)[..., ::-1])


def steady(light: np.ndarray, gain: float) -> np.ndarray:
    """A picture without faults, for clips: (height, width, 3) uint8 RGB of linear light."""
    return (255 * np.clip(light * gain, 0, 1) ** GAMMA).astype(np.uint8)


def exposure(rng: np.random.Generator, light: np.ndarray, dim: float) -> float:
    """The gain of an exposure control that does not quite reach its target in the dark."""
    mean = float(np.minimum(light, 1.5).mean()) + 1e-3
    gain = rng.uniform(*AIMED_GREY) / mean
    return float(np.clip(gain, 0.4, 2.5) ** (0.85 - 0.35 * dim))


def _glare(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Glare: light that spills over from bright areas."""
    over = np.clip(light - 0.95, 0, 2)
    if over.max() <= 0 or rng.random() < 0.4:
        return light
    sigma = max(light.shape) * rng.uniform(0.01, 0.05)
    return light + rng.uniform(0.2, 0.6) * cv2.GaussianBlur(over, (0, 0), float(sigma))


def _moved(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Camera shake, or motion during the exposure in one part of the picture."""
    height, width = light.shape[:2]
    long = max(height, width) / 320 * rng.uniform(2, 9)
    angle, side = rng.uniform(0, np.pi), int(long) | 1
    kernel = np.zeros((side, side), np.float32)
    way = np.array([np.cos(angle), np.sin(angle)]) * side / 2
    middle = side // 2
    ends = [tuple(round(middle + sign * v) for v in way) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    moved = cv2.filter2D(light, -1, kernel / kernel.sum())
    if rng.random() < 0.4:
        return moved
    y, x = np.mgrid[:height, :width]
    middle_x, middle_y = rng.uniform(0.2, 0.8, 2) * [width, height]
    near = np.hypot(x - middle_x, y - middle_y) / (max(height, width) * rng.uniform(0.1, 0.3))
    share = np.clip(1.6 - near, 0, 1).astype(np.float32)[..., None]
    return light * (1 - share) + moved * share


def _noisy(rng: np.random.Generator, light: np.ndarray, dim: float) -> np.ndarray:
    """Shot and read noise; coarser where a camera's denoising has smeared it."""
    if rng.random() < 0.25 * (1 - dim):
        return light
    strength = rng.uniform(0.004, 0.025) + dim * rng.uniform(0.01, 0.05)
    noise = rng.standard_normal(light.shape, np.float32)
    if rng.random() < 0.4:
        noise = 2.2 * cv2.GaussianBlur(noise, (0, 0), 0.9)
    return light + noise * np.float32(strength) * np.sqrt(np.maximum(light, 0) + 0.05)


def _sharpened(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    if rng.random() > 0.3:
        return image
    soft = cv2.GaussianBlur(image, (0, 0), 1.0)
    return image + rng.uniform(0.3, 1.0) * (image - soft)
