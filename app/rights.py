"""Who may do what: one table of rights and the roles that have them; nothing else decides it."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is at this site, by the official term; `users.toml` writes it so."""

    QUERIER = "查询员"
    INVESTIGATOR = "核查员"
    REVIEWER = "审核员"
    DATA_ADMINISTRATOR = "数据管理员"
    AUDITOR = "安全审计员"


class Right(StrEnum):
    """One thing that may be done; its names in both languages are the texts `right.<value>`."""

    LOOK = "look"
    JUDGE = "judge"
    APPROVE = "approve"
    REPORT = "report"
    CYPHER = "cypher"
    LOAD = "load"
    REBUILD = "rebuild"
    HAND_OVER = "hand_over"
    AUDIT = "audit"


_ALL_BUT_AUDITOR = frozenset(Role) - {Role.AUDITOR}
_INVESTIGATING = frozenset({Role.INVESTIGATOR, Role.REVIEWER})
TABLE: Mapping[Right, frozenset[Role]] = {
    # Whoever loads must see whether it arrived; who audits people sees nobody's records.
    Right.LOOK: _ALL_BUT_AUDITOR,
    Right.JUDGE: _INVESTIGATING,
    Right.APPROVE: frozenset({Role.REVIEWER}),
    Right.REPORT: _INVESTIGATING,
    Right.CYPHER: _INVESTIGATING,
    Right.LOAD: frozenset({Role.DATA_ADMINISTRATOR}),
    Right.REBUILD: frozenset({Role.REVIEWER, Role.DATA_ADMINISTRATOR}),
    Right.HAND_OVER: frozenset({Role.REVIEWER, Role.DATA_ADMINISTRATOR}),
    Right.AUDIT: frozenset({Role.AUDITOR}),
}
# Roles that nobody has together: who can change the data does not check who did (S-17).
APART = (frozenset({Role.DATA_ADMINISTRATOR, Role.AUDITOR}),)
# Screen -> the right without which it is absent.
PAGES: Mapping[str, Right] = {
    "overview": Right.LOOK,
    "search": Right.LOOK,
    "party": Right.LOOK,
    "network": Right.LOOK,
    "paths": Right.LOOK,
    "exposure": Right.LOOK,
    "ownership": Right.LOOK,
    "leads": Right.LOOK,
    "review": Right.JUDGE,
    "report": Right.REPORT,
    "batch": Right.REPORT,
    "query": Right.LOOK,
    "data": Right.LOAD,
    "audit": Right.AUDIT,
}
# Kind of job -> the right to start it, stop it and see what it made.
JOBS: Mapping[str, Right] = {
    "known": Right.LOOK,
    "scan": Right.REPORT,
    "report": Right.REPORT,
    "report-verify": Right.REPORT,
    "check": Right.REPORT,
    "batch": Right.REPORT,
    "load": Right.LOAD,
    "demo": Right.LOAD,
}


def right_of_job(kind: str) -> Right:
    """Return the right that a kind of job asks for; a kind of another release is the loader's."""
    return JOBS.get(kind, Right.LOAD)
