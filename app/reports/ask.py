"""What a report is asked for and what it stands on: a snapshot, a day, what was decided by then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from app.desk.archive import Request
from app.desk.leads import LeadDecision, LeadDecisions
from app.presenters.chain import name_of
from app.reports.words import listed as joined
from app.reports.words import word
from app.users import User
from app.workspace import Workspace
from graph.analysis.answers import Exposure
from graph.analysis.exposure import expose
from graph.analysis.patterns.catalog import find_leads
from graph.analysis.patterns.finding import Finding, Leads
from graph.analysis.view import View, open_view
from graph.errors import ReportError
from graph.model import Link, Record, Source
from graph.policy.read import Policy
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot, open_snapshot
from loaders.batches import Batch
from loaders.catalogue.catalog import Catalogue
from loaders.flat.forms import with_forms
from loaders.ledger import Ledger

# What a public print may show; what a source does not grade is public by its publication.
_PUBLIC = (None, "", "public")
# How far the making of a report is: steps done, of how many, and the last of them in words.
Step = Callable[[int, int, str], None]
# Computed families are no leads of misconduct: the section on control has them.
NO_LEADS = ("group_family",)
# Records of these states have left every current view (domain R-03).
_GONE = ("repaired", "revoked", "expired")


class House(Protocol):
    """What reports ask of the services, which act for a `user`."""

    user: User

    @property
    def workspace(self) -> Workspace:
        """Return the workspace, whose desk numbers reports."""

    @property
    def ledger(self) -> Ledger:
        """Return what was loaded when."""

    @property
    def catalogue(self) -> Catalogue:
        """Return what the resources are called."""

    @property
    def lead_decisions(self) -> LeadDecisions:
        """Return what people decided about leads."""

    def loaded_snapshot(self) -> Snapshot:
        """Return the current snapshot."""

    def policy(self) -> Policy:
        """Return the policy in force."""

    def view(self, as_of: date) -> View:
        """Return the graph of a day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, with the day as a date: whom about, what for, by whose leave, how far.

    `listed` are the rows of a list of bidders, or of a related-party report the uids and link keys
    that a person put aside, one a row. `known_on` is the day by whose end all that the report knows
    had been loaded and judged, "" where it is today; `language` is that of the report.
    """

    uid: str
    purpose: str
    as_of: date
    kind: str = "related"
    hops: int | None = None
    authorisation: str = ""
    applicant: str = ""
    since: str = ""
    listed: tuple[tuple[str, ...], ...] = ()
    known_on: str = ""
    language: str = "zh"

    def request(self, ground: "Ground", name: str, content_hash: str) -> Request:
        """Return the request as it is archived."""
        return Request(
            uid=self.uid,
            name=name,
            purpose=self.purpose,
            as_of=self.as_of.isoformat(),
            snapshot=ground.snapshot.id,
            policy=ground.view.policy.version,
            content_hash=content_hash,
            kind=self.kind,
            hops=self.hops,
            authorisation=self.authorisation,
            applicant=self.applicant,
            known_at=ground.known_at,
            since=self.since,
            listed=self.listed,
            known_on=self.known_on,
            language=self.language,
        )


def asked_of(request: Request) -> Asked:
    """Return what an archived report was asked for."""
    return Asked(
        uid=request.uid,
        purpose=request.purpose,
        as_of=date.fromisoformat(request.as_of),
        kind=request.kind,
        hops=request.hops,
        authorisation=request.authorisation,
        applicant=request.applicant,
        since=request.since,
        listed=request.listed,
        known_on=request.known_on,
        language=request.language,
    )


def _silent(done: int, total: int, words: str) -> None:
    del done, total, words


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a report's words follow from.

    `decisions` are those on leads that were made by `known_at`; `batches` the files behind the
    snapshot; `titles` what the resources are called; `former` the snapshot that this one is
    compared with, where that was asked for; `step` is told of every section that is written.
    """

    snapshot: Snapshot
    view: View
    batches: tuple[Batch, ...]
    decisions: tuple[LeadDecision, ...]
    known_at: str
    titles: Mapping[str, Text]
    former: Snapshot | None = None
    step: Step = _silent
    _leads: list[Leads] = field(default_factory=list)
    _exposures: dict[tuple[str, int | None], Exposure] = field(default_factory=dict)

    def leads(self) -> Sequence[Leads]:
        """Return the leads of all patterns that are no families; found once for this ground."""
        if not self._leads:
            self._leads.extend(find_leads(self.snapshot, self.view, without=NO_LEADS))
        return self._leads

    def leads_about(self, uid: str) -> list[tuple[Leads, Finding]]:
        """Return the leads in which a party plays."""
        return [
            (leads, finding)
            for leads in self.leads()
            for finding in leads.findings
            if any(member.uid == uid for member in finding.members)
        ]

    def expose(self, uid: str, hops: int | None = None) -> Exposure:
        """Return the exposure of a party."""
        if (uid, hops) not in self._exposures:
            self._exposures[uid, hops] = expose(self.view, uid, hops)
        return self._exposures[uid, hops]

    def name(self, uid: str) -> str:
        """Return a party's name."""
        return name_of(self.snapshot, uid)

    def link(self, key: str) -> Link:
        """Return a link by its key."""
        return self.snapshot.link(key)

    def records(self, uid: str) -> list[Record]:
        """Return the records of a party that a public print may show, newest first."""
        found = [
            one
            for one in self.snapshot.records_of(uid, self.view.as_of)
            if one.properties.get("disclosure") in _PUBLIC
            and (one.status not in _GONE or (one.positive and one.status == "expired"))
        ]
        return sorted(found, key=lambda one: (one.decided_on or date.min, one.uid), reverse=True)

    def active(self, uid: str) -> list[Record]:
        """Return the active negative records of a party that a public print may show."""
        return [one for one in self.records(uid) if one.status == "active" and not one.positive]

    def said(self, record_id: object) -> Sequence[Source]:
        """Return the files and rows of a ledger record."""
        return self.snapshot.sources([str(record_id)]).get(str(record_id), ())

    def resources(self, sources: Sequence[Source]) -> str:
        """Return what the tables behind some rows are called."""
        return joined(dict.fromkeys(self.title(one.resource) for one in sources))

    def title(self, resource: str) -> str:
        """Return what a resource is called; one that the catalogue no longer has keeps its code."""
        known = self.titles.get(resource)
        return resource if known is None else word(known)


def ground_of(house: House, as_of: date, since: str = "", known_at: str | None = None) -> Ground:
    """Return the ground of a report on the current snapshot."""
    former = _former(house, since) if since else None
    return _ground(house, house.loaded_snapshot(), house.view(as_of), former, known_at)


def ground_again(house: House, request: Request) -> Ground:
    """Return the ground that an archived report stood on.

    Raises:
        ReportError: the snapshot is gone, or the policy in force is another.
    """
    as_of = date.fromisoformat(request.as_of)
    if house.policy().version != request.policy:
        rule = f"is not in force: {house.policy().version} is; name its file in the settings"
        raise ReportError("policy", request.policy, rule)
    if request.snapshot == house.loaded_snapshot().id:
        return ground_of(house, as_of, request.since, request.known_at)
    snapshot = _former(house, request.snapshot)
    former = _former(house, request.since) if request.since else None
    view = open_view(snapshot, house.policy(), as_of)
    return _ground(house, snapshot, view, former, request.known_at)


def _former(house: House, name: str) -> Snapshot:
    room = house.workspace
    # The services of an earlier day have snapshots of their own.
    folders = (one / name for one in (room.folder / "snapshots", room.known))
    found = next((folder for folder in folders if folder.is_dir()), None)
    if found is None:
        raise ReportError("snapshot", name, "is no longer in this workspace")
    return open_snapshot(found)


def _ground(
    house: House, snapshot: Snapshot, view: View, former: Snapshot | None, known_at: str | None
) -> Ground:
    inside = set(snapshot.manifest["inputs"].get("batches", ()))
    batches = [one for one in house.ledger.batches() if one.batch in inside]
    listed = house.lead_decisions.listed()
    newest = max((at for one in listed for at in (one.made_at, one.undone_at or "")), default="")
    known = newest if known_at is None else known_at
    return Ground(
        snapshot=snapshot,
        view=view,
        batches=tuple(sorted(batches, key=lambda one: (one.resource, one.file, one.batch))),
        decisions=tuple(_then(one, known) for one in listed if one.made_at <= known),
        known_at=known,
        titles={
            code: Text(one.title.zh, one.title.en)
            for code, one in with_forms(house.catalogue.by_code).items()
        },
        former=former,
    )


def _then(decision: LeadDecision, known_at: str) -> LeadDecision:
    """Return a decision as it stood then: what was taken back later still stood."""
    if decision.undone_at is None or decision.undone_at <= known_at:
        return decision
    return replace(decision, undone_at=None, undone_by=None)
