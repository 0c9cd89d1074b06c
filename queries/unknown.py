"""What a statement names and the schema does not: it finds nothing, and no engine says why."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from graph.errors import QueryError
from graph.schema.catalog import SCHEMA
from queries.guard import Token, tokens

LABEL, TYPE, PROPERTY = "label", "link type", "property"
# Cypher's own, of a date, a time or a duration.
_OF_DATES = frozenset(
    {
        "year", "quarter", "month", "week", "weekYear", "dayOfQuarter", "day", "dayOfWeek",
        "dayOfYear", "hour", "minute", "second", "years", "months", "weeks", "days",
        "epochSeconds", "epochMillis",
    }
)  # fmt: skip
# A name less like than this is no misspelling (rapidfuzz, 0 to 100).
_LIKE = 75
# Of names that are equally like so many are told.
_TOLD = 3
_NAME = frozenset({"word", "quoted"})
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_LINK = "-["


def unknown_names(text: str) -> list[QueryError]:
    """Return an error for each label, link type and property that the schema does not declare.

    Each name once, with the declared ones that are most like it. A property that the statement
    makes itself (a key of a map, a name after AS) is known.

    >>> [str(one) for one in unknown_names("MATCH (e:Enterprise) RETURN e.nmae LIMIT 1")]
    ["line 1: 'nmae' is no property of the graph (name is)"]
    """
    listed = tokens(text)
    types = {link.name for link in SCHEMA.links}
    # Of a variable it is asked whether it is of a type as whether it has a label.
    labels = {node.label for node in SCHEMA.nodes} | types
    declared = {LABEL: labels, TYPE: types, PROPERTY: _properties()}
    known = {**declared, PROPERTY: declared[PROPERTY] | _made(listed)}
    found: dict[tuple[str, str], QueryError] = {}
    for kind, token in _named(listed):
        name = token.text.strip("`")
        if name not in known[kind] and (kind, name) not in found:
            like = _nearest(name, sorted(declared[kind]))
            there = f" ({', '.join(like)} {'is' if len(like) == 1 else 'are'})" if like else ""
            rule = f"is no {kind} of the graph{there}"
            found[kind, name] = QueryError(f"line {token.line}", name, rule)
    return list(found.values())


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return the names that may be meant: misspelt, or else those that it is a part of."""
    for scorer in (fuzz.ratio, fuzz.WRatio):
        # A letter is part of nearly everything.
        several = [one for one in known if len(one) > 1]
        found = process.extract(name, several, scorer=scorer, score_cutoff=_LIKE, limit=None)
        if found:
            best = found[0][1]
            return [one for one, likeness, _ in found if likeness == best][:_TOLD]
    return []


def _properties() -> set[str]:
    common = (*SCHEMA.node_common, *SCHEMA.link_common)
    nodes = [one for node in SCHEMA.nodes for one in node.properties]
    links = [one for link in SCHEMA.links for one in link.properties]
    return {one.name for one in (*common, *nodes, *links)}


def _named(listed: Sequence[Token]) -> Iterator[tuple[str, Token]]:
    """Yield what is named as a label, a type or a property, with what it is named as."""
    inside = _brackets(listed)
    for place, token in enumerate(listed):
        if token.text == ":" and inside[place] not in {"{", "({"}:
            kind = TYPE if inside[place] == _LINK else LABEL
            yield from ((kind, one) for one in _joined(listed, place, inside[place]))
        elif token.kind in _NAME and (
            _is_property(listed, place) or _is_key_of_pattern(listed, inside, place)
        ):
            yield PROPERTY, token


def _brackets(listed: Sequence[Token]) -> list[str]:
    """Return the bracket that each token stands in, `-[` of a link, `({` of a map in a pattern."""
    found, opened = [], [""]
    for place, token in enumerate(listed):
        if token.text in _CLOSE and len(opened) > 1:
            opened.pop()
        found.append(opened[-1])
        if token.text not in _OPEN:
            continue
        kind, before = token.text, listed[place - 1] if place else token
        if kind == "[" and before.text == "-":
            kind = _LINK
        elif kind == "{" and opened[-1] in {"(", _LINK} and before.kind in _NAME:
            # A map projection begins with a point: its keys are its own.
            kind = "{" if _text(listed, place + 1) == "." else "({"
        opened.append(kind)
    return found


def _joined(listed: Sequence[Token], place: int, bracket: str) -> Iterator[Token]:
    """Yield the names that are joined behind a colon: A, A|B, A&B, !A, A:B."""
    joins = {"&", "!", ":"} if bracket == "[" else {"&", "!", ":", "|"}
    awaited = True
    for token in listed[place:]:
        if token.text in joins:
            awaited = True
        elif token.kind in _NAME and awaited:
            yield token
            awaited = False
        else:
            return


def _is_property(listed: Sequence[Token], place: int) -> bool:
    if place < 2 or listed[place - 1].text != ".":  # noqa: PLR2004 - what has it, and the point
        return False
    base = listed[place - 2]
    if base.kind not in _NAME and base.text not in {")", "]"}:
        return False
    begin, end = place, place + 1
    while begin > 1 and listed[begin - 1].text == ".":
        begin -= 2
    while _text(listed, end) == ".":
        end += 2
    # Functions have points in their names, and parameters are the asker's own.
    called = _text(listed, end) == "("
    given = begin > 0 and listed[begin - 1].text == "$"
    return not called and not given and listed[place].text not in _OF_DATES


def _is_key_of_pattern(listed: Sequence[Token], inside: Sequence[str], place: int) -> bool:
    before = listed[place - 1].text if place else ""
    key = before in {"{", ","} and _text(listed, place + 1) == ":"
    return inside[place] == "({" and key


def _made(listed: Sequence[Token]) -> set[str]:
    inside = _brackets(listed)
    return {
        token.text.strip("`")
        for place, token in enumerate(listed)
        if token.kind in _NAME
        and place
        and (
            listed[place - 1].text.upper() == "AS"
            or (inside[place] == "{" and _text(listed, place + 1) == ":")
        )
    }


def _text(listed: Sequence[Token], place: int) -> str:
    return listed[place].text if place < len(listed) else ""
