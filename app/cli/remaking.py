"""核验: the question of a certificate asked again, on the snapshot and the day that it names."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.acting import require
from app.bootstrap import Services
from app.rights import Right
from graph.analysis.printed import get
from graph.analysis.remade import ABSENT, Difference, compared, remake
from graph.analysis.view import open_view
from graph.errors import AnalysisError, CertificateError, SnapshotError
from graph.snapshot.kept import kept
from graph.snapshot.reader import Snapshot, open_snapshot

# Characters of a value in one line; as JSON it is given whole.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """What came of asking again: every difference, or `why` it cannot be asked there."""

    snapshot: str
    differences: tuple[Difference, ...]
    why: str = ""

    @property
    def same(self) -> bool:
        """Return whether the certificate is what the snapshot gives."""
        return not self.differences and not self.why

    def to_json(self) -> dict[str, Any]:
        """Return it as the command line answers it."""
        return {
            "same": self.same,
            "snapshot": self.snapshot,
            "why": self.why,
            "differences": [
                {"where": one.where, "certificate": one.shown, "snapshot": one.made}
                for one in self.differences
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield it as a person reads it."""
        if self.same:
            yield f"made again on snapshot {self.snapshot}: the same"
        if self.why:
            yield f"cannot be made again on snapshot {self.snapshot}: {self.why}"
        for one in self.differences:
            told = f"certificate {_short(one.shown)}, snapshot {_short(one.made)}"
            yield f"differs: {one.where}: {told}"


def _short(value: object) -> str:
    if value is ABSENT:
        return "-"
    whole = json.dumps(value, ensure_ascii=False)
    return whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"


def _snapshot(house: Services, name: str) -> Snapshot:
    require(house, Right.LOOK)
    ids: list[str] = []
    for root in (house.workspace.snapshots, house.workspace.known):
        here = [one.id for one in kept(root)]
        if name in here:
            return open_snapshot(root / name)
        ids += here
    rule = f"is not kept in this workspace; kept are {len(ids)}: {', '.join(ids) or 'none'}"
    raise SnapshotError("snapshot", name, rule)


def made_again(house: Services, document: Mapping[str, Any]) -> MadeAgain:
    """Return in what a certificate differs from the one that its snapshot gives now.

    Raises:
        SnapshotError: its snapshot is not kept here.
        CertificateError: it is of another policy than the one in force, or of no day.
    """
    named = get(document, "snapshot", str)
    snapshot, policy = _snapshot(house, named), house.policy()
    if document.get("policy", policy.version) != policy.version:
        rule = f"is not in force: {policy.version} is; give --policy FILE"
        raise CertificateError("policy", document["policy"], rule)
    try:
        as_of = date.fromisoformat(get(document, "as_of", str))
    except ValueError as error:
        raise CertificateError("certificate", document["as_of"], "is no day: as_of") from error
    try:
        made = remake(document, open_view(snapshot, policy, as_of))
    except AnalysisError as error:
        return MadeAgain(named, (), str(error))
    return MadeAgain(named, tuple(compared(document, made)))
