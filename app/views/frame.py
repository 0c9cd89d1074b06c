"""What every screen has: services, day, language, search box, state line."""

import os
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import streamlit as st

from app.bootstrap import Services, open_services
from app.settings import read_settings
from app.texts.read import LANGUAGES, speak, text, texts

PARTY = "party"
TODAY_FORMAT = "YYYY-MM-DD"
_MARKED = frozenset("\\`*_{}[]<>()#+-!|$:~")
_FORMULA = r"^\s*[=+\-@\t\r]"


@st.cache_resource(show_spinner=False)
def services(workspace: str) -> Services:
    """Return the services of a workspace; one for all sessions, opened once."""
    environ = dict(os.environ)  # noqa: TID251 - handed to the one reader of settings
    del workspace
    return open_services(read_settings(environ, None), create=True)


def house() -> Services:
    """Return the services that this app was started on."""
    return services(str(read_settings(dict(os.environ), None).workspace))  # noqa: TID251


def choose_language() -> None:
    """Show the switch of languages and speak the chosen one from here on."""
    chosen = st.session_state.get("language", "zh")
    speak(chosen)
    st.sidebar.segmented_control(
        text("frame.language"),
        LANGUAGES,
        default=None if "language" in st.session_state else "zh",
        format_func=lambda code: {"zh": "中文", "en": "English"}[code],
        key="language",
        required=True,
    )


def as_of() -> date:
    """Return the day that all screens look at."""
    chosen = st.session_state.get("as_of")
    return chosen if isinstance(chosen, date) else date.today()  # noqa: DTZ011 - the person's day


def draw_sidebar() -> None:
    """Show the day and the quick search."""
    st.sidebar.date_input(text("frame.as_of"), value=as_of(), format=TODAY_FORMAT, key="as_of")


def state_line(services: Services) -> None:
    """Say which snapshot, which day, how fresh; and whether that day is past."""
    snapshot = services.loaded_snapshot()
    newest = max((batch.loaded_at[:10] for batch in services.ledger.batches()), default="—")
    st.caption(text("frame.state", snapshot=snapshot.id, as_of=as_of(), until=newest))
    if as_of() != date.today():  # noqa: DTZ011 - the person's day
        st.info(text("frame.past"))


def chosen_party(services: Services) -> str | None:
    """Return the uid of the party that the screens are about, from the address or the session."""
    uid = st.session_state.get(PARTY) or st.query_params.get(PARTY)
    if not isinstance(uid, str):
        return None
    snapshot = services.loaded_snapshot()
    if snapshot.find(uid) is None:
        st.warning(text("party.unknown", uid=plain(uid), snapshot=snapshot.id))
        return None
    st.session_state[PARTY] = uid
    st.query_params[PARTY] = uid
    return uid


def open_party(uid: str) -> None:
    """Make a party the one that the screens are about."""
    st.session_state[PARTY] = uid
    st.query_params[PARTY] = uid


def statement(command: str, cypher: str | None = None) -> None:
    """Show the command, and the Cypher where there is one, behind what is on the screen."""
    with st.expander(text("frame.statement")):
        st.code(command, language="bash")
        if cypher:
            st.code(cypher, language="cypher")


def plain(words: str) -> str:
    """Return words without a meaning in Markdown: a name is never a heading, link or picture."""
    return "".join(f"\\{char}" if char in _MARKED else char for char in words)


def titled(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Return rows as a table whose heads speak the chosen language."""
    table = pl.DataFrame(list(rows), infer_schema_length=None)
    known = texts()
    heads = {name: f"column.{name}" for name in table.columns if f"column.{name}" in known}
    return table.rename({name: text(key) for name, key in heads.items()})


def table(rows: Sequence[Mapping[str, object]], key: str) -> None:
    """Show rows as a table with their export."""
    shown = titled(rows)
    counts = [name for name, kind in shown.schema.items() if kind.is_integer()]
    config = {name: st.column_config.NumberColumn(format="localized") for name in counts}
    st.dataframe(shown, hide_index=True, width="stretch", column_config=config)
    content = "\ufeff" + shown.with_columns(_as_text()).write_csv()
    st.download_button(text("frame.export"), content, f"{key}.csv", "text/csv", key=f"csv-{key}")


def _as_text() -> pl.Expr:
    # What a spreadsheet would run stays text (screens.md 8.9).
    cell = pl.col(pl.String)
    return pl.when(cell.str.contains(_FORMULA)).then("'" + cell).otherwise(cell).name.keep()
