"""批量查询: queries times parameters or times a list, as a job; each item named with its state."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from app.bootstrap import Services
from app.checked import subjects_of
from app.desk.jobs import DONE, Job, NewJob
from app.jobs import control
from app.presenters.refusals import retold
from app.texts.read import spoken, text
from app.views import basket, frame, jobs
from app.views.listing_input import Given, ask_list
from app.views.query_library import say_broken
from graph.errors import XinmaiError
from queries.batch import SUBJECT, SUBJECTS, Batch, Item, open_parameters, read_batch, write_batch
from queries.bundle import ARCHIVE, MANIFEST, WORKBOOK
from queries.card import Query
from queries.catalog import SHIPPED
from queries.journal import JOURNAL, STATES, UNFINISHED

KIND = "batch"
FORMATS = ("csv", "xlsx", "parquet")
_BATCHES = (".yml", ".yaml")
_OWN = ""
_AS_OF = "as_of"


def draw(services: Services) -> None:
    """Draw what is to be asked, of whom, the jobs, and the result that is looked at."""
    if frame.known_at() is not None:
        st.caption(text("known.store"))
    known = {one.id: one for one in services.queries()}
    say_broken(services)
    with st.container():
        title, items = _items(services, known)
    # In one place: the list of jobs below stays open as queries come and go.
    with st.container():
        if items:
            _ask(services, known, title, items)
        else:
            st.info(text("batch.nothing_to_ask"))
    jobs.block(services, (KIND,))
    job = jobs.looked_at(services, (KIND,))
    if job is not None and not job.open:
        _result(services, job)


def _manifests(services: Services) -> dict[str, Path]:
    folders = (SHIPPED / "batches", services.workspace.folder / "batches")
    found = (path for folder in folders for path in sorted(folder.glob("*")))
    return {str(path): path for path in found if path.suffix.lower() in _BATCHES}


def _items(services: Services, known: Mapping[str, Query]) -> tuple[str, list[Item]]:
    """Return the batch that is being put together: a kept one, or one's own selection."""
    found = _manifests(services)
    titles = {_OWN: text("batch.own")}
    batches: dict[str, Batch] = {}
    for name, path in found.items():
        try:
            batches[name] = _without_list(path)
        except XinmaiError as error:
            st.warning(frame.why(error))
        else:
            titles[name] = batches[name].title
    source = st.selectbox(
        text("batch.source"), list(titles), format_func=lambda one: titles[one], key="batch-source"
    )
    if source != _OWN:
        items = list(batches[source].items)
        frame.table(_told(items, known), "manifest")
        return batches[source].title, items
    return text("batch.own"), _selection(services, known)


def _without_list(path: Path) -> Batch:
    """Return a kept batch; what it asks for each row of a file is asked for the list given here."""
    read = read_batch(path)
    seen: dict[str, Item] = {}
    for item in read.items:
        params = {name: value for name, value in item.params.items() if name not in item.about}
        seen.setdefault(
            item.group, replace(item, name=item.group, params=params, about={}, fault=None)
        )
    return replace(read, items=tuple(seen.values()))


def _selection(services: Services, known: Mapping[str, Query]) -> list[Item]:
    """Draw one's own selection; it stays on the desk until it is emptied."""
    held = basket.items(services.workspace)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        text("batch.add_query"),
        list(known),
        index=None,
        format_func=lambda name: f"{known[name].title.to(spoken())} · {name}",
        key="batch-add",
        placeholder=text("batch.add_which"),
    )
    if right.button(text("batch.add"), key="batch-add-go", disabled=chosen is None):
        name = known[str(chosen)].title.zh
        basket.add(services.workspace, name, {"query": chosen, "params": {}})
        st.rerun()
    if not held:
        return []
    said = st.dataframe(
        frame.titled(_told(held, known)),
        hide_index=True,
        width="stretch",
        key=f"basket-{len(held)}",
        on_select="rerun",
        selection_mode="multi-row",
    )
    gone = set(said["selection"]["rows"])
    row = st.container(horizontal=True)
    if row.button(text("batch.remove"), key="batch-remove", disabled=not gone):
        left_over = [item for place, item in enumerate(held) if place not in gone]
        basket.keep(services.workspace, left_over)
        st.rerun()
    if row.button(text("batch.empty"), key="batch-empty"):
        basket.keep(services.workspace, [])
        st.rerun()
    return held


def _told(items: Sequence[Item], known: Mapping[str, Query]) -> list[dict[str, object]]:
    return [
        {
            text("batch.item"): one.name,
            text("batch.query"): _title(one, known),
            text("batch.params"): text("frame.comma").join(
                f"{name}={value}" for name, value in one.params.items()
            ),
            text("batch.asks"): text("frame.comma").join(
                text(f"batch.open_{name}") if name in (SUBJECT, SUBJECTS) else name
                for name in sorted(open_parameters(one, known) - {_AS_OF})
            ),
        }
        for one in items
    ]


def _title(item: Item, known: Mapping[str, Query]) -> str:
    card = known.get(item.query or "")
    if card is None:
        return item.query or text("batch.own_cypher")
    return card.title.to(spoken())


def _ask(services: Services, known: Mapping[str, Query], title: str, items: Sequence[Item]) -> None:
    wanted = {name for one in items for name in open_parameters(one, known)}
    given = ask_list("batch") if wanted & {SUBJECT, SUBJECTS} else None
    with st.container():
        if given is not None:
            _counted(services, given)
    values: dict[str, object] = {}
    if _AS_OF in wanted:
        values[_AS_OF] = frame.as_of().isoformat()
    with st.container():
        for name in sorted(wanted - {SUBJECT, SUBJECTS, _AS_OF}):
            values[name] = st.text_input(text("batch.value", name=name), key=f"batch-value-{name}")
    one, two, three = st.columns([3, 1, 2])
    named = one.text_input(text("batch.name"), title, key=f"batch-title-{title}")
    seconds = two.number_input(
        text("batch.seconds"), 1, 600, services.settings.query_timeout, key="batch-seconds"
    )
    formats = three.multiselect(
        text("batch.formats"),
        FORMATS,
        ["csv", "xlsx"],
        key="batch-formats",
        placeholder=text("batch.formats"),
    )
    ready = bool(formats) and all(str(value).strip() for value in values.values())
    if wanted & {SUBJECT, SUBJECTS} and given is None:
        st.caption(text("batch.needs_list"))
        ready = False
    if st.button(text("batch.run"), type="primary", key="batch-go", disabled=not ready):
        asked = [_filled(item, known, values) for item in items]
        _begin(services, Batch(named, tuple(asked)), given, int(seconds), formats)


def _filled(item: Item, known: Mapping[str, Query], values: Mapping[str, object]) -> Item:
    names = open_parameters(item, known)
    own = {name: value for name, value in values.items() if name in names}
    return replace(item, params={**item.params, **own})


def _counted(services: Services, given: Given) -> None:
    subjects, left_out = subjects_of(services, given.listing, frame.as_of(), spoken())
    st.caption(text("batch.subjects", subjects=len(subjects), left=len(left_out)))
    _left_out([(one.row, one.name, one.reason) for one in left_out], "given")


def _left_out(left_out: Sequence[tuple[int, str, str]], key: str) -> None:
    """Draw the rows of a list that no query is asked about, each with its reason."""
    if left_out:
        with st.expander(text("batch.left_out", left=len(left_out))):
            heads = [text(f"batch.{name}") for name in ("row", "party", "reason")]
            frame.table([dict(zip(heads, one, strict=True)) for one in left_out], f"left-{key}")


def _begin(
    services: Services,
    batch: Batch,
    given: Given | None,
    seconds: int,
    formats: Sequence[str],
) -> None:
    place = control.new_folder(services.workspace)
    write_batch(batch, place / "batch.yml")
    words = ["query", "batch", str(place / "batch.yml"), "--out", str(place / control.RESULT)]
    words += ["--format", ",".join(formats), "--timeout", str(seconds), "--resume"]
    if given is not None:
        words += ["--list", str(given.write(place))]
    jobs.start(services, NewJob(KIND, batch.title, tuple(words), place.name, jobs.who()))
    st.rerun()


def _result(services: Services, job: Job) -> None:
    result = control.folder_of(services.workspace, job) / control.RESULT
    st.subheader(frame.plain(f"{job.id} {job.title}"))
    if job.last.state != DONE:
        jobs.unfinished(services, job, "batch.go_on")
        return
    told = json.loads((result / MANIFEST).read_text(encoding="utf-8"))
    counts = " · ".join(
        f"{text(f'batch.state_{state}')} {told['counts'][state]}" for state in STATES
    )
    known = {"items": len(told["items"]), "counts": counts, "snapshot": told["snapshot"]}
    st.markdown(f"**{text('batch.result', **known)}**")
    _manifest_table(told)
    _left_out([(one["row"], one["name"], one["reason"]) for one in told["left_out"]], "result")
    _after(services, job, told, result)
    frame.statement(shlex.join(("xinmai", *job.command)))


def _manifest_table(told: Mapping[str, Any]) -> None:
    """Draw what became of each item, those without a result first."""
    items = sorted(told["items"], key=lambda one: one["state"] not in UNFINISHED)
    frame.table(
        [
            {
                text("batch.item"): one["name"],
                text("batch.state"): text(f"batch.state_{one['state']}"),
                text("batch.rows"): one["rows"],
                text("batch.took"): one["seconds"],
                text("batch.message"): retold(one["message"] or "", spoken()),
                text("batch.files"): text("frame.comma").join(one["files"]),
            }
            for one in items
        ],
        "items",
    )


def _after(services: Services, job: Job, told: Mapping[str, Any], result: Path) -> None:
    """Draw what can be done with an ended batch: take it, ask again what failed, run it anew."""
    row = st.container(horizontal=True)
    for name in (ARCHIVE, WORKBOOK):
        row.download_button(
            text(f"batch.take_{name.partition('.')[0]}"),
            (result / name).read_bytes,
            f"{job.folder}-{name}",
            on_click="ignore",
            key=f"take-{name}",
        )
    failed = sum(one["state"] in UNFINISHED for one in told["items"])
    if row.button(text("batch.retry", failed=failed), key="retry", disabled=not failed):
        command = tuple(dict.fromkeys((*job.command, "--retry")))
        jobs.start(services, replace(_new(job), command=command, author=jobs.who()))
        st.rerun()
    if row.button(text("batch.anew"), key="anew", disabled=not (result / JOURNAL).is_file()):
        _anew(services, job, result)


def _new(job: Job) -> NewJob:
    return NewJob(job.kind, job.title, job.command, job.folder, job.author)


def _anew(services: Services, job: Job, before: Path) -> None:
    """Run the same batch again in a folder of its own and compare it with this one."""
    place = control.new_folder(services.workspace)
    words = [str(place / control.RESULT) if word == str(before) else word for word in job.command]
    if "--since" in words:
        at = words.index("--since")
        del words[at : at + 2]
    words += ["--since", str(before)]
    new = NewJob(
        job.kind, job.title, tuple(w for w in words if w != "--retry"), place.name, jobs.who()
    )
    jobs.start(services, new)
    st.rerun()
