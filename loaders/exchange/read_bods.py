"""Reading the Beneficial Ownership Data Standard 0.4: statements become parties and links."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.errors import UnreadableError
from graph.identifiers import credit_code
from graph.schema.catalog import SCHEMA
from graph.schema.codes import POSTS as POST_WORDS
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

VERSION = "0.4"
# Interests that are posts here.
POSTS = {
    "boardChair": "chairman",
    "boardMember": "director",
    "seniorManagingOfficial": "general_manager",
}
# What stands for posts that the standard has no code for, and how they are called in words.
_INFLUENCE = "otherInfluenceOrControl"
_WORDS = {words.zh: post for post, words in POST_WORDS.items() if post != "other"}
_REPRESENTS = SCHEMA.link("REPRESENTS").title
HOLDINGS = ("shareholding", "votingRights")
_NOBODY = "which one holds nobody can say"
_STATE = ("state", "stateBody")
_UNKNOWN = ("anonymousEntity", "unknownEntity", "anonymousPerson", "unknownPerson")


def read_bods(path: Path) -> Exchanged:
    """Return the parties and links of a file of statements; of a record the latest one counts.

    What a statement says of an indirect interest follows from its components: it becomes a link
    without a share, so that nothing is counted twice. Identifiers of persons are not taken over.

    Raises:
        UnreadableError: it is no list of statements, or of another version of the standard.
    """
    found = objects(path)
    for statement in found.listed:
        version = str(_part(statement, "publicationDetails").get("bodsVersion") or VERSION)
        if "recordType" not in statement or not version.startswith(VERSION):
            said = version if "recordType" in statement else statement.get("statementType")
            raise UnreadableError(str(path), said, f"must be statements of BODS {VERSION}")
    latest = _latest(found.listed)
    rules = {
        row: rule for row, one in latest if (rule := found.unfit.get(row) or _contradiction(one))
    }
    relationships = [
        (row, one)
        for row, one in latest
        if one.get("recordType") == "relationship" and row not in rules
    ]
    held = {str(_details(one).get("subject")) for _, one in relationships}
    nodes = [
        *(
            _node(row, one, held)
            for row, one in latest
            if one["recordType"] != "relationship" and row not in rules
        ),
        *(node for row, one in relationships for node in _nobody(row, one)),
    ]
    others = {str(one["uid"]) for one in nodes if one["label"] != "Person"}
    edges = [edge for row, one in relationships for edge in _edges(row, one, others)]
    unfit: tuple[list[Broken], list[Broken]] = ([], [])
    for row, one in latest:
        if row in rules:
            broken = (row, as_text(one), rules[row])
            unfit[one["recordType"] == "relationship"].append(broken)
    return tables(path, nodes, edges, *unfit)


def _contradiction(statement: Object) -> str | None:
    """Return the rule that a statement's values break together; None where all may hold.

    Of one party one credit code holds, and of one holding one share.
    """
    details = _details(statement)
    ids = [str(one["id"]) for one in _items(details, "identifiers") if one.get("id")]
    codes = {credit_code.fold(one) for one in ids if credit_code.is_valid(one)}
    if len(codes) > 1:
        return f"gives several credit codes ({', '.join(sorted(codes))}): {_NOBODY}"
    for kind in HOLDINGS:
        given = [one for one in _direct(details) if one.get("type") == kind]
        shares = [_shares([one]) for one in given]
        if any(one != shares[0] for one in shares):
            return f"gives several shares of {kind} for one holding: {_NOBODY}"
    return None


def _part(statement: Object, name: str) -> Object:
    part = statement.get(name)
    return part if isinstance(part, Mapping) else {}


def _details(statement: Object) -> Object:
    return _part(statement, "recordDetails")


def _items(part: Object, name: str) -> list[Object]:
    found = part.get(name)
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return [one for one in listed if isinstance(one, Mapping)]


def _direct(details: Object) -> list[Object]:
    found = _items(details, "interests")
    return [one for one in found if one.get("directOrIndirect") != "indirect"]


def _latest(found: Sequence[Object]) -> list[tuple[int, Object]]:
    """Return (row, statement) of each record once: the last by date, then by place."""
    rows = sorted(
        enumerate(found, start=1), key=lambda one: (day(one[1].get("statementDate")) or "", one[0])
    )
    kept = {str(one.get("recordId") or f"statement:{row}"): (row, one) for row, one in rows}
    return sorted(kept.values(), key=lambda one: one[0])


def _node(row: int, statement: Object, held: set[str]) -> Cells:
    uid = str(statement.get("recordId") or "") or None
    details = _details(statement)
    kind = statement["recordType"]
    if kind == "person":
        return _person(row, uid, details)
    if kind == "entity":
        return _entity(row, uid, details, held)
    # The rule for labels refuses it and names it.
    return {"row": row, "uid": uid, "label": str(kind), "name": None}


def _person(row: int, uid: str | None, details: Object) -> Cells:
    names = _items(details, "names")
    names.sort(key=lambda one: one.get("type") != "legal")
    full = [str(one["fullName"]) for one in names if one.get("fullName")]
    countries = [_country(one) for one in _items(details, "nationalities")]
    unknown = details.get("personType") in _UNKNOWN
    return {
        "row": row,
        "uid": uid,
        "label": "UnknownHolder" if unknown else "Person",
        "name": full[0] if full else _reason(details, "unspecifiedPersonDetails", "personType"),
        "former_names": "|".join(full[1:]) or None,
        "nationality": None if unknown else next(iter(countries), None),
        "birth_year": None if unknown else str(details.get("birthDate") or "")[:4] or None,
    }


def _entity(row: int, uid: str | None, details: Object, held: set[str]) -> Cells:
    form = _part(details, "entityType")
    label = "Organ" if form.get("type") in _STATE else "Enterprise"
    # One that is held itself is a company whoever it is.
    if form.get("type") in _UNKNOWN and uid not in held:
        label = "UnknownHolder"
    ids = [str(one["id"]) for one in _items(details, "identifiers") if one.get("id")]
    codes = [one for one in ids if credit_code.is_valid(one)]
    others = [one for one in ids if one not in codes]
    listed = _items(_part(details, "publicListing"), "securitiesListings")
    tickers = [_part(one, "security").get("ticker") for one in listed]
    addresses = [str(one["address"]) for one in _items(details, "addresses") if one.get("address")]
    former = details.get("alternateNames")
    return {
        "row": row,
        "uid": uid,
        "label": label,
        "name": str(
            details.get("name") or _reason(details, "unspecifiedEntityDetails", "entityType") or uid
        ),
        "former_names": "|".join(map(str, former)) if isinstance(former, list) else None,
        "country": _country(_part(details, "jurisdiction")),
        "uscc": next(iter(codes), None),
        "registration_number": next(iter(others), None),
        "enterprise_type": _word(form.get("subtype") or form.get("details")),
        "established_on": day(details.get("foundingDate")),
        "ended_on": last_day(details.get("dissolutionDate")),
        "address": next(iter(addresses), None),
        "stock_code": _word(next(iter(tickers), None)),
    }


def _word(value: object) -> str | None:
    return str(value) if value else None


def _country(place: Object) -> str | None:
    return _word(place.get("code") or place.get("name"))


def _reason(details: Object, name: str, kind: str) -> str:
    """Return why nothing is said of a party, the standard's code first."""
    part = _part(details, name)
    said = details.get(kind)
    code = part.get("reason") or (said.get("type") if isinstance(said, Mapping) else said)
    return ": ".join(str(one) for one in (code, part.get("description")) if one)


def _nobody(row: int, statement: Object) -> Iterator[Cells]:
    """Yield an unknown holder where a relationship says why its interested party is not named."""
    party = _details(statement).get("interestedParty")
    if isinstance(party, Mapping):
        words = [str(party[name]) for name in ("reason", "description") if party.get(name)]
        yield {
            "row": row,
            "uid": _beside(_own(statement), "unknown:{}"),
            "label": "UnknownHolder",
            "name": ": ".join(words),
        }


def _own(statement: Object) -> str | None:
    """Return what a relationship is told from others by; None where nothing does."""
    return _word(statement.get("recordId") or statement.get("statementId"))


def _beside(key: str | None, form: str) -> str | None:
    """Return a key made of another; without one there is none, which others could share."""
    return None if key is None else form.format(key)


def _edges(row: int, statement: Object, others: set[str]) -> Iterator[Cells]:
    details = _details(statement)
    party, subject = details.get("interestedParty"), details.get("subject")
    key = _own(statement)
    known = isinstance(party, str)
    ends: Cells = {
        "row": row,
        "source": str(party) if known else _beside(key, "unknown:{}"),
        "target": str(subject) if isinstance(subject, str) else None,
    }
    closed = (
        last_day(statement.get("statementDate"))
        if statement.get("recordStatus") == "closed"
        else None
    )
    interests = _items(details, "interests")
    direct = _direct(details)
    holding = [one for one in direct if one.get("type") in HOLDINGS]
    # Persons alone hold posts here: what an organisation is to the other is a relation.
    person = known and party not in others
    posts = [one for one in direct if _post(one) and person]
    other = [one for one in interests if one not in holding and one not in posts]
    if holding or not interests:
        yield (
            ends
            | {"key": key, "type": "HOLDS_SHARES"}
            | _shares(holding)
            | _period(holding, closed)
        )
    for one in posts:
        post = _post(one)
        named = post.get("post", "representative") if one["type"] == _INFLUENCE else one["type"]
        own = _beside(key, f"{{}}:{named}")
        yield ends | {"key": own, **post} | _period([one], closed)
    if other:
        yield ends | {"key": _beside(key, "{}:other"), "type": "RELATED"} | _period(other, closed)


def _post(interest: Object) -> dict[str, str | None]:
    """Return the post that an interest is; nothing where it is none.

    The standard has codes for few of them: what our own export writes as words is read again.
    """
    kind, words = str(interest.get("type")), _word(interest.get("details"))
    if kind == _INFLUENCE and words == _REPRESENTS.zh:
        return {"type": "REPRESENTS"}
    post = _WORDS.get(str(words)) if kind == _INFLUENCE else POSTS.get(kind)
    return {"type": "HOLDS_POST", "post": post, "post_word": words} if post else {}


def _shares(holding: Sequence[Object]) -> dict[str, Any]:
    """Return share, range and votes of the first interest of each kind."""
    found: dict[str, Any] = {}
    for one in reversed(holding):
        share = _part(one, "share")
        exact = fraction(share.get("exact"))
        least = fraction(share.get("minimum", share.get("exclusiveMinimum")))
        if one["type"] == "votingRights":
            found["votes"] = exact or least
        else:
            most = fraction(share.get("maximum", share.get("exclusiveMaximum")))
            found |= {"share": exact}
            # A share that is exact is no range.
            found |= (
                {"share_min": None, "share_max": None}
                if exact
                else {
                    "share_min": least,
                    "share_max": most,
                }
            )
    return found


def _period(interests: Sequence[Object], closed: str | None) -> dict[str, Any]:
    starts = [one for one in (first_day(item.get("startDate")) for item in interests) if one]
    ends = [last_day(item.get("endDate")) for item in interests]
    over = [one for one in ends if one]
    ended = max(over) if over and len(over) == len(ends) else closed
    return {"valid_from": min(starts, default=None), "valid_to": ended}
