"""The same party without and with supposed changes."""

from collections.abc import Sequence

from graph.analysis.answers import WhatIf
from graph.analysis.edits import Edit
from graph.analysis.exposure import expose
from graph.analysis.view import View


def whatif(view: View, uid: str, edits: Sequence[Edit], hops: int | None = None) -> WhatIf:
    """Return exposure before and after the edits; degrees of hubs stay as they are.

    AnalysisError for an unknown party, link or record.
    """
    return WhatIf(expose(view, uid, hops), expose(view, uid, hops, edits))
