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
        said.append(
            numbers.say(
                f"未发现：带有有效负面记录的关联路径（{bounds_line(found)}）。",
                "computed",
                f"快照 {ground.snapshot.id}",
            )
        )
    elif len(parties) > MOST_PARTIES:
        rest = len(parties) - MOST_PARTIES
        text = f"另有 {rest} 个带有有效负面记录的关联方，逐一列于下表。"
        said.append(numbers.say(text, "computed", "第 10 节计算凭证"))
    paths = [parts[0] for parts in parties.values()]
    tables = (
        *table("有记录的关联方", _party_rows(ground, parties), "paths"),
        *table("直接关联方", _direct_rows(ground, described)),
    )
    pictures = (
        *around(ground, "任职", uid, POSTS, _POST_DEPTH),
        *ways(ground, "路径", paths[:_DRAWN_PATHS]),
    )
    return Section("关联方", tuple(said), tables, pictures)


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
            f"{name} 自身有有效负面记录：{record_words(record)}。",
            "recorded",
            ground.said(record.properties.get("record_id")),
        )
        for record in ground.active(uid)
        if record.uid in wanted
    ]
    for part in parts[:MOST_PATHS]:
        links = [ground.link(key) for key in part.links]
        text = (
            f"{path_text(part, ground.snapshot)}（{periods(links)}）：系数 {factors_text(part)}，"
            f"贡献 {part.share:.6f}（记录强度 {part.strength:g}）。"
        )
        said.append(say_of(ground, numbers, text, "computed", link_basis(ground, links)))
    rest = parts[MOST_PATHS:]
    if rest:
        total = sum(one.share for one in rest)
        text = f"{name} 另有 {len(rest)} 条路径，合计贡献 {total:.6f}。"
        said.append(numbers.say(text, "computed", "第 10 节的表及计算凭证"))
    return said


def periods(links: Sequence[Link]) -> str:
    """Return the periods of a path's links in order."""
    return "；".join(figures.period(one.valid_from, one.valid_to) for one in links)


def _party_rows(ground: Ground, parties: dict[str, list[Contribution]]) -> list[dict[str, str]]:
    rows = []
    for uid, parts in parties.items():
        links = [ground.link(key) for key in parts[0].links]
        rows.append(
            {
                "关联方": ground.name(uid),
                "最强路径": path_text(parts[0], ground.snapshot),
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
    found = link_rows(described, (Family.POSTS, Family.GUARANTEE, Family.OTHER))
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
        text = (
            f"{row['签署日期']}，{row['承办机构']} 为 {described.node.name} 办理{row['业务']}"
            f"（{row['文号']}），签署人 {row['签署人']}。"
        )
        said.append(
            say_of(ground, numbers, text, "recorded", ground.said(node.properties["record_id"]))
        )
    for body in bodies:
        said += _hint(ground, numbers, body)
    others = links_table("登记的中介与执业关系", described, Family.SERVICE)
    if not rows and not others:
        said.append(nothing(ground, numbers, "中介服务与专业人员"))
    tables = (*table("中介业务", rows), *others)
    return Section("中介与专业人员", tuple(said), tables, around(ground, "中介", uid, SERVICES))


def work_row(ground: Ground, node: Node) -> tuple[dict[str, str], list[str]]:
    """Return an engagement as a row, and the uids of who performed and signed it."""
    links = ground.snapshot.links_of(node.uid)
    bodies = sorted({one.source for one in links if one.type == _PERFORMED})
    signers = sorted({one.source for one in links if one.type == _SIGNED})
    clients = sorted({one.target for one in links if one.type == _FOR})

    def names(uids: Sequence[str]) -> str:
        return "、".join(ground.name(one) for one in uids) or figures.MISSING

    values = node.properties
    row = {
        "签署日期": figures.day(values.get("signed_on")),
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
            f"提示：{ground.name(uid)} 自身有记录：{record_words(record)}；"
            "服务关系不等于共同责任。",
            "recorded",
            ground.said(record.properties.get("record_id")),
        )
        for record in ground.active(uid)
    ]


def certificate_annex(certificate: str) -> Annex:
    """Return the annex that a certificate is."""
    return Annex("certificate.json", hashlib.sha256(certificate.encode()).hexdigest())


def exposure(ground: Ground, found: Exposure, annex: Annex, numbers: Numbering) -> Section:
    """Return how the exposure comes about; the annex holds its certificate."""
    basis = f"附件计算凭证，SHA-256 {annex.sha256[:16]}…"
    shares = sorted((part.share for part in found.contributions), reverse=True)
    least = max([LEAST_SHOWN, *shares[_MOST_ROWS : _MOST_ROWS + 1]])
    rows = contribution_rows(found, ground.snapshot, least=least)
    said = [
        numbers.say(
            f"传导值 {figures.exposure(found.exposure)}（下限 {figures.exposure(found.floor)}，"
            f"上限 {figures.exposure(found.cap)}），共 {len(found.contributions)} 条路径；"
            f"{bounds_line(found)}。",
            "computed",
            basis,
        ),
        numbers.say(
            "每条路径的贡献之和等于传导值；传导值不是记录，也不改变任何记录。"
            f"贡献小于 {least:.4f} 的路径合并为一行，计算凭证列出全部。",
            "method",
            "方法说明 docs/method.md",
        ),
        numbers.say(
            f"计算凭证为本报告附件，SHA-256 为 {annex.sha256}；"
            "xinmai verify 可在没有数据库的机器上逐步核验。",
            "computed",
            basis,
        ),
    ]
    said += [numbers.say(f"提示：{one.zh}。", "computed", basis) for one in found.warnings]
    parts = table("按路径的贡献", [dict(row) for row in rows], "figures")
    return Section("传导说明", tuple(said), parts)
