"""What lies in a snapshot's folder: file names, array names, codes, and how missing values look."""

from datetime import date
from typing import Final, NewType

from graph.schema.catalog import SCHEMA
from graph.schema.codes import POSTS, RECORD_CLASSES, SEVERITIES, STATUSES

Ppm = NewType("Ppm", int)

# The form of the folder, part of every snapshot's id; a reader refuses any but these. Form 3 had
# each table as Parquet too, which nothing reads any more.
FORMAT: Final = 4
READ: Final = (3, FORMAT)
MANIFEST: Final = "manifest.json"
ARRAYS: Final = "arrays"

WHOLE_PPM: Final = Ppm(1_000_000)
# Days since 1970-01-01; this value says that the source gives no date.
NO_DAY: Final = -(2**31)
# A share, a factor, a strength or a node that the source does not give.
UNKNOWN: Final = -1

# A professional signed an engagement for this client: derived, no link type of the schema.
SIGNS_FOR: Final = "SIGNS_FOR"
# Codes of the arrays are places in these tuples; the manifest repeats them for later readers.
TYPES: Final = (*(link.name for link in SCHEMA.links), SIGNS_FOR)
LABELS: Final = tuple(node.label for node in SCHEMA.nodes)
POST_CODES: Final = ("", *POSTS)
CLASS_CODES: Final = ("", *RECORD_CLASSES)
SEVERITY_CODES: Final = ("", *SEVERITIES)
STATUS_CODES: Final = ("", *STATUSES)
CODES: Final = {
    "types": TYPES,
    "labels": LABELS,
    "posts": POST_CODES,
    "classes": CLASS_CODES,
    "severities": SEVERITY_CODES,
    "statuses": STATUS_CODES,
}

# Values of `node_stop`: why nothing is known of who stands behind a holder.
PASSES, UNKNOWN_HOLDER, TRUST, FOREIGN = 0, 1, 2, 3

# Bits of `link_flags`.
LEAD: Final = 1
COMPUTED: Final = 2
# It took the place of an earlier link of the same kind to the same party, which had ended.
SUCCESSION: Final = 4
# It is no row of the table of links; it follows from other rows.
DERIVED: Final = 8

# Links of these types may carry exposure; any other only with a factor of its own.
CONDUCTING: Final = frozenset(
    {
        "HOLDS_SHARES",
        "REPRESENTS",
        "HOLDS_POST",
        "BRANCH_OF",
        "GUARANTEES",
        "SERVES",
        "PRACTISES_AT",
        "CONTROLS",
        "POSSIBLY_SAME",
        "RELATED",
        SIGNS_FOR,
    }
)
# A party this far from every negative record, or farther, is not told apart (`near`).
FAR: Final = 8

_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Return days since 1970-01-01, as the arrays keep dates.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - _EPOCH).days
