"""Changes near a record: exit before it, moving after it, a new shell beside it."""

import math

import polars as pl

from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene, day_text
from graph.analysis.patterns.tails import chance_of_event
from graph.policy.patterns import Rule

_LEAVING = {"REPRESENTS": "representative", "HOLDS_SHARES": "holder"}


def _dated(scene: Scene) -> pl.DataFrame:
    """Return records of organisations with a day: record, target, decided, class."""
    orgs = scene.nodes.filter("organisation").select("place")
    dated = scene.records.filter(pl.col("decided").is_not_null())
    dated = dated.join(orgs, left_on="subject", right_on="place", how="semi")
    return dated.select("record", pl.col("subject").alias("target"), "decided", "class")


def _ended(scene: Scene, kind: str) -> pl.DataFrame:
    """Return links of a type that had ended by the day: row, source, target, until.

    Not those that another row of the two goes on from: a holding that grew, a term renewed.
    """
    links = scene.links(kind)
    ended = links.filter(pl.col("until") <= scene.day).select("row", "source", "target", "until")
    others = links.select("source", "target", "since", pl.col("until").alias("open_until"))
    since, until = pl.col("since"), pl.col("open_until")
    going = ended.join(others, on=["source", "target"]).filter(
        (since.is_null() | (since <= pl.col("until")))
        & (until.is_null() | (until > pl.col("until")))
    )
    return ended.join(going, on="row", how="anti", maintain_order="left")


def _days_near(scene: Scene, records: pl.DataFrame, before: int, after: int) -> dict[int, int]:
    """Return by organisation how many days up to the view's lie so near a record, each once."""
    found = {}
    dated = records.group_by("target").agg(pl.col("decided").unique().sort())
    for target, decided in dated.iter_rows():
        total, reached = 0, decided[0] - before - 1
        for day in decided:
            last = min(day + after, scene.day)
            total += max(0, last - max(day - before - 1, reached))
            reached = max(reached, last)
        found[int(target)] = total
    return found


def exits(scene: Scene, days: int) -> pl.DataFrame:
    """Return who left within `days` before a record: source, target, row, until, record, role."""
    records = _dated(scene)
    parts = []
    for kind, role in _LEAVING.items():
        near = _ended(scene, kind).join(records, on="target")
        before = pl.col("decided") - pl.col("until")
        near = near.filter((before > 0) & (before <= days))
        parts.append(near.with_columns(pl.lit(role).alias("role")))
    return pl.concat(parts).sort("target", "record", "row")


def _daily_rate(events: int, organisations: int, scene: Scene, days: pl.Series) -> float:
    """Return events by organisation and day, over the days from the first event to the view's."""
    if not events or not organisations:
        return 0.0
    span = scene.day - int(days.min()) + 1  # type: ignore[arg-type]  # days are whole numbers
    return events / (organisations * span)


def exit_before_record(scene: Scene, rule: Rule) -> Search:
    """Find organisations whose representative or a holder left shortly before a record."""
    search = Search()
    days = rule.whole("within_days")
    records = _dated(scene)
    search.searched = records.height
    left = pl.concat([_ended(scene, kind) for kind in _LEAVING])
    rate = _daily_rate(left.height, scene.organisations, scene, left["until"])
    near = exits(scene, days)
    among = records["target"].n_unique()
    # The day of the record itself is none before it.
    windows = _days_near(scene, records, days, -1)
    expected = math.fsum(chance_of_event(rate, near) for near in windows.values())
    hit = near["target"].n_unique()
    for (target,), said in near.group_by("target", maintain_order=True):
        company = int(str(target))
        people = sorted(set(said.select("source", "role").rows()))
        soonest = said.select((pl.col("decided") - pl.col("until")).min()).item()
        search.findings.append(
            scene.finding(
                rule,
                [company],
                [(company, "subject"), *[(int(one), str(role)) for one, role in people]],
                population=among,
                count=len(people),
                rows=said["row"].to_list(),
                records=said["record"].to_list(),
                p=chance_of_event(rate, windows[company]),
                lift=hit / expected if expected else None,
                facts={
                    "name": scene.name(company),
                    "left": len(people),
                    "days": int(soonest),
                    "within": days,
                },
            )
        )
    return search


def _moves(scene: Scene, days: int) -> pl.DataFrame:
    """Return who left an address within `days` after a record, with the address left."""
    records = _dated(scene).rename({"target": "source"})
    near = _ended(scene, "HAS_ADDRESS").join(records, on="source")
    after = pl.col("until") - pl.col("decided")
    return near.filter((after >= 0) & (after <= days)).sort("source", "record", "row")


def moved_after_penalty(scene: Scene, rule: Rule) -> Search:
    """Find organisations that changed their address shortly after a record."""
    search = Search()
    days = rule.whole("within_days")
    search.searched = _dated(scene).height
    left = _ended(scene, "HAS_ADDRESS")
    rate = _daily_rate(left.height, scene.organisations, scene, left["until"])
    moved = _moves(scene, days)
    movers = moved.select("source").unique()
    every = scene.begun("HAS_ADDRESS").join(movers, on="source", how="semi")
    windows = _days_near(scene, _dated(scene), 0, days)
    for (source,), said in moved.group_by("source", maintain_order=True):
        company = int(str(source))
        fresh = every.filter(
            (pl.col("source") == company) & pl.col("since").is_in(said["until"].to_list())
        )
        search.findings.append(
            scene.finding(
                rule,
                [company],
                [
                    (company, "subject"),
                    *[(one, "old_address") for one in sorted(set(said["target"].to_list()))],
                    *[(one, "new_address") for one in sorted(set(fresh["target"].to_list()))],
                ],
                population=len(windows),
                count=said["row"].n_unique(),
                rows=[*said["row"].to_list(), *fresh["row"].to_list()],
                records=said["record"].to_list(),
                p=chance_of_event(rate, windows[company]),
                facts={
                    "name": scene.name(company),
                    "moved": day_text(int(said["until"][0])),
                    "days": int(said.select((pl.col("until") - pl.col("decided")).min()).item()),
                    "within": days,
                },
            )
        )
    return search


def _changed(scene: Scene, days: int) -> pl.DataFrame:
    """Return (company, record, decided, change, row) within `days` after a record, of three kinds.

    A deregistration has no link: its row is null.
    """
    records = _dated(scene).rename({"target": "company"})
    ended = scene.nodes.filter(pl.col("ended").is_not_null()).select(
        pl.col("place").alias("company"),
        pl.col("ended").alias("until"),
        pl.lit("deregistered").alias("change"),
        pl.lit(None, pl.Int64).alias("row"),
    )
    parts = [ended.filter(pl.col("until") <= scene.day)]
    for kind, side, change in (
        ("HAS_ADDRESS", "source", "moved"),
        ("REPRESENTS", "target", "representative_left"),
    ):
        said = _ended(scene, kind)
        change_ = pl.lit(change).alias("change")
        parts.append(said.select(pl.col(side).alias("company"), "until", change_, "row"))
    near = pl.concat(parts, how="vertical_relaxed").join(records, on="company")
    after = pl.col("until") - pl.col("decided")
    return near.filter((after >= 0) & (after <= days)).sort("company", "record", "change", "row")


def shell_change(scene: Scene, rule: Rule) -> Search:
    """Find records after which the same people founded another company in the same place (换壳)."""
    search = Search()
    days = rule.whole("within_days")
    changed = _changed(scene, days)
    search.searched = _dated(scene).height
    heirs = _heirs(scene, rule, changed, search)
    for (old, new), said in heirs.group_by("company", "heir", maintain_order=True):
        own = changed.filter(pl.col("company") == int(str(old)))
        places = (int(str(old)), int(str(new)))
        search.findings.append(_shell(scene, rule, places, said, own))
    return search


def _heirs(scene: Scene, rule: Rule, changed: pl.DataFrame, search: Search) -> pl.DataFrame:
    """Return (company, heir, address, person, record, …rows): new at an old address, old people."""
    days = rule.whole("within_days")
    places = scene.begun("HAS_ADDRESS").select("source", pl.col("target").alias("address"), "row")
    tenants = places.group_by("address").agg(pl.col("source").n_unique().alias("tenants"))
    hubs = tenants.filter(pl.col("tenants") > rule.whole("most_address"))
    search.skip("address_hubs", hubs.height)
    places = places.join(hubs, on="address", how="anti").join(tenants, on="address")
    old = changed.select("company", "record", "decided").unique(maintain_order=True)
    fresh = scene.nodes.select(pl.col("place").alias("heir"), "established").filter(
        pl.col("established") <= scene.day
    )
    at_old = old.join(places, left_on="company", right_on="source")
    at_new = places.select(
        pl.col("source").alias("heir"), "address", pl.col("row").alias("heir_row")
    ).join(fresh, on="heir")
    met = at_old.join(at_new, on="address").filter(pl.col("company") != pl.col("heir"))
    after = pl.col("established") - pl.col("decided")
    met = met.filter((after >= 0) & (after <= days))
    people = pl.concat([scene.begun(kind) for kind in _LEAVING]).select(
        pl.col("source").alias("person"), pl.col("target"), pl.col("row").alias("person_row")
    )
    stops = scene.nodes.filter("stop").select(pl.col("place").alias("person"))
    people = people.join(stops, on="person", how="anti")
    both = met.join(people, left_on="company", right_on="target").join(
        people.rename({"person_row": "heir_person_row"}),
        left_on=["heir", "person"],
        right_on=["target", "person"],
    )
    return both.sort("company", "heir", "record", "person", "person_row", "heir_person_row")


def _shell(
    scene: Scene, rule: Rule, pair: tuple[int, int], said: pl.DataFrame, own: pl.DataFrame
) -> Finding:
    old, new = pair
    rows = [
        row for name in ("row", "heir_row", "person_row", "heir_person_row") for row in said[name]
    ]
    address = int(said["address"][0])
    people = sorted(set(said["person"].to_list()))
    return scene.finding(
        rule,
        [old, new],
        [
            (old, "subject"),
            (new, "heir"),
            *[(one, "person_of_both") for one in people],
            *[(one, "old_address") for one in sorted(set(said["address"].to_list()))],
        ],
        population=scene.organisations,
        count=len(people),
        rows=[*rows, *own["row"].drop_nulls().to_list()],
        records=said["record"].to_list(),
        # The chance that a company taken at random is at this address.
        p=(int(said["tenants"][0]) - 1) / max(scene.organisations - 1, 1),
        facts={
            "name": scene.name(old),
            "heir": scene.name(new),
            "established": day_text(int(said["established"][0])),
            "address": scene.name(address),
            "people": len(people),
            "within": rule.whole("within_days"),
        },
        lists={"changes": [(one,) for one in sorted(set(own["change"].to_list()))]},
    )
