"""Links that follow from others: service and signature through an engagement, indirect control."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.errors import StatementsError
from graph.snapshot import form
from graph.snapshot.encode import AnyArray
from graph.snapshot.kernels import loop_for

_ALWAYS = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)
_MAJORITY = form.WHOLE_PPM // 2
# Pairs of control, however few the parties, and of each party more: 40 bytes each while they are
# looked for. 3.5 million parties with 5 million holdings have 1.7 million (benchmarks/ownership).
_LEAST_PAIRS, _PAIRS_EACH = 20_000_000, 20


def _typed(links: Mapping[str, AnyArray], name: str) -> NDArray[np.int64]:
    return np.flatnonzero(links["link_type"] == form.TYPES.index(name))


def _ends(links: Mapping[str, AnyArray], name: str, source: str, target: str) -> pl.DataFrame:
    rows = _typed(links, name)
    return pl.DataFrame(
        {
            source: links["link_source"][rows],
            target: links["link_target"][rows],
            f"{source}_row": rows.astype(np.int32),
            f"{source}_from": links["link_from"][rows],
            f"{source}_to": links["link_to"][rows],
        }
    )


def _no_day(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == form.NO_DAY).then(None).otherwise(pl.col(column))


def engaged(links: Mapping[str, AnyArray], signed_on: NDArray[np.int32]) -> pl.DataFrame:
    """Return one row an engagement and pair: (type, source, target, engagement, rows, period).

    `signed_on` (n,) int32 are days by node. A firm that PERFORMED what was ENGAGED_FOR a client
    SERVES it; a person who SIGNED it SIGNS_FOR the client. The period begins with the later of both
    rows or, where neither is dated, with the signature; it ends with the earlier of both.
    """
    clients = _ends(links, "ENGAGED_FOR", "engagement", "target")
    dates = pl.DataFrame({"engagement": np.arange(signed_on.size, dtype=np.int32)})
    dates = dates.with_columns(pl.Series("signed_on", signed_on))
    parts = []
    for name, kind in (("PERFORMED", "SERVES"), ("SIGNED", form.SIGNS_FOR)):
        pairs = _ends(links, name, "source", "engagement").join(clients, on="engagement")
        pairs = pairs.filter(pl.col("source") != pl.col("target")).join(dates, on="engagement")
        since = pl.max_horizontal(_no_day("source_from"), _no_day("engagement_from"))
        until = pl.min_horizontal(_no_day("source_to"), _no_day("engagement_to"))
        parts.append(
            pairs.select(
                pl.lit(form.TYPES.index(kind), pl.UInt8).alias("type"),
                "source",
                "target",
                "engagement",
                "source_row",
                "engagement_row",
                since.fill_null(_no_day("signed_on")).alias("since"),
                until.alias("until"),
            )
        )
    return pl.concat(parts).sort("type", "source", "target", "engagement", "source_row")


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    # Service through engagements is one link, whatever their number: from the first to the last.
    return rows.group_by("type", "source", "target", maintain_order=True).agg(
        pl.when(pl.col("since").is_null().any())
        .then(None)
        .otherwise(pl.col("since").min())
        .first()
        .alias("since"),
        pl.when(pl.col("until").is_null().any())
        .then(None)
        .otherwise(pl.col("until").max())
        .first()
        .alias("until"),
    )


def _holdings(links: Mapping[str, AnyArray]) -> pl.DataFrame:
    """Return one row a holder and company: the most votes it had at one time, and since, until.

    `alone` says that one row of at least half the shares is all there ever was.
    """
    rows = _typed(links, "HOLDS_SHARES")
    since = links["link_from"][rows].astype(np.int64)
    until = links["link_to"][rows].astype(np.int64)
    frame = pl.DataFrame(
        {
            "source": links["link_source"][rows],
            "target": links["link_target"][rows],
            "votes": np.maximum(links["link_votes"][rows], 0).astype(np.int64),
            "share": links["link_share"][rows].astype(np.int64),
            "since": np.where(since == form.NO_DAY, _ALWAYS[0], since),
            "until": np.where(until == form.NO_DAY, _ALWAYS[1], until),
        }
    ).with_row_index("row")
    pair = ["source", "target"]
    frame = frame.with_columns(pl.len().over(pair).alias("rows"))
    single = frame.filter(pl.col("rows") == 1)
    several = frame.filter(pl.col("rows") > 1)
    # The most votes at one time are there on the day that one of the rows begins.
    meeting = (
        several.select(*pair, "row", "since")
        .join(several.select(*pair, "votes", "share", "since", "until"), on=pair, suffix="_met")
        .filter((pl.col("since_met") <= pl.col("since")) & (pl.col("since") < pl.col("until")))
    )
    at_once = meeting.group_by(*pair, "row").agg(
        pl.col("votes").sum(), pl.col("since_met").max().alias("since"), pl.col("until").min()
    )
    most = at_once.sort(*pair, "votes", "row", descending=[False, False, True, False])
    most = most.unique(pair, keep="first", maintain_order=True)
    columns = [*pair, "votes", "since", "until"]
    alone = pl.lit(value=False).alias("alone")
    return pl.concat(
        [
            single.select(*columns, (pl.col("share") >= _MAJORITY).alias("alone")),
            most.select(*columns, alone),
        ]
    ).sort(pair)


def controlled(links: Mapping[str, AnyArray], nodes: int) -> pl.DataFrame:
    """Return (source, target, since, until): who may control what, now or at another time.

    A superset of the control relation of every day: each pair is reckoned with the most votes it
    ever had at once. Within since <= day < until all these votes are there, so the control is
    certain; outside a reader looks again. Pairs that a single holding of half or more explains
    alone are left out: its factor is full whatever control says.

    Raises:
        StatementsError: more pairs than shares that are right have, and memory may hold.
    """
    held = _holdings(links)
    source, target = held["source"].to_numpy(), held["target"].to_numpy()
    votes = held["votes"].to_numpy()
    itself = source == target
    base = np.full(nodes, form.WHOLE_PPM, np.int64)
    np.subtract.at(base, target[itself], votes[itself])
    starts = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=nodes), out=starts[1:])
    # Own shares leave the base smaller on some days only: never certain without looking.
    owned = np.isin(target, target[itself])
    since = np.where(owned, _ALWAYS[1], held["since"].to_numpy())
    until = np.where(owned, _ALWAYS[0], held["until"].to_numpy())
    holders = _asked(source, target, 2 * votes > base[target], held["alone"].to_numpy())
    loop = loop_for(holders.size)
    most = _LEAST_PAIRS + _PAIRS_EACH * nodes
    try:
        found = loop(starts, target.astype(np.int64), votes, since, until, base, holders, most)
    except OverflowError as error:
        above = np.bincount(target, votes, nodes) > base
        rule = (
            f"control each other in more than {most:,} pairs; of {int(above.sum()):,} companies"
            " the shares add up to more than 100 %: are they right?"
        )
        raise StatementsError("control", f"{nodes:,} parties", rule) from error
    pairs = pl.DataFrame(
        dict(zip(("source", "target", "since", "until", "others"), found, strict=True))
    )
    pairs = pairs.with_columns(pl.col("source", "target").cast(pl.Int32))
    pairs = pairs.with_columns(pl.Series("base", base[found[1]]))
    pairs = pairs.join(
        held.select("source", "target", "alone"), on=["source", "target"], how="left"
    )
    explained = pl.col("alone").fill_null(value=False) & (2 * pl.col("others") <= pl.col("base"))
    return (
        pairs.filter(~explained)
        .select("source", "target", "since", "until")
        .sort("source", "target")
    )


def _asked(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    most: NDArray[np.bool_],
    alone: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the holders to be asked about, ascending; a row a holding, `most` of the votes or not.

    Left out is who has most of the votes only in companies that hold nothing themselves, each by a
    single holding of half or more: all his pairs are explained.
    """
    ends = ~np.isin(target, source)
    asked = most & (source != target) & ~(ends & alone)
    return np.unique(source[asked]).astype(np.int64)


def _day(column: str) -> pl.Expr:
    # An interval without an end is kept as missing date; one that is never certain is empty.
    inside = pl.col(column).is_between(-(10**6), 10**7)
    return pl.when(inside).then(pl.col(column)).otherwise(None).cast(pl.Int32)


def derived(links: Mapping[str, AnyArray], signed_on: NDArray[np.int32]) -> dict[str, AnyArray]:
    """Return every derived link, appended to the recorded ones, and `via_*`; keys as in arrays.py.

    Derived rows come after the recorded: service and signature by (type, source, target), then
    control by (source, target). `via_*` are the engagements of the former.
    """
    through = engaged(links, signed_on)
    service = _merged(through).with_row_index("link", offset=links["link_source"].size)
    control = controlled(links, signed_on.size)
    sure = pl.col("since") < pl.col("until")
    control = control.with_columns(
        pl.lit(form.TYPES.index("CONTROLS"), pl.UInt8).alias("type"),
        pl.when(sure).then(_day("since")).otherwise(0).alias("since"),
        pl.when(sure).then(_day("until")).otherwise(0).alias("until"),
    )
    columns = ["type", "source", "target", "since", "until"]
    added = pl.concat([service.select(columns), control.select(columns)], how="vertical_relaxed")
    count = added.height
    more = {
        "link_source": added["source"],
        "link_target": added["target"],
        "link_type": added["type"],
        "link_from": added["since"].cast(pl.Int32).fill_null(form.NO_DAY),
        "link_to": added["until"].cast(pl.Int32).fill_null(form.NO_DAY),
        "link_share": np.full(count, form.UNKNOWN),
        "link_share_max": np.full(count, form.UNKNOWN),
        "link_group": np.full(count, form.UNKNOWN),
        "link_votes": np.full(count, form.UNKNOWN),
        "link_p": np.full(count, form.UNKNOWN),
        "link_post": np.zeros(count),
        "link_flags": np.where(
            (added["type"] == form.TYPES.index("CONTROLS")).to_numpy(),
            form.DERIVED | form.COMPUTED,
            form.DERIVED,
        ),
    }
    whole: dict[str, AnyArray] = {
        name: np.concatenate([links[name], np.asarray(more[name]).astype(links[name].dtype)])
        for name in links
    }
    via = through.join(service, on=["type", "source", "target"], maintain_order="left")
    whole["via_link"] = via["link"].cast(pl.Int32).to_numpy()
    whole["via_engagement"] = via["engagement"].cast(pl.Int32).to_numpy()
    whole["via_first"] = via["source_row"].cast(pl.Int32).to_numpy()
    whole["via_second"] = via["engagement_row"].cast(pl.Int32).to_numpy()
    return whole
