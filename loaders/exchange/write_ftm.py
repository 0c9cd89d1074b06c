"""Writing FollowTheMoney: one entity a line, parties first, then what joins them."""

from collections.abc import Iterator, Mapping
from typing import Any

from graph.schema.catalog import SCHEMA
from graph.schema.codes import POSTS
from graph.snapshot.reader import Snapshot
from loaders.exchange.statements import country_code, percent

# Only a company is an asset in the model: what is held must be one.
SCHEMATA = {
    "Person": "Person",
    "Enterprise": "Company",
    "PractisingBody": "Company",
    "PublicInstitution": "Organization",
    "SocialOrganisation": "Organization",
    "Organ": "PublicBody",
    "UnknownHolder": "LegalEntity",
}
ASSETS = frozenset({"Company"})
DIRECTED = frozenset({"Company", "Organization", "PublicBody"})
# Leads are no facts, and what stands between parties and other nodes has no word in the model.
_LEFT_OUT = frozenset({"POSSIBLY_SAME"})

Row = Mapping[str, Any]


def ftm_entities(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Yield every party and every link between parties; identity numbers do not go out."""
    schemata: dict[str, str] = {}
    for row in snapshot.table("nodes").sort("uid").collect().iter_rows(named=True):
        if row["label"] in SCHEMATA:
            schemata[row["uid"]] = SCHEMATA[row["label"]]
            yield _entity(row["uid"], SCHEMATA[row["label"]], _party(row))
    for row in snapshot.table("links").sort("key").collect().iter_rows(named=True):
        ends = row["source"] in schemata and row["target"] in schemata
        if ends and row["type"] not in _LEFT_OUT:
            yield _link(row, schemata[row["target"]])


def _entity(uid: str, schema: str, values: Mapping[str, object]) -> dict[str, Any]:
    properties = {
        name: [str(one) for one in (value if isinstance(value, list) else [value])]
        for name, value in values.items()
        if value not in (None, [], "")
    }
    return {"id": uid, "schema": schema, "properties": properties}


def _party(row: Row) -> dict[str, object]:
    common = {"name": row["name"] or row["uid"], "previousName": row["former_names"]}
    if row["label"] == "Person":
        return common | {
            "nationality": country_code(row["nationality"]),
            "birthDate": row["birth_year"],
        }
    return common | {
        "uscCode": row["uscc"],
        "registrationNumber": row["registration_number"],
        "jurisdiction": country_code(row["country"] or ("CN" if row["uscc"] else None)),
        "legalForm": row["enterprise_type"],
        "incorporationDate": row["established_on"],
        "dissolutionDate": row["ended_on"],
        "address": row["address"],
    }


def _link(row: Row, target: str) -> dict[str, Any]:
    values = {
        "startDate": row["valid_from"],
        "endDate": row["valid_to"],
        "recordId": row["record_id"],
    }
    kind = row["type"]
    if kind == "HOLDS_SHARES" and target in ASSETS:
        share = row["share"]
        values |= {
            "owner": row["source"],
            "asset": row["target"],
            "percentage": None if share is None else percent(share),
            "role": SCHEMA.link(kind).title.zh,
        }
        return _entity(row["key"], "Ownership", values)
    if kind in {"REPRESENTS", "HOLDS_POST"} and target in DIRECTED:
        ends = {"director": row["source"], "organization": row["target"]}
        return _entity(row["key"], "Directorship", values | ends | {"role": _role(row)})
    ends = {"subject": row["source"], "object": row["target"], "role": SCHEMA.link(kind).title.zh}
    return _entity(row["key"], "UnknownLink", values | ends)


def _role(row: Row) -> str:
    if row["type"] == "REPRESENTS":
        return SCHEMA.link("REPRESENTS").title.zh
    words = POSTS.get(str(row["post"]))
    return str(row["post_word"] or (words.zh if words else row["post"]))
