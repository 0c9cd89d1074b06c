"""What each row itself says that put it into a party: the value that joined, and its date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from graph.errors import LedgerError
from loaders.catalogue.catalog import Catalogue
from loaders.catalogue.resource import PartyForm, Resource
from loaders.ledger import Ledger

# Which value a rule compares, the first that the row has; an organisation code also stands inside
# a credit code and behind the region of an old tax number.
_COMPARED: Mapping[str, tuple[str, ...]] = {
    "credit_code": ("uscc", "tax_number"),
    "organisation_code": ("org_code", "uscc", "tax_number"),
    "registration_number": ("registration_number",),
    "certificate_number": ("certificate_number",),
    "licence_number": ("licence_number",),
    "identity_number": ("id_number",),
}
IDENTITY = "id_number"
NAME, ORGANISATION = "name", "organisation"


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says: `what` is the kind of value, `value` itself; `on` the row's own date.

    Of an identity number `value` is empty: it is kept as a hash, which is for comparison alone.
    `organisation` is the one in which a person of this name is known, where the rule asks for it.
    """

    what: str
    value: str
    on: date | None
    organisation: str = ""


def said(
    ledger: Ledger, catalogue: Catalogue, mentions: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], Said]:
    """Return by (record id, role) what each mention's row says; imported graphs are left out.

    Raises:
        LedgerError: a batch that the mentions come from cannot be read.
        ResourceError: the catalogue lost a resource that the mentions come from.
    """
    by_role: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for mention in mentions:
        by_role.setdefault((str(mention["resource"]), str(mention["role"])), []).append(mention)
    found: dict[tuple[str, str], Said] = {}
    for (code, role), listed in sorted(by_role.items()):
        if code.startswith("flat_"):
            continue
        resource = catalogue.resource(code)
        rows = _rows(ledger, code, [str(one["record_id"]) for one in listed])
        for one in listed:
            row = rows.get(str(one["record_id"]))
            if row is not None and role in resource.parties:
                key = (str(one["record_id"]), role)
                found[key] = _said(row, resource, resource.parties[role], str(one["rule"]))
    return found


def _rows(ledger: Ledger, code: str, record_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    frame = ledger.read(code).filter(pl.col("record_id").is_in(sorted(set(record_ids))))
    try:
        rows = frame.select(pl.col("record_id", "seen_on"), pl.col("^v_.*$")).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LedgerError("ledger", code, f"cannot be read: {error}") from error
    return {str(row["record_id"]): row for row in rows.iter_rows(named=True)}


def _said(row: Mapping[str, Any], resource: Resource, form: PartyForm, rule: str) -> Said:
    for what in _COMPARED.get(rule, ()):
        column = form.identifiers.get(what)
        value = row.get(f"v_{column}") if column else None
        if value is not None:
            return Said(what, "" if what == IDENTITY else str(value), row["seen_on"])
    organisation = ""
    if rule == "name_in_organisation" and form.anchor:
        anchor = resource.parties[form.anchor].name
        organisation = str(row.get(f"v_{anchor}") or "") if anchor else ""
    name = str(row.get(f"v_{form.name}") or "") if form.name else ""
    return Said(NAME, name, row["seen_on"], organisation)
