"""Reading FollowTheMoney: entities one a line become parties and links."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from graph.errors import UnreadableError
from graph.identifiers import credit_code
from loaders.exchange.statements import Cells, Exchanged, Object, day, fraction, objects, tables

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
    broken: list[tuple[int, str, str]] = []
    for row, entity in enumerate(found, start=1):
        schema, values = entity.get("schema"), entity.get("properties")
        if not isinstance(schema, str) or not isinstance(values, Mapping):
            raise UnreadableError(str(path), row, "must be entities of FollowTheMoney, with schema")
        if schema not in ENDS:
            nodes.append(_node(row, entity, schema, values))
            continue
        links = list(_edges(row, entity, schema, values))
        rule = _unclear(links, schema, values)
        if rule is None:
            edges += links
        else:
            broken.append((row, json.dumps(entity, ensure_ascii=False), rule))
    labels = {one["uid"]: str(one["label"]) for one in nodes}
    return tables(path, nodes, [_fitting(edge, labels) for edge in edges], broken)


def _unclear(links: Sequence[Cells], schema: str, values: Object) -> str | None:
    """Return the rule against a holding whose share nobody can tell; None where there is none."""
    if schema != "Ownership":
        return None
    shares = [_share(one) for one in _percentages(values)]
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
    return edge | {"type": "RELATED", "post": None, "post_word": None}


def _id(entity: Object) -> str | None:
    return str(entity["id"]) if entity.get("id") else None


def _all(values: Object, name: str) -> list[str]:
    found = values.get(name)
    listed = found if isinstance(found, list) else [found]
    # What is neither text nor number says nothing.
    return [str(one) for one in listed if isinstance(one, str | int | float)]


def _one(values: Object, *names: str) -> str | None:
    return next((one for name in names for one in _all(values, name)), None)


def _node(row: int, entity: Object, schema: str, values: Object) -> Cells:
    names = _all(values, "name")
    codes = [code for code in _all(values, "uscCode") if credit_code.is_valid(code)]
    person = schema == "Person"
    caption = entity.get("caption")
    return {
        "row": row,
        "uid": _id(entity),
        "label": PARTIES.get(schema, schema),
        "name": str(caption) if caption else next(iter(names), None),
        "former_names": "|".join(_all(values, "previousName")) or None,
        "country": None if person else _one(values, "jurisdiction", "country"),
        "uscc": next(iter(codes), None),
        "registration_number": None if person else _one(values, "registrationNumber", "ogrnCode"),
        "enterprise_type": _one(values, "legalForm"),
        "established_on": None if person else day(_one(values, "incorporationDate")),
        "ended_on": None if person else day(_one(values, "dissolutionDate")),
        "address": None if person else _one(values, "address"),
        "birth_year": (_one(values, "birthDate") or "")[:4] or None,
        "nationality": _one(values, "nationality", "citizenship", "country") if person else None,
    }


def _edges(row: int, entity: Object, schema: str, values: Object) -> Iterator[Cells]:
    """Yield a link for each pair of ends: a director of two companies holds two posts."""
    given: list[list[str | None]] = [
        [*dict.fromkeys(_all(values, name))] or [None] for name in ENDS[schema]
    ]
    pairs = list(product(*given))
    key, said = _id(entity), _said(schema, values)
    for source, target in pairs:
        own = key if key is None or len(pairs) == 1 else f"{key}:{source}:{target}"
        yield {"row": row, "key": own, "source": source, "target": target} | said


def _said(schema: str, values: Object) -> Cells:
    period: Cells = {
        "valid_from": day(_one(values, "startDate")),
        "valid_to": day(_one(values, "endDate")),
    }
    if schema == "Ownership":
        return period | {"type": "HOLDS_SHARES"} | _share(next(iter(_percentages(values)), None))
    if schema == "Directorship":
        return period | _post(_one(values, "role"))
    return period | {"type": "MEMBER_OF" if schema == "Membership" else "RELATED"}


def _percentages(values: Object) -> list[str]:
    return [one for one in _all(values, "percentage") if one.strip()]


def _share(percentage: str | None) -> Cells:
    """Return what a percentage says: one share, or between which two it lies, as registers tell."""
    bounds = _RANGE.fullmatch(percentage or "")
    if bounds is None:
        return {"share": fraction(percentage)}
    return {"share_min": fraction(bounds[1]), "share_max": fraction(bounds[2])}


def _post(role: str | None) -> Cells:
    said = (role or "").lower()
    for words, post in ROLES:
        if any(word in said for word in words):
            if post is None:
                return {"type": "REPRESENTS"}
            return {"type": "HOLDS_POST", "post": post, "post_word": role}
    return {"type": "HOLDS_POST", "post": "other", "post_word": role}
