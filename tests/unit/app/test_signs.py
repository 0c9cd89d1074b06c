"""Signs told apart by whoever sees few colours: fills and rings, simulated and measured."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.presenters.drawing import FAMILY_COLOURS, LEVEL_RINGS
from graph.schema.nodes import ORGANISATION_SIGN, PERSON_SIGN, SERVICE_FILL, SHARED_FILL
from graph.schema.words import Family

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
_WHITE = np.array([0.95047, 1.0, 1.08883])
Floats = NDArray[np.float64]


def _linear(colour: str) -> Floats:
    part = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(colour: str, sight: str) -> Floats:
    seen = np.clip(SIGHT[sight] @ _linear(colour), 0, 1)
    scaled = (_XYZ @ seen) / _WHITE
    root = np.where(scaled > 216 / 24389, np.cbrt(scaled), (24389 / 27 * scaled + 16) / 116)
    x, y, z = root
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _contrast(one: str, two: str) -> float:
    light, dark = sorted(
        (float(np.array([0.2126, 0.7152, 0.0722]) @ _linear(colour)) for colour in (one, two)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


FILLS = (ORGANISATION_SIGN.fill, PERSON_SIGN.fill, SERVICE_FILL, SHARED_FILL, "#2A2A2B")


@pytest.mark.parametrize("sight", SIGHT)
def test_fills_and_rings_are_told_apart(sight: str) -> None:
    rings = [ring for ring, _, _ in LEVEL_RINGS.values()]

    for group in (FILLS, rings):
        for one, two in combinations(group, 2):
            apart = float(np.linalg.norm(_lab(one, sight) - _lab(two, sight)))
            assert apart >= 15, (sight, one, two, apart)


def test_signs_and_words_stand_out_from_their_ground() -> None:
    for fill in FILLS:
        assert _contrast(fill, "#FFFFFF") >= 3
    for family in (Family.OWNERSHIP, Family.POSTS, Family.SERVICE, Family.GUARANTEE):
        assert _contrast(FAMILY_COLOURS[family], "#FFFFFF") >= 3
    for ring, _, ink in LEVEL_RINGS.values():
        assert _contrast(ring, ink) >= 4.5
