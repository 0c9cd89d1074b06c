"""Owners, holdings and control as JSON and as lines of text."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from app.presenters import figures
from app.presenters.chain import Names, name_of
from app.texts.read import spoken, text
from graph.analysis.beneficial import STANDINGS, Beneficial, BeneficialOwners, ByRule
from graph.analysis.control import Controlled
from graph.analysis.controller import OUTCOMES, Controller
from graph.analysis.ownership import STATUSES, Holding, Owners
from graph.analysis.stops import STOPS
from graph.schema.words import Text


def word(words: Text) -> str:
    """Return a word in the language in use."""
    return words.en if spoken() == "en" else words.zh


def _named(names: Names, uids: Sequence[str]) -> str:
    return text("frame.comma").join(f"{name_of(names, uid)} [{uid}]" for uid in uids)


def holdings_to_json(found: Owners) -> list[dict[str, Any]]:
    """Return owners or holdings as the command line answers them, largest first."""
    return [
        {
            "uid": one.uid,
            "name": one.name,
            "direct": one.direct,
            "integrated": one.integrated,
            "certain": one.certain,
            "possible": one.possible,
            "status": one.status,
            "stop": one.stop,
        }
        for one in found.holdings
    ]


def _line(one: Holding) -> str:
    between = ""
    if one.status in {"undisclosed", "conflict"} and one.certain != one.possible:
        between = text(
            "ownership.range",
            certain=figures.percent(one.certain),
            possible=figures.percent(one.possible),
        )
    stop = text("ownership.stop", stop=word(STOPS[one.stop])) if one.stop else ""
    return text(
        "ownership.line",
        name=f"{one.name} [{one.uid}]",
        direct=figures.percent(one.direct),
        integrated=figures.percent(one.integrated),
        range=between,
        status=word(STATUSES[one.status]),
        stop=stop,
    )


def holdings_lines(found: Owners, names: Names, *, upward: bool) -> Iterator[str]:
    """Yield owners (`upward`) or holdings as a person reads them, with what was looked at."""
    seen = {"as_of": found.as_of, "snapshot": found.snapshot}
    title = "ownership.owners" if upward else "ownership.holdings"
    yield text(title, name=found.name, **seen)
    if not found.holdings:
        yield text("ownership.none", looked=found.looked, **seen)
    for one in found.holdings:
        yield _line(one)
    if found.undisclosed > 0:
        yield text("ownership.undisclosed", share=figures.percent(found.undisclosed))
    for ring in found.rings:
        yield text("ownership.ring", members=_named(names, ring))
    if found.conflicts:
        yield text("ownership.conflict", members=_named(names, found.conflicts))
    if found.capped:
        yield text("ownership.capped", looked=found.looked)


def control_to_json(found: Sequence[Controlled]) -> list[dict[str, Any]]:
    """Return controlled companies as the command line answers them, in order of discovery."""
    return [
        {
            "uid": one.uid,
            "name": one.name,
            "votes": one.votes,
            "certificate": {
                "gathered": one.gathered,
                "base": one.base,
                "votes": [
                    {"holder": line.holder, "link": line.key, "votes": line.votes}
                    for line in one.certificate
                ],
            },
            "together": list(one.together),
        }
        for one in found
    ]


def control_lines(
    name: str, found: Sequence[Controlled], names: Names, as_of: date, snapshot: str
) -> Iterator[str]:
    """Yield controlled companies with their votes, each sum with its addends."""
    yield text("control.of", name=name, as_of=as_of, snapshot=snapshot)
    if not found:
        yield text("control.none", as_of=as_of, snapshot=snapshot)
    for one in found:
        together = (
            text("control.together", members=_named(names, one.together)) if one.together else ""
        )
        votes = figures.percent(one.votes)
        yield text("control.line", name=f"{one.name} [{one.uid}]", votes=votes) + together
        for line in one.certificate:
            holder = name_of(names, line.holder)
            yield text("control.addend", holder=holder, votes=line.votes, link=line.key)
        yield text("control.sum", gathered=one.gathered, base=one.base)


def controller_to_json(found: Controller) -> dict[str, Any]:
    """Return the ultimate controller as the command line answers it."""
    return {
        "uid": found.controller,
        "name": found.controller_name,
        "ring": list(found.ring),
        "status": found.status,
        "stop": found.stop,
        "votes": found.votes,
        "together": list(found.together),
        "several": list(found.several),
        "undisclosed": found.undisclosed,
        "of_itself": found.of_itself,
        "conflict": found.conflict,
        "capped": found.capped,
        "company": found.uid,
        "as_of": found.as_of.isoformat(),
        "snapshot": found.snapshot,
    }


def controller_lines(found: Controller, names: Names) -> Iterator[str]:
    """Yield who ultimately controls a company, or why nobody does."""
    yield text("controller.asked", name=found.name, as_of=found.as_of, snapshot=found.snapshot)
    yield word(OUTCOMES[found.status])
    if found.controller is not None:
        who = f"{found.controller_name} [{found.controller}]"
        yield text("controller.found", name=who, votes=figures.percent(found.votes))
    members = found.ring or found.together or found.several
    if members:
        yield text("controller.members", members=_named(names, members))
    if found.stop:
        yield text("controller.stop", stop=word(STOPS[found.stop]))
    if found.of_itself > 0:
        yield text("controller.itself", share=figures.percent(found.of_itself))
    if found.status == "none" and found.undisclosed > 0:
        yield text("controller.undisclosed", share=figures.percent(found.undisclosed))
    if found.conflict:
        yield text("controller.conflict")


def _beneficial_to_json(one: Beneficial) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "name": one.name,
        "rule": one.rule,
        "integrated": one.integrated,
        "votes": one.votes,
        "status": one.status,
        "tests": list(one.tests),
    }


def beneficial_to_json(found: BeneficialOwners) -> list[dict[str, Any]]:
    """Return the owners by one set of rules or, of several, each with its set, in order."""
    several = len(found.sets) > 1
    return [
        _beneficial_to_json(line) | ({"rules": by.rules.name} if several else {})
        for by in found.sets
        for line in by.found
    ]


def rule_title(by: ByRule, code: str) -> Text:
    """Return what a rule of a set is called."""
    named = [*by.rules.tests, by.rules.otherwise, by.rules.state]
    (title,) = [one.title.text for one in named if one is not None and one.code == code]
    return title


def standing(status: str) -> str:
    """Return what a party is by the rule that names it, or why nothing is known behind it."""
    if status in STANDINGS:
        return word(STANDINGS[status])
    return text("beneficial.stopped", stop=word(STOPS[status]))


def _beneficial_line(by: ByRule, one: Beneficial) -> str:
    return text(
        "beneficial.line",
        name=f"{one.name} [{one.uid}]",
        rule=one.rule,
        title=word(rule_title(by, one.rule)),
        integrated=figures.percent(one.integrated),
        votes=figures.percent(one.votes),
        status=standing(one.status),
    )


def beneficial_lines(found: BeneficialOwners, names: Names) -> Iterator[str]:
    """Yield the owners by each set of rules, side by side, and what keeps the answer open."""
    yield text("beneficial.asked", name=found.name, as_of=found.as_of, snapshot=found.snapshot)
    for by in found.sets:
        title = text("beneficial.set", title=word(by.rules.title.text), source=by.rules.source)
        since = by.rules.effective_from
        yield title + ("" if by.in_force else text("beneficial.not_in_force", since=since))
        if not by.found:
            yield text("beneficial.none" if by.rules.otherwise else "beneficial.nobody")
        for one in by.found:
            yield _beneficial_line(by, one)
    if found.undisclosed > 0:
        yield text("ownership.undisclosed", share=figures.percent(found.undisclosed))
    for ring in found.rings:
        yield text("ownership.ring", members=_named(names, ring))
    if found.conflicts:
        yield text("ownership.conflict", members=_named(names, found.conflicts))
