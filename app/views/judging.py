"""One pair of the review page: side by side, what would change, and the keys that decide."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from html import escape

import streamlit as st

from app.bootstrap import Services
from app.canvas import keys
from app.deciding import undo_judgement
from app.desk.preview import Effect
from app.desk.review import Asked, Pair, states
from app.presenters import compare as side_by_side
from app.presenters import pairs as words
from app.presenters.evidence import evidence_in
from app.presenters.identity import VERDICTS
from app.presenters.refusals import refusal, retold
from app.reports.picture import source, svg
from app.texts.read import spoken, text
from app.views import address, frame
from app.workspace import MOMENT
from graph.analysis.commonness import MOST_COUNTED, commonness
from graph.analysis.identity import Comparison, compare
from graph.errors import AnalysisError, DeskError, ReportError, WorkspaceError
from loaders.resolve.judgements import DECISIONS, SAME

_PAIR, _DECISION, _SAID, _MADE = "review-pair", "review-decision", "review-said", "review-made"
_LANGUAGE = "review-language"
_KEYS, _SEQ, _REVISION = "review-keys", "review-seq", "review-revision"
# What is said of an action that was done; all else is said as an error.
_DONE = frozenset({"review.made", "review.made_blind", "review.undone"})
# A picture that is taken in at a glance.
_DRAWN = 24
_STYLE = """<style>
table.pair {width: 100%; border-collapse: collapse; font-size: 14px; table-layout: fixed}
table.pair th, table.pair td {border: 1px solid #d0d7de; padding: 4px 8px; text-align: left;
 vertical-align: top; overflow-wrap: anywhere}
table.pair thead th {background: #f6f8fa} table.pair th[scope=row] {width: 8.5em; font-weight: 400}
table.pair th:first-child {width: 8.5em} table.pair td.says {width: 7em}
table.pair thead th:nth-child(4) {width: 7.5em}
table.pair mark {background: #fff1c2; border-bottom: 2px solid #8A5A00; color: inherit}
table.pair small {display: block; color: #57606a; font-size: 12px}
</style>"""


def _key(pair: Pair) -> str:
    return f"{pair.one}|{pair.other}"


def current(pairs: Sequence[Pair]) -> Pair:
    """Return the pair that is looked at: the one chosen, else the first."""
    wanted = st.session_state.get(_PAIR)
    return next((pair for pair in pairs if _key(pair) == wanted), pairs[0])


def go_to(pair: Pair) -> None:
    """Look at another pair; a choice that was not saved is dropped."""
    if st.session_state.get(_PAIR) != _key(pair):
        st.session_state[_DECISION] = None
    st.session_state[_PAIR] = _key(pair)


def draw(services: Services, pairs: Sequence[Pair], pair: Pair, *, blind: bool) -> None:
    """Draw one pair and what can be done with it."""
    go_to(pair)
    if st.session_state.get(_LANGUAGE) != spoken():
        # In another language the radio shows no choice: then there is none.
        st.session_state[_LANGUAGE], st.session_state[_DECISION] = spoken(), None
    found = compare(services.loaded_snapshot(), pair.one, pair.other)
    st.html(f"<h4 style='margin:0'>{escape(pair.one_name)} ／ {escape(pair.other_name)}</h4>")
    st.markdown(
        f"**{text('review.worth')}**{text('frame.colon')}{words.worth_text(pair, spoken())}"
    )
    if not blind:
        st.caption(
            f"{VERDICTS[found.verdict].to(spoken())} · "
            f"{frame.plain(evidence_in(pair.evidence, spoken()))}"
        )
    _decide(services, pairs, pair, found, blind=blind)
    # One place, whether or not anything is said: what stands below keeps its state.
    with st.container():
        said()
        if found.verdict == "different":
            st.warning(text("review.vetoed"))
    _effects(services, pair)
    _side_by_side(services, found, blind=blind)
    _around(services, pair)
    left, right = st.columns(2)
    ends = zip((left, right), words.SIDES, (found.one, found.other), strict=True)
    for side, which, node in ends:
        told = which.to(spoken())
        if side.button(
            f"{text('review.open')}{text('frame.colon')}{told} {frame.plain(node.name)}",
            key=f"open-{node.uid}",
        ):
            address.open_party(node.uid)
            address.go_to(address.PARTY)


def said() -> None:
    """Say what the last action came to, in the language of now."""
    key, values = st.session_state.get(_SAID, ("", {}))
    if not key:
        return
    told = {
        name: text(f"review.{value}")
        if name == "decision"
        else words.STATES[value].to(spoken())
        if name == "state"
        else frame.plain(str(value))
        for name, value in values.items()
    }
    (st.success if key in _DONE else st.error)(text(key, **told))


def _decide(
    services: Services, pairs: Sequence[Pair], pair: Pair, found: Comparison, *, blind: bool
) -> None:
    def save() -> None:
        _save(services, pairs, pair, blind=blind)

    def pressed() -> None:
        _pressed(services, pairs, pair, blind=blind)

    choice, button = st.columns([5, 2], vertical_alignment="bottom")
    choice.radio(
        text("review.decision"),
        DECISIONS,
        format_func=lambda one: text(f"review.{one}"),
        index=None,
        horizontal=True,
        key=_DECISION,
    )
    button.button(
        text("review.submit"), type="primary", on_click=save, key="review-save", width="stretch"
    )
    st.text_input(text("review.reason"), key="reason", placeholder="—")
    asked = keys.Keys(
        _key(pair),
        st.session_state.get(_DECISION),
        int(st.session_state.get(_REVISION, 0)),
        (SAME,) if found.verdict == "different" else (),
        undo=_last(services) is not None,
    )
    told = {name: text(f"review.{name}") for name in (*DECISIONS, "next", "previous", "saving")}
    told |= {"save": text("review.submit"), "undo": text("review.take_back")}
    keys.draw(asked, told, _KEYS, pressed)
    st.caption(text("review.keys"))


def _pressed(services: Services, pairs: Sequence[Pair], pair: Pair, *, blind: bool) -> None:
    """Do what a key asks for; each press acts once."""
    heard = (st.session_state.get(_KEYS) or {}).get("pressed")
    st.session_state[_REVISION] = int(st.session_state.get(_REVISION, 0)) + 1
    press = keys.read_press(heard, _key(pair), int(st.session_state.get(_SEQ, 0)), DECISIONS)
    if press is None:
        return
    st.session_state[_SEQ] = press.seq
    place = pairs.index(pair)
    if press.name in {"choose", "save"}:
        st.session_state[_DECISION] = press.decision
    if press.name == "save":
        _save(services, pairs, pair, blind=blind)
    elif press.name == "undo":
        _undo(services)
    elif press.name == "next":
        go_to(pairs[min(place + 1, len(pairs) - 1)])
    elif press.name == "previous":
        go_to(pairs[max(place - 1, 0)])


def _save(services: Services, pairs: Sequence[Pair], pair: Pair, *, blind: bool) -> None:
    """Keep the judgement and go on to the pair that follows."""
    decision = st.session_state.get(_DECISION)
    if decision is None:
        st.session_state[_SAID] = ("review.choose", {})
        return
    author, reason = (str(st.session_state.get(name) or "") for name in ("author", "reason"))
    author = services.user.signs(author)
    if not author.strip() or not reason.strip():
        st.session_state[_SAID] = ("review.lacking", {})
        return
    asked = Asked(pair.one, pair.other, decision, author, reason, blind)
    try:
        made = services.decide(asked, datetime.now().astimezone())
    except (DeskError, WorkspaceError) as error:
        st.session_state[_SAID] = ("review.refused", {"reason": refusal(error, spoken())})
        return
    st.session_state.setdefault(_MADE, []).append(made.id)
    told = {
        "number": made.id,
        "one": pair.one_name,
        "other": pair.other_name,
        "decision": decision,
    }
    if blind:
        # What it came to would tell what others said.
        st.session_state[_SAID] = ("review.made_blind", told)
    else:
        state = states(services, services.judgements.listed())[made.id]
        st.session_state[_SAID] = ("review.made", {**told, "state": state})
    place = pairs.index(pair)
    go_to(pairs[place + 1] if place + 1 < len(pairs) else pairs[max(place - 1, 0)])


def _last(services: Services) -> int | None:
    """Return the last judgement of this session that nobody took back."""
    made: list[int] = st.session_state.get(_MADE, [])
    standing = {entry.id for entry in services.judgements.standing()} if made else set()
    return next((number for number in reversed(made) if number in standing), None)


def _undo(services: Services) -> None:
    """Take back the last judgement of this session, and look at its pair again."""
    number = _last(services)
    if number is None:
        st.session_state[_SAID] = ("review.nothing_to_undo", {})
        return
    now = datetime.now().astimezone()
    author = services.user.signs(str(st.session_state.get("author") or "").strip())
    if not author:
        st.session_state[_SAID] = ("review.nobody", {})
        return
    try:
        with services.workspace.writing(MOMENT):
            back = undo_judgement(services, number, author, now)
    except (DeskError, WorkspaceError) as error:
        st.session_state[_SAID] = ("review.refused", {"reason": refusal(error, spoken())})
        return
    names = {"one": back.one_name, "other": back.other_name}
    st.session_state[_SAID] = ("review.undone", {"number": number, **names})
    st.session_state[_DECISION] = None
    st.session_state[_PAIR] = f"{back.one}|{back.other}"


def _side_by_side(services: Services, found: Comparison, *, blind: bool) -> None:
    snapshot = services.loaded_snapshot()
    sources = snapshot.sources(side_by_side.records_behind(found))
    rows = side_by_side.rows_of(found, sources, spoken())
    names = (found.one.name, found.other.name)
    both = [row for row in rows if row.counts]
    st.html(_STYLE + side_by_side.table_html(both, names, spoken(), blind=blind))
    if alone := [row for row in rows if not row.counts]:
        with st.expander(text("review.alone", count=len(alone))):
            st.html(_STYLE + side_by_side.table_html(alone, names, spoken(), blind=True))
    common = [commonness(snapshot, node) for node in (found.one, found.other)]
    told = words.common_text(common, MOST_COUNTED, spoken())
    st.caption(f"{text('review.common')}{text('frame.colon')}{told}")


@st.cache_data(max_entries=200, show_spinner=False)
def _effect(
    _services: Services, snapshot: str, policy: str, pair: tuple[str, str], as_of: date
) -> Effect | str:
    del snapshot, policy
    try:
        return _services.effect(pair, as_of)
    except AnalysisError as error:
        return str(error)


def _effects(services: Services, pair: Pair) -> None:
    """Say before anything is saved what would change."""
    st.markdown(f"**{text('review.effects')}**")
    snapshot, policy = services.loaded_snapshot().id, services.policy().version
    ends = (pair.one, pair.other)
    found = _effect(services, snapshot, policy, ends, frame.as_of())
    if isinstance(found, str):
        st.error(frame.plain(retold(found, spoken())))
        return
    counts = (found.links, len(found.changed), found.looked_at, found.left_out)
    st.write(words.affected_text(*counts, spoken()))
    rows = words.side_rows(found.before, [found.after], spoken())
    st.html(_STYLE + side_by_side.plain_table(rows))
    st.caption(f"{text('frame.notice')} · {text('review.if_different')}")
    if found.changed:
        with st.expander(text("review.changed", count=len(found.changed))):
            st.dataframe(
                [
                    {
                        text("review.party"): f"{one.name} {one.uid}",
                        text("review.before"): f"{one.before:.3f}",
                        text("review.after"): f"{one.after:.3f}",
                    }
                    for one in found.changed
                ],
                hide_index=True,
                width="stretch",
            )
    if st.button(text("review.whole"), key="review-whole"):
        with st.spinner(text("review.applying")):
            trial = services.preview(ends, SAME, frame.as_of())
        st.markdown(f"**{text('review.whole_done')}**")
        rows = words.side_rows(trial.before, trial.after, spoken())
        st.html(_STYLE + side_by_side.plain_table(rows))


@st.cache_data(max_entries=200, show_spinner=False)
def _picture(
    _services: Services, snapshot: str, pair: tuple[str, str], as_of: date, language: str
) -> tuple[str, int]:
    """Return the drawing of who is linked with both, and how many links of theirs it leaves out."""
    del snapshot
    part = _services.network(pair, as_of=as_of, limit=_DRAWN)
    records = _services.active_records([node.uid for node in part.nodes], as_of)
    marks = {uid: f"{text('review.mark')} {count}" for uid, count in records.items()}
    # A mark stands for records alone: which of the two a node is goes before its name.
    sides = dict(zip(pair, words.SIDES, strict=True))
    nodes = [
        replace(node, name=f"{sides[node.uid].to(language)} {node.name}")
        if node.uid in sides
        else node
        for node in part.nodes
    ]
    part = replace(part, nodes=nodes)
    # Those of their neighbours speak for neither.
    return svg(source(part, marks)), sum(sum(part.more.get(uid, {}).values()) for uid in pair)


def _around(services: Services, pair: Pair) -> None:
    """Draw who is linked with both; a drawing of its own for each pair, so nothing moves."""
    snapshot = services.loaded_snapshot().id
    st.markdown(f"**{text('review.around')}**")
    try:
        drawn, more = _picture(services, snapshot, (pair.one, pair.other), frame.as_of(), spoken())
    except ReportError as error:
        st.error(frame.why(error))
        return
    st.image(drawn, alt=text("review.around"))
    if more:
        st.caption(text("review.around_more", count=more))
