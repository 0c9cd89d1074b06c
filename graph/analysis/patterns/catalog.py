"""The patterns by code, and how one or all are run on a day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from graph.analysis.patterns.bidders import bidder_list
from graph.analysis.patterns.clusters import dishonest_cluster, key_professional
from graph.analysis.patterns.events import exit_before_record, moved_after_penalty, shell_change
from graph.analysis.patterns.finding import NO_DATA, Finding, Leads, Search
from graph.analysis.patterns.groups import group_family
from graph.analysis.patterns.persons import banned_person, nominee_representative
from graph.analysis.patterns.rings import circular_ownership, guarantee_ring
from graph.analysis.patterns.scene import Scene
from graph.analysis.patterns.shared import shared_attributes
from graph.analysis.patterns.suits import SIDES, opposing_parties
from graph.analysis.view import View
from graph.model import Source
from graph.policy.patterns import Rule, rule_of
from graph.snapshot.reader import Snapshot

RUNS: Mapping[str, Callable[[Scene, Rule], Search]] = {
    "circular_ownership": circular_ownership,
    "dishonest_cluster": dishonest_cluster,
    "shared_attributes": shared_attributes,
    "banned_person": banned_person,
    "nominee_representative": nominee_representative,
    "key_professional": key_professional,
    "shell_change": shell_change,
    "exit_before_record": exit_before_record,
    "bidder_list": bidder_list,
    "guarantee_ring": guarantee_ring,
    "moved_after_penalty": moved_after_penalty,
    "group_family": group_family,
    "opposing_parties": opposing_parties,
}
# A graph without any link of these types holds no data for the pattern.
NEEDS = {"opposing_parties": tuple(SIDES)}
CODES = tuple(RUNS)


def find_leads(
    snapshot: Snapshot,
    view: View,
    code: str | None = None,
    asked: Mapping[str, str] | None = None,
    *,
    without: Sequence[str] = (),
) -> list[Leads]:
    """Return the answer of one pattern, or of all in order; `asked` are parameters of the one.

    `without` names patterns that are not run.

    Raises:
        PolicyError: no such pattern or parameter, or a value outside its bounds.
    """
    rules = (
        [rule_of(code, asked)] if code else [rule_of(one) for one in CODES if one not in without]
    )
    scene = Scene(snapshot, view)
    return [_run(scene, rule) for rule in rules]


def _run(scene: Scene, rule: Rule) -> Leads:
    as_of: date = scene.view.as_of
    needed = NEEDS.get(rule.code, ())
    if needed and not any(scene.links(kind).height for kind in needed):
        return Leads(rule, NO_DATA, (), 0, {}, {}, as_of, scene.snapshot.id)
    return RUNS[rule.code](scene, rule).answer(rule, as_of, scene.snapshot.id)


def sources_of(snapshot: Snapshot, finding: Finding) -> dict[str, Sequence[Source]]:
    """Return file and row behind each link key and record uid of a finding.

    A recorded link stands on every ledger record that says so, the one with authority first.
    """
    behind: dict[str, list[str]] = {}
    for key in finding.links:
        link = snapshot.link(key)
        records = link.properties.get("records") or (link.properties.get("record_id"),)
        behind[key] = [str(one) for one in records if one] if isinstance(records, tuple) else []
    subjects = {member.uid for member in finding.members}
    wanted = set(finding.records)
    for uid in sorted(subjects):
        for record in snapshot.records_of(uid) if wanted else ():
            if record.uid in wanted:
                behind.setdefault(record.uid, []).append(str(record.properties.get("record_id")))
    said = snapshot.sources(sorted({one for listed in behind.values() for one in listed}))
    return {
        key: [source for one in dict.fromkeys(listed) for source in said.get(one, ())]
        for key, listed in behind.items()
    }
