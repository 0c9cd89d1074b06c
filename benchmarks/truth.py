"""How right a resolution is: clusters beside truth, and what of it can be known at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from graph.names.segments import segments
from loaders.resolve.clusters import Clusters
from loaders.resolve.mentions import IDENTIFIERS, Mentions

# What makes two mentions of an organisation, or of a person, known to be one: a value that both
# hold and no mention of anybody else holds.
ORGANISATION_EVIDENCE = (
    *(one for one in IDENTIFIERS if one != "id_hash"),
    "name",
    "core",
    "region_brand",
)
PERSON_EVIDENCE = ("id_hash", "licence_number", "anchored")


@dataclass(frozen=True, slots=True)
class Score:
    """How right the clusters of organisations, or of persons, are.

    `knowable` is the part of all true pairs that share evidence, `recall` the part of these that
    are joined, `recall_of_all` of all true pairs. `mixed` counts clusters of two parties or more,
    `proven` those of them in which the parties bear different credit codes or identity numbers.
    """

    mentions: int
    precision: float
    recall: float
    recall_of_all: float
    knowable: float
    b_cubed_precision: float
    b_cubed_recall: float
    mixed: int
    proven: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far `uid`, as given, is `entity`, as it is; `mixed` counts uids of two entities or more.

    Of pairs of mentions: `precision` of those together that belong so, `recall` the reverse.
    """

    precision: float
    recall: float
    b_cubed_precision: float
    b_cubed_recall: float
    mixed: int

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall of pairs."""
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed_f1(self) -> float:
        """Return the harmonic mean of both figures of B-cubed."""
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)


def judged(found: Mentions, grouped: Clusters, truth: Path) -> pl.DataFrame:
    """Return the mentions whose truth is told, with `uid` as given and `entity` as it is."""
    places = [
        rows.select("file", "row", pl.lit(code).alias("resource")).with_row_index("at")
        for code, rows in found.rows.items()
    ]
    where = pl.concat(places).with_columns(pl.col("row").cast(pl.Int64))
    frame = pl.concat([found.frame, grouped.frame], how="horizontal")
    told = pl.read_parquet(truth)
    frame = frame.join(where, on=["resource", "at"], how="left")
    return frame.join(told, on=["file", "row", "role"], how="inner")


def scores(frame: pl.DataFrame) -> tuple[Score, Score]:
    """Return how right organisations and persons are, of mentions with `uid` and `entity`."""
    organisations = frame.filter(~pl.col("person"))
    anchors = frame.select(
        "resource", "at", pl.col("role").alias("anchor"), pl.col("entity").alias("organisation")
    )
    persons = frame.filter("person").join(anchors, on=["resource", "at", "anchor"], how="left")
    persons = persons.with_columns(
        pl.concat_str("name_key", pl.lit("|"), "organisation").alias("anchored"),
        pl.concat_str("licence_number", pl.lit("|"), "name_key").alias("licence_number"),
    )
    return (
        _score(_with_names(organisations), ORGANISATION_EVIDENCE),
        _score(persons.with_columns(pl.lit(None, pl.String).alias("former_key")), PERSON_EVIDENCE),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """How many of the true pairs that no rule joined are among some pairs.

    `true` are pairs of parties that are one, of which at least one has neither a code nor an
    identity number; `told` pairs of which the truth is known, `right` those of them that are one.
    """

    told: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Return the part of the pairs that are true."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """Return the part of the true pairs that are there."""
        return self.right / self.true if self.true else 1.0


def pairs_found(frame: pl.DataFrame, pairs: pl.DataFrame) -> tuple[Found, Found]:
    """Return what is found among pairs (source, target): of organisations and of persons.

    `frame` has the mentions with `uid` and `entity`; a party is of the entity of most of them.
    """
    open_ = pl.all_horizontal(pl.col("uscc", "org_code", "id_hash").is_null()).all().over("uid")
    most = frame.with_columns(open_.alias("open")).group_by("uid", "entity", "person", "open").len()
    most = most.sort("uid", "len", "entity", descending=[False, True, False])
    who = most.unique("uid", keep="first", maintain_order=True).drop("len")
    both = who.join(who, on=["entity", "person"], suffix="_other")
    both = both.filter(pl.col("uid") < pl.col("uid_other"), pl.col("open") | pl.col("open_other"))
    ends = pairs.join(who, left_on="source", right_on="uid")
    ends = ends.join(who, left_on="target", right_on="uid", suffix="_other")
    found = []
    for persons in (False, True):
        mine = ends.filter(pl.col("person") == persons)
        right = mine.filter(pl.col("entity") == pl.col("entity_other")).height
        true = both.filter(pl.col("person") == persons).height
        found.append(Found(mine.height, right, true))
    return found[0], found[1]


def _with_names(frame: pl.DataFrame) -> pl.DataFrame:
    names = frame.select(pl.col("name_key").unique().drop_nulls()).to_series()
    parts = [segments(name) for name in names]
    told = pl.DataFrame(
        {
            "name_key": names,
            "core": [one.core or None for one in parts],
            "region_brand": [
                f"{min(one.codes)}|{one.brand}" if one.codes else None for one in parts
            ],
        },
        schema_overrides={"core": pl.String, "region_brand": pl.String},
    )
    return frame.join(told, on="name_key", how="left").with_columns(
        pl.col("name_key").alias("name")
    )


def agreement(frame: pl.DataFrame) -> Agreement:
    """Return how far two groupings of the same mentions, `uid` and `entity`, are one."""
    true = _pairs(frame, "entity")
    together = _pairs(frame, "entity", "uid")
    joined = _pairs(frame, "uid")
    counts = frame.group_by("entity", "uid").len("both")
    counts = counts.with_columns(
        pl.col("both").sum().over("uid").alias("given"),
        pl.col("both").sum().over("entity").alias("true"),
    )
    both = pl.col("both")
    b_cubed = counts.select(
        (both * both / pl.col("given")).sum().alias("precision"),
        (both * both / pl.col("true")).sum().alias("recall"),
    ).row(0)
    return Agreement(
        together / joined if joined else 1.0,
        together / true if true else 1.0,
        b_cubed[0] / frame.height,
        b_cubed[1] / frame.height,
        counts.filter(pl.len().over("uid") > 1)["uid"].n_unique(),
    )


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def _score(frame: pl.DataFrame, evidence: Sequence[str]) -> Score:
    frame = frame.with_columns(_component(frame, evidence))
    true = _pairs(frame, "entity")
    knowable = _pairs(frame, "component")
    found = agreement(frame)
    return Score(
        frame.height,
        found.precision,
        _pairs(frame, "component", "uid") / knowable if knowable else 1.0,
        found.recall,
        knowable / true if true else 1.0,
        found.b_cubed_precision,
        found.b_cubed_recall,
        found.mixed,
        _proven(frame),
    )


def _proven(frame: pl.DataFrame) -> int:
    number = pl.coalesce("uscc", "id_hash")
    # A number that two parties bear proves nothing.
    own = frame.with_columns(number.alias("number")).drop_nulls("number")
    own = own.filter(pl.col("entity").n_unique().over("number") == 1)
    return own.filter(pl.col("entity").n_unique().over("uid") > 1)["uid"].n_unique()


def _pairs(frame: pl.DataFrame, *columns: str) -> int:
    size = frame.group_by(*columns).len("size")["size"].cast(pl.Int64)
    return int((size * (size - 1) // 2).sum())


def _component(frame: pl.DataFrame, evidence: Sequence[str]) -> pl.Series:
    """Return which mentions of one entity hang together by values that it alone holds."""
    frame = frame.with_row_index("place")
    parts = [
        frame.select(
            "place",
            "entity",
            pl.concat_str(pl.lit(kind), pl.col(kind), separator=":").alias("value"),
        )
        for kind in evidence
    ]
    former = frame.select(
        "place",
        "entity",
        pl.concat_str(pl.lit("name"), pl.col("former_key"), separator=":").alias("value"),
    )
    held = pl.concat([*parts, former]).drop_nulls()
    own = held.filter(pl.col("entity").n_unique().over("value") == 1)
    number = own["value"].rank("dense").cast(pl.Int64).to_numpy() - 1 + frame.height
    size = frame.height + own["value"].n_unique()
    links = coo_array(
        (np.ones(own.height, np.int8), (own["place"].to_numpy(), number)), (size, size)
    )
    _, component = connected_components(links, directed=False)
    return pl.Series("component", component[: frame.height])
