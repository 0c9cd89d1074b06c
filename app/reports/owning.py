"""The section on ownership and control: tree, owners, controller line by line, owners by rule."""

from collections.abc import Sequence

from app.presenters import figures
from app.presenters.ownership import rule_title
from app.reports.ask import Ground
from app.reports.blocks import MOST_SENTENCES, link_basis, links_table, nothing, say_of
from app.reports.content import Numbering, Section, Sentence, table
from app.reports.pictures import OWNERSHIP, around
from graph.analysis.beneficial import STANDINGS, beneficial
from graph.analysis.concert import controls_together
from graph.analysis.control import Controlled, controls
from graph.analysis.controller import OUTCOMES, Controller, controller
from graph.analysis.ownership import STATUSES, Owners, owners
from graph.analysis.party import Described
from graph.analysis.stops import STOPS
from graph.policy.owner_rules import DEFAULT, chosen
from graph.schema.words import Family

# Holders above and companies below that the picture follows.
_DEPTH = 3
# Owners in the table; the certificate of ownership lists all.
_MOST_OWNERS = 40
_COMPUTED = "按登记数据计算；xinmai controller、owners、beneficial 可复算"


def ownership(ground: Ground, described: Described, numbers: Numbering) -> Section:
    """Return who owns and controls the subject and what it controls."""
    uid = described.node.uid
    said: list[Sentence] = []
    rows: list[dict[str, str]] = []
    if "Organisation" in described.node.labels:
        found = owners(ground.view, uid)
        said += _owners(ground, numbers, found)
        said += _controller(ground, numbers, uid)
        said += _by_rule(ground, numbers, uid)
        rows = _owner_rows(found)
    else:
        text = f"{described.node.name} 是自然人，无股东与控制人；以下为其持股与控制的企业。"
        said.append(numbers.say(text, "method", "主体类别"))
    said += _controlled(ground, numbers, described)
    tables = (
        *table("股东及其上层（穿透计算）", rows),
        *links_table("登记的股东、投资与分支机构", described, Family.OWNERSHIP, Family.BRANCH),
    )
    if not tables:
        said.append(nothing(ground, numbers, "股东、投资、分支机构"))
    return Section(
        "股权与控制", tuple(said), tables, around(ground, "股权", uid, OWNERSHIP, _DEPTH)
    )


def _computed(numbers: Numbering, text: str) -> Sentence:
    return numbers.say(text, "computed", _COMPUTED)


def _names(ground: Ground, uids: Sequence[str]) -> str:
    return "、".join(ground.name(uid) for uid in uids)


def _owners(ground: Ground, numbers: Numbering, found: Owners) -> list[Sentence]:
    """Say what keeps the answer open: undisclosed parts, rings, conflicts, bounds."""
    said = []
    if found.undisclosed > 0:
        share = figures.percent(found.undisclosed)
        text = f"{found.name} 尚有 {share} 未披露持有人；未按比例分摊，结果以区间列示。"
        said.append(_computed(numbers, text))
    for ring in found.rings:
        text = f"闭合环（无最终所有人）：{_names(ground, ring)}。"
        said.append(_computed(numbers, text))
    if found.conflicts:
        text = f"登记比例合计超过100%：{_names(ground, found.conflicts)}；按登记计算，请核对来源。"
        said.append(_computed(numbers, text))
    if found.capped:
        text = f"已截断：检索 {found.looked} 条持股登记后停止，比例可能偏低。"
        said.append(_computed(numbers, text))
    return said


def _owner_rows(found: Owners) -> list[dict[str, str]]:
    return [
        {
            "持有人": one.name,
            "直接比例": figures.percent(one.direct),
            "穿透比例": figures.percent(one.integrated),
            "区间": f"{figures.percent(one.certain)} 至 {figures.percent(one.possible)}",
            "状态": STATUSES[one.status].zh,
            "止于": STOPS[one.stop].zh if one.stop else figures.MISSING,
        }
        for one in found.holdings[:_MOST_OWNERS]
    ]


def _controller(ground: Ground, numbers: Numbering, uid: str) -> list[Sentence]:
    """Say who ultimately controls the subject, and the addition of votes line by line."""
    found = controller(ground.view, uid)
    said = [_computed(numbers, controller_words(ground, found))]
    if found.controller is None:
        return said
    line = next((one for one in controls(ground.view, found.controller) if one.uid == uid), None)
    return said if line is None else [*said, *_addition(ground, numbers, line)]


def controller_words(ground: Ground, found: Controller) -> str:
    """Return who ultimately controls a company in one sentence, or why nobody does."""
    if found.controller is not None:
        stop = f"，止于：{STOPS[found.stop].zh}" if found.stop else ""
        words = f"最终控制人 {found.controller_name}，表决权 {figures.percent(found.votes)}{stop}"
    else:
        members = found.ring or found.together or found.several
        words = OUTCOMES[found.status].zh
        words += f"：{_names(ground, members)}" if members else ""
        if found.status == "none" and found.undisclosed > 0:
            words += f"；另有 {figures.percent(found.undisclosed)} 表决权未披露"
    conflict = "；上层存在表决权合计超过100%的企业，请核对来源" if found.conflict else ""
    return f"按登记数据计算，{found.name} {words}{conflict}。"


def _addition(ground: Ground, numbers: Numbering, found: Controlled) -> list[Sentence]:
    """Say the addends of control one by one, then their sum beside the half that it exceeds."""
    said = [
        say_of(
            ground,
            numbers,
            f"表决权加项：{ground.name(one.holder)} 在 {found.name} 有"
            f" {figures.percent(one.votes / 1e6)}。",
            "computed",
            link_basis(ground, [ground.link(one.key)]),
        )
        for one in found.certificate[:MOST_SENTENCES]
    ]
    whole = figures.percent(found.gathered / 1e6)
    half = figures.percent(found.base / 2e6)
    return [*said, _computed(numbers, f"合计 {whole}，超过有效表决权的一半 {half}。")]


def _by_rule(ground: Ground, numbers: Numbering, uid: str) -> list[Sentence]:
    """Say whom the rules on beneficial owners name, each with its rule."""
    said = []
    for by in beneficial(ground.view, uid, chosen(DEFAULT)).sets:
        title = f"{by.rules.title.text.zh}（{by.rules.source}）"
        force = (
            "" if by.in_force else f"（该规则自 {by.rules.effective_from} 起施行，时点尚未施行）"
        )
        if not by.found:
            said.append(_computed(numbers, f"受益所有人：未识别，{title}{force}。"))
        for one in by.found[:MOST_SENTENCES]:
            known = STANDINGS.get(one.status)
            status = known.zh if known else f"止于 {STOPS[one.status].zh}，其后是谁未知"
            said.append(
                _computed(
                    numbers,
                    f"受益所有人 {one.name}：依 {title} 标准 {one.rule}"
                    f" {rule_title(by, one.rule).zh}，"
                    f"穿透 {figures.percent(one.integrated)}，"
                    f"表决权 {figures.percent(one.votes)}；{status}{force}。",
                )
            )
    return said


def _controlled(ground: Ground, numbers: Numbering, described: Described) -> list[Sentence]:
    uid = described.node.uid
    found = [*controls(ground.view, uid), *controls_together(ground.view, uid)]
    said = []
    for one in found[:MOST_SENTENCES]:
        parts = " + ".join(
            f"{ground.name(part.holder)} {figures.percent(part.votes / 1e6)}"
            for part in one.certificate
        )
        together = (
            f"（与一致行动人 {_names(ground, one.together)} 合并计算）" if one.together else ""
        )
        text = (
            f"按规则（表决权 >50%）判定，{described.node.name} 控制 {one.name}{together}："
            f"{parts} = {figures.percent(one.gathered / 1e6)}。"
        )
        links = [ground.link(part.key) for part in one.certificate]
        said.append(say_of(ground, numbers, text, "computed", link_basis(ground, links)))
    rest = len(found) - MOST_SENTENCES
    if rest > 0:
        said.append(_computed(numbers, f"另有 {rest} 家受其控制的企业，xinmai control 列出全部。"))
    return said
