"""How a party was put together: the snapshot's mentions, the ledger's rows, people's judgements."""

from collections.abc import Sequence
from typing import Protocol

from app.desk.verdicts import Entry
from app.presenters.party import source_text
from app.presenters.steps import How, Step, steps_of
from app.texts.read import spoken, text
from graph.model import Node
from graph.policy.read import Policy
from graph.snapshot.reader import Snapshot
from loaders.catalogue.catalog import Catalogue
from loaders.joining import said
from loaders.ledger import Ledger
from loaders.resolve.judgements import DETACHED, DIFFERENT, RULE, SAME

# The property of a party that a rule compared.
_HELD = {
    "credit_code": "uscc",
    "organisation_code": "org_code",
    "registration_number": "registration_number",
    "certificate_number": "certificate_number",
    "licence_number": "licence_number",
    "identity_number": "id_mask",
    "full_name": "name",
    "name_variant": "name",
    "company_name": "name",
    "name_among_licensed": "name",
    "name_in_organisation": "name",
}


class House(Protocol):
    """What the steps are read from."""

    @property
    def ledger(self) -> Ledger:
        """Return the ledger."""

    @property
    def catalogue(self) -> Catalogue:
        """Return the resources."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def policy(self) -> Policy:
        """Return the policy in force."""

    def effective(self) -> tuple[Entry, ...]:
        """Return the judgements that take effect."""


def how(house: House, uid: str) -> How:
    """Return the steps in which a party was put together.

    Raises:
        SnapshotError: the snapshot knows no such uid.
        LedgerError: the rows behind it cannot be read.
    """
    snapshot = house.loaded_snapshot()
    node = snapshot.node(uid)
    mentions = snapshot.mentions_of(node.uid)
    values = said(house.ledger, house.catalogue, mentions)
    loaded = {batch.batch: batch.loaded_at for batch in house.ledger.batches()}
    steps = []
    for rule, rows in steps_of(mentions, values, loaded).items():
        held, held_at = _held(snapshot, node, _HELD.get(rule, ""))
        judged = _judged(snapshot, node.uid, house.effective(), rule)
        steps.append(Step(rule, rows, held, held_at, tuple(judged)))
    rules = str(snapshot.manifest.get("inputs", {}).get("rules", "—"))
    return How(node.uid, node.name, snapshot.id, rules, house.policy().version, tuple(steps))


def _held(snapshot: Snapshot, node: Node, name: str) -> tuple[str, str]:
    """Return the party's own value of a property and where it stands."""
    value = node.name if name == "name" else node.properties.get(name)
    if not name or value is None:
        return "", ""
    own = (str(node.properties.get("record_id")),)
    records = node.sources.get(name, own)
    found = snapshot.sources(sorted(records))
    listed = [source for record in records for source in found.get(record, ())]
    return str(value), source_text(listed, spoken()) if listed else ""


# What was decided where a rule stands.
_DECIDED = {RULE: SAME, DETACHED: DIFFERENT}


def _judged(snapshot: Snapshot, uid: str, effective: Sequence[Entry], rule: str) -> list[str]:
    if rule not in _DECIDED:
        return []
    place, decision = snapshot.find(uid), _DECIDED[rule]
    return [
        text(
            f"line.how.judged_{decision}",
            number=entry.id,
            one=f"{entry.one_name} {entry.one}",
            other=f"{entry.other_name} {entry.other}",
            author=entry.author,
            at=entry.made_at,
            reason=entry.reason,
        )
        for entry in effective
        if entry.decision == decision
        and place in (snapshot.find(entry.one), snapshot.find(entry.other))
    ]
