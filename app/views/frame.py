"""What every screen has: services, day, language, state line, errors in one sentence, tables."""

import logging
import os
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from secrets import token_hex
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import streamlit as st

from app.acting import acting_for
from app.bootstrap import Services, open_services
from app.finding import named
from app.known import KnownHouse
from app.presenters import figures
from app.presenters.refusals import refusal as in_language
from app.rights import Right
from app.settings import Settings, read_settings
from app.texts.read import speak, spoken, text, texts
from app.views import address, basket, markdown, no_right, person
from graph.errors import RightError, XinmaiError
from graph.identifiers.identity_card import masked

AS_OF = "as_of"
KNOWN_AT = "known_at"
# Commands that answer from what was known on a day as well.
_KNOWING = re.compile(
    r"^xinmai (search|show|how|why|why-not|bidders|path|owners|holdings|control|controller"
    r"|beneficial|expose|whatif|rests|patterns|report|export)\b"
)
# What a person put aside on the canvas for a report: uids and link keys.
BASKET = "report_basket"
# A table of so many rows is shown whole; a longer one scrolls within ten.
WHOLE = 30
# Pixels: what a letter takes in a table, the frame of its cell, a column that needs no width of its
# own, and the widest one, which leaves room for others on a screen of 1,024 pixels.
_LETTER, _CELL, _SHORT, _WIDEST = 7, 24, 110, 340
# The days of this country's registers; the last is how sources write that there is no end. Both are
# said to each field: else it takes no day more than ten years from the one that it holds.
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2099, 12, 31)
# How often an open screen asks whether a load has made a newer snapshot.
NEWS_SECONDS = 10
TODAY_FORMAT = "YYYY-MM-DD"
_SHOWN = "shown_snapshot"
_SPOKEN = "spoken_before"
# Of what a person typed no more is repeated than tells which text it was.
_TYPED = 60
# More of what a library says about a file than this tells nobody more.
_REASON = 200
_LOG = logging.getLogger(__name__)
plain = markdown.plain
_FORMULA = r"^\s*[=+\-@\t\r]"


@st.cache_resource(show_spinner=False)
def services(workspace: str) -> Services:
    """Return the services of a workspace; one for all sessions, opened once."""
    environ = dict(os.environ)  # noqa: TID251 - handed to the one reader of settings
    del workspace
    return open_services(read_settings(environ, None), create=True)


def settings() -> Settings:
    """Return the settings that this app was started with."""
    return read_settings(dict(os.environ), None)  # noqa: TID251 - handed to their one reader


def house() -> Services:
    """Return the services that this app was started on, acting for who sits before the screen."""
    chosen = settings()
    return acting_for(services(str(chosen.workspace)), person.user(chosen))


@contextmanager
def told(*, retry: bool = False) -> Iterator[None]:
    """Say in one sentence what went wrong inside, and leave the rest of the screen usable.

    Files that are cut or gone are refused by the libraries that read them. What nobody foresaw is
    written to the log under a number, and the number is told.
    """
    try:
        yield
    except RightError as error:
        no_right.draw_error(person.here(), error)
        return
    except XinmaiError as error:
        st.error(refusal(error))
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:_REASON]
        st.error(text("frame.because", said=text("error.unreadable"), why=plain(reason)))
    except Exception as error:  # noqa: BLE001 - the last place before a person
        st.error(text("error.unforeseen", number=_logged(error)))
    else:
        return
    if retry:
        st.button(text("frame.retry"), key="retry")


def _logged(error: Exception) -> str:
    """Write where an error came from to the log and return its number.

    Its message stays out: it may hold a value of somebody's record.
    """
    number = token_hex(4)
    steps = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {step.filename}:{step.lineno} {step.name}" for step in steps)
    _LOG.error("unforeseen %s, number %s\n%s", type(error).__name__, number, where)
    return number


def refusal(error: XinmaiError) -> str:
    """Return an error as a sentence of the chosen language, with thing, value and rule behind."""
    return text("frame.because", said=_said(error), why=why(error))


def why(error: XinmaiError) -> str:
    """Return what an error says itself: its thing, its value and its rule, in the language."""
    return plain(in_language(error, spoken()))


def unmarked(error: XinmaiError) -> str:
    """Return an error as `refusal` does, for what is shown as it is written."""
    if isinstance(error, RightError) and error.thing in {one.value for one in Right}:
        lacking = no_right.lacks(person.here(), Right(error.thing))
        return lacking or _said(error)
    return text("frame.because", said=_said(error), why=in_language(error, spoken()))


def _said(error: XinmaiError) -> str:
    known = texts()
    kinds = [f"error.{kind.__name__}" for kind in type(error).__mro__]
    return text(next(key for key in kinds if key in known))


def choose_language() -> None:
    """Speak the language that the switch in the sidebar is set to, at first the site's."""
    language = st.session_state.get("language") or _first_language()
    speak(language)
    if st.session_state.get(_SPOKEN, language) != language:
        _choose_again()
    st.session_state[_SPOKEN] = language


def _first_language() -> str:
    try:
        return settings().language
    except XinmaiError:
        # Settings that cannot be read are told where a screen needs them; this is said in Chinese.
        return "zh"


def _choose_again() -> None:
    """Choose again what is chosen in every box: what a box shows is sent only when it is set.

    Else it shows the words of the language before until somebody opens it. Buttons, tables and
    uploads cannot be set: their values are of other kinds.
    """
    for key, value in list(st.session_state.items()):
        several = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        if value and (isinstance(value, str) or several):
            st.session_state[key] = value


def as_of() -> date:
    """Return the day that all screens look at."""
    chosen = st.session_state.get(AS_OF)
    return chosen if isinstance(chosen, date) else date.today()  # noqa: DTZ011 - the person's day


def ask_day(label: str, day: date, key: str) -> date:
    """Ask for a day of this country's registers, beginning with the one that is given."""
    return st.date_input(label, day, FIRST_DAY, LAST_DAY, key, format=TODAY_FORMAT)


def known_at() -> date | None:
    """Return the day by whose end all had been loaded that counts, or None for today."""
    chosen = st.session_state.get(KNOWN_AT)
    return chosen if isinstance(chosen, date) else None


def nothing_loaded() -> None:
    """Say that nothing is loaded, and where to begin."""
    st.info(text("frame.empty"))
    pages = st.session_state.get("pages", {})
    if "data" in pages:
        st.page_link(pages["data"], label=text("frame.to_data"), icon=":material/upload_file:")


def state_line(services: Services) -> None:
    """Say which snapshot, which day, how fresh; whether that day is past, and what has changed.

    All in one place of the page, as whatever is said on some runs alone: what stands below a line
    that comes or goes would be drawn anew, and a click on it, or what was opened there, be lost.
    """
    with st.container(key="state-line"):
        _state(services)


def _state(services: Services) -> None:
    snapshot = services.loaded_snapshot()
    until = _loaded_until(services, str(services.workspace.folder), snapshot.id)
    st.caption(text("frame.state", snapshot=snapshot.id, as_of=as_of(), until=until))
    today = date.today()  # noqa: DTZ011 - the person's day
    if as_of() != today:
        st.info(text("frame.past" if as_of() < today else "frame.ahead"))
    if isinstance(services, KnownHouse):
        # Nothing is renewed that has been, and what is loaded meanwhile does not count.
        _then_line(services, snapshot.id)
        return
    before = st.session_state.get(_SHOWN)
    if before is not None and before != snapshot.id:
        st.info(text("frame.renewed", before=before, after=snapshot.id))
    st.session_state[_SHOWN] = snapshot.id
    _news(services, snapshot.id, spoken())


def _then_line(services: KnownHouse, snapshot: str) -> None:
    later = len(house().ledger.batches()) - len(services.ledger.batches())
    st.info(text("known.banner", day=services.known_on, later=later, snapshot=snapshot))


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded_until(_services: Services, folder: str, snapshot: str) -> str:
    """Return the day of the newest load; it changes with the snapshot alone."""
    del folder, snapshot
    return max((batch.loaded_at[:10] for batch in _services.ledger.batches()), default="—")


@st.fragment(run_every=NEWS_SECONDS)
@told()
def _news(services: Services, shown: str, language: str) -> None:
    """Say that there is a newer snapshot; nothing on the screen changes before a person says so."""
    # A fragment runs by itself: nobody has chosen the language before it.
    speak(language)
    if services.workspace.current() in (None, shown):
        return
    st.warning(text("frame.newer"))
    if st.button(text("frame.refresh"), key="refresh"):
        st.rerun(scope="app")


def chosen_party(services: Services) -> str | None:
    """Return the uid of the party that the screens are about, from the address or the session."""
    uid = address.wanted_party()
    if uid is None:
        return None
    uid = party_named(services, uid)
    if uid is None:
        return None
    address.open_party(uid)
    st.query_params.update(address.of_party())
    return uid


def party_named(services: Services, by: str, where: str = "") -> str | None:
    """Return the uid of the one party with an id or a code; else say what was searched for it."""
    found = named(services, by)
    if len(found) == 1:
        return found[0]
    said, snapshot = repeated(masked(by)), services.loaded_snapshot().id
    looked = text("search.looked_code", snapshot=snapshot)
    key = "party.several" if found else "party.unknown"
    st.warning(where + text(key, uid=said, count=len(found), looked=looked))
    return None


def statement(
    command: str, cypher: str | None = None, params: Mapping[str, object] | None = None
) -> None:
    """Show the command, and the Cypher where there is one, behind what is on the screen.

    The Cypher can be put into the batch, or taken to the query screen and kept as a template.
    """
    with st.expander(text("frame.statement")):
        st.code("\n".join(map(_as_known, command.splitlines())), language="bash")
        if cypher:
            if known_at() is not None:
                st.caption(text("known.store"))
            st.code(cypher, language="cypher")
            acting = house()
            if acting.user.has(Right.CYPHER):
                basket.offer(acting.workspace, command, cypher, params or _known())


def _as_known(line: str) -> str:
    """Return a command as it answers from what was known on the chosen day."""
    on = known_at()
    return line if on is None or not _KNOWING.match(line) else f"{line} --known-at {on}"


def _known() -> dict[str, object]:
    """Return the parameters that every screen knows: its party and its day."""
    return {"uid": st.session_state.get(address.PARTY), "as_of": as_of().isoformat()}


def repeated(typed: str) -> str:
    """Return what a person typed as a screen may repeat it: plain, and no longer than a name."""
    return plain(typed if len(typed) <= _TYPED else f"{typed[:_TYPED]}…")


def titled(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Return rows as a table whose heads speak the chosen language."""
    table = pl.DataFrame(list(rows), infer_schema_length=None)
    known = texts()
    heads = {name: f"column.{name}" for name in table.columns if f"column.{name}" in known}
    return table.rename({name: text(key) for name, key in heads.items()})


def table(rows: Sequence[Mapping[str, object]], key: str) -> None:
    """Show rows as a table with their export."""
    shown = titled(rows)
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=_height(shown),
        column_config=columns_of(shown),
        placeholder=figures.MISSING,
    )
    export(shown, key)


def picked(rows: Sequence[Mapping[str, object]], key: str) -> int | None:
    """Show rows as a table in which one may be chosen; return its place."""
    shown = titled(rows)
    chosen = st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=_height(shown),
        column_config=columns_of(shown),
        placeholder=figures.MISSING,
        key=f"table-{key}",
        on_select="rerun",
        selection_mode="single-row",
    )
    export(shown, key)
    places = chosen["selection"]["rows"]
    return places[0] if places and places[0] < len(rows) else None


def _height(shown: pl.DataFrame) -> Literal["content", "auto"]:
    return "content" if shown.height <= WHOLE else "auto"


def columns_of(shown: pl.DataFrame) -> dict[str, Any]:
    """Return how columns are shown: numbers grouped, long words at their whole width.

    The grid measures a few cells and leaves out those that are much longer than the others: their
    ends would be cut.
    """
    made: dict[str, Any] = {}
    for name, kind in shown.schema.items():
        if kind.is_integer():
            made[name] = st.column_config.NumberColumn(format="localized")
        elif kind == pl.String and (width := _width(shown[name])) > _SHORT:
            made[name] = st.column_config.Column(width=min(width, _WIDEST))
    return made


def _width(cells: pl.Series) -> int:
    # A Chinese character has three bytes and two columns, a letter one of each.
    columns = (cells.str.len_bytes() + cells.str.len_chars()).max()
    return _CELL + _LETTER * int(columns if isinstance(columns, int) else 0) // 2


def export(shown: pl.DataFrame, key: str, label: str | None = None) -> None:
    """Offer a table as CSV; it is written when somebody asks for it."""

    def content() -> bytes:
        return ("\ufeff" + shown.with_columns(_as_text()).write_csv()).encode()

    st.download_button(
        label or text("frame.export"),
        content,
        f"{key}.csv",
        "text/csv",
        key=f"csv-{key}",
        on_click="ignore",
    )


def to_page(name: str, label: str, key: str) -> None:
    """Offer the way to another screen, where there is one of this name."""
    pages = st.session_state.get("pages", {})
    if name in pages and st.button(label, key=key):
        address.go_to(name)


def _as_text() -> pl.Expr:
    # What a spreadsheet would run stays text (screens.md 8.9).
    cell = pl.col(pl.String)
    return pl.when(cell.str.contains(_FORMULA)).then("'" + cell).otherwise(cell).name.keep()
