"""The scans that a workspace keeps: the latest of a snapshot, and where the next goes on from."""

from pathlib import Path

import numpy as np

from app.workspace import Workspace
from graph.analysis.kernels.graded import tallied
from graph.analysis.kernels.scan import MOST_HOPS
from graph.analysis.rescan import rescan, scan_whole
from graph.analysis.scaling import largest_scale, scaled
from graph.analysis.scan_files import (
    KeptScan,
    Question,
    keep_scan,
    note_run,
    open_scan,
    question_of,
    runs,
)
from graph.analysis.scan_working import has_working, keep_working, working_of
from graph.analysis.view import View, open_view
from graph.analysis.whole_graph import LEVELS, Scan, pairs_on, radius_on, scan, settle_most
from graph.errors import AnalysisError, PolicyError

# While no larger part of the parties has other lists, the next scan goes on from the same one:
# writing down half a gigabyte costs more than to make few lists again.
_NEAR_ENOUGH = 0.1
# What is said instead of a key for the last scan before.
PREVIOUS = "previous"


def latest_scan(workspace: Workspace, snapshot: str) -> KeptScan | None:
    """Return the scan of this snapshot that was asked for last, or None where there is none.

    What is known of another snapshot says nothing of this one.
    """
    for key in reversed(runs(workspace.scans)):
        kept = open_scan(workspace.scans / key)
        if kept is not None and kept.question.snapshot == snapshot:
            return kept
    return None


def scan_before(workspace: Workspace, kept: KeptScan, key: str | None) -> KeptScan:
    """Return the scan to compare another with: of a key, else the last one that asks alike.

    Raises:
        AnalysisError: there is none, or several keys begin so.
    """
    if key is not None:
        return kept_scan(workspace, key)
    asked = (kept.question.policy, kept.question.hops)
    for name in reversed(runs(workspace.scans)):
        other = open_scan(workspace.scans / name)
        if other is None or other.key == kept.key:
            continue
        if (other.question.policy, other.question.hops) == asked:
            return other
    rule = f"has no scan before it under policy {asked[0]} over {asked[1]} links"
    raise AnalysisError("scan", kept.key, rule)


def kept_scan(workspace: Workspace, key: str) -> KeptScan:
    """Return the scan of a key, or of the beginning of one.

    Raises:
        AnalysisError: none is kept under it, or several are.
    """
    keys = [one for one in runs(workspace.scans) if one.startswith(key)]
    found = [kept for one in keys if (kept := open_scan(workspace.scans / one)) is not None]
    if len(found) != 1:
        rule = "is no scan that is kept here" if not found else "begins the key of several scans"
        raise AnalysisError("scan", key, rule)
    return found[0]


def scan_kept(workspace: Workspace, view: View, hops: int, known_at: str | None = None) -> KeptScan:
    """Return the scan of a view, kept: as it stands there, reckoned on from the last, or whole.

    Raises:
        AnalysisError: hops outside 1..3, or the folder cannot be written.
        PolicyError: the policy amplifies on this graph.
    """
    root, question = workspace.scans, question_of(view, hops, known_at)
    kept = open_scan(root / question.key)
    if kept is None:
        try:
            kept = _computed(root, view, question)
        except PolicyError as error:
            raise _with_remedy(view, error) from error
    if known_at is None:
        note_run(root, kept.key)
    return kept


def _with_remedy(view: View, error: PolicyError) -> PolicyError:
    """Return the refusal with what would be accepted: by how much factors would have to fall."""
    scale = largest_scale(view, float(str(error.value)))
    remedy = f"with every factor × {scale:g} it is accepted: `xinmai scan --scaled`"
    return PolicyError(error.thing, error.value, f"{error.rule}; {remedy}")


def with_scale(view: View) -> View:
    """Return the view with the largest part of its factors that is accepted; all where all are."""
    radius = radius_on(pairs_on(view))
    if radius <= view.policy.spectral_limit:
        return view
    policy = scaled(view.policy, largest_scale(view, radius))
    return open_view(view.snapshot, policy, view.as_of)


def _computed(root: Path, view: View, question: Question) -> KeptScan:
    if question.hops != MOST_HOPS:
        found = settle_most(view, scan(view, question.hops))
        return keep_scan(root, question, found, _counted(view, found))
    base = _base(root, question)
    before = working_of(root, base) if base is not None else None
    if base is None or before is None:
        found, working = scan_whole(view)
        found = settle_most(view, found, working.pairs)
        kept = keep_scan(root, question, found, _counted(view, found))
        keep_working(root, kept, working)
        return kept
    found, onward = rescan(view, before)
    found = settle_most(view, found, onward.entries.pairs, onward.places.number)
    kept = keep_scan(root, question, found, _counted(view, found), base)
    if onward.anew > _NEAR_ENOUGH * found.exposure.size:
        keep_working(root, kept, onward.working())
    return kept


def _base(root: Path, question: Question) -> KeptScan | None:
    """Return the latest scan under the same policy of which the working is kept."""
    for key in reversed(runs(root)):
        kept = open_scan(root / key) if has_working(root, key) else None
        if kept is not None and kept.question.hops == question.hops:
            asked = (kept.question.digest, kept.question.policy)
            return kept if asked == (question.digest, question.policy) else None
    return None


def _counted(view: View, found: Scan) -> dict[str, int]:
    """Return how many parties there are, at each level, exposed, and over weak links alone."""
    parties = np.asarray(view.snapshot.arrays["node_party"], np.bool_)
    low = found.bounds.low.cap
    values = (found.level, found.exposure, found.floor, parties)
    levels, exposed, weak = tallied(*values, low, len(LEVELS))
    return {
        "parties": int(np.count_nonzero(parties)),
        **dict(zip(LEVELS, levels.tolist(), strict=True)),
        "exposed": exposed,
        "weak": weak,
        "unsettled": int(found.unsettled.size),
        "settled": int(found.settled.size),
    }
