"""The wiring: settings and workspace become the services that commands and screens call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.acting import require, signed
from app.loads import Loads, open_house
from app.opened import opened
from app.rights import Right
from app.settings import Settings
from app.workspace import MOMENT
from graph.analysis.answers import Exposure
from graph.analysis.edits import Edit
from graph.analysis.exposure import expose
from graph.analysis.finder import keep_found
from graph.analysis.network import network
from graph.analysis.paths import PathAnswer, find_paths
from graph.analysis.search import Candidate, search
from graph.analysis.view import VIEWS_KEPT, View, open_view
from graph.errors import DeskError, PartyError
from graph.model import Node, Subgraph
from graph.policy.read import Policy, load_policy
from graph.protocol import GraphStore
from graph.snapshot.form import day_number
from graph.snapshot.reader import Snapshot
from graph.snapshot.status import active_records
from graph.store.open import held, open_reader
from loaders.batches import Batch
from loaders.resolve.judgements import DIFFERENT, Judgement
from queries.card import Query
from queries.catalog import Library, load_library
from queries.run import Answer, run_query

if TYPE_CHECKING:
    # What people decide and what patterns find takes a third of a second to import: who looks up a
    # party does without.
    from app.desk.leads import LeadDecisions
    from app.desk.preview import Effect, Preview
    from app.desk.review import Asked
    from app.desk.verdicts import Entry
    from graph.analysis.patterns.finding import Leads

# As many candidates as a person reads when a name is ambiguous.
CANDIDATES_NAMED = 8


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded, which snapshot is current and which one the store holds."""

    snapshot: str | None
    published: str | None
    parties: int
    links: int
    records: int
    batches: tuple[Batch, ...]
    store: str


@dataclass
class Services(Loads):
    """What commands and screens may ask for; everything behind it is opened when first needed."""

    def snapshot(self) -> Snapshot | None:
        """Return the current snapshot, or None while nothing is loaded."""
        snapshot = super().snapshot()
        if snapshot is not None:
            keep_found(snapshot, self.workspace.finding)
        return snapshot

    @opened
    def _policy(self) -> Policy:
        return load_policy(self.settings.policy)

    def policy(self) -> Policy:
        """Return the exposure policy in force."""
        return self._policy

    def view(self, as_of: date) -> View:
        """Return the graph as it stood on a day, under the policy in force."""
        snapshot = self.loaded_snapshot()
        key = (snapshot.id, as_of)
        if key not in self._views:
            for old in list(self._views)[: 1 - VIEWS_KEPT]:
                self._views.pop(old, None)
            self._views[key] = open_view(snapshot, self.policy(), as_of)
        return self._views[key]

    def search(self, text: str, limit: int = 20) -> list[Candidate]:
        """Return the parties that answer to a text, best first."""
        return search(self.loaded_snapshot(), text, limit)

    def party(self, text: str) -> Node:
        """Return the one party that is meant: by uid, identifier or exact unique name.

        Raises:
            PartyError: nobody answers to it, or several do; they are named.
        """
        snapshot = self.loaded_snapshot()
        index = snapshot.find(text)
        if index is not None:
            return snapshot.node(snapshot.uid_at(index))
        found = search(snapshot, text, CANDIDATES_NAMED + 1)
        exact = [one for one in found if one.exact]
        if len(exact) == 1:
            return snapshot.node(exact[0].uid)
        named = "; ".join(
            " ".join(part for part in (one.name, one.context, one.uid) if part)
            for one in (exact or found)[:CANDIDATES_NAMED]
        )
        if not found:
            raise PartyError("party", text, f"is not in snapshot {snapshot.id}")
        rule = "is the name of several" if exact else "is no exact name or identifier"
        raise PartyError("party", text, f"{rule}: {named}")

    def expose(
        self, uid: str, as_of: date, hops: int | None = None, edits: Sequence[Edit] = ()
    ) -> Exposure:
        """Return the exposure of one party on a day."""
        return expose(self.view(as_of), uid, hops, edits)

    def paths(self, first: str, second: str, as_of: date, **bounds: Any) -> PathAnswer:  # noqa: ANN401
        """Return the paths between two parties; bounds as in graph.analysis.paths.

        Raises:
            PartyError: both ends are the same party.
        """
        if first == second:
            raise PartyError("path", first, "must have two different ends")
        return find_paths(self.view(as_of), first, second, **bounds)

    def network(
        self,
        uids: Sequence[str],
        *,
        hops: int = 1,
        types: Sequence[str] | None = None,
        as_of: date,
        limit: int | None = None,
    ) -> Subgraph:
        """Return what surrounds some parties, with what was left out."""
        bound = self.settings.canvas_limit if limit is None else limit
        return network(
            self.loaded_snapshot(), uids, hops=hops, types=types, as_of=as_of, limit=bound
        )

    def active_records(self, uids: Sequence[str], as_of: date) -> dict[str, int]:
        """Return how many own negative records of these parties are active; none is left out."""
        snapshot = self.loaded_snapshot()
        places = {snapshot.find(uid): uid for uid in uids}
        known = [place for place in places if place is not None]
        counts = active_records(snapshot.arrays, known, day_number(as_of))
        return {places[place]: count for place, count in counts.items()}

    @opened
    def _reader(self) -> GraphStore:
        return open_reader(self.target())

    def reader(self) -> GraphStore:
        """Return the store as people's queries see it: it never writes."""
        require(self, Right.LOOK)
        return self._reader

    @opened
    def _library(self) -> Library:
        return load_library(self.workspace.folder / "queries")

    def library(self) -> Library:
        """Return the named queries, the site's own included, and which of these are broken."""
        return self._library

    def queries(self) -> tuple[Query, ...]:
        """Return the named queries that can be asked, the site's own included."""
        return self._library.queries

    def run_query(self, query: Query, params: Mapping[str, object]) -> Answer:
        """Run one named query within the limits of the settings."""
        return run_query(
            self.reader(),
            query,
            params,
            limit=self.settings.query_limit,
            timeout=timedelta(seconds=self.settings.query_timeout),
        )

    def status(self, *, ask_store: bool = True) -> Status:
        """Return what is loaded; the store is asked which snapshot it holds unless told not to."""
        snapshot = self.snapshot()
        counts: Mapping[str, int] = snapshot.manifest["counts"] if snapshot else {}
        published = held(self.target()) if ask_store and snapshot else None
        return Status(
            snapshot=snapshot.id if snapshot else None,
            published=published,
            parties=int(counts.get("parties", counts.get("nodes", 0))),
            links=int(counts.get("links", 0)),
            records=int(counts.get("records", 0)),
            batches=self.ledger.batches(),
            store=self.target().kind,
        )

    def standing(self) -> "tuple[Entry, ...]":
        """Return the judgements nobody took back, each party by its uid of today."""
        snapshot = self.loaded_snapshot()

        def now(uid: str) -> str:
            place = snapshot.find(uid)
            return uid if place is None else snapshot.uid_at(place)

        found = []
        for entry in self.judgements.standing():
            ends = (now(entry.one), now(entry.other))
            # A row that is to leave its party has the party's uid until it has left.
            kept = entry if ends[0] == ends[1] and entry.decision == DIFFERENT else None
            found.append(kept or replace(entry, one=ends[0], other=ends[1]))
        return tuple(found)

    def detach(self, asked: "Asked", now: datetime) -> "Entry":
        """Judge that a row, given by its own uid, is not of the party; the next load takes it out.

        Raises:
            DeskError: it is not of the party, or a code says that it is.
        """
        from app.desk.detaching import detachment  # noqa: PLC0415 - as said above; so below

        with self.workspace.writing(MOMENT):
            before, persons = self.standing(), self.settings.review_persons
            own = signed(self, asked, before, persons)
            new = detachment(self.loaded_snapshot(), own, now.isoformat(timespec="seconds"))
            return self.judgements.decide(new, before, persons)

    def decide(self, asked: "Asked", now: datetime) -> "Entry":
        """Judge two parties, given by uid; it takes effect with the next load or rebuild.

        Raises:
            DeskError: valid codes, or judgements before, say otherwise.
        """
        from graph.analysis.identity import compare  # noqa: PLC0415

        found = compare(self.loaded_snapshot(), *sorted((asked.one, asked.other)))
        if asked.decision == "same" and found.verdict == "different":
            said = f"{found.one.name} / {found.other.name}"
            raise DeskError("judgement", said, "is denied by valid identifiers that differ")
        with self.workspace.writing(MOMENT):
            before, persons = self.standing(), self.settings.review_persons
            new = signed(self, asked, before, persons).entry(found, now)
            return self.judgements.decide(new, before, persons)

    def preview(self, pair: tuple[str, str], decision: str, as_of: date) -> "Preview":
        """Return what a judgement on two parties, given by uid, would change; it is not taken."""
        from app.desk.preview import preview  # noqa: PLC0415

        new = Judgement(pair[0], pair[1], decision)
        now, room = self.loaded_snapshot(), self.workspace.folder
        return preview(self.pipeline(), new, now, self.policy(), as_of, room)

    def effect(self, pair: tuple[str, str], as_of: date) -> "Effect":
        """Return at once what would change if two parties, given by uid, were one."""
        from app.desk.preview import effect  # noqa: PLC0415

        return effect(self.view(as_of), self.loaded_snapshot(), *pair)

    @opened
    def lead_decisions(self) -> "LeadDecisions":
        """Return what people decided about leads."""
        from app.desk.leads import LeadDecisions  # noqa: PLC0415

        return LeadDecisions(f"sqlite:///{self.workspace.desk}")

    def leads(self, code: str | None, asked: Mapping[str, str], as_of: date) -> "list[Leads]":
        """Return the leads of one pattern, or of all, on a day."""
        from graph.analysis.patterns.catalog import find_leads  # noqa: PLC0415

        return find_leads(self.loaded_snapshot(), self.view(as_of), code, asked)


def open_services(settings: Settings, *, create: bool = False) -> Services:
    """Return the services of a workspace, making it where `create`.

    They act for nobody where it says who may work there (app/acting.py: acting_for).

    Raises:
        WorkspaceError: there is none and none may be made, or it cannot be written.
        SettingsError: its file of users is wrong.
    """
    return open_house(Services, settings, create=create)
