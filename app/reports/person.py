"""职业信用报告: one person's licences, employers, posts, signed engagements and records."""

from datetime import date
from functools import partial

from app.presenters import figures
from app.presenters.chain import link_words
from app.reports import blocks, hints
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Sentence, Subject, table
from app.reports.made import Made, content_of
from app.reports.pictures import POSTS, around
from app.reports.relations import work_row
from app.reports.words import listed, method, period
from app.texts.read import spoken, text
from graph.analysis.party import Described, describe
from graph.errors import ReportError
from graph.model import Link, Record
from loaders.tables.read import code_table

_POSTS = ("REPRESENTS", "HOLDS_POST")
# Engagements named in words; all of them stand in the table.
_MOST_WORKS = 12


def compose(ground: Ground, asked: Asked) -> Made:
    """Return the report of a person.

    Raises:
        ReportError: the party is no person.
    """
    described = describe(ground.snapshot, asked.uid, ground.view.as_of)
    node = described.node
    if node.label != "Person":
        raise ReportError("--kind", "person", f"is for a person; {node.name} is none")
    makers = (
        partial(blocks.cover, ground, asked, node),
        partial(_summary, ground, described),
        partial(blocks.subject, ground, described),
        partial(_licences, ground, described),
        partial(_employers, ground, described),
        partial(_posts, ground, described),
        partial(_works, ground, described),
        partial(blocks.own_records, ground, described),
        partial(hints.leads, ground, described),
        partial(blocks.scope, ground, ()),
        partial(blocks.objection, ground),
    )
    return Made(content_of(ground, asked, Subject(node.uid, node.name), makers), {})


def _links(described: Described, *types: str) -> list[Link]:
    found = [
        one for one in described.links if one.type in types and one.source == described.node.uid
    ]
    return sorted(found, key=lambda one: (one.valid_from or date.min, one.key))


def _summary(ground: Ground, described: Described, numbers: Numbering) -> Section:
    node = described.node
    active = ground.active(node.uid)
    firms = {one.target for one in _links(described, *_POSTS)}
    marked = sum(1 for one in firms if ground.active(one))
    works = len(_links(described, "SIGNED"))
    employers = len({one.target for one in _links(described, "PRACTISES_AT")})
    sources = [one for record in active for one in ground.said(record.properties["record_id"])]
    own = text("paper.person.own", name=node.name, count=len(active))
    worked = text("paper.person.worked", employers=employers, works=works)
    posts = text("paper.person.firms", firms=len(firms), marked=marked)
    said = (
        blocks.say_of(ground, numbers, own, "recorded", sources),
        numbers.say(worked, "recorded", text("paper.person.worked_basis")),
        numbers.say(posts, "recorded", text("paper.section", number=6)),
    )
    return Section(text("paper.title.summary"), said)


def _classes(described: Described) -> str:
    codes = described.node.properties.get("person_class")
    known = dict(code_table("person_classes").select("code", spoken()).iter_rows())
    held = codes if isinstance(codes, tuple) else ()
    return listed(known.get(str(one), str(one)) for one in held)


def _licences(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the licences of the person itself and those under which it practised."""
    rows = [
        {
            "执业证号": str(one.properties.get("licence_number") or figures.MISSING),
            "执业机构": described.names[one.target],
            "期间": period(one),
            "来源": blocks.rows_text(described.link_sources[one.key]),
        }
        for one in _links(described, "PRACTISES_AT")
    ]
    own = described.node.properties.get("licence_number")
    said: list[Sentence] = []
    if own:
        kinds = _classes(described)
        more = text("paper.person.kinds", kinds=kinds) if kinds else ""
        name = described.node.name
        words = text("paper.person.licence", name=name, number=own, kinds=more)
        basis = ground.said(described.node.properties.get("record_id"))
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not rows and not own:
        what = text("paper.person.no_licence", name=described.node.name)
        said.append(blocks.nothing(ground, numbers, what))
    return Section(text("paper.person.licences"), tuple(said), table("", rows))


def _employers(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the employers by date, one sentence each."""
    said = []
    for one in _links(described, "PRACTISES_AT"):
        firm = described.names[one.target]
        words = text("paper.person.employer", period=period(one), name=firm)
        basis = described.link_sources[one.key]
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not said:
        what = text("paper.person.no_employer", name=described.node.name)
        said.append(blocks.nothing(ground, numbers, what))
    return Section(text("paper.person.employers"), tuple(said))


def _posts(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the posts with period, and whether the person was in post at each record's day."""
    said = []
    rows: list[dict[str, str]] = []
    for link in _links(described, *_POSTS):
        firm, post = described.names[link.target], link_words(link, spoken())
        records = [one for one in ground.records(link.target) if not one.positive]
        count = len(records)
        words = text("paper.person.post", period=period(link), firm=firm, post=post, count=count)
        basis = described.link_sources[link.key]
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
        rows += [_post_row(ground, firm, link, one) for one in records]
    if not said:
        what = text("paper.person.no_post", name=described.node.name)
        said.append(blocks.nothing(ground, numbers, what))
    said.append(numbers.say(text("paper.person.post_method"), "method", method()))
    pictures = around(ground, text("paper.topic.posts"), described.node.uid, POSTS)
    tables = table(text("paper.person.post_table"), rows)
    return Section(text("paper.person.posts"), tuple(said), tables, pictures)


def _post_row(ground: Ground, firm: str, link: Link, record: Record) -> dict[str, str]:
    return {
        "机构": firm,
        "职务": link_words(link, spoken()),
        "任期": period(link),
        "机构的记录": hints.record_name(record),
        "决定时在任": in_post(link, record.decided_on),
        "来源": blocks.rows_text(ground.said(record.properties.get("record_id"))),
    }


def in_post(link: Link, on: date | None) -> str:
    """Return whether somebody was in a post on a day; the last day is the first without it.

    >>> in_post(Link("k", "REPRESENTS", "a", "b", valid_from=date(2020, 1, 1)), date(2021, 1, 1))
    '是'
    """
    if on is None or link.valid_from is None:
        return text("paper.person.unknown")
    held = link.valid_from <= on and (link.valid_to is None or on < link.valid_to)
    return text("paper.person.yes" if held else "paper.person.no")


def _works(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the engagements that the person signed."""
    uids = [one.target for one in _links(described, "SIGNED")]
    nodes = sorted(ground.snapshot.nodes(uids), key=lambda one: one.uid)
    rows = [work_row(ground, node)[0] for node in nodes]
    said = []
    for node, row in list(zip(nodes, rows, strict=True))[:_MOST_WORKS]:
        words = text("paper.person.signed", **row)
        basis = ground.said(node.properties.get("record_id"))
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not said:
        what = text("paper.person.no_works", name=described.node.name)
        said.append(blocks.nothing(ground, numbers, what))
    return Section(text("paper.person.works"), tuple(said), table("", rows))
