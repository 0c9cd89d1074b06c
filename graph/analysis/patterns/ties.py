"""What ties parties of suits two by two: seats, holdings, branches, control (method 7)."""

import numpy as np
import polars as pl

from graph.analysis.kernels.factors import control_of
from graph.analysis.patterns.finding import Search
from graph.analysis.patterns.scene import Scene
from graph.policy.patterns import Rule
from graph.snapshot import form

# Who sits in one of these leads or oversees an organisation; a partner is seen by its shares.
KEY_POSTS = ("chairman", "general_manager", "director", "supervisor", "finance", "operator")
_NONE = np.zeros(0, np.int64)
_TIE = {
    "one": pl.Int32,
    "two": pl.Int32,
    "kind": pl.String,
    "between": pl.Int32,
    "tie_row": pl.Int64,
    "tie_row_other": pl.Int64,
    "since_tie": pl.Int32,
    "until_tie": pl.Int32,
}
# Of a control the rows and days are not looked at before two that it joins oppose each other.
_UNSEEN = -1


def kept_ties(scene: Scene, rule: Rule, parties: list[int], search: Search) -> pl.DataFrame:
    """Return one row a tie between two of the parties, `one` before `two`; columns of _TIE.

    `between` is the party that both have, or -1. Ties of every day up to the view's; control is
    what may be control on some day (see `verified`). Seats of whoever sits in too many are counted
    and left aside.
    """
    seats = _seats(scene, rule, parties)
    masters = _masters(scene, parties)
    wide = pl.concat([seats.select("party", "company"), masters.select("party", "company")])
    wide = wide.group_by("party").agg(pl.col("company").n_unique().alias("companies"))
    wide = wide.filter(pl.col("companies") > rule.whole("most_seats")).select("party")
    search.skip("seat_hubs", wide.height)
    seats, masters = (one.join(wide, on="party", how="anti") for one in (seats, masters))
    direct = pl.when(pl.col("kind") == "HOLDS_SHARES").then(pl.lit("holding"))
    own = _own(seats, parties).with_columns(direct.otherwise(pl.lit("office")).alias("kind"))
    parts = [own, _branches(scene, parties), _common(seats), *_controlled(masters, parties)]
    ties = pl.concat([_ordered(part) for part in parts])
    return ties.unique(maintain_order=True).sort(ties.columns, nulls_last=True)


def _seats(scene: Scene, rule: Rule, parties: list[int]) -> pl.DataFrame:
    """Return who sits in which of the parties: party, company, row, kind, leads, since, until."""
    stops = scene.nodes.filter("stop")["place"].to_list()
    posts = [form.POST_CODES.index(name) for name in KEY_POSTS]
    least = round(rule.real("least_share") * form.WHOLE_PPM)
    known = pl.col("share") != form.UNKNOWN
    kept = {
        "REPRESENTS": pl.lit(value=True),
        "HOLDS_POST": pl.col("post").is_in(posts),
        "HOLDS_SHARES": ~known | (pl.col("share") >= least),
    }
    parts = []
    for kind, condition in kept.items():
        rows = scene.begun(kind).filter(
            condition
            & pl.col("target").is_in(parties)
            & ~pl.col("source").is_in(stops)
            & (pl.col("source") != pl.col("target"))
        )
        held = kind == "HOLDS_SHARES"
        leads = 2 * pl.col("share") > form.WHOLE_PPM if held else pl.lit(value=True)
        parts.append(
            rows.select(
                pl.col("source").alias("party"),
                pl.col("target").alias("company"),
                "row",
                pl.lit(kind).alias("kind"),
                leads.alias("leads"),
                "since",
                "until",
            )
        )
    return pl.concat(parts)


def _own(seats: pl.DataFrame, parties: list[int]) -> pl.DataFrame:
    """Return the seats of one party of a suit in another."""
    return seats.filter(pl.col("party").is_in(parties)).select(
        pl.col("party").alias("one"),
        pl.col("company").alias("two"),
        "kind",
        pl.lit(-1).alias("between"),
        pl.col("row").alias("tie_row"),
        pl.lit(_UNSEEN).alias("tie_row_other"),
        pl.col("since").alias("since_tie"),
        pl.col("until").alias("until_tie"),
    )


def _branches(scene: Scene, parties: list[int]) -> pl.DataFrame:
    rows = scene.begun("BRANCH_OF")
    rows = rows.filter(pl.col("source").is_in(parties) & pl.col("target").is_in(parties))
    return rows.select(
        pl.col("source").alias("one"),
        pl.col("target").alias("two"),
        pl.lit("branch").alias("kind"),
        pl.lit(-1).alias("between"),
        pl.col("row").alias("tie_row"),
        pl.lit(_UNSEEN).alias("tie_row_other"),
        pl.col("since").alias("since_tie"),
        pl.col("until").alias("until_tie"),
    )


def _common(seats: pl.DataFrame) -> pl.DataFrame:
    """Return two companies in which one party sits, as long as it sat in both."""
    met = seats.join(seats, on="party", suffix="_other")
    met = met.filter(pl.col("company") < pl.col("company_other"))
    both = (pl.col("kind") == "REPRESENTS") & (pl.col("kind_other") == "REPRESENTS")
    leads = pl.col("leads") & pl.col("leads_other")
    kind = pl.when(both).then(pl.lit("same_person")).when(leads).then(pl.lit("management"))
    return met.select(
        pl.col("company").alias("one"),
        pl.col("company_other").alias("two"),
        kind.otherwise(pl.lit("common_party")).alias("kind"),
        pl.col("party").alias("between"),
        pl.col("row").alias("tie_row"),
        pl.col("row_other").alias("tie_row_other"),
        pl.max_horizontal("since", "since_other").alias("since_tie"),
        pl.min_horizontal("until", "until_other").alias("until_tie"),
    )


def _masters(scene: Scene, parties: list[int]) -> pl.DataFrame:
    """Return (party, company): who may control one of the parties on some day."""
    stops = scene.nodes.filter("stop")["place"].to_list()
    votes = np.asarray(scene.snapshot.arrays["link_votes"])
    held = scene.begun("HOLDS_SHARES").filter(pl.col("target").is_in(parties))
    major = pl.Series(2 * votes[held["row"].to_numpy()] > form.WHOLE_PPM, dtype=pl.Boolean)
    every = [held.filter(major), scene.links("CONTROLS").filter(pl.col("target").is_in(parties))]
    rows = pl.concat([one.select("source", "target") for one in every])
    rows = rows.filter(
        ~pl.col("source").is_in(stops) & (pl.col("source") != pl.col("target"))
    ).unique()
    return rows.select(pl.col("source").alias("party"), pl.col("target").alias("company"))


def _controlled(masters: pl.DataFrame, parties: list[int]) -> list[pl.DataFrame]:
    """Return who may control another party, and two that one may control."""
    unseen = {
        "tie_row": pl.lit(_UNSEEN),
        "tie_row_other": pl.lit(_UNSEEN),
        "since_tie": pl.lit(None, pl.Int32),
        "until_tie": pl.lit(None, pl.Int32),
    }
    rest = [value.alias(name) for name, value in unseen.items()]
    own = masters.filter(pl.col("party").is_in(parties)).select(
        pl.col("party").alias("one"),
        pl.col("company").alias("two"),
        pl.lit("control").alias("kind"),
        pl.lit(-1).alias("between"),
        *rest,
    )
    met = masters.join(masters, on="party", suffix="_other")
    met = met.filter(pl.col("company") < pl.col("company_other"))
    both = met.select(
        pl.col("company").alias("one"),
        pl.col("company_other").alias("two"),
        pl.lit("same_controller").alias("kind"),
        pl.col("party").alias("between"),
        *rest,
    )
    return [own, both]


def _ordered(ties: pl.DataFrame) -> pl.DataFrame:
    one, two = pl.min_horizontal("one", "two"), pl.max_horizontal("one", "two")
    ties = ties.with_columns(one.alias("one"), two.alias("two"))
    return ties.select(pl.col(name).cast(kind) for name, kind in _TIE.items())


def verified(scene: Scene, met: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose control holds on their day by the votes of that day; others as is."""
    known: dict[tuple[int, int], set[int]] = {}
    kept = []
    columns = ["kind", "one", "two", "between", "day"]
    for kind, one, two, between, day in met.select(columns).iter_rows():
        if kind == "control":
            held = two in _family(scene, one, day, known) or one in _family(scene, two, day, known)
        elif kind == "same_controller":
            held = {one, two} <= _family(scene, between, day, known)
        else:
            held = True
        kept.append(held)
    return met.filter(pl.Series(kept, dtype=pl.Boolean))


def _family(scene: Scene, top: int, day: int, known: dict[tuple[int, int], set[int]]) -> set[int]:
    if (top, day) not in known:
        companies, _, _ = control_of(scene.view.web, top, day, _NONE)
        known[top, day] = set(companies.tolist())
    return known[top, day]


def inside(scene: Scene, top: int, day: int) -> pl.DataFrame:
    """Return the holdings on a day of a controller and all it controls, in these companies."""
    family = _family(scene, top, day, {})
    since, until = pl.col("since"), pl.col("until")
    alive = (since.is_null() | (since <= day)) & (until.is_null() | (until > day))
    held = scene.links("HOLDS_SHARES").filter(
        alive & pl.col("source").is_in([top, *family]) & pl.col("target").is_in(list(family))
    )
    return held.sort("row")
