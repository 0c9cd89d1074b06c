"""The section on ownership and control: tree, owners, controller line by line, owners by rule."""

from collections.abc import Sequence

from app.presenters import figures
from app.presenters.ownership import rule_title
from app.reports.ask import Ground
from app.reports.blocks import MOST_SENTENCES, link_basis, links_table, nothing, say_of, where
from app.reports.content import Numbering, Section, Sentence, table
from app.reports.pictures import OWNERSHIP, around
from app.reports.words import listed, sentence, word
from app.texts.read import text
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
        words = text("paper.own.person", name=described.node.name)
        said.append(numbers.say(words, "method", text("paper.own.label")))
    said += _controlled(ground, numbers, described)
    tables = (
        *table(text("paper.own.holders"), rows),
        *links_table(text("paper.own.registered"), described, Family.OWNERSHIP, Family.BRANCH),
    )
    if not tables:
        said.append(nothing(ground, numbers, text("paper.own.nothing")))
    drawn = around(ground, text("paper.topic.ownership"), uid, OWNERSHIP, _DEPTH)
    return Section(text("paper.title.ownership"), tuple(said), tables, drawn)


def _computed(numbers: Numbering, words: str) -> Sentence:
    return numbers.say(words, "computed", text("paper.own.computed"))


def _names(ground: Ground, uids: Sequence[str]) -> str:
    return listed(ground.name(uid) for uid in uids)


def _owners(ground: Ground, numbers: Numbering, found: Owners) -> list[Sentence]:
    """Say what keeps the answer open: undisclosed parts, rings, conflicts, bounds."""
    said = []
    if found.undisclosed > 0:
        share = figures.percent(found.undisclosed)
        words = text("paper.own.undisclosed", name=found.name, share=share)
        said.append(_computed(numbers, words))
    for ring in found.rings:
        words = text("paper.own.ring", members=_names(ground, ring))
        said.append(_computed(numbers, words))
    if found.conflicts:
        words = text("paper.own.conflict", members=_names(ground, found.conflicts))
        said.append(_computed(numbers, words))
    if found.capped:
        said.append(_computed(numbers, text("paper.own.capped", looked=found.looked)))
    return said


def _owner_rows(found: Owners) -> list[dict[str, str]]:
    return [
        {
            "持有人": one.name,
            "直接比例": figures.percent(one.direct),
            "穿透比例": figures.percent(one.integrated),
            "区间": text(
                "paper.own.range",
                certain=figures.percent(one.certain),
                possible=figures.percent(one.possible),
            ),
            "状态": word(STATUSES[one.status]),
            "止于": word(STOPS[one.stop]) if one.stop else figures.MISSING,
        }
        for one in found.holdings[:_MOST_OWNERS]
    ]


def _controller(ground: Ground, numbers: Numbering, uid: str) -> list[Sentence]:
    """Say who ultimately controls the subject, and the addition of votes line by line."""
    found = controller(ground.view, uid)
    said = [_computed(numbers, sentence(controller_words(ground, found)))]
    if found.controller is None:
        return said
    line = next((one for one in controls(ground.view, found.controller) if one.uid == uid), None)
    return said if line is None else [*said, *_addition(ground, numbers, line)]


def controller_words(ground: Ground, found: Controller) -> str:
    """Return who ultimately controls a company, or why nobody does; no full stop behind it."""
    if found.controller is not None:
        votes = figures.percent(found.votes)
        stop = text("paper.own.stop", stop=word(STOPS[found.stop])) if found.stop else ""
        who = str(found.controller_name)
        words = text("paper.own.controlled_by", name=who, votes=votes, stop=stop)
    else:
        members = found.ring or found.together or found.several
        words = word(OUTCOMES[found.status])
        words += text("paper.own.members", members=_names(ground, members)) if members else ""
        if found.status == "none":
            words += text("paper.own.votes_searched", where=where(ground))
        if found.of_itself > 0:
            share = figures.percent(found.of_itself)
            words += text("paper.own.of_itself", share=share)
        if found.status == "none" and found.undisclosed > 0:
            share = figures.percent(found.undisclosed)
            words += text("paper.own.votes_undisclosed", share=share)
    conflict = text("paper.own.votes_conflict") if found.conflict else ""
    return text("paper.own.controller", name=found.name, words=words, conflict=conflict)


def _addition(ground: Ground, numbers: Numbering, found: Controlled) -> list[Sentence]:
    """Say the addends of control one by one, then their sum beside the half that it exceeds."""
    said = [
        say_of(
            ground,
            numbers,
            text(
                "paper.own.addend",
                holder=ground.name(one.holder),
                name=found.name,
                votes=figures.percent(one.votes / 1e6),
            ),
            "computed",
            link_basis(ground, [ground.link(one.key)]),
        )
        for one in found.certificate[:MOST_SENTENCES]
    ]
    left = found.certificate[MOST_SENTENCES:]
    if left:
        votes = figures.percent(sum(one.votes for one in left) / 1e6)
        more = text("paper.own.more_addends", rest=len(left), votes=votes)
        said.append(_computed(numbers, more))
    whole = figures.percent(found.gathered / 1e6)
    half = figures.percent(found.base / 2e6)
    return [*said, _computed(numbers, text("paper.own.sum", whole=whole, half=half))]


def _by_rule(ground: Ground, numbers: Numbering, uid: str) -> list[Sentence]:
    """Say whom the rules on beneficial owners name, each with its rule."""
    said = []
    searched = text("paper.own.owners_searched", where=where(ground))
    for by in beneficial(ground.view, uid, chosen(DEFAULT)).sets:
        title = text("paper.own.rule", title=word(by.rules.title.text), source=by.rules.source)
        since = by.rules.effective_from
        force = "" if by.in_force else text("paper.own.not_in_force", since=since)
        if not by.found:
            words = text("paper.own.nobody", title=title, force=force, searched=searched)
            said.append(_computed(numbers, words))
        for one in by.found[:MOST_SENTENCES]:
            known = STANDINGS.get(one.status)
            status = (
                word(known) if known else text("paper.own.stopped", stop=word(STOPS[one.status]))
            )
            words = text(
                "paper.own.beneficial",
                name=one.name,
                title=title,
                rule=one.rule,
                words=word(rule_title(by, one.rule)),
                integrated=figures.percent(one.integrated),
                votes=figures.percent(one.votes),
                status=status,
                # Who stands in says that nobody was found: where is part of that.
                force=force + (searched if one.status == "manager" else ""),
            )
            said.append(_computed(numbers, words))
        rest = len(by.found) - MOST_SENTENCES
        if rest > 0:
            said.append(_computed(numbers, text("paper.own.more_owners", rest=rest)))
    return said


def _controlled(ground: Ground, numbers: Numbering, described: Described) -> list[Sentence]:
    uid = described.node.uid
    found = [*controls(ground.view, uid), *controls_together(ground.view, uid)]
    said = []
    for one in found[:MOST_SENTENCES]:
        members = _names(ground, one.together)
        words = text(
            "paper.own.controls",
            name=described.node.name,
            other=one.name,
            together=text("paper.own.together", members=members) if one.together else "",
            parts=" + ".join(
                f"{ground.name(part.holder)} {figures.percent(part.votes / 1e6)}"
                for part in one.certificate
            ),
            whole=figures.percent(one.gathered / 1e6),
        )
        links = [ground.link(part.key) for part in one.certificate]
        said.append(say_of(ground, numbers, words, "computed", link_basis(ground, links)))
    rest = len(found) - MOST_SENTENCES
    if rest > 0:
        said.append(_computed(numbers, text("paper.own.more", rest=rest)))
    return said
