"""Reading FollowTheMoney: entities one a line become parties and links."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from graph.errors import UnreadableError
from loaders.exchange.several import (
    all_of,
    beside,
    codes_of,
    contradiction,
    date_of,
    numbers_of,
)
from loaders.exchange.statements import (
    Broken,
    Cells,
    Exchanged,
    Object,
    as_text,
    day,
    first_day,
    fraction,
    last_day,
    objects,
    tables,
)

PARTIES = {
    "Person": "Person",
    "Company": "Enterprise",
    "LegalEntity": "Enterprise",
    "Organization": "SocialOrganisation",
    "PublicBody": "Organ",
}
# Schema -> (source, target) of the relations that the graph has no word of its own for.
RELATIONS = {
    "UnknownLink": ("subject", "object"),
    "Family": ("person", "relative"),
    "Associate": ("person", "associate"),
    "Representation": ("agent", "client"),
    "Employment": ("employee", "employer"),
    "Succession": ("predecessor", "successor"),
    "Membership": ("member", "organization"),
}
# The same of all that is a link.
ENDS = {
    "Ownership": ("owner", "asset"),
    "Directorship": ("director", "organization"),
    **RELATIONS,
}
# One each, or one together: a share that is not somebody's would make an owner.
_OF_SEVERAL = "names several owners or assets and one percentage: whose it is nobody can say"
_SEVERAL_SHARES = "gives several percentages for one holding: which one holds nobody can say"
_RANGE = re.compile(r"\s*([\d.]+)\s*%?\s*[-–~至]\s*([\d.]+)\s*%?\s*")
_SHARES = ("share", "share_min")
_TOLD_BY = ("row", "source", "target", "type", "post")
# Words of a director's role, the first that fits.
ROLES = (
    (("法定代表人", "legal representative"), None),
    (("董事长", "chair"), "chairman"),
    (
        ("总经理", "general manager", "managing director", "ceo", "chief executive"),
        "general_manager",
    ),
    (("监事", "supervis"), "supervisor"),
    (("财务", "cfo", "chief financial"), "finance"),
    (("合伙人", "partner"), "partner"),
    (("董事", "director"), "director"),
)


def read_ftm(path: Path) -> Exchanged:
    """Return the parties and links of a file of entities.

    An entity of another kind (a payment, a sanction) becomes a row that the rule for labels refuses
    by its name.

    Raises:
        UnreadableError: it is no file of entities.
    """
    found = objects(path)
    nodes: list[Cells] = []
    edges: list[Cells] = []
    unfit: tuple[list[Broken], list[Broken]] = ([], [])
    for row, entity in enumerate(found.listed, start=1):
        schema, values = entity.get("schema"), entity.get("properties")
        if not isinstance(schema, str) or not isinstance(values, Mapping):
            raise UnreadableError(str(path), row, "must be entities of FollowTheMoney, with schema")
        link = schema in ENDS
        links = list(_edges(row, entity, schema, values)) if link else []
        rule = found.unfit.get(row) or contradiction(values, link=link)
        rule = rule or _unclear(links, schema, values)
        if rule is not None:
            unfit[link].append((row, as_text(entity), rule))
        elif link:
            edges += links
        else:
            nodes.append(_node(row, entity, schema, values))
    labels = {one["uid"]: str(one["label"]) for one in nodes}
    fitting = [_fitting(edge, labels) for edge in edges]
    # Several posts of who can hold none are one relation.
    told = {tuple(one.get(name) for name in _TOLD_BY): one for one in reversed(fitting)}
    return tables(path, nodes, [*reversed(told.values())], *unfit)


def _unclear(links: Sequence[Cells], schema: str, values: Object) -> str | None:
    """Return the rule against a holding whose share nobody can tell; None where there is none."""
    if schema != "Ownership":
        return None
    shares = [_share(one) for one in all_of(values, "percentage")]
    if any(one != shares[0] for one in shares):
        return _SEVERAL_SHARES
    given = any(links[0].get(name) is not None for name in _SHARES)
    return _OF_SEVERAL if given and len(links) > 1 else None


def _fitting(edge: Cells, labels: Mapping[Any, str]) -> Cells:
    """Return a link as what its ends can be: for others than these it is a relation."""
    person = labels.get(edge["source"], "Person") == "Person"
    club = labels.get(edge["target"], "SocialOrganisation") == "SocialOrganisation"
    fits = {"REPRESENTS": person, "HOLDS_POST": person, "MEMBER_OF": club}
    if fits.get(str(edge["type"]), True):
        return edge
    word = {"ftm:role": edge["post_word"]} if edge.get("post_word") else {}
    return edge | word | {"type": "RELATED", "post": None, "post_word": None}


def _id(entity: Object) -> str | None:
    return str(entity["id"]) if entity.get("id") else None


def _one(values: Object, *names: str) -> str | None:
    return next((one for name in names for one in all_of(values, name)), None)


def _node(row: int, entity: Object, schema: str, values: Object) -> Cells:
    person = schema == "Person"
    caption = entity.get("caption")
    names = [*([str(caption)] if caption else ()), *all_of(values, "name")]
    name = next(iter(names), None)
    others = [*all_of(values, "previousName"), *names[1:], *all_of(values, "alias")]
    cells: Cells = {
        "row": row,
        "uid": _id(entity),
        "label": PARTIES.get(schema, schema),
        "name": name,
        "former_names": "|".join(one for one in dict.fromkeys(others) if one != name) or None,
        "country": None if person else _one(values, "jurisdiction", "country"),
        "uscc": next(iter(codes_of(values)), None),
        "registration_number": None if person else next(iter(numbers_of(values)), None),
        "enterprise_type": _one(values, "legalForm"),
        "established_on": None if person else day(date_of(values, "incorporationDate")),
        "ended_on": None if person else last_day(date_of(values, "dissolutionDate")),
        "address": None if person else _one(values, "address"),
        "birth_year": (date_of(values, "birthDate") or "")[:4] or None,
        "nationality": _one(values, "nationality", "citizenship", "country") if person else None,
    }
    return cells | beside(values, cells, person=person)


def _edges(row: int, entity: Object, schema: str, values: Object) -> Iterator[Cells]:
    """Yield a link for each pair of ends: a director of two companies holds two posts.

    So does a director of one with two roles.
    """
    given: list[list[str | None]] = [[*all_of(values, name)] or [None] for name in ENDS[schema]]
    pairs = list(product(*given))
    key, said = _id(entity), _said(schema, values)
    period: Cells = {
        "valid_from": first_day(date_of(values, "startDate")),
        "valid_to": last_day(date_of(values, "endDate")),
    }
    for (source, target), one in product(pairs, said):
        own = key if key is None or len(pairs) == 1 else f"{key}:{source}:{target}"
        if own is not None and len(said) > 1:
            own = f"{own}:{one.get('post') or 'representative'}"
        cells = {"row": row, "key": own, "source": source, "target": target} | period | one
        yield cells | beside(values, cells, link=True)


def _said(schema: str, values: Object) -> list[Cells]:
    if schema == "Ownership":
        percentage = _one(values, "percentage")
        return [{"type": "HOLDS_SHARES"} | _share(percentage)]
    if schema == "Directorship":
        return _posts(all_of(values, "role"))
    return [{"type": "MEMBER_OF" if schema == "Membership" else "RELATED"}]


def _share(percentage: str | None) -> Cells:
    """Return what a percentage says: one share, or between which two it lies, as registers tell."""
    bounds = _RANGE.fullmatch(percentage or "")
    if bounds is None:
        return {"share": fraction(percentage)}
    return {"share_min": fraction(bounds[1]), "share_max": fraction(bounds[2])}


def _posts(roles: Sequence[str]) -> list[Cells]:
    """Return each post that the roles name once, with the words that name it."""
    named: dict[str | None, list[str]] = {}
    for role in roles:
        named.setdefault(_post(role), []).append(role)
    return [
        {"type": "REPRESENTS"}
        if post is None
        else {"type": "HOLDS_POST", "post": post, "post_word": "、".join(words) or None}
        for post, words in (named or {"other": []}).items()
    ]


def _post(role: str) -> str | None:
    said = role.lower()
    fitting = (post for words, post in ROLES if any(word in said for word in words))
    return next(fitting, "other")
