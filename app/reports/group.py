"""集团报告: a family of companies by control, layer by layer, with records and exposure."""

from collections.abc import Sequence
from functools import partial

from app.presenters import figures
from app.presenters.exposure import bounds_line
from app.presenters.party import record_rows
from app.reports import blocks
from app.reports.ask import Asked, Ground
from app.reports.content import Numbering, Section, Sentence, Subject, table
from app.reports.made import Made, content_of
from app.reports.owning import controller_words
from app.reports.pictures import OWNERSHIP, around
from app.reports.relations import values_of
from app.reports.words import method, sentence, word
from app.texts.read import spoken, text
from graph.analysis.control import Controlled, controls
from graph.analysis.controller import Controller, controller
from graph.analysis.party import describe
from graph.schema.codes import LEVELS

# Links of the tree that its picture follows, and members whose exposure is computed.
_DEPTH, _MOST_EXPOSED = 3, 200


def compose(ground: Ground, asked: Asked) -> Made:
    """Return the report of the family that the party is in: that of its ultimate controller."""
    node = ground.snapshot.node(asked.uid)
    found = controller(ground.view, node.uid) if "Organisation" in node.labels else None
    head = _head(node.uid, found)
    family = controls(ground.view, head)
    top = ground.snapshot.node(head)
    makers = (
        partial(blocks.cover, ground, asked, node),
        partial(_summary, ground, found, head, family),
        partial(_tree, ground, head, family),
        partial(_records, ground, [head, *(one.uid for one in family)]),
        partial(_exposure, ground, asked, [head, *(one.uid for one in family)]),
        partial(blocks.scope, ground, ()),
        partial(blocks.objection, ground),
    )
    subject = Subject(node.uid, text("paper.group.title", name=top.name))
    return Made(content_of(ground, asked, subject, makers), {})


def _head(uid: str, found: Controller | None) -> str:
    """Return who heads the family: never a state organ, whose companies are no group (method 3)."""
    if found is None or found.controller is None or found.stop == "state_organ":
        return uid
    return found.controller


def layers(head: str, family: Sequence[Controlled]) -> dict[str, int]:
    """Return how far each member stands below the head: 1 where the head itself has votes in it.

    A member's layer is one more than that of the nearest member whose votes count in it.
    """
    found = {head: 0}
    changed = True
    while changed:
        changed = False
        for one in family:
            above = [found[part.holder] for part in one.certificate if part.holder in found]
            layer = min(above, default=len(family)) + 1
            if above and layer < found.get(one.uid, len(family) + 2):
                found[one.uid] = layer
                changed = True
    return found


def _summary(
    ground: Ground,
    found: Controller | None,
    head: str,
    family: Sequence[Controlled],
    numbers: Numbering,
) -> Section:
    said = []
    if found is not None:
        said.append(numbers.say(sentence(controller_words(ground, found)), "computed", _computed()))
    if found is not None and found.stop == "state_organ":
        said.append(numbers.say(text("paper.group.state"), "method", method()))
    depth = max(layers(head, family).values())
    marked = [one.uid for one in family if ground.active(one.uid)]
    counts = {"count": len(family), "depth": depth, "marked": len(marked)}
    words = text("paper.group.counted", name=ground.name(head), **counts)
    said.append(numbers.say(words, "computed", _computed()))
    said.append(numbers.say(text("paper.group.own"), "method", method()))
    return Section(text("paper.title.summary"), tuple(said))


def _computed() -> str:
    return text("paper.group.computed")


def _tree(ground: Ground, head: str, family: Sequence[Controlled], numbers: Numbering) -> Section:
    """Return the members by layer, each with the addition that makes it one."""
    depth = layers(head, family)
    ordered = sorted(family, key=lambda one: (depth.get(one.uid, len(family)), one.name, one.uid))
    said: list[Sentence] = []
    rows = []
    for one in ordered:
        links = [ground.link(part.key) for part in one.certificate]
        sources = blocks.link_basis(ground, links)
        parts = " + ".join(
            f"{ground.name(part.holder)} {figures.percent(part.votes / 1e6)}"
            for part in one.certificate
        )
        total = figures.percent(one.gathered / 1e6)
        row = {
            "层": str(depth.get(one.uid, figures.MISSING)),
            "成员": one.name,
            "表决权加项": f"{parts} = {total}",
            "自身有效负面记录": str(len(ground.active(one.uid))),
            "来源": blocks.rows_text(sources),
        }
        rows.append(row)
        if len(said) < blocks.MOST_SENTENCES:
            votes = row["表决权加项"]
            words = text("paper.group.member", layer=row["层"], name=one.name, votes=votes)
            said.append(blocks.say_of(ground, numbers, words, "computed", sources))
    if not said:
        what = text("paper.group.none", name=ground.name(head))
        said.append(blocks.nothing(ground, numbers, what))
    pictures = around(ground, text("paper.topic.ownership"), head, OWNERSHIP, _DEPTH)
    members = table(text("paper.group.by_layer"), rows)
    return Section(text("paper.group.members"), tuple(said), members, pictures)


def _records(ground: Ground, members: Sequence[str], numbers: Numbering) -> Section:
    said: list[Sentence] = []
    rows = []
    for uid in members:
        described = describe(ground.snapshot, uid, ground.view.as_of)
        shown = {one.uid for one in ground.records(uid)}
        kept = [one for one in described.records if one.uid in shown]
        for one in kept:
            [row] = record_rows(blocks.only(described, one), spoken())
            rows.append({"成员": described.node.name, **{key: row[key] for key in _KEPT}})
        for one in (one for one in kept if one.status == "active" and not one.positive):
            if len(said) < blocks.MOST_SENTENCES:
                said.append(blocks.record_sentence(ground, numbers, one, described.node.name))
    if not rows:
        said.append(blocks.nothing(ground, numbers, text("paper.group.no_records")))
    return Section(text("paper.group.records"), tuple(said), table("", rows))


_KEPT = ("类别", "文书号", "严重程度", "状态", "决定日期", "公示截止", "来源")


def _exposure(ground: Ground, asked: Asked, members: Sequence[str], numbers: Numbering) -> Section:
    found = [ground.expose(uid, asked.hops) for uid in members[:_MOST_EXPOSED]]
    rows = [
        {
            "成员": one.name,
            "自身有效负面记录": str(len(ground.active(one.uid))),
            "传导值": values_of(one)["value"],
            "下限": values_of(one)["floor"],
            "上限": values_of(one)["cap"],
            "等级": word(LEVELS[one.level]),
        }
        for one in found
    ]
    said = [numbers.say(text("paper.group.apart"), "method", method())]
    words = text("paper.scope.exposure", bounds=bounds_line(found[0], spoken()))
    said.append(numbers.say(words, "computed", text("paper.group.expose")))
    if len(members) > _MOST_EXPOSED:
        words = text("paper.group.cut", rest=len(members) - _MOST_EXPOSED)
        said.append(numbers.say(words, "computed", text("paper.group.scan")))
    return Section(text("paper.group.exposure"), tuple(said), table("", rows, "figures"))
