"""Related parties by path in words, intermediaries, and how exposure comes about."""

import hashlib
from collections.abc import Sequence

from app.presenters import figures
from app.presenters.chain import factors_text, path_text, record_words
from app.presenters.exposure import bounds_line, contribution_rows
from app.presenters.party import link_rows
from app.reports.ask import Ground
from app.reports.blocks import link_basis, links_table, nothing, rows_text, say_of
from app.reports.content import MOST_ROWS, Annex, Numbering, Section, Sentence, table
from app.reports.pictures import POSTS, SERVICES, around, ways
from app.reports.words import clauses, day, listed, method, period, word
from app.texts.read import spoken, text
from graph.analysis.answers import Contribution, Exposure
from graph.analysis.party import Described
from graph.model import Link, Node
from graph.schema.words import Family

# Related parties with records that are named in words, and paths from each of them.
MOST_PARTIES, MOST_PATHS = 8, 3
# Paths that stand singly in the table of exposure, and the least part of it that is shown at all:
# half of the last digit, less would read 0.000.
_MOST_ROWS, LEAST_SHOWN = 40, 0.0005
# Paths in the picture, and links that the picture of posts follows: who leads what else.
_DRAWN_PATHS, _POST_DEPTH = 12, 2
# Services of one subject named in words.
_MOST_SERVICES = 20
_PERFORMED, _SIGNED, _FOR = "PERFORMED", "SIGNED", "ENGAGED_FOR"


def parties_of(found: Exposure) -> dict[str, list[Contribution]]:
    """Return the paths of an exposure by the party whose record starts them, largest first."""
    parties: dict[str, list[Contribution]] = {}
    for part in found.contributions:
        if part.path:
            parties.setdefault(part.path[0], []).append(part)
    return parties


def related(ground: Ground, described: Described, found: Exposure, numbers: Numbering) -> Section:
    """Return the related parties with records by path, then those at one link."""
    uid = described.node.uid
    parties = {one: parts for one, parts in parties_of(found).items() if one != uid}
    said: list[Sentence] = []
    for party in list(parties)[:MOST_PARTIES]:
        said += _party(ground, numbers, party, parties[party])
    if not parties:
        words = text("paper.rel.none", bounds=bounds_line(found, spoken()))
        basis = text("paper.snapshot", snapshot=ground.snapshot.id)
        said.append(numbers.say(words, "computed", basis))
    elif len(parties) > MOST_PARTIES:
        rest = len(parties) - MOST_PARTIES
        words = text("paper.rel.more", rest=rest)
        said.append(numbers.say(words, "computed", text("paper.rel.more_basis")))
    paths = [parts[0] for parts in parties.values()]
    tables = (
        *table(text("paper.rel.with_records"), _party_rows(ground, parties), "paths"),
        *table(text("paper.rel.direct"), _direct_rows(ground, described)),
    )
    pictures = (
        *around(ground, text("paper.topic.posts"), uid, POSTS, _POST_DEPTH),
        *ways(ground, text("paper.topic.paths"), paths[:_DRAWN_PATHS]),
    )
    return Section(text("paper.title.related"), tuple(said), tables, pictures)


def _party(
    ground: Ground, numbers: Numbering, uid: str, parts: Sequence[Contribution]
) -> list[Sentence]:
    """Say what records a related party has of its own, then the paths from there, largest first."""
    name = ground.name(uid)
    wanted = {part.record for part in parts}
    said = [
        say_of(
            ground,
            numbers,
            text("paper.rel.own", name=name, record=record_words(record, spoken())),
            "recorded",
            ground.said(record.properties.get("record_id")),
        )
        for record in ground.active(uid)
        if record.uid in wanted
    ]
    # The largest says how the two belong together; of the others only what can be seen.
    told = [parts[0], *(part for part in parts[1:MOST_PATHS] if part.share >= LEAST_SHOWN)]
    for part in told:
        links = [ground.link(key) for key in part.links]
        words = text(
            "paper.rel.path",
            path=path_text(part, ground.snapshot, spoken()),
            periods=periods(links),
            factors=factors_text(part),
            share=f"{part.share:.6f}",
            strength=f"{part.strength:g}",
        )
        said.append(say_of(ground, numbers, words, "computed", link_basis(ground, links)))
    rest = parts[len(told) :]
    if rest:
        total = f"{sum(one.share for one in rest):.6f}"
        words = text("paper.rel.rest", name=name, count=len(rest), total=total)
        said.append(numbers.say(words, "computed", text("paper.rel.rest_basis")))
    return said


def periods(links: Sequence[Link]) -> str:
    """Return the periods of a path's links in order."""
    return clauses(map(period, links))


def _party_rows(ground: Ground, parties: dict[str, list[Contribution]]) -> list[dict[str, str]]:
    rows = []
    for uid, parts in parties.items():
        links = [ground.link(key) for key in parts[0].links]
        rows.append(
            {
                "关联方": ground.name(uid),
                "最强路径": path_text(parts[0], ground.snapshot, spoken()),
                "期间": periods(links),
                "自身记录": str(len(ground.active(uid))),
                "路径数": str(len(parts)),
                "贡献": f"{sum(part.share for part in parts):.6f}",
                "来源": rows_text(link_basis(ground, links)),
            }
        )
    return rows


def _direct_rows(ground: Ground, described: Described) -> list[dict[str, str]]:
    kept = ("关系", "方向", "对方", "职务", "比例", "期间")
    found = link_rows(described, (Family.POSTS, Family.GUARANTEE, Family.OTHER), spoken())
    return [
        {
            **{key: row[key] for key in kept},
            # Counted where it is printed: a hub has thousands of neighbours.
            "自身记录": str(len(ground.active(row["对方编号"]))) if place < MOST_ROWS else "",
            "来源": row["来源"],
        }
        for place, row in enumerate(found)
    ]


def services(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return who did what for the subject and when, with their own records as hints."""
    uid = described.node.uid
    works = [link.source for link in described.links if link.type == _FOR and link.target == uid]
    said: list[Sentence] = []
    rows = []
    bodies: dict[str, None] = {}
    for node in sorted(ground.snapshot.nodes(works), key=lambda one: one.uid)[:_MOST_SERVICES]:
        row, ends = work_row(ground, node)
        bodies.update(dict.fromkeys(ends))
        rows.append(row)
        words = text("paper.rel.work", name=described.node.name, **row)
        said.append(
            say_of(ground, numbers, words, "recorded", ground.said(node.properties["record_id"]))
        )
    for body in bodies:
        said += _hint(ground, numbers, body)
    others = links_table(text("paper.rel.services"), described, Family.SERVICE)
    if not rows and not others:
        said.append(nothing(ground, numbers, text("paper.rel.no_services")))
    tables = (*table(text("paper.rel.works"), rows), *others)
    drawn = around(ground, text("paper.topic.services"), uid, SERVICES)
    return Section(text("paper.title.services"), tuple(said), tables, drawn)


def work_row(ground: Ground, node: Node) -> tuple[dict[str, str], list[str]]:
    """Return an engagement as a row, and the uids of who performed and signed it."""
    links = ground.snapshot.links_of(node.uid)
    bodies = sorted({one.source for one in links if one.type == _PERFORMED})
    signers = sorted({one.source for one in links if one.type == _SIGNED})
    clients = sorted({one.target for one in links if one.type == _FOR})

    def names(uids: Sequence[str]) -> str:
        return listed(ground.name(one) for one in uids) or figures.MISSING

    values = node.properties
    row = {
        "签署日期": day(values.get("signed_on")),
        "业务": str(values.get("kind") or figures.MISSING),
        "文号": str(values.get("document_number") or node.name),
        "承办机构": names(bodies),
        "签署人": names(signers),
        "委托方": names(clients),
        "来源": rows_text(ground.said(values.get("record_id"))),
    }
    return row, [*bodies, *signers]


def _hint(ground: Ground, numbers: Numbering, uid: str) -> list[Sentence]:
    """Say an intermediary's own records as a hint: service is no complicity."""
    return [
        say_of(
            ground,
            numbers,
            text("paper.rel.hint", name=ground.name(uid), record=record_words(record, spoken())),
            "recorded",
            ground.said(record.properties.get("record_id")),
        )
        for record in ground.active(uid)
    ]


def certificate_annex(certificate: str) -> Annex:
    """Return the annex that a certificate is."""
    return Annex("certificate.json", hashlib.sha256(certificate.encode()).hexdigest())


def values_of(found: Exposure) -> dict[str, str]:
    """Return value, floor and cap of an exposure as they are printed."""
    return {
        "value": figures.exposure(found.exposure),
        "floor": figures.exposure(found.floor),
        "cap": figures.exposure(found.cap),
    }


def exposure(ground: Ground, found: Exposure, annex: Annex, numbers: Numbering) -> Section:
    """Return how the exposure comes about; the annex holds its certificate."""
    basis = text("paper.exp.basis", sha=annex.sha256[:16])
    shares = sorted((part.share for part in found.contributions), reverse=True)
    least = max([LEAST_SHOWN, *shares[_MOST_ROWS : _MOST_ROWS + 1]])
    rows = contribution_rows(found, ground.snapshot, spoken(), least)
    count, bounds = len(found.contributions), bounds_line(found, spoken())
    words = text("paper.exp.value", paths=count, bounds=bounds, **values_of(found))
    said = [
        numbers.say(words, "computed", basis),
        numbers.say(text("paper.exp.sum", least=f"{least:.4f}"), "method", method()),
        numbers.say(text("paper.exp.certificate", sha=annex.sha256), "computed", basis),
    ]
    said += [
        numbers.say(text("paper.exp.hint", words=word(one)), "computed", basis)
        for one in found.warnings
    ]
    parts = table(text("paper.exp.paths"), [dict(row) for row in rows], "figures")
    return Section(text("paper.title.exposure"), tuple(said), parts)
