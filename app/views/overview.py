"""总览: what is loaded, from where, how fresh; every figure opens its rows."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from app.bootstrap import Services
from app.demonstration import ENTERPRISES
from app.desk.jobs import NewJob
from app.jobs import control
from app.presenters import overview as held
from app.presenters.material import Source, late_text, source_rows
from app.rights import right_of_job
from app.texts.read import spoken, text
from app.views import frame, jobs, no_right, on_canvas, quality, scanned
from app.views.batches import to_party
from graph.analysis.whole_graph import counts_by, scan
from graph.errors import StoreError
from graph.schema.codes import LEVELS
from graph.store.open import held as held_by

_OPEN = "overview-open"
_ID = "编号"
_DEMO = "demo"


def render(services: Services) -> None:
    """Draw the overview."""
    st.title(text("overview.title"))
    if services.snapshot() is None:
        _begin(services)
        return
    frame.state_line(services)
    found = quality.sources_of(services)
    _figures(services, found)
    # Each in one place: what stands below keeps its state as rows are opened and alerts come.
    with st.container():
        _opened(services)
    with st.container():
        _alerts(services, found)
    st.subheader(text("overview.sources"))
    st.caption(text("overview.source_note"))
    frame.table(source_rows(found, spoken()), "sources")
    frame.to_page("data", text("overview.to_data"), "overview-to-data")
    left, right = st.columns(2)
    with left, frame.told():
        st.subheader(text("overview.coverage"))
        _by_class(services)
    with right, frame.told():
        st.subheader(text("overview.by_status"))
        _by_status(services)
    with st.container(), frame.told():
        _changes(services)
    with st.container(), frame.told():
        _levels(services)
    with frame.told():
        jobs.everything(services)
    frame.statement("xinmai status --json")


def _begin(services: Services) -> None:
    """Offer the two ways to begin where nothing is loaded."""
    frame.nothing_loaded()
    count = f"{ENTERPRISES:,}"
    st.caption(text("overview.demo_help", count=count))
    working = any(job.open for job in control.latest(services, (_DEMO,)))
    lacking = no_right.lacks(services.user, right_of_job(_DEMO))
    idle = working or lacking is not None
    if st.button(
        text("overview.demo"), key="overview-demo", type="primary", disabled=idle, help=lacking
    ):
        place = control.new_folder(services.workspace)
        command = (_DEMO, "--no-serve", "--out", str(place / _DEMO))
        jobs.start(services, NewJob(_DEMO, text("overview.demo"), command, place.name, jobs.who()))
        st.rerun()
    jobs.block(services, (_DEMO,))
    job = jobs.looked_at(services, (_DEMO,))
    if job is not None and not job.open:
        jobs.unfinished(services, job, "jobs.again")


def _figures(services: Services, found: Sequence[Source]) -> None:
    snapshot = services.loaded_snapshot()
    counts = snapshot.manifest["counts"]
    rejected = sum(one.rejected for one in found)
    shown = (
        ("parties", counts.get("parties", counts["nodes"]), None),
        ("links", counts["links"], None),
        ("records", counts["records"], None),
        ("review", counts.get("leads", 0), "review"),
        ("rejected", rejected, "data"),
        ("conflicts", counts.get("conflicts", 0), "data"),
    )
    for column, (name, value, page) in zip(st.columns(len(shown)), shown, strict=True):
        what = text(f"overview.{name}")
        column.metric(what, f"{value:,}")
        with column:
            label = text("overview.open_what", what=what)
            if page is not None:
                frame.to_page(page, label, f"open-{name}")
            else:
                st.button(label, key=f"open-{name}", on_click=_open, args=(name,))


def _open(name: str | None) -> None:
    st.session_state[_OPEN] = name


def _opened(services: Services) -> None:
    """Draw the rows of the figure that was opened."""
    name = st.session_state.get(_OPEN)
    snapshot = services.loaded_snapshot()
    counts = snapshot.manifest["counts"]
    rows: dict[str, Callable[[], Sequence[held.Row]]] = {
        "parties": lambda: held.party_rows(snapshot, None, spoken()),
        "links": lambda: held.link_rows(snapshot, spoken()),
        "records": lambda: held.record_rows(snapshot, frame.as_of(), None, spoken()),
    }
    if name not in rows:
        return
    with frame.told():
        _listed(services, rows[name](), text(f"overview.{name}"), int(counts[name]), f"rows-{name}")
    st.button(text("overview.close"), key="overview-close", on_click=_open, args=(None,))


def _listed(services: Services, rows: Sequence[held.Row], what: str, every: int, key: str) -> None:
    """Draw rows behind a figure, and the way from a row to its party."""
    said = text("overview.rows", what=what, shown=f"{len(rows):,}", all=f"{every:,}")
    more = text("overview.narrow") if every > len(rows) else ""
    st.caption(f"{said} {more}")
    place = frame.picked(rows, key)
    on_canvas.offer(services, [str(row[_ID]) for row in rows], key)
    if place is not None:
        row = rows[place]
        name = str(row.get("名称") or row.get("主体") or row.get("起"))
        to_party(str(row[_ID]), name, key)


def _alerts(services: Services, found: Sequence[Source]) -> None:
    st.subheader(text("overview.alerts"))
    said = False
    for one in found:
        if one.late:
            said = True
            st.warning(
                text(
                    "overview.late",
                    title=one.title.to(spoken()),
                    department=one.department.to(spoken()),
                    late=late_text(one.late, spoken()),
                    loaded=one.loaded_at,
                    cycle=one.cycle,
                )
            )
    said = _store(services) or said
    if not said:
        st.caption(text("overview.no_alerts"))


def _store(services: Services) -> bool:
    """Say which snapshot the store holds; return whether that is an alert."""
    target = services.target()
    snapshot = services.loaded_snapshot().id
    try:
        published = held_by(target)
    except StoreError:
        st.warning(text("overview.gone", store=target.kind))
        return True
    if frame.known_at() is not None:
        st.caption(text("known.store"))
        return False
    if published != snapshot:
        st.warning(text("overview.stale", store=target.kind))
        return True
    st.caption(text("overview.published", store=target.kind, snapshot=published))
    return False


def _by_class(services: Services) -> None:
    snapshot = services.loaded_snapshot()
    listed = _coverage(services, snapshot.id, str(services.workspace.folder), spoken())
    st.caption(text("overview.pick"))
    place = frame.picked([row for _, row in listed], "classes")
    if place is not None:
        label, row = listed[place]
        rows = held.party_rows(snapshot, label, spoken())
        _listed(services, rows, str(row["类别"]), int(str(row["数量"])), f"class-{label}")


@st.cache_data(max_entries=8, show_spinner=False)
def _coverage(
    _services: Services, snapshot: str, folder: str, language: str
) -> list[tuple[str, held.Row]]:
    del snapshot, folder
    return held.coverage_rows(_services.loaded_snapshot(), language)


def _by_status(services: Services) -> None:
    snapshot = services.loaded_snapshot()
    listed = held.record_count_rows(snapshot, frame.as_of(), spoken())
    st.caption(text("overview.pick"))
    place = frame.picked([row for _, row in listed], "statuses")
    if place is not None:
        chosen, row = listed[place]
        rows = held.record_rows(snapshot, frame.as_of(), chosen, spoken())
        what = f"{row['类别']} {row['状态']}"
        _listed(services, rows, what, int(str(row["数量"])), f"status-{'-'.join(chosen)}")


def _changes(services: Services) -> None:
    """Draw what the newest load changed."""
    st.subheader(text("overview.changes"))
    if frame.known_at() is not None:
        st.caption(text("known.no_changes"))
        return
    snapshot = services.loaded_snapshot()
    found = _changed(services, snapshot.id, str(services.workspace.folder))
    if found is None:
        st.caption(text("overview.first"))
        return
    st.caption(text("overview.changes_from", before=found.before))
    frame.table(held.change_rows(found, spoken()), "changes")
    if found.new:
        with st.expander(text("overview.new_parties", count=len(found.new))):
            names = [(uid, snapshot.find(uid)) for uid in found.new]
            rows = [
                {"名称": uid if at is None else snapshot.name_at(at), _ID: uid} for uid, at in names
            ]
            _listed(services, rows, text("overview.parties"), len(rows), "new-parties")
    if found.gone:
        with st.expander(text("overview.gone_parties", count=len(found.gone))):
            frame.table([{"名称": name, _ID: uid} for uid, name in found.gone], "gone-parties")


@st.cache_data(max_entries=4, show_spinner=False)
def _changed(_services: Services, snapshot: str, folder: str) -> held.Changes | None:
    del folder
    before = held.previous(_services.workspace.snapshots, snapshot)
    return None if before is None else held.changes(before, _services.loaded_snapshot())


def _levels(services: Services) -> None:
    """Draw how many parties stand at which level: by the scan that is kept, or once asked for."""
    st.subheader(text("overview.levels"))
    if scanned.drawn(services):
        return
    asked = (services.loaded_snapshot().id, frame.as_of().isoformat())
    pressed = st.button(text("overview.levels_go"), key="overview-levels")
    if pressed:
        st.session_state["overview-levels-of"] = asked
    if st.session_state.get("overview-levels-of") != asked:
        return
    with st.spinner(text("overview.levels_running")):
        counts, hops, policy = _scanned(services, *asked, str(services.workspace.folder))
    frame.table(
        [{"等级": LEVELS[level].to(spoken()), "数量": count} for level, count in counts], "levels"
    )
    st.caption(text("overview.levels_note", hops=hops, policy=policy))


@st.cache_data(max_entries=4, show_spinner=False)
def _scanned(
    _services: Services, snapshot: str, as_of: str, folder: str
) -> tuple[list[tuple[str, int]], int, str]:
    del snapshot, folder
    found = scan(_services.view(date.fromisoformat(as_of)))
    parties = held.party_groups(_services.loaded_snapshot())
    levels = counts_by(found, parties)
    counted = levels[held.ALL].levels if held.ALL in levels else {}
    return list(counted.items()), found.hops, found.policy
