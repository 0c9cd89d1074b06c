"""Writing the Beneficial Ownership Data Standard 0.4: parties first, then relationships."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from graph.schema.catalog import SCHEMA
from graph.schema.codes import POSTS as POST_WORDS
from graph.snapshot.reader import Snapshot
from loaders.exchange.read_bods import POSTS, VERSION
from loaders.exchange.statements import country_code, percent

PUBLISHER = "信脉 Xinmai"
UNSPECIFIED = frozenset(
    {
        "noBeneficialOwners",
        "subjectUnableToConfirmOrIdentifyBeneficialOwner",
        "interestedPartyHasNotProvidedInformation",
        "subjectExemptFromDisclosure",
        "interestedPartyExemptFromDisclosure",
        "unknown",
        "informationUnknownToPublisher",
    }
)
_ENTITY_TYPES = {"Organ": "stateBody", "PublicInstitution": "legalEntity"}
_INTERESTS = {post: interest for interest, post in POSTS.items()}
# Links that are interests in an organisation; any other has no word in the standard.
LINKS = ("HOLDS_SHARES", "REPRESENTS", "HOLDS_POST")

Row = Mapping[str, Any]


def bods_statements(snapshot: Snapshot, on: date) -> Iterator[dict[str, Any]]:
    """Yield every statement, in the order that the standard asks; `on` is the day of publication.

    Identity numbers do not go out, masked ones neither.
    """
    unknown: dict[str, str] = {}
    parties: set[str] = set()
    table = snapshot.table("nodes").sort("uid").collect()
    labels = {node.label for node in SCHEMA.nodes if SCHEMA.is_a(node.label, "Party")}
    for row in table.iter_rows(named=True):
        if row["label"] not in labels:
            continue
        if row["label"] == "UnknownHolder":
            unknown[row["uid"]] = row["name"] or ""
            continue
        parties.add(row["uid"])
        kind = "person" if row["label"] == "Person" else "entity"
        details = _person(row) if kind == "person" else _entity(row)
        yield _statement(row["uid"], row["uid"], kind, details, row, on)
    links = snapshot.table("links").sort("key").collect()
    for row in links.iter_rows(named=True):
        known = row["source"] in parties or row["source"] in unknown
        if row["type"] in LINKS and known and row["target"] in parties:
            details = _relationship(row, unknown)
            yield _statement(row["key"], row["target"], "relationship", details, row, on)


def _statement(
    record: str, subject: str, kind: str, details: dict[str, Any], row: Row, on: date
) -> dict[str, Any]:
    body = {
        "declarationSubject": subject,
        "statementDate": on.isoformat(),
        "publicationDetails": {
            "publicationDate": on.isoformat(),
            "bodsVersion": VERSION,
            "publisher": {"name": PUBLISHER},
        },
        "recordId": record,
        "recordStatus": "new",
        "recordType": kind,
        "recordDetails": {"isComponent": False, **details},
    }
    if row.get("record_id"):
        source = {
            "type": ["officialRegister"],
            "description": f"{row['resource']} {row['record_id']}",
        }
        body["source"] = source
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return {"statementId": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), **body}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], "")}


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _place(country: str | None) -> dict[str, str]:
    code = country_code(country or "CN")
    return {"name": country or "中国"} | ({"code": code} if code else {})


def _person(row: Row) -> dict[str, Any]:
    names = [{"type": "legal", "fullName": row["name"] or row["uid"]}]
    names += [{"type": "former", "fullName": name} for name in row["former_names"] or ()]
    return _filled(
        {
            "personType": "knownPerson",
            "names": names,
            "nationalities": [_place(row["nationality"])] if row["nationality"] else [],
            "birthDate": str(row["birth_year"]) if row["birth_year"] else None,
        }
    )


def _entity(row: Row) -> dict[str, Any]:
    numbers = (
        ("uscc", {"scheme": "CN-SAIC", "schemeName": "统一社会信用代码"}),
        ("registration_number", {"schemeName": "注册号"}),
    )
    return _filled(
        {
            "entityType": {"type": _ENTITY_TYPES.get(row["label"], "registeredEntity")},
            "name": row["name"] or row["uid"],
            "alternateNames": list(row["former_names"] or ()),
            "jurisdiction": _place(row["country"]),
            "identifiers": [{"id": row[name], **scheme} for name, scheme in numbers if row[name]],
            "foundingDate": _day(row["established_on"]),
            "dissolutionDate": _day(row["ended_on"]),
            "addresses": [{"type": "registered", "address": row["address"]}]
            if row["address"]
            else [],
        }
    )


def _relationship(row: Row, unknown: Mapping[str, str]) -> dict[str, Any]:
    party: Any = row["source"]
    if party in unknown:
        code, _, words = unknown[party].partition(":")
        known = code in UNSPECIFIED
        party = _filled(
            {
                "reason": code if known else "unknown",
                "description": words.strip() if known else unknown[row["source"]],
            }
        )
    return {"subject": row["target"], "interestedParty": party, "interests": _interests(row)}


def _interests(row: Row) -> list[dict[str, Any]]:
    period = {"startDate": _day(row["valid_from"]), "endDate": _day(row["valid_to"])}
    if row["type"] != "HOLDS_SHARES":
        post = row["post"] if row["type"] == "HOLDS_POST" else None
        words = POST_WORDS[post].zh if post in POST_WORDS else None
        details = row["post_word"] or words or "法定代表人"
        kind = _INTERESTS.get(str(post), "otherInfluenceOrControl")
        return [_interest(kind, {}, period | {"details": details})]
    share = {"exact": row["share"]}
    if row["share"] is None:
        share = {"minimum": row["share_min"], "maximum": row["share_max"]}
    found = [_interest("shareholding", share, period)]
    if row["votes"] is not None:
        found.append(_interest("votingRights", {"exact": row["votes"]}, period))
    return found


def _interest(kind: str, share: Mapping[str, float | None], more: Row) -> dict[str, Any]:
    parts = {name: percent(value) for name, value in share.items() if value is not None}
    return _filled({"type": kind, "directOrIndirect": "direct", "share": parts or None, **more})
