"""Tables to arrays, one element a row: nodes, links and records as integers."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.errors import SnapshotError
from graph.schema.catalog import SCHEMA
from graph.schema.codes import POSTS
from graph.snapshot import form
from graph.snapshot.carried import Carried
from graph.snapshot.numeric import to_ppm

AnyArray = NDArray[np.generic]

# Succession is asked of these: a post or a holding that another party had before.
_SUCCEEDING = ("REPRESENTS", "HOLDS_POST", "HOLDS_SHARES")
_POST_WORDS = {title.zh: code for code, title in POSTS.items()}


def _codes(column: pl.Series, words: tuple[str, ...], what: str) -> NDArray[np.uint8]:
    """Return the place of each value in `words`; null is 0. SnapshotError for another word."""
    places = {word: place for place, word in enumerate(words)}
    filled = column.fill_null("")
    unknown = filled.filter(~filled.is_in(list(words))).unique().sort()
    if len(unknown):
        raise SnapshotError(what, unknown[0], "is not a code of the schema")
    coded: NDArray[np.uint8] = filled.replace_strict(places, return_dtype=pl.UInt8).to_numpy()
    return coded


def _days(column: pl.Series) -> NDArray[np.int32]:
    days: NDArray[np.int32] = column.cast(pl.Int32).fill_null(form.NO_DAY).to_numpy()
    return days


def _ppm(column: pl.Series) -> NDArray[np.int32]:
    values = column.to_numpy()
    known = np.where(np.isnan(values), 0.0, values)
    return np.where(column.is_null().to_numpy(), form.UNKNOWN, to_ppm(known)).astype(np.int32)


def _places(column: pl.Series, uids: pl.Series, what: str) -> NDArray[np.int32]:
    """Return the node index of each uid; SnapshotError for one that is no node."""
    index = pl.DataFrame({"uid": uids, "place": np.arange(len(uids), dtype=np.int32)})
    joined = (
        column.rename("uid").to_frame().join(index, on="uid", how="left", maintain_order="left")
    )
    missing = joined.filter(pl.col("place").is_null())
    if missing.height:
        raise SnapshotError(what, missing["uid"][0], "is not a node of this snapshot")
    places: NDArray[np.int32] = joined["place"].to_numpy()
    return places


def node_arrays(nodes: pl.DataFrame) -> dict[str, AnyArray]:
    """Return `node_label` uint8 and `node_party` bool, one a row of nodes."""
    label = _codes(nodes["label"], form.LABELS, "nodes.label")
    party = np.array([SCHEMA.is_a(name, "Party") for name in form.LABELS])
    return {"node_label": label, "node_party": party[label]}


def _succession(links: pl.DataFrame, codes: Mapping[str, AnyArray]) -> NDArray[np.bool_]:
    """Return whether a link took the place of another party's, ended by the day it began."""
    rows = pl.DataFrame({name: codes[name] for name in ("link_type", "link_target", "link_post")})
    rows = rows.with_columns(
        pl.Series("source", codes["link_source"]),
        pl.Series("since", codes["link_from"]),
        pl.Series("until", codes["link_to"]),
    ).with_row_index("row")
    seat = ["link_type", "link_target", "link_post"]
    wanted = [form.TYPES.index(name) for name in _SUCCEEDING]
    rows = rows.filter(pl.col("link_type").is_in(wanted))
    began = rows.filter(pl.col("since") != form.NO_DAY)
    ended = rows.filter(pl.col("until") != form.NO_DAY).select(*seat, "source", "until")
    pairs = began.join(ended, on=seat, how="inner", suffix="_before")
    later = pairs.filter(
        (pl.col("source") != pl.col("source_before")) & (pl.col("until_before") <= pl.col("since"))
    )
    flags = np.zeros(links.height, np.bool_)
    flags[later["row"].unique().to_numpy()] = True
    return flags


def _partners(links: pl.DataFrame) -> pl.DataFrame:
    """Return by row of a partner: distinct `managing` and `general` ones of the same days.

    Two rows are at the same time where a day lies in both periods; a missing date has no bound.
    """
    rows = links.select("partner_kind", "source", "target", "valid_from", "valid_to")
    rows = rows.with_row_index("row").filter(pl.col("partner_kind").is_not_null())
    others = rows.filter(pl.col("partner_kind") != "limited").drop("row")
    met = rows.join(others, on="target", suffix="_met").filter(
        (pl.col("valid_from_met") < pl.col("valid_to")).fill_null(value=True)
        & (pl.col("valid_from") < pl.col("valid_to_met")).fill_null(value=True)
    )
    return met.group_by("row", "partner_kind").agg(
        pl.col("source_met").filter(pl.col("partner_kind_met") == kind).n_unique().alias(kind)
        for kind in ("managing", "general")
    )


def _votes(links: pl.DataFrame, share: pl.Series) -> pl.Series:
    """Return votes 0..1: as given; of a partnership those of its partners; else as the share."""
    if not links["partner_kind"].count():
        return links["votes"].fill_null(share)
    kind, managing, general = (pl.col(name) for name in ("partner_kind", "managing", "general"))
    partner = (
        pl.when(kind == "managing")
        .then(1 / managing)
        .when((kind == "general") & (managing.fill_null(0) == 0))
        .then(1 / general)
        .when(kind.is_not_null())
        .then(0.0)
    )
    counted = links.with_row_index("row").join(
        _partners(links).drop("partner_kind"), on="row", how="left", maintain_order="left"
    )
    return counted.select(pl.coalesce("votes", partner, share.alias("as_share"))).to_series()


def groups_of(links: pl.DataFrame) -> pl.Series:
    """Return the codes of all groups that act in concert, sorted."""
    return links["acting_group"].drop_nulls().unique().sort()


def _groups(links: pl.DataFrame) -> NDArray[np.int32]:
    codes = groups_of(links)
    places = pl.DataFrame({"acting_group": codes, "place": np.arange(len(codes), dtype=np.int32)})
    joined = links.select("acting_group").join(
        places, on="acting_group", how="left", maintain_order="left"
    )
    grouped: NDArray[np.int32] = joined["place"].fill_null(form.UNKNOWN).to_numpy()
    return grouped


def link_arrays(
    links: pl.DataFrame, uids: pl.Series, known: Carried | None = None
) -> dict[str, AnyArray]:
    """Return `link_*`, one element a row of links; see graph/snapshot/arrays.py."""
    posts = links["post"].replace(_POST_WORDS).fill_null("")
    posts = posts.set(~posts.is_in(list(form.POST_CODES)), "other")
    # A range whose exact share is not given counts with what is certain, its lower end.
    share = links["share"].fill_null(links["share_min"])
    codes: dict[str, AnyArray] = {
        "link_source": known.source if known else _places(links["source"], uids, "links.source"),
        "link_target": known.target if known else _places(links["target"], uids, "links.target"),
        "link_type": _codes(links["type"], form.TYPES, "links.type"),
        "link_share": _ppm(share),
        "link_share_max": _ppm(links["share"].fill_null(links["share_max"]).fill_null(share)),
        "link_votes": _ppm(_votes(links, share)),
        "link_group": _groups(links),
        "link_p": _ppm(links["p"]),
        "link_from": _days(links["valid_from"]),
        "link_to": _days(links["valid_to"]),
        "link_post": _codes(posts, form.POST_CODES, "links.post"),
    }
    kind = links["kind"].fill_null("recorded")
    flags = np.where((kind == "lead").to_numpy(), form.LEAD, 0)
    flags |= np.where((kind == "computed").to_numpy(), form.COMPUTED, 0)
    flags |= np.where(_succession(links, codes), form.SUCCESSION, 0)
    codes["link_flags"] = flags.astype(np.uint8)
    return codes


def record_arrays(
    records: pl.DataFrame, uids: pl.Series, known: Carried | None = None
) -> dict[str, AnyArray]:
    """Return `record_*`, one element a row of records; see graph/snapshot/arrays.py."""
    subjects = known.subject if known else _places(records["subject"], uids, "records.subject")
    return {
        "record_subject": subjects,
        "record_class": _codes(records["class"], form.CLASS_CODES, "records.class"),
        "record_severity": _codes(records["severity"], form.SEVERITY_CODES, "records.severity"),
        "record_status": _codes(records["status"], form.STATUS_CODES, "records.status"),
        "record_positive": records["positive"].fill_null(value=False).to_numpy(),
        "record_act": _days(records["act_on"]),
        "record_decided": _days(records["decided_on"]),
        "record_effective": _days(records["effective_on"]),
        "record_until": _days(records["published_until"]),
        "record_ended": _days(records["ended_on"]),
        "record_strength": _ppm(records["strength"]),
    }
