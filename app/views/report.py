"""报告: a report made for a purpose, the archive of those issued, and verifying one shown."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from app.bootstrap import Services
from app.desk.jobs import NewJob
from app.jobs import control
from app.reports.ask import Asked
from app.reports.forms import FORMS
from app.reports.issue import KINDS, NO_SUBJECT, check
from app.texts.read import LANGUAGES, spoken, text
from app.views import frame, jobs, report_archive, report_result
from app.views.listing_input import Given, ask_list
from loaders.tables.read import purposes

RELATED, BIDDERS, MONTHLY = "related", "bidders", "monthly"
ONE, LIST = "one", "list"
_USUAL_FORMS = ("pdf", "docx")
# As many names as stand in one line.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Form:
    """What a person filled in: the request, whom about (a subject or a list), in which forms."""

    asked: Asked
    subject: str
    by_list: bool
    listed: Given | None
    forms: tuple[str, ...]

    @property
    def missing(self) -> str | None:
        """Return the text that says what is lacking, or None where it is whole."""
        if not self.asked.purpose:
            return "report.needs_purpose"
        if self.by_list and self.listed is None:
            return "report.needs_list"
        if self.asked.kind not in NO_SUBJECT and not self.by_list and not self.subject:
            return "report.needs_subject"
        return None if self.forms else "report.needs_form"


def render(services: Services) -> None:
    """Draw the form, the archive and the verification."""
    st.title(text("report.title"))
    if services.snapshot() is None:
        frame.nothing_loaded()
        return
    frame.state_line(services)
    st.caption(text("frame.notice"))
    make, archive, verify = st.tabs(
        [text("report.make"), text("report.archive"), text("report.verify")], key="report-tabs"
    )
    with make:
        _make(services)
    with archive:
        report_archive.archive(services)
    with verify:
        report_archive.verify(services)
    frame.statement(f"xinmai report ENTITY --purpose 招投标 --language {spoken()} --out DIR")


def _make(services: Services) -> None:
    st.caption(text("report.note"))
    kind = st.selectbox(
        text("report.kind"),
        list(KINDS),
        format_func=lambda code: text(f"report.kind.{code}"),
        key="report-kind",
    )
    about = LIST if kind == BIDDERS else ONE
    if kind not in NO_SUBJECT:
        about = st.radio(
            text("report.about"),
            (ONE, LIST),
            format_func=lambda one: text(f"report.about.{one}"),
            horizontal=True,
            key="report-about",
        )
    picks = _picks(services) if kind == RELATED else ()
    listed = ask_list("report") if about == LIST else None
    # No form: what is chosen in one is not known before it is sent, and keeps its old language.
    with st.container(border=True, key="report-form"):
        request, subject, forms = _fill(services, kind, picks, by_list=about == LIST)
        asked = st.button(text("report.button"), type="primary", key="report-go")
    filled = _Form(request, subject, about == LIST, listed, forms)
    # In one place, whether or not anything is said: what stands below keeps its state.
    with st.container():
        if asked and filled.missing:
            st.warning(text(filled.missing))
        elif asked:
            with frame.told():
                _start(services, filled)
    jobs.block(services, (report_result.KIND,))
    report_result.draw(services)


def _fill(
    services: Services, kind: str, picks: tuple[tuple[str, ...], ...], *, by_list: bool
) -> tuple[Asked, str, tuple[str, ...]]:
    """Draw the form; return the request, the subject as it was typed, and the forms."""
    subject, since = "", ""
    if kind == MONTHLY:
        since = st.selectbox(
            text("report.since"),
            ["", *_former(services)],
            format_func=lambda name: name or text("report.none_before"),
            key="report-since",
        )
    elif not by_list:
        known = frame.chosen_party(services) or ""
        subject = st.text_input(text("report.subject"), value=known, key="report-subject").strip()
        with st.container():
            _meant(services, subject)
    purpose, language, forms = _wanted()
    left, right = st.columns(2)
    authorisation = left.text_input(text("report.authorisation"), key="report-authorisation")
    applicant = right.text_input(text("report.applicant"), key="report-applicant")
    asked = Asked(
        uid="",
        purpose=purpose or "",
        as_of=frame.as_of(),
        kind=kind,
        authorisation=authorisation.strip(),
        applicant=applicant.strip(),
        since=since,
        listed=picks,
        known_on="" if (day := frame.known_at()) is None else day.isoformat(),
        language=language,
    )
    return asked, subject, tuple(forms)


def _meant(services: Services, subject: str) -> None:
    """Say whom an id means: nobody knows a party by it."""
    snapshot = services.loaded_snapshot()
    if subject and snapshot.find(subject) is not None:
        st.caption(text("report.meant", name=frame.plain(snapshot.node(subject).name)))


def _wanted() -> tuple[str | None, str, list[str]]:
    """Draw what every kind asks for; return purpose, language and forms."""
    known = purposes()
    left, middle, right = st.columns([3, 2, 3])
    purpose = left.selectbox(
        text("report.purpose"),
        list(known),
        index=None,
        placeholder=text("report.choose"),
        format_func=lambda word: word if spoken() == "zh" else known[word],
        key="report-purpose",
    )
    # A report speaks the language of the screen until somebody says otherwise.
    language = middle.selectbox(
        text("report.language"),
        LANGUAGES,
        index=LANGUAGES.index(spoken()),
        format_func=lambda code: text(f"report.language.{code}"),
        key=f"report-language-{spoken()}",
    )
    forms = right.multiselect(
        text("report.forms"),
        list(FORMS),
        default=list(_USUAL_FORMS),
        placeholder=text("report.choose"),
        format_func=str.upper,
        key="report-forms",
    )
    return purpose, language, forms


def _picks(services: Services) -> tuple[tuple[str, ...], ...]:
    """Draw what was put aside on the canvas; return its uids and link keys, one a row."""
    held = st.session_state.get(frame.BASKET) or []
    if not held:
        return ()
    snapshot = services.loaded_snapshot()
    named = {key: snapshot.node(key).name or key for key in held if snapshot.find(key) is not None}
    links = len(held) - len(named)
    shown = text("frame.comma").join(list(named.values())[:_NAMED])
    said = text("report.picked", parties=len(named), links=links, names=frame.plain(shown))
    wanted = st.checkbox(said, value=True, key="report-picked")
    return tuple((key,) for key in held) if wanted else ()


def _start(services: Services, filled: _Form) -> None:
    """Start what was asked for as a job, once it is known whom it is about."""
    asked = filled.asked
    subject = ""
    if not filled.by_list and asked.kind not in NO_SUBJECT:
        party = services.party(filled.subject)
        asked, subject = replace(asked, uid=party.uid), party.name
    check(replace(asked, uid=asked.uid or ("" if asked.kind in NO_SUBJECT else "-")))
    place = control.new_folder(services.workspace)
    words = list(_command(asked, filled.forms, place / control.RESULT))
    if filled.listed is not None:
        words += ["--list", str(filled.listed.write(place))]
        subject = filled.listed.title
    title = " ".join(filter(None, (text(f"report.kind.{asked.kind}"), subject)))
    # In the folder beside the result: what an ended job was asked for.
    (place / report_result.REQUEST).write_text(
        json.dumps({"list": filled.by_list and asked.kind != BIDDERS}), "utf-8"
    )
    new = NewJob(report_result.KIND, title, tuple(words), place.name, jobs.who())
    jobs.start(services, new)
    st.rerun()


def _command(asked: Asked, forms: tuple[str, ...], out: Path) -> list[str]:
    """Return the words behind `xinmai` that make a report; a value may begin with a dash."""
    words = ["report", "make", *([asked.uid] if asked.uid else []), "--kind", asked.kind]
    words += ["--purpose", asked.purpose, "--as-of", asked.as_of.isoformat()]
    words += ["--language", asked.language, "--format", ",".join(forms), "--out", str(out)]
    for name in ("authorisation", "applicant", "since"):
        value = getattr(asked, name)
        words += [f"--{name}={value}"] if value else []
    words += ["--known-at", asked.known_on] if asked.known_on else []
    return [*words, *(f"--with={key}" for (key,) in asked.listed), "--json"]


def _former(services: Services) -> list[str]:
    """Return the other snapshots of this workspace."""
    current = services.loaded_snapshot().id
    folders = (services.workspace.folder / "snapshots").iterdir()
    return sorted(one.name for one in folders if one.is_dir() and one.name != current)
