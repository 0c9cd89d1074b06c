"""What Cypher may be run: one read, bounded paths, a LIMIT; words in strings do not count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graph.errors import QueryError

# Words that write, or that reach beyond the graph.
REFUSED = frozenset(
    {
        "CREATE",
        "CYPHER",
        "MERGE",
        "INSERT",
        "DELETE",
        "DETACH",
        "SET",
        "REMOVE",
        "DROP",
        "ALTER",
        "LOAD",
        "FOREACH",
        "CALL",
        "GRANT",
        "DENY",
        "REVOKE",
        "USE",
        "EXPLAIN",
        "PROFILE",
        "TERMINATE",
        "START",
        "STOP",
        "SHOW",
        "FINISH",
    }
)
# Procedures that only read; named in full after CALL.
ALLOWED_CALLS = frozenset(
    {"db.index.fulltext.querynodes", "db.labels", "db.relationshiptypes", "db.propertykeys"}
)
MOST_HOPS = 6

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<quoted>`[^`]*`)"
    r"|(?P<word>[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)"
    r"|(?P<number>\d+(?:\.(?!\.)\d*)?)"
    r"|(?P<dots>\.\.)"
    r"|(?P<sign>\S)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token that is neither space nor comment; `line` counts from 1."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a statement, comments left out."""

    def found() -> Iterator[Token]:
        for match in _TOKEN.finditer(text):
            kind = str(match.lastgroup)
            if kind != "comment":
                yield Token(kind, match[0], text.count("\n", 0, match.start()) + 1)

    return list(found())


def check_cypher(text: str) -> None:
    """Refuse a statement that is not one bounded read.

    Raises:
        QueryError: naming line, word and rule.
    """
    if "\\u" in text:
        # Neo4j reads such a sign before anything else: it could end a string or spell a word.
        raise QueryError("statement", "\\u", "is not allowed: write the character itself")
    listed = tokens(text)
    if not listed:
        raise QueryError("statement", text, "is empty")
    for place, token in enumerate(listed):
        _check_token(listed, place, token)
    for branch in _branches(listed):
        _check_limit(branch)


def _check_token(listed: list[Token], place: int, token: Token) -> None:
    if token.kind == "sign" and token.text == ";" and place < len(listed) - 1:
        _refuse(token, "must be a single statement")
    if token.kind == "sign" and token.text in "'\"`":
        _refuse(token, "is a string that does not end")
    if token.kind == "word" and token.text.upper() in REFUSED and not _is_name(listed, place):
        if token.text.upper() == "CALL" and _called(listed, place) in ALLOWED_CALLS:
            return
        _refuse(token, "is not allowed: queries only read")
    if token.text == "*" and _in_relationship(listed, place):
        _check_hops(listed, place)
    elif token.kind == "sign" and token.text in "*+{" and _repeats(listed, place):
        _refuse(token, "is a repeated path; write -[:TYPE*1..4]->")


def _refuse(token: Token, rule: str) -> None:
    raise QueryError(f"line {token.line}", token.text, rule)


def _is_name(listed: list[Token], place: int) -> bool:
    """Return whether a word is a label, property, parameter or key, and no clause."""
    before = listed[place - 1].text if place else ""
    after = listed[place + 1].text if place + 1 < len(listed) else ""
    return before in {":", ".", "$"} or (after == ":" and before in {"{", ","})


def _called(listed: list[Token], place: int) -> str:
    name = []
    for token in listed[place + 1 :]:
        if token.kind != "word" and token.text != ".":
            break
        name.append(token.text)
    return "".join(name).lower()


def _in_relationship(listed: list[Token], place: int) -> bool:
    """Return whether a star stands in -[...]-: after a type, name or the bracket itself."""
    depth = 0
    for back in range(place - 1, -1, -1):
        text = listed[back].text
        if text == "]":
            depth += 1
        if text == "[":
            if depth == 0:
                return back > 0 and listed[back - 1].text == "-"
            depth -= 1
        if text in {"(", ")"}:
            return False
    return False


def _check_hops(listed: list[Token], place: int) -> None:
    following = [token.text for token in listed[place + 1 : place + 4]] + ["", "", ""]
    first, second, third = following[:3]
    if first == "..":
        most = second
    elif second == "..":
        most = third
    else:
        most = first
    if not most.isdigit():
        _refuse(listed[place], f"is a path without an end; write *1..{MOST_HOPS} or less")
    if int(most) > MOST_HOPS:
        _refuse(listed[place], f"reaches {most} links; {MOST_HOPS} are allowed")


def _repeats(listed: list[Token], place: int) -> bool:
    """Return whether a sign repeats a link or a path in brackets: ->+, ]-{1,9}, ((a)-->(b))*."""
    before = [token.text for token in listed[max(0, place - 2) : place]]
    if before[-1:] == [">"]:
        return before[:1] == ["-"]
    if before[-1:] == ["-"]:
        return before[0] in {"]", "-"}
    return before[-1:] == [")"] and _holds_path(listed, place - 1)


def _holds_path(listed: list[Token], close: int) -> bool:
    """Return whether the bracket that ends at `close` holds a link: a node's end, then a dash."""
    depth = 0
    for back in range(close, -1, -1):
        text = listed[back].text
        depth += (text == ")") - (text == "(")
        if depth == 0:
            return False
        following = [token.text for token in listed[back + 1 : back + 3]]
        if text == ")" and back < close and following in (["-", "["], ["-", "-"], ["<", "-"]):
            return True
    return False


def _branches(listed: list[Token]) -> list[list[Token]]:
    """Return the statements that UNION joins."""
    found: list[list[Token]] = [[]]
    for place, token in enumerate(listed):
        if token.kind == "word" and token.text.upper() == "UNION" and not _is_name(listed, place):
            found.append([])
        else:
            found[-1].append(token)
    return found


def _check_limit(listed: list[Token]) -> None:
    clauses = [
        place
        for place, token in enumerate(listed)
        if token.kind == "word" and token.text.upper() == "RETURN" and not _is_name(listed, place)
    ]
    if not clauses:
        raise QueryError("statement", "RETURN", "must be there")
    for place in range(clauses[-1] + 2, len(listed) - 1):
        token, following = listed[place], listed[place + 1]
        named = listed[place - 1].text.upper() == "AS" or _is_name(listed, place)
        if token.kind == "word" and token.text.upper() == "LIMIT" and not named:
            bound = following.kind == "number" or following.text == "$"
            if bound and listed[place - 1].text != ",":
                return
    raise QueryError("statement", "LIMIT", "must follow the last RETURN, with a number")


def parameters(text: str) -> list[str]:
    """Return the names behind $ in a statement, in their order, each once.

    >>> parameters("MATCH (p:Party {uid: $uid}) WHERE p.name <> '$no' RETURN p LIMIT $limit")
    ['uid', 'limit']
    """
    listed = tokens(text)
    named = [
        token.text.strip("`")
        for place, token in enumerate(listed)
        if token.kind in {"word", "quoted"} and place and listed[place - 1].text == "$"
    ]
    return list(dict.fromkeys(named))
