"""Level and exposure alone, for many parties one after another: what a picture shows of each."""

from graph.analysis.exposure import walks_of
from graph.analysis.view import View
from graph.analysis.walks import cut_of, floor_of


def level_of(view: View, uid: str, hops: int | None = None) -> tuple[str, float]:
    """Return level and exposure 0..1 of a party, as `exposure.expose` gives them.

    Without its parts, its names and what it would be without a record: at a third of the cost.

    Raises:
        AnalysisError: as for `expose`.
    """
    walks = walks_of(view, uid, hops, ())
    floor, _ = floor_of(walks)
    cut, _ = cut_of(walks.local)
    return view.policy.levels.of(min(walks.exposure, cut), floor), walks.exposure
