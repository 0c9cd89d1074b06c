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
from graph.analysis.party import Described, describe
from graph.errors import ReportError
from graph.model import Link, Record
from loaders.tables.read import code_table

TITLE = "职业信用报告"
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
    return Made(content_of(ground, asked, TITLE, Subject(node.uid, node.name), makers), {})


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
    words = f"{node.name} 自身有效负面记录 {len(active)} 条。"
    said = (
        blocks.say_of(ground, numbers, words, "recorded", sources),
        numbers.say(
            f"执业机构 {employers} 家，签署中介业务 {works} 笔。", "recorded", "第 4、5、7 节"
        ),
        numbers.say(
            f"任职或代表的机构 {len(firms)} 家，其中 {marked} 家自身有有效负面记录；"
            "机构的记录属于机构，不是本人的记录。",
            "recorded",
            "第 6 节",
        ),
    )
    return Section("摘要", said)


def _classes(described: Described) -> str:
    codes = described.node.properties.get("person_class")
    known = dict(code_table("person_classes").select("code", "zh").iter_rows())
    listed = codes if isinstance(codes, tuple) else ()
    return "、".join(known.get(str(one), str(one)) for one in listed)


def _licences(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the licences of the person itself and those under which it practised."""
    rows = [
        {
            "执业证号": str(one.properties.get("licence_number") or figures.MISSING),
            "执业机构": described.names[one.target],
            "期间": figures.period(one.valid_from, one.valid_to),
            "来源": blocks.rows_text(described.link_sources[one.key]),
        }
        for one in _links(described, "PRACTISES_AT")
    ]
    own = described.node.properties.get("licence_number")
    said: list[Sentence] = []
    if own:
        kinds = _classes(described)
        words = f"{described.node.name} 持执业证 {own}{f'（{kinds}）' if kinds else ''}。"
        basis = ground.said(described.node.properties.get("record_id"))
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not rows and not own:
        said.append(blocks.nothing(ground, numbers, f"{described.node.name} 的执业证照"))
    return Section("执业证照", tuple(said), table("", rows))


def _employers(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the employers by date, one sentence each."""
    said = []
    for one in _links(described, "PRACTISES_AT"):
        period = figures.period(one.valid_from, one.valid_to)
        words = f"{period} 执业于 {described.names[one.target]}。"
        basis = described.link_sources[one.key]
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not said:
        said.append(blocks.nothing(ground, numbers, f"{described.node.name} 的执业机构"))
    return Section("执业机构（按日期）", tuple(said))


def _posts(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the posts with period, and whether the person was in post at each record's day."""
    said = []
    rows: list[dict[str, str]] = []
    for link in _links(described, *_POSTS):
        firm, period = described.names[link.target], figures.period(link.valid_from, link.valid_to)
        records = [one for one in ground.records(link.target) if not one.positive]
        words = f"{period} 任 {firm} {link_words(link)}；该机构负面记录 {len(records)} 条。"
        basis = described.link_sources[link.key]
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
        rows += [_post_row(ground, firm, link, one) for one in records]
    if not said:
        said.append(blocks.nothing(ground, numbers, f"{described.node.name} 的任职与代表"))
    words = "在任与否按登记的任期与决定日比较；任期起始未载明的写不详。机构的记录属于机构。"
    said.append(numbers.say(words, "method", blocks.METHOD))
    pictures = around(ground, "任职", described.node.uid, POSTS)
    return Section("任职与代表", tuple(said), table("所任机构的负面记录与在任情况", rows), pictures)


def _post_row(ground: Ground, firm: str, link: Link, record: Record) -> dict[str, str]:
    return {
        "机构": firm,
        "职务": link_words(link),
        "任期": figures.period(link.valid_from, link.valid_to),
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
        return "不详"
    return "是" if link.valid_from <= on and (link.valid_to is None or on < link.valid_to) else "否"


def _works(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return the engagements that the person signed."""
    uids = [one.target for one in _links(described, "SIGNED")]
    nodes = sorted(ground.snapshot.nodes(uids), key=lambda one: one.uid)
    rows = [work_row(ground, node)[0] for node in nodes]
    said = []
    for node, row in list(zip(nodes, rows, strict=True))[:_MOST_WORKS]:
        words = (
            f"{row['签署日期']}，为 {row['委托方']} 签署{row['业务']}（{row['文号']}），"
            f"承办机构 {row['承办机构']}。"
        )
        basis = ground.said(node.properties.get("record_id"))
        said.append(blocks.say_of(ground, numbers, words, "recorded", basis))
    if not said:
        said.append(blocks.nothing(ground, numbers, f"{described.node.name} 签署的中介业务"))
    return Section("签署的中介业务", tuple(said), table("", rows))
