"""Persons: banned ones who are still in office or behind a firm, and nominee representatives."""

from dataclasses import dataclass
from statistics import median

import numpy as np
import polars as pl

from graph.analysis.kernels.factors import control_of
from graph.analysis.patterns.events import exits
from graph.analysis.patterns.finding import Finding, Search
from graph.analysis.patterns.scene import Scene
from graph.analysis.patterns.tails import binomial_tail
from graph.policy.patterns import Rule
from graph.snapshot import form

_PERSON = "Person"
# Posts from which the law keeps a banned person: directors, supervisors, senior managers.
_OFFICES = ("chairman", "general_manager", "director", "supervisor", "finance")
# Words of a measure that keep a person from a trade or a post, and those that end a company.
_BAN = r"限制从业|市场禁入|行业禁入|终身禁入|禁止从业|限制任职"
_CLOSED = r"吊销营业执照|责令关闭"
_DAYS = 365
_NONE = np.zeros(0, np.int64)


def _bans(scene: Scene, rule: Rule) -> pl.DataFrame:
    """Return (person, record, basis): own records that ban, and companies closed by authority."""
    persons = scene.nodes.filter(pl.col("label") == _PERSON).select("place")
    own = scene.records.join(persons, left_on="subject", right_on="place", how="semi")
    court = pl.col("class") == "court_defaulter"
    own = own.filter(court | pl.col("measure").str.contains(_BAN)).select(
        pl.col("subject").alias("person"),
        "record",
        pl.when(court).then(pl.lit("court_defaulter")).otherwise(pl.lit("ban")).alias("basis"),
        pl.lit(None, pl.Int64).alias("row"),
    )
    since = scene.day - rule.whole("ban_years") * _DAYS
    closed = scene.records.filter(
        pl.col("measure").str.contains(_CLOSED) & (pl.col("decided") > since)
    )
    led = closed.join(scene.links("REPRESENTS"), left_on="subject", right_on="target")
    begun = pl.col("since").is_null() | (pl.col("since") <= pl.col("decided"))
    open_ = pl.col("until").is_null() | (pl.col("until") >= pl.col("decided"))
    led = led.filter(begun & open_).select(
        pl.col("source").alias("person"), "record", pl.lit("closed").alias("basis"), "row"
    )
    return pl.concat([own, led], how="vertical_relaxed")


def _offices(scene: Scene) -> pl.DataFrame:
    """Return (source, target, row, role): who represents or runs what on the day."""
    posts = [form.POST_CODES.index(name) for name in _OFFICES]
    ruled = scene.alive("HOLDS_POST").filter(pl.col("post").is_in(posts))
    return pl.concat(
        [
            scene.alive("REPRESENTS").select(
                "source", "target", "row", pl.lit("represented").alias("role")
            ),
            ruled.select("source", "target", "row", pl.lit("managed").alias("role")),
        ]
    )


def _seats(scene: Scene, rule: Rule, persons: list[int]) -> dict[int, list[tuple[int, int, str]]]:
    """Return (company, row, role) of each person: offices, holdings, and control through others.

    A row of -1 says that the company is controlled through what the person holds elsewhere.
    """
    least = round(rule.real("least_share") * form.WHOLE_PPM)
    held = scene.alive("HOLDS_SHARES").filter(pl.col("share") >= least)
    role = pl.lit("held").alias("role")
    every = pl.concat([_offices(scene), held.select("source", "target", "row", role)])
    every = every.filter(pl.col("source").is_in(persons)).sort("source", "row")
    found: dict[int, list[tuple[int, int, str]]] = {person: [] for person in persons}
    for source, target, row, said in every.iter_rows():
        found[source].append((target, row, said))
    for person, seats in found.items():
        companies, _, _ = control_of(scene.view.web, person, scene.view.day, _NONE)
        known = {company for company, _, said in seats if said == "held"}
        seats += [(one, -1, "controlled") for one in companies.tolist() if one not in known]
    return found


def banned_person(scene: Scene, rule: Rule) -> Search:
    """Find banned persons who still represent, run, hold or control an organisation."""
    search = Search()
    bans = _bans(scene, rule).sort("person", "record", "row")
    persons = bans["person"].unique().sort().to_list()
    search.searched = len(persons)
    seats = _seats(scene, rule, persons)
    subject = dict(scene.records.select("record", "subject").iter_rows())
    for (person,), said in bans.group_by("person", maintain_order=True):
        place = int(str(person))
        # A post in the very company whose closing makes the ban is no new one.
        ended = said.filter(pl.col("basis") == "closed")["record"].to_list()
        closed = {subject[record] for record in ended}
        firms = [one for one in seats[place] if one[0] not in closed]
        if firms:
            seen = [(company, "closed") for company in sorted(closed)]
            search.findings.append(_banned(scene, rule, (place, said), (firms, seen), len(persons)))
    return search


def _banned(
    scene: Scene,
    rule: Rule,
    who: tuple[int, pl.DataFrame],
    where: tuple[list[tuple[int, int, str]], list[tuple[int, str]]],
    among: int,
) -> Finding:
    person, said = who
    firms, closed = where
    rows = [row for _, row, _ in firms if row >= 0] + said["row"].drop_nulls().to_list()
    roles = sorted({(company, role) for company, _, role in firms})
    companies = {company for company, _ in roles}
    return scene.finding(
        rule,
        [person],
        # A record of a company that was closed is found by its subject.
        [(person, "banned"), *roles, *closed],
        population=among,
        count=len(companies),
        rows=rows,
        records=said["record"].to_list(),
        facts={"name": scene.name(person), "firms": len(companies)},
        lists={"bases": [(one,) for one in sorted(set(said["basis"].to_list()))]},
    )


def nominee_representative(scene: Scene, rule: Rule) -> Search:
    """Find persons who represent many organisations and hold shares in hardly any (挂名)."""
    search = Search()
    office = scene.alive("REPRESENTS").unique(["source", "target"], keep="first")
    counts = office.group_by("source").agg(pl.col("target"), pl.col("row")).sort("source")
    search.searched = counts.height
    stops = set(scene.nodes.filter("stop")["place"].to_list())
    many = counts.filter(pl.col("target").list.len() >= rule.whole("least_posts"))
    held = _held_of(scene, many)
    among = _Among(office.height, counts.height, exits(scene, rule.whole("before_days")))
    for person, firms, rows in many.iter_rows():
        if person in stops:
            search.skip("state_or_nominee", 1)
            continue
        part = len(held.get(person, set()).intersection(firms)) / len(firms)
        if part > rule.real("most_held"):
            search.skip("holders", 1)
            continue
        search.findings.append(_nominee(scene, rule, (person, firms, rows), among, part))
    return search


@dataclass(frozen=True, slots=True)
class _Among:
    """What every nominee is seen against: posts and holders in all, and who left before a record.

    Gathered once: at a million parties each takes longer than all that is looked up of one person.
    """

    posts: int
    holders: int
    left: pl.DataFrame


def _held_of(scene: Scene, many: pl.DataFrame) -> dict[int, set[int]]:
    """Return by person the companies it holds shares of on the day."""
    held = scene.alive("HOLDS_SHARES").join(many.select("source"), on="source", how="semi")
    grouped = held.group_by("source").agg(pl.col("target"))
    return {person: set(companies) for person, companies in grouped.iter_rows()}


def _nominee(
    scene: Scene,
    rule: Rule,
    said: tuple[int, list[int], list[int]],
    among: _Among,
    part: float,
) -> Finding:
    person, firms, rows = said
    ended = scene.links("REPRESENTS").filter(
        (pl.col("source") == person)
        & (pl.col("until") <= scene.day)
        & pl.col("since").is_not_null()
    )
    terms = (ended["until"] - ended["since"]).to_list()
    rotated = among.left.filter((pl.col("source") == person) & (pl.col("role") == "representative"))
    return scene.finding(
        rule,
        [person],
        [(person, "nominee"), *[(firm, "represented") for firm in sorted(firms)]],
        population=among.posts,
        count=len(firms),
        rows=[*rows, *rotated["row"].to_list()],
        records=rotated["record"].to_list(),
        p=binomial_tail(len(firms), among.posts, 1 / among.holders),
        lift=len(firms) * among.holders / among.posts,
        facts={
            "name": scene.name(person),
            "firms": len(firms),
            "held": part,
            "ended": len(terms),
            "short": sum(term < rule.whole("tenure_days") for term in terms),
            "median": None if not terms else round(median(terms)),
            "rotated": rotated["target"].n_unique(),
            "before": rule.whole("before_days"),
        },
    )
