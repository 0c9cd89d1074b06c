"""Why the search for owners ends at a party: what is said instead of a silent end."""

from graph.analysis.view import View
from graph.schema.words import Text
from graph.snapshot import form
from graph.snapshot.arrays import NOMINEE, STATE

STOPS = {
    "person": Text("自然人", "person"),
    "state_organ": Text("国家机关或国资机构", "state organ"),
    "nominee": Text("代理人或托管机构", "nominee or custodian"),
    "trust": Text("信托或资管产品", "trust or product held for others"),
    "foreign": Text("境外持有人，无上层数据", "foreign holder with no upstream data"),
    "unknown_holder": Text("未知持有人", "unknown holder"),
    "no_upstream_data": Text("无上层持股数据", "no upstream data"),
    "not_searched": Text("超出检索范围，未继续", "beyond the bounds of the search"),
}
_BY_CODE = {form.UNKNOWN_HOLDER: "unknown_holder", form.TRUST: "trust"}


def stop_of(view: View, place: int, *, held: bool, looked: bool = True) -> str | None:
    """Return why nothing stands behind a party, a key of STOPS; None where holders are recorded.

    `held` says whether holders are recorded, `looked` whether they were looked for. State organs
    and nominees are named even where somebody is recorded behind them: what they hold is not theirs
    to be followed (method 3); so are trusts and unknown holders.
    """
    arrays = view.snapshot.arrays
    flags = int(arrays["node_flags"][place])
    stop = int(arrays["node_stop"][place])
    if flags & STATE:
        return "state_organ"
    if stop in _BY_CODE or flags & NOMINEE:
        return _BY_CODE.get(stop, "nominee")
    return None if held else _end_of(view, place, stop, looked=looked)


def _end_of(view: View, place: int, stop: int, *, looked: bool) -> str:
    if form.LABELS[int(view.snapshot.arrays["node_label"][place])] == "Person":
        return "person"
    if not looked:
        return "not_searched"
    return "foreign" if stop == form.FOREIGN else "no_upstream_data"
