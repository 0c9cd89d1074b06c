"""Leads as a screen shows them: what is listed, the rows behind one, decisions as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.presenters import figures
from app.presenters.chain import link_words, name_of, record_words
from app.presenters.party import source_text
from app.presenters.patterns import role, title
from app.texts.read import spoken, text
from graph.analysis.patterns.catalog import sources_of
from graph.analysis.patterns.finding import Finding, Leads
from graph.policy.patterns import Parameter
from graph.snapshot.reader import Snapshot

Row = Mapping[str, object]
# Computed from registered data, no suspicion: what a family of companies is (method 7).
COMPUTED = frozenset({"group_family"})
# Parties named on the face of a card; the table behind it has all.
NAMED = 4
OPEN, CONFIRMED, DISMISSED, EVERY = "open", "confirmed", "dismissed", "every"
STATES = (OPEN, CONFIRMED, DISMISSED, EVERY)


@dataclass(frozen=True, slots=True)
class Listed:
    """The leads of a pattern that fit, and how many there are of each state."""

    fitting: tuple[Finding, ...]
    counts: Mapping[str, int]


def listed(
    leads: Leads, states: Mapping[str, str], wanted: str, party: str | None = None
) -> Listed:
    """Return the leads of a state, those of one party alone where it is given.

    `states` is by lead's id what it has come to; one dismissed before that is back is open again.
    """
    here = [
        one
        for one in leads.findings
        if party is None or party in {member.uid for member in one.members}
    ]
    of = {one.id: states[one.id] if states[one.id] in STATES else OPEN for one in here}
    counts = {state: sum(found == state for found in of.values()) for state in STATES[:-1]}
    return Listed(tuple(one for one in here if wanted in (EVERY, of[one.id])), counts)


def heading(finding: Finding) -> str:
    """Return what a lead is called: suspected, but for what is computed."""
    named = title(finding.rule.code)
    return named if finding.rule.code in COMPUTED else text("leads.suspected", title=named)


def kind_word(finding: Finding) -> str:
    """Return the kind of statement that a finding is."""
    return text("leads.computed" if finding.rule.code in COMPUTED else "leads.lead")


def involved(finding: Finding) -> Mapping[str, str]:
    """Return the names of who plays in a lead by uid: each once, in however many roles."""
    return {one.uid: one.name for one in finding.members}


def named(finding: Finding) -> str:
    """Return the first of whom a lead involves by name, further ones counted."""
    names = [name for name in involved(finding).values() if name]
    told = text("frame.comma").join(names[:NAMED])
    more = len(names) - NAMED
    return told + (text("leads.more", count=more) if more > 0 else "")


def member_rows(finding: Finding) -> list[Row]:
    """Return who plays in a lead and as what."""
    return [
        {
            text("leads.column_role"): role(one.role),
            text("leads.column_party"): one.name,
            text("leads.column_id"): one.uid,
        }
        for one in finding.members
    ]


def evidence_rows(finding: Finding, snapshot: Snapshot) -> list[Row]:
    """Return the links and records that a lead rests on, each with file and row."""
    said = sources_of(snapshot, finding)
    subjects = {member.uid for member in finding.members}
    wanted = set(finding.records)
    records = {
        one.uid: one
        for uid in (sorted(subjects) if wanted else ())
        for one in snapshot.records_of(uid)
        if one.uid in wanted
    }
    rows: list[Row] = []
    for key in (*finding.records, *finding.links):
        if key in wanted:
            record = records.get(key)
            whose = name_of(snapshot, record.subject) if record else figures.MISSING
            words = record_words(record, spoken()) if record else ""
            told = f"{whose}{text('frame.colon')}{words}" if record else key
        else:
            link = snapshot.link(key)
            ends = (
                f"{name_of(snapshot, link.source)} —{link_words(link, spoken())}→ "
                f"{name_of(snapshot, link.target)}"
            )
            period = figures.period(link.valid_from, link.valid_to, spoken())
            told = text("frame.because", said=ends, why=period)
        rows.append(
            {
                text("leads.column_between"): told,
                text("leads.column_source"): source_text(said.get(key, ()), spoken()),
                text("leads.column_row"): key,
            }
        )
    return rows


def parameter_text(parameter: Parameter) -> str:
    """Return the bounds of a parameter, its usual value and where that comes from."""
    return text(
        "leads.bounds",
        least=parameter.least,
        most=parameter.most,
        value=parameter.value,
        source=parameter.source,
    )


def values_text(values: Mapping[str, float | int]) -> str:
    """Return the values in force, named."""
    comma = "，" if spoken() == "zh" else ", "
    told = comma.join(f"{text(f'leads.param.{name}')} {value:g}" for name, value in values.items())
    return told or text("patterns.none")


def number_format(parameter: Parameter) -> tuple[float | int, str]:
    """Return the step and the format in which a parameter is entered: whole, or a fraction."""
    if isinstance(parameter.value, int):
        return 1, "%d"
    return 0.001, "%.3f"


def ordered(findings: Iterable[Finding], begin: int, count: int) -> Sequence[Finding]:
    """Return one page of leads."""
    return tuple(findings)[begin : begin + count]
