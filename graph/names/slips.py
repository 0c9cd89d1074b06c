"""One character's difference between two names: read alike, looks alike, or neither."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

SOUND, SHAPE, OTHER = "sound", "shape", "other"
_FILE = Path(__file__).parent / "lookalikes.csv"


@cache
def _groups() -> dict[str, frozenset[int]]:
    """Return the groups of look-alikes that each character is in."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()[2:]
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for char in line.strip():
            found.setdefault(char, set()).add(number)
    return {char: frozenset(groups) for char, groups in found.items()}


def slip(one: str, other: str) -> tuple[str, str] | None:
    """Return (kind, the characters) where two names differ by one edit; None where by none or more.

    >>> slip("亿恒科技", "忆恒科技"), slip("甲乙有限公司", "甲乙有限公同")
    (('sound', '亿／忆'), ('shape', '司／同'))
    >>> slip("恒裕实业", "恒丰实业"), slip("恒裕", "恒裕"), slip("恒裕", "宏图")
    (('other', '裕／丰'), None, None)
    """
    if OSA.distance(one, other, score_cutoff=1) != 1:
        return None
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    mine, its = one[start : len(one) - end], other[start : len(other) - end]
    return _kind(mine, its), f"{mine or '无'}／{its or '无'}"


def slips(ones: Sequence[str], others: Sequence[str]) -> list[tuple[str, str] | None]:
    """Return the slip of each pair."""
    return [slip(one, other) for one, other in zip(ones, others, strict=True)]


def _kind(mine: str, its: str) -> str:
    if len(mine) != 1 or len(its) != 1:
        return OTHER
    groups = _groups()
    if groups.get(mine, frozenset()) & groups.get(its, frozenset()):
        return SHAPE
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - a third of a second at the start of every command

    read = [lazy_pinyin(char, style=Style.NORMAL)[0] for char in (mine, its)]
    return SOUND if read[0] == read[1] else OTHER
