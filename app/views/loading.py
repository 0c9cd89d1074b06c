"""选文件 → 识别 → 预览 → 装载 → 结果: nothing is written before a person says so."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app.bootstrap import Services
from app.desk.jobs import Job, NewJob
from app.intake import (
    Handed,
    Preview,
    Recognised,
    lay,
    learn,
    nearest,
    outcomes,
    preview,
    recognise,
    suggested,
)
from app.jobs import control
from app.presenters.refusals import retold
from app.presenters.rejects import by_rule, told
from app.texts.read import spoken, text
from app.views import batches, frame, jobs
from graph.errors import LoadError
from graph.schema.words import Text
from loaders.catalogue.resource import Resource
from loaders.files import SUFFIXES
from loaders.outcome import FileOutcome

KIND = "load"
_STAMP = "catalogue-stamp"
# Tables that are looked at again at each click while a person goes through the steps.
_KEPT = 8


def draw(services: Services) -> None:
    """Draw the five steps of a load, as far as the person has come."""
    _steps()
    jobs.block(services, (KIND,))
    given = st.file_uploader(
        text("data.choose"),
        type=sorted(suffix.removeprefix(".") for suffix in SUFFIXES),
        accept_multiple_files=True,
        key="load-files",
    )
    # In one place: the steps below stay where they are as a load ends.
    with st.container():
        if saved := st.session_state.pop("load-saved", None):
            st.success(saved)
        _result(services)
    if not given:
        return
    found = {one.file_id: _look(services, one, None) for one in given}
    st.markdown(f"**{text('data.step2')}**")
    frame.table([_file_row(one, found[one.file_id]) for one in given], "load-files")
    _refused(found.values())
    file = given[0]
    if len(given) > 1:
        file = st.selectbox(
            text("data.file"), given, format_func=lambda one: one.name, key="load-file"
        )
    chosen = found[file.file_id]
    code = None
    if isinstance(chosen, Recognised):
        code = _resource(services, file, chosen)
        if code and (chosen.resource is None or code != chosen.resource.code):
            chosen = _look(services, file, code)
    if isinstance(chosen, Recognised):
        _mapping(services, chosen)
        _preview(services, file, code, chosen)
    ready = [one for one in given if _ready(chosen if one is file else found[one.file_id])]
    _load(services, ready, code if len(ready) == 1 and ready[0] is file else None)


def _steps() -> None:
    st.caption(" → ".join(text(f"data.step{number}") for number in range(1, 6)))


def _look(services: Services, file: UploadedFile, code: str | None) -> Recognised | str:
    """Return what a file is, or why it is refused whole."""
    stamp = (st.session_state.get(_STAMP, 0), services.workspace.current())
    try:
        return _recognised(services, file, file.file_id, code, stamp)
    except LoadError as error:
        return frame.refusal(error)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _recognised(
    _services: Services, _file: UploadedFile, file: str, code: str | None, stamp: object
) -> Recognised:
    del file, stamp
    return recognise(_services, Handed(_file.name, _file.getvalue()), code)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _previewed(
    _services: Services, _found: Recognised, file: str, code: str | None, stamp: object
) -> Preview:
    del file, code, stamp
    return preview(_services, _found)


def _title(resource: Resource) -> str:
    return Text(resource.title.zh, resource.title.en).to(spoken())


def _file_row(file: UploadedFile, found: Recognised | str) -> dict[str, object]:
    if isinstance(found, str):
        return {
            "文件": file.name,
            "资料": "—",
            "列": "—",
            "读入": None,
            "状态": text("data.refused"),
        }
    resource = found.resource
    return {
        "文件": file.name,
        "资料": _title(resource) if resource else "—",
        "列": f"{len(found.columns)}/{len(resource.columns)}" if resource else "—",
        "读入": found.raw.frame.height + found.raw.broken.height,
        "状态": text(f"data.state_{_state(found)}"),
    }


def _refused(found: Iterable[Recognised | str]) -> None:
    """Say of each file that is refused whole what it is refused for."""
    # In one place: the steps below stay where they are as files come and go.
    with st.container():
        for why in found:
            if isinstance(why, str):
                st.error(why)


def _state(found: Recognised) -> str:
    if found.known is not None:
        return "known"
    if found.resource is None:
        return "unknown"
    return "missing" if found.missing else "ready"


def _ready(found: Recognised | str) -> bool:
    return isinstance(found, Recognised) and _state(found) == "ready"


def _resource(services: Services, file: UploadedFile, found: Recognised) -> str | None:
    """Draw what the file is taken for; a person may say otherwise."""
    if found.known is not None:
        day, batch = found.known.loaded_at[:10], found.known.batch[:12]
        st.info(text("data.known", day=day, batch=batch))
    if found.resource is None:
        st.warning(text("data.not_recognised"))
    counts = {one.code: known for one, known in nearest(services.catalogue, found.raw.headers)}
    codes = list(counts)
    by_code = services.catalogue.by_code

    def label(code: str) -> str:
        columns = len(by_code[code].columns)
        return text("data.option", title=_title(by_code[code]), known=counts[code], all=columns)

    chosen: str | None = st.selectbox(
        text("data.as"),
        codes,
        index=codes.index(found.resource.code) if found.resource else None,
        format_func=label,
        placeholder=text("data.pick"),
        key=f"load-as-{file.file_id}",
    )
    return chosen


def _mapping(services: Services, found: Recognised) -> None:
    """Let a person say which column an unknown header holds, and keep it for the site."""
    resource = found.resource
    if resource is None or not found.unknown:
        return
    free = [name for name in resource.columns if name not in found.columns]
    if found.missing:
        names = text("frame.comma").join(
            resource.columns[name].headers[0] for name in found.missing
        )
        st.error(text("data.missing", columns=frame.plain(names)))
    with st.expander(text("data.mapping", count=len(found.unknown)), expanded=bool(found.missing)):
        st.caption(text("data.mapping_note"))
        likely = suggested(found) if found.missing else {}
        places = st.columns(3)
        chosen: dict[str, str] = {}
        for number, header in enumerate(found.unknown):
            guess = likely.get(header)
            name = places[number % 3].selectbox(
                frame.plain(header),
                free,
                index=free.index(guess) if guess in free else None,
                format_func=lambda one: _column_title(resource, one),
                placeholder=text("data.no_column"),
                key=f"map-{resource.code}-{header}",
            )
            if name:
                chosen[header] = name
        if st.button(text("data.save"), key="map-save", disabled=not chosen):
            learn(services, resource, chosen)
            st.session_state[_STAMP] = st.session_state.get(_STAMP, 0) + 1
            st.session_state["load-saved"] = text(
                "data.saved",
                title=_title(resource),
                headers=frame.plain(text("frame.comma").join(chosen)),
            )
            st.rerun()


def _column_title(resource: Resource, name: str) -> str:
    column = resource.columns[name]
    return f"{column.headers[0]}{'*' if column.mandatory else ''}"


def _preview(services: Services, file: UploadedFile, code: str | None, found: Recognised) -> None:
    """Draw the first rows, and every row that would be handed back, before anything is written."""
    if found.resource is None or found.missing:
        return
    stamp = (st.session_state.get(_STAMP, 0), services.workspace.current())
    seen = _previewed(services, found, file.file_id, code, stamp)
    said = text(
        "data.recognised",
        title=_title(found.resource),
        known=len(found.columns),
        all=len(found.resource.columns),
    )
    st.markdown(f"**{text('data.step3')}** · {said}")
    st.markdown(
        text(
            "data.preview",
            read=f"{seen.read:,}",
            accepted=f"{seen.accepted:,}",
            rejected=f"{seen.rejected.height:,}",
        )
    )
    st.caption(text("data.preview_note", count=seen.rows.height))
    st.dataframe(seen.rows.rename({"row": text("data.word_rows")}), hide_index=True)
    with st.expander(text("data.columns")):
        frame.table(_column_rows(found, seen), "load-columns")
    _would_reject(seen.rejected)


def _column_rows(found: Recognised, seen: Preview) -> Sequence[dict[str, object]]:
    columns = found.resource.columns if found.resource else {}
    return [
        {
            "列": column.headers[0],
            "表头": found.columns.get(name, "—"),
            "必填": "*" if column.mandatory else "",
            "有值": seen.filled.get(name, 0),
        }
        for name, column in columns.items()
    ]


def _would_reject(found: pl.DataFrame) -> None:
    if not found.height:
        st.caption(text("data.none_rejected"))
        return
    st.markdown(f"**{text('data.rejected', count=f'{found.height:,}')}**")
    frame.table(by_rule(found, spoken()), "would-reject-rules")
    shown = told(found, spoken())
    st.dataframe(shown, hide_index=True)
    frame.export(shown, "would-reject", text("data.rejected_file"))


def _load(services: Services, files: Sequence[UploadedFile], code: str | None) -> None:
    """Load what is ready when the person says so, by a job: the page may be left meanwhile."""
    st.markdown(f"**{text('data.step4')}**")
    if not files:
        st.caption(text("data.nothing_to_do"))
    label = text("data.go", count=len(files))
    if not st.button(label, key="load-go", type="primary", disabled=not files):
        return
    place = control.new_folder(services.workspace)
    handed = [Handed(one.name, one.getvalue()) for one in files]
    paths = [str(path) for path in lay(control.incoming(place), handed)]
    words = (KIND, *paths, "--json", *(("--resource", code) if code else ()))
    title = "、".join(one.name for one in files)
    jobs.start(services, NewJob(KIND, title, words, place.name, jobs.who()))
    st.rerun()


def _became(one: FileOutcome) -> str:
    if one.refused:
        return f"{text('data.refused')}{text('frame.colon')}{retold(one.refused, spoken())}"
    if one.unread:
        return text("data.unread", sheets=frame.plain(text("frame.comma").join(one.unread)))
    return text("data.again" if one.again else "data.loaded")


def _result(services: Services) -> None:
    """Draw what the load that is looked at came to: what it read, or why it did not."""
    job = jobs.looked_at(services, (KIND,))
    if job is None or job.open:
        return
    st.markdown(f"**{text('data.step5')}** · {frame.plain(job.title)}")
    answer = _answered(services, job)
    if answer is None:
        jobs.unfinished(services, job, "jobs.again")
        return
    done = outcomes(answer)
    if all(one.again for one in done):
        st.info(text("data.unchanged", snapshot=answer["snapshot"]))
    elif all(one.refused for one in done):
        st.error(text("data.all_refused"))
    else:
        st.success(
            text(
                "data.done",
                read=f"{sum(one.read for one in done):,}",
                written=f"{sum(one.loaded + one.merged for one in done):,}",
                rejected=f"{sum(one.rejected for one in done):,}",
                snapshot=answer["snapshot"],
            )
        )
    _files(services, done)


def _answered(services: Services, job: Job) -> Mapping[str, Any] | None:
    """Return what the command of a load answered; None where it did not come to an answer."""
    path = control.folder_of(services.workspace, job) / control.ANSWER
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "files" in found else None


def _files(services: Services, done: Sequence[FileOutcome]) -> None:
    titles = services.catalogue.by_code
    frame.table(
        [
            {
                "文件": one.file,
                "资料": _title(titles[one.resource]) if one.resource else "—",
                "读入": one.read,
                "写入": one.loaded + one.merged,
                "拒收": one.rejected,
                "其中合并": one.merged,
                "结果": _became(one),
            }
            for one in done
        ],
        "load-result",
    )
    by_id = {batch.batch: batch for batch in services.ledger.batches()}
    for one in done:
        if one.rejected and one.batch in by_id:
            batches.rejected(services, by_id[one.batch], f"done-{one.batch}")
