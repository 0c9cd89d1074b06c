"""核对: parties that may be one, most worth deciding first; a person decides, and may undo it."""

import streamlit as st

from app.bootstrap import Services
from app.desk.review import KINDS, Pair, Queue, Wanted, all_pairs, review_pairs
from app.presenters.pairs import STATES
from app.texts.read import spoken, text
from app.users import User
from app.views import frame, judged, judging

# As many pairs as fit beside the one that is looked at, on one page of the list.
PAGE = 50
_ALL = "all"
_TABLE_HEIGHT = 560


def render(services: Services) -> None:
    """Draw the queue, the chosen pair side by side, and what was judged."""
    st.title(text("review.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    st.caption(text("review.notice"))
    if services.settings.review_persons > 1:
        st.caption(text("review.two"))
    wanted = _wanted(services.user)
    pairs = _pairs(services, services.loaded_snapshot().id, frame.as_of().isoformat())
    queue = review_pairs(services, frame.as_of(), wanted, pairs)
    if queue.pairs:
        st.caption(_counts(queue))
        left, right = st.columns([2, 4], gap="medium")
        pair = judging.current(queue.pairs)
        with left:
            _list(queue.pairs, pair, blind=wanted.blind)
        with right:
            judging.draw(services, queue.pairs, pair, blind=wanted.blind)
    elif queue.every:
        judging.said()
        st.info(text("review.none_fit", every=queue.every, decided=queue.decided))
    else:
        st.info(text("review.none", snapshot=services.loaded_snapshot().id))
    judged.draw(services, wanted.author, blind=wanted.blind)
    frame.statement("xinmai review list --json")


@st.cache_resource(max_entries=2, show_spinner=False)
def _pairs(_services: Services, snapshot: str, as_of: str) -> tuple[Pair, ...]:
    """Return every pair; they change with the snapshot and the day alone."""
    del snapshot, as_of
    return all_pairs(_services, frame.as_of())


def _counts(queue: Queue) -> str:
    return text(
        "review.found",
        fitting=queue.fitting,
        open=queue.open,
        decided=queue.decided,
        every=queue.every,
    )


def _wanted(user: User) -> Wanted:
    """Draw what the list is narrowed by; the author stands there too, for all pairs."""
    kinds, scores, words = st.columns([4, 3, 4], vertical_alignment="bottom")
    author, blind = st.columns([7, 4], vertical_alignment="bottom")
    kind = kinds.segmented_control(
        text("review.kind"),
        (_ALL, *KINDS),
        default=_ALL,
        format_func=lambda one: text(f"review.kind_{one}"),
        key="review-kind",
        required=True,
    )
    hidden = bool(st.session_state.get("blind"))
    least = scores.number_input(
        text("review.least"), 0.0, 1.0, 0.0, 0.05, key="review-least", disabled=hidden
    )
    part = words.text_input(
        text("review.text"), key="review-text", placeholder=text("review.text_hint")
    )
    if user.named:
        name = user.signs("")
        author.text_input(text("review.author"), name, disabled=True, key="review-signs")
    else:
        name = author.text_input(text("review.author"), key="author", placeholder="—")
    blind.checkbox(text("review.blind"), key="blind", help=text("review.blind_help"))
    return Wanted(
        kind=None if kind in (None, _ALL) else kind,
        least=0.0 if hidden else least,
        text=part,
        # A page is a part of the list; J and K go through all of it.
        limit=10**9,
        author=name.strip(),
        blind=hidden,
    )


def _list(pairs: tuple[Pair, ...], now: Pair, *, blind: bool) -> None:
    """Draw the page of the list on which the pair stands; a click on a row goes to that pair."""
    place = pairs.index(now)
    st.caption(text("review.place", place=place + 1, count=len(pairs)))
    begin = place // PAGE * PAGE
    page = pairs[begin : begin + PAGE]
    rows: list[dict[str, object]] = [
        {
            "": "▶" if pair is now else "",
            text("review.pair"): " ／ ".join(dict.fromkeys((pair.one_name, pair.other_name))),
            text("review.records"): sum(pair.records),
            text("review.exposed"): pair.exposed,
            text("review.links"): sum(pair.links),
        }
        | _hidden(pair, blind=blind)
        for pair in page
    ]
    key = f"review-list-{begin}"

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(page):
            judging.go_to(page[chosen[0]])

    narrow = (text("review.records"), text("review.exposed"), text("review.links"))
    widths = {"": 24, text("review.pair"): 116} | dict.fromkeys(narrow, 52)
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=_TABLE_HEIGHT,
        key=key,
        on_select=picked,
        selection_mode="single-row",
        column_config={name: st.column_config.Column(width=px) for name, px in widths.items()},
    )
    if len(pairs) > PAGE:
        _pages(pairs, begin // PAGE + 1)


def _pages(pairs: tuple[Pair, ...], now: int) -> None:
    last = (len(pairs) - 1) // PAGE + 1
    # A key of its own for each page: the field follows when J or K leave it.
    chosen = st.number_input(text("review.page"), 1, last, now, key=f"review-page-{now}-{last}")
    if chosen != now:
        judging.go_to(pairs[(int(chosen) - 1) * PAGE])
        del st.session_state[f"review-page-{now}-{last}"]
        st.rerun()


def _hidden(pair: Pair, *, blind: bool) -> dict[str, object]:
    """Return what a blind judge does not see."""
    if blind:
        return {}
    return {
        text("review.score"): pair.score,
        text("review.state"): STATES[pair.state].to(spoken()) if pair.state else "",
    }
