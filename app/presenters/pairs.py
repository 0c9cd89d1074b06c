"""Pairs of parties that may be one, in words: what depends on them and what would change."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from app.presenters import figures
from graph.schema.codes import LEVELS
from graph.schema.words import Text

SIDES = (Text("甲", "A"), Text("乙", "B"))
STATES: Mapping[str, Text] = {
    "": Text("未判定", "not judged"),
    "effective": Text("已判定", "decided"),
    "waiting": Text("待第二人判定", "waiting for a second person"),
    "disputed": Text("两人意见不一", "two persons disagree"),
    "unsure": Text("存疑", "unsure"),
    "gone": Text("主体已不在资料中", "its party is gone from the data"),
    "taken_back": Text("已撤销", "taken back"),
    "replaced": Text("已被本人后一判定取代", "replaced by the same person's later one"),
}
DECISIONS: Mapping[str, Text] = {
    "same": Text("同一", "same"),
    "different": Text("不同", "different"),
    "unsure": Text("存疑", "unsure"),
}
# Farther than this many links is not told apart (graph.snapshot.form.FAR).
_FAR = 8


class Pair(Protocol):
    """What is said of a pair."""

    @property
    def records(self) -> tuple[int, int]:
        """Return the active negative records of each side."""

    @property
    def links(self) -> tuple[int, int]:
        """Return the links of each side."""

    @property
    def steps(self) -> tuple[int, int]:
        """Return how many links each side is from the nearest negative record."""

    @property
    def exposed(self) -> int:
        """Return the links over which exposure could newly pass."""


def worth_text(pair: Pair, language: str) -> str:
    """Return in words what depends on whether the two are one."""
    return ("；" if language == "zh" else "; ").join(part.to(language) for part in _worth(pair))


def _worth(pair: Pair) -> Iterator[Text]:
    for side, count in zip(SIDES, pair.records, strict=True):
        if count:
            yield Text(
                f"{side.zh}有有效失信记录 {count} 条",
                f"{side.en} has {count} active record{'s'[: count > 1]}",
            )
    near = min(pair.steps)
    for side, steps, links in zip(SIDES, pair.steps, pair.links, strict=True):
        if pair.exposed and near < steps and links:
            was = Text(f"{steps} 步", f"{steps} links")
            if steps >= _FAR:
                was = Text(f"{_FAR} 步以上", f"{_FAR} links or more")
            yield Text(
                f"若同一，{side.zh}距失信记录由 {was.zh}变为 {near} 步，其 {links} 条关系可能传导",
                f"if one, {side.en} comes from {was.en} to {near} from a record;"
                f" its {links} link{'s'[: links > 1]} may pass exposure on",
            )
    if not sum(pair.records) and not pair.exposed:
        links = sum(pair.links)
        yield Text(
            f"附近无失信记录；两方共 {links} 条关系将合为一方",
            f"no record nearby; {links} links of both would be of one",
        )


class Side(Protocol):
    """What is said of one party before and after."""

    @property
    def uid(self) -> str:
        """Return its uid."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def rows(self) -> int:
        """Return how many rows name it."""

    @property
    def links(self) -> int:
        """Return how many links it has."""

    @property
    def records(self) -> int:
        """Return how many active negative records it has."""

    @property
    def own(self) -> float:
        """Return its own strength."""

    @property
    def exposure(self) -> float:
        """Return its exposure."""

    @property
    def level(self) -> str:
        """Return its level."""

    @property
    def controls(self) -> tuple[str, ...]:
        """Return the names of the companies that it controls."""


_MEASURES: Mapping[str, Text] = {
    "uid": Text("实体编号", "uid"),
    "rows": Text("来源行", "Rows"),
    "links": Text("关系", "Links"),
    "records": Text("有效失信记录", "Active records"),
    "own": Text("自身", "Own"),
    "exposure": Text("传导值", "Exposure"),
    "level": Text("等级", "Level"),
    "controls": Text("控制（按表决权计算）", "Controls (by votes)"),
}
_NOW, _IF_ONE = Text("现在", "now"), Text("若同一", "if one")


def side_rows(
    before: Sequence[Side], after: Sequence[Side], language: str
) -> list[Mapping[str, str]]:
    """Return one row a measure, one column a party: as they are, then as they would be."""
    columns = [
        (f"{side.to(language)} {_NOW.to(language)}", one)
        for side, one in zip(SIDES, before, strict=False)
    ]
    columns += [
        (_IF_ONE.to(language) + (f" {place}" if len(after) > 1 else ""), one)
        for place, one in enumerate(after, start=1)
    ]
    return [
        {"": title.to(language)} | {head: _measured(one, name, language) for head, one in columns}
        for name, title in _MEASURES.items()
    ]


def _measured(side: Side, name: str, language: str) -> str:
    shown: Mapping[str, str] = {
        "uid": side.uid,
        "rows": str(side.rows),
        "links": str(side.links),
        "records": str(side.records),
        "own": figures.exposure(side.own),
        "exposure": figures.exposure(side.exposure),
        "level": LEVELS[side.level].to(language),
        "controls": ("、" if language == "zh" else ", ").join(side.controls) or figures.MISSING,
    }
    return shown[name]


def affected_text(links: int, changed: int, looked_at: int, left_out: int, language: str) -> str:
    """Return how many links move and whose exposure changes, and how far was looked."""
    said = Text(
        f"受影响：关系 {links}，传导 {changed} 家（试算附近 {looked_at} 家",
        f"Affected: {links} links, exposure of {changed} others ({looked_at} nearby reckoned again",
    ).to(language)
    if left_out:
        said += Text(f"，另有 {left_out} 家未试算", f", {left_out} more were not").to(language)
    return said + ("）" if language == "zh" else ")")


class Common(Protocol):
    """How common a name is."""

    @property
    def name(self) -> str:
        """Return the name."""

    @property
    def bearers(self) -> int:
        """Return how many parties bear it."""

    @property
    def brand(self) -> str:
        """Return its brand."""

    @property
    def holders(self) -> int | None:
        """Return how many organisations' names hold the brand."""


def common_text(names: Sequence[Common], most: int, language: str) -> str:
    """Return how common the names of two parties are, one of two equal names once."""
    parts = []
    for one in {common.name: common for common in names}.values():
        said = Text(
            f"“{one.name}”{one.bearers} 个主体使用", f"“{one.name}” is borne by {one.bearers}"
        ).to(language)
        if one.holders is not None:
            many = f"{one.holders}+" if one.holders >= most else str(one.holders)
            said += Text(
                f"，字号“{one.brand}”见于 {many} 个机构名称",
                f", brand “{one.brand}” in the names of {many} bodies",
            ).to(language)
        parts.append(said)
    return ("；" if language == "zh" else "; ").join(parts)
