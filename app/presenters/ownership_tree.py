"""The tree of owners or holdings as a drawing, and its figures as rows of tables."""

from collections.abc import Mapping, Sequence

from app.presenters import figures
from app.presenters.chain import Names, name_of
from app.presenters.diagram import UNKNOWN, Arrow, Box
from app.presenters.drawing import FAMILY_COLOURS, OTHER_COLOUR, sign_of
from app.presenters.ownership import rule_title, standing, word
from app.texts.read import text
from graph.analysis.beneficial import BeneficialOwners
from graph.analysis.control import Controlled, Votes
from graph.analysis.control_sums import Sums
from graph.analysis.ownership import STATUSES, Holding, Owners
from graph.analysis.ownership_tree import Tree
from graph.analysis.stops import STOPS
from graph.model import Node
from graph.schema.words import Family, Shape, Sign

Row = Mapping[str, str]
_PPM_PERCENT = 10_000
# A majority is told in whole ppm: 50.0001 % is one, and must not look like 50 %.
_LEAST_DECIMALS = 2
_MORE = Sign("#FFFFFF", Shape.SHEET)


def exact_percent(ppm: int) -> str:
    """Return whole ppm in percent without rounding, with two decimals at least.

    >>> exact_percent(500_000), exact_percent(500_001)
    ('50.00%', '50.0001%')
    """
    whole, rest = divmod(ppm, _PPM_PERCENT)
    digits = f"{rest:04d}".rstrip("0").ljust(_LEAST_DECIMALS, "0")
    return f"{whole}.{digits}%"


def share_range(one: Holding) -> str:
    """Return a part in all, as a range from certain to possible where these differ as shown."""
    least, most = figures.percent(one.certain), figures.percent(one.possible)
    return least if least == most or one.possible is None else f"{least}–{most}"


def boxes(
    tree: Tree, found: Owners, nodes: Sequence[Node], records: Mapping[str, int]
) -> list[Box]:
    """Return the parties of a tree with their part in all, and who is unknown or not drawn."""
    parts = {one.uid: one for one in found.holdings}
    drawn = [
        Box(
            id=node.uid,
            name=node.name,
            sign=sign_of(node),
            lines=tuple(_lines(tree, node.uid, parts.get(node.uid), records.get(node.uid, 0))),
            records=bool(records.get(node.uid)),
            focus=node.uid == tree.uid,
        )
        for node in nodes
    ]
    for uid, share in tree.undisclosed.items():
        line = text("owning.open", share=figures.percent(share))
        drawn.append(Box(f"?{uid}", "?", UNKNOWN, (line,)))
    key = "owning.more_holders" if tree.upward else "owning.more_companies"
    for uid, count in tree.left_out.items():
        drawn.append(Box(f"+{uid}", f"+{count}", _MORE, (text(key),)))
    return drawn


def _lines(tree: Tree, uid: str, part: Holding | None, records: int) -> list[str]:
    lines = []
    if part is not None:
        lines.append(text("owning.in_all", share=share_range(part)))
        if part.stop and part.stop != "person":
            lines.append(text("owning.ends", stop=word(STOPS[part.stop])))
    if records:
        lines.append(text("owning.records", count=records))
    if uid in tree.deeper:
        lines.append(text("owning.deeper"))
    return lines


def arrows(tree: Tree) -> list[Arrow]:
    """Return the holdings of a tree, each with the direct share, and those of the unknown."""
    colour = FAMILY_COLOURS[Family.OWNERSHIP]
    found = [
        Arrow(one.holder, one.company, figures.percent(one.share), colour) for one in tree.stakes
    ]
    found += [
        Arrow(f"?{uid}", uid, figures.percent(share), OTHER_COLOUR, "lead")
        for uid, share in tree.undisclosed.items()
    ]
    for uid in tree.left_out:
        ends = (f"+{uid}", uid) if tree.upward else (uid, f"+{uid}")
        found.append(Arrow(*ends, "", OTHER_COLOUR))
    return found


def stake_rows(tree: Tree, names: Names, sources: Mapping[str, str]) -> list[Row]:
    """Return the direct holdings that are drawn, each with its file and row."""
    return [
        {
            text("owning.holder"): name_of(names, one.holder),
            text("owning.company"): name_of(names, one.company),
            text("owning.direct"): figures.percent(one.share),
            text("owning.source"): text("paper.semicolon").join(sources[key] for key in one.keys),
        }
        for one in tree.stakes
    ]


def part_rows(found: Owners) -> list[Row]:
    """Return all owners or holdings, largest first, with range, status and where each ends."""
    return [
        {
            text("owning.name"): one.name,
            text("owning.direct"): figures.percent(one.direct),
            text("owning.integrated"): figures.percent(one.integrated),
            text("owning.certain"): figures.percent(one.certain),
            text("owning.possible"): figures.percent(one.possible),
            text("owning.status"): word(STATUSES[one.status]),
            text("owning.stop"): word(STOPS[one.stop]) if one.stop else figures.MISSING,
            text("owning.id"): one.uid,
        }
        for one in found.holdings
    ]


def sum_text(one: Controlled, names: Names) -> str:
    """Return one addition: who has which votes in a company, their sum, and the rule it meets."""
    return text(
        "owning.addition",
        company=one.name,
        addends=" + ".join(f"{name} {votes}" for name, votes in _addends(one.certificate, names)),
        gathered=exact_percent(one.gathered),
        half=exact_percent(one.base // 2) if one.base % 2 == 0 else f"{one.base} ppm / 2",
    )


def _addends(lines: Sequence[Votes], names: Names) -> list[tuple[str, str]]:
    votes: dict[str, int] = {}
    for line in lines:
        votes[line.holder] = votes.get(line.holder, 0) + line.votes
    return [(name_of(names, uid), exact_percent(ppm)) for uid, ppm in votes.items()]


def sums_line(sums: Sums, names: Names) -> str:
    """Return in one line who gathers which votes where: 李四：A 51.00% + B 51.00%."""
    who = text("frame.comma").join(name_of(names, uid) for uid in sums.holders)
    steps = " + ".join(f"{one.name} {exact_percent(one.gathered)}" for one in sums.companies)
    return text("owning.sums", who=who, steps=steps)


def control_rows(found: Sequence[Controlled], names: Names) -> list[Row]:
    """Return what a party controls, each with its addition."""
    return [
        {
            text("owning.company"): one.name,
            text("owning.votes"): figures.percent(one.votes),
            text("owning.sum"): sum_text(one, names),
            text("owning.together"): text("frame.comma").join(
                name_of(names, uid) for uid in one.together
            ),
            text("owning.id"): one.uid,
        }
        for one in found
    ]


def rule_rows(found: BeneficialOwners) -> list[Row]:
    """Return whom each set of rules names, sets side by side, one party a row."""
    uids = dict.fromkeys(one.uid for by in found.sets for one in by.found)
    rows: list[Row] = []
    for uid in uids:
        lines = [{one.uid: one for one in by.found}.get(uid) for by in found.sets]
        first = next(line for line in lines if line is not None)
        row = {
            text("owning.name"): first.name,
            text("owning.integrated"): figures.percent(first.integrated),
            text("owning.votes"): figures.percent(first.votes),
        }
        for by, line in zip(found.sets, lines, strict=True):
            named = ""
            if line is not None:
                title = word(rule_title(by, line.rule))
                named = text(
                    "owning.named", rule=line.rule, title=title, standing=standing(line.status)
                )
            row[word(by.rules.title.text)] = named or text("owning.not_named")
        rows.append(row | {text("owning.id"): uid})
    return rows


def set_rows(found: BeneficialOwners) -> list[Row]:
    """Return the sets of rules with the law that each comes from and whether it is in force."""
    return [
        {
            text("owning.set"): word(by.rules.title.text),
            text("owning.law"): by.rules.source,
            text("owning.since"): by.rules.effective_from.isoformat(),
            text("owning.force"): text("owning.in_force" if by.in_force else "owning.no_force"),
        }
        for by in found.sets
    ]
