"""Leads: parties that may be one, where nothing proves it. A person decides, never the name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz.distance import OSA

from graph.names.index import NameIndex
from graph.names.key import comparable
from graph.names.segments import Segments, regions_agree, segments
from loaders.resolve.clusters import Clusters
from loaders.resolve.judgements import DIFFERENT, Judgement
from loaders.resolve.mentions import Mentions

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "source": pl.String,
    "target": pl.String,
    "score": pl.Float64,
    "evidence": pl.String,
    "records": pl.List(pl.String),
}
# Parties without a code whose names are looked for; a search takes some milliseconds. Those beyond
# are counted.
MOST_ASKED = 20_000
# More candidates than this say that the name tells nobody apart.
MOST_CANDIDATES = 3
LEAST_FIT = 0.7
_CODES = ("uscc", "org_code")
_NUMBERS = ("registration_number", "certificate_number", "licence_number")
# Of two persons of one name in different listed companies this part is not provably different
# (24,775 directorships of 2,868 companies, domain.md 4.2). Two characters: .40, more often two
# people than one, and no lead.
THREE_CHARACTERS = 0.87
_LONG_NAME = 3


@dataclass(frozen=True, slots=True)
class Leads:
    """Pairs in the form of COLUMNS, sorted by both ends; how many parties were not looked for."""

    frame: pl.DataFrame
    not_looked_for: int


def leads(mentions: Mentions, clusters: Clusters, judgements: Sequence[Judgement] = ()) -> Leads:
    """Return which parties may be one: similar names without a code, rare names of persons.

    A pair that was judged different is no lead any more; one that nobody was sure of remains.
    """
    frame = mentions.frame.with_columns(clusters.frame["uid"])
    found, left = _organisations(frame.filter(~pl.col("person")))
    rows = [*found, *_persons(frame.filter("person"))]
    table = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    table = table.sort("source", "target", "score", descending=[False, False, True])
    table = table.unique(["source", "target"], keep="first", maintain_order=True)
    return Leads(_not_judged(table, frame, judgements), left)


def _not_judged(
    table: pl.DataFrame, frame: pl.DataFrame, judgements: Sequence[Judgement]
) -> pl.DataFrame:
    apart = [judged for judged in judgements if judged.decision == DIFFERENT]
    if not apart:
        return table
    ends = sorted({end for judged in apart for end in (judged.one, judged.other)})
    now = dict(frame.filter(pl.col("own_uid").is_in(ends)).select("own_uid", "uid").iter_rows())
    pairs = {
        tuple(sorted((now.get(judged.one, ""), now.get(judged.other, "")))) for judged in apart
    }
    kept = [pair not in pairs for pair in table.select("source", "target").iter_rows()]
    return table.filter(pl.Series(kept, dtype=pl.Boolean))


_Row = tuple[str, str, float, str, list[str]]


def _organisations(frame: pl.DataFrame) -> tuple[list[_Row], int]:
    has_code = pl.any_horizontal(pl.col(_CODES).is_not_null()).any().over("uid")
    named = frame.with_columns(has_code.alias("coded")).filter(pl.col("name").is_not_null())
    named = named.sort("uid", "name", "record_id").unique(
        ["uid", "name_key"], keep="first", maintain_order=True
    )
    open_ = named.filter(~pl.col("coded"))
    if not open_.height:
        return [], 0
    numbers = {
        uid: {column: set(held) for column, held in zip(_NUMBERS, values, strict=True)}
        for uid, *values in frame.filter(pl.any_horizontal(pl.col(_NUMBERS).is_not_null()))
        .group_by("uid")
        .agg(pl.col(_NUMBERS).drop_nulls().unique())
        .iter_rows()
    }
    index = NameIndex(named["name"])
    uids, names, records, coded = (
        named[column].to_list() for column in ("uid", "name", "record_id", "coded")
    )
    rows: list[_Row] = []
    for uid, name, record in open_.select("uid", "name", "record_id").head(MOST_ASKED).iter_rows():
        mine = segments(comparable(name))
        candidates = []
        for match in index.find(name, 2 * MOST_CANDIDATES, LEAST_FIT):
            other = uids[match.place]
            reasons = _reasons(mine, segments(comparable(names[match.place])))
            if other == uid or not reasons or _vetoed(numbers.get(uid), numbers.get(other)):
                continue
            lacks = "一方" if coded[match.place] else "双方均"
            text = (
                f"名称相近：{name} ／ {names[match.place]}；{reasons}；{lacks}没有统一社会信用代码"
            )
            pair = (uid, other) if uid < other else (other, uid)
            both = sorted({record, records[match.place]})
            candidates.append((*pair, round(match.fit, 3), text, both))
        if len({row[:2] for row in candidates}) <= MOST_CANDIDATES:
            rows += candidates
    return rows, max(0, open_.height - MOST_ASKED)


def _vetoed(one: dict[str, set[str]] | None, other: dict[str, set[str]] | None) -> bool:
    """Return whether both have numbers of a kind and none in common."""
    if one is None or other is None:
        return False
    return any(one[kind] and other[kind] and not one[kind] & other[kind] for kind in _NUMBERS)


def _reasons(one: Segments, other: Segments) -> str:
    """Return what makes two names similar, in words; empty where something tells them apart."""
    region = regions_agree(one, other)
    if region is False or one.tail != other.tail or not _same_kind(one, other):
        return ""
    place = "地区相符" if region else "一方未写地区"
    if one.brand == other.brand and _covers(one.trade, other.trade):
        return f"字号相同（{one.brand}）；{place}"
    near = OSA.distance(one.name, other.name, score_cutoff=1) <= 1
    if near and region:
        return f"全称仅一字之差；{place}"
    return ""


def _same_kind(one: Segments, other: Segments) -> bool:
    return not one.form_class or not other.form_class or one.form_class == other.form_class


def _covers(one: str, other: str) -> bool:
    return one in other or other in one


def _persons(frame: pl.DataFrame) -> Iterator[_Row]:
    """Two bearers of a name that nobody else has, one of them without an identity number."""
    known = frame.filter(pl.col("name_key").is_not_null()).sort("uid", "record_id")
    bearers = known.group_by("name_key", "uid", maintain_order=True).agg(
        pl.col("id_hash").is_not_null().any().alias("numbered"),
        pl.col("name").first(),
        pl.col("record_id").first(),
    )
    rare = bearers.filter(
        pl.len().over("name_key") == 2,  # noqa: PLR2004 - a pair
        ~pl.col("numbered").all().over("name_key"),
        pl.col("name_key").str.len_chars() >= _LONG_NAME,
    ).sort("name_key", "uid")
    for name, uids, records in (
        rare.group_by("name_key", maintain_order=True)
        .agg(pl.col("uid"), pl.col("record_id"))
        .iter_rows()
    ):
        text = f"姓名相同（{name}），全部数据中仅此两人同名；一方没有证件号码；无共同任职单位"
        yield uids[0], uids[1], THREE_CHARACTERS, text, sorted(set(records))
