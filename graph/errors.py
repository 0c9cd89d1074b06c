"""Every error raised on purpose, drawn as a tree.

XinmaiError                 refused on purpose: thing, value, rule
├── IdentifierError         a code that breaks its standard
├── SchemaError             a declaration that cannot exist
├── PolicyError             a policy file that breaks its rules
├── SnapshotError           a snapshot that is missing, damaged or of another form
│   └── StatementsError     files that say what no snapshot can be made of
├── StoreError              a database that refused or is not there
│   ├── StoreUnavailableError   nobody answers, or not with this password
│   └── StoreTimeoutError       it did not finish in time
├── AnalysisError           a question that the arrays cannot answer
│   └── CertificateError    a certificate that does not add up
├── QueryError              a query that the guard or its card refuses
├── LoadError               a file, resource or ledger that cannot be used
│   ├── ResourceError       a catalogue entry that breaks its form
│   ├── UnreadableError     a file that is not what it claims to be
│   └── LedgerError         a ledger that cannot be read or written
├── SettingsError           a setting that breaks its rule
├── WorkspaceError          a folder that cannot serve as workspace
├── PartyError              no party, or more than one, answers to this name
├── DeskError               a decision that cannot be taken
│   └── DecidedError        somebody else decided otherwise, and that was not looked at
├── RightError              something that this person has no right to
└── ReportError             a report that cannot be made
"""

__all__ = [
    "AnalysisError",
    "CertificateError",
    "DecidedError",
    "DeskError",
    "IdentifierError",
    "LedgerError",
    "LoadError",
    "PartyError",
    "PolicyError",
    "QueryError",
    "ReportError",
    "ResourceError",
    "RightError",
    "SchemaError",
    "SettingsError",
    "SnapshotError",
    "StatementsError",
    "StoreError",
    "StoreTimeoutError",
    "StoreUnavailableError",
    "UnreadableError",
    "WorkspaceError",
    "XinmaiError",
]


# More of a value than a line of a terminal or a message on a screen shows tells nobody more.
LONGEST_VALUE = 240


class XinmaiError(Exception):
    """Refused on purpose: the thing, the value it had, the rule it breaks."""

    def __init__(self, thing: str, value: object, rule: str) -> None:
        # All three to super(): an error must survive pickling between processes.
        super().__init__(thing, value, rule)
        self.thing, self.value, self.rule = thing, value, rule

    def __str__(self) -> str:
        """Return all three in one line; a long value is cut and its length said."""
        value = repr(self.value)
        if len(value) > LONGEST_VALUE:
            value = f"{value[:LONGEST_VALUE]}… ({len(value):,} characters)"
        return f"{self.thing}: {value} {self.rule}"


class IdentifierError(XinmaiError):
    """A code that breaks its standard."""


class SchemaError(XinmaiError):
    """A declaration that cannot exist."""


class PolicyError(XinmaiError):
    """A policy file that breaks its rules."""


class SnapshotError(XinmaiError):
    """A snapshot that is missing, damaged or of another form."""


class StatementsError(SnapshotError):
    """Files that say together what no snapshot can be made of."""


class StoreError(XinmaiError):
    """A database that refused."""


class StoreUnavailableError(StoreError):
    """Nobody answers at this address, or not with this password."""


class StoreTimeoutError(StoreError):
    """A statement that did not finish in time."""


class AnalysisError(XinmaiError):
    """A question that the arrays cannot answer."""


class CertificateError(AnalysisError):
    """A certificate that does not add up."""


class QueryError(XinmaiError):
    """A query that the guard or its card refuses."""


class LoadError(XinmaiError):
    """Files that cannot be loaded."""


class ResourceError(LoadError):
    """A catalogue entry that breaks its form."""


class UnreadableError(LoadError):
    """A file that is not what it claims to be."""


class LedgerError(LoadError):
    """A ledger that cannot be read or written."""


class SettingsError(XinmaiError):
    """A setting that breaks its rule."""


class WorkspaceError(XinmaiError):
    """A folder that cannot serve as workspace."""


class PartyError(XinmaiError):
    """No party, or more than one, answers to this name."""


class DeskError(XinmaiError):
    """A decision that cannot be taken."""


class DecidedError(DeskError):
    """Somebody else decided otherwise, unseen; the value is the number of their decision."""


class RightError(XinmaiError):
    """Something that this person has no right to; the thing is the right's code."""


class ReportError(XinmaiError):
    """A report that cannot be made."""
