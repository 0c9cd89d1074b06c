"""审计: who did what and when, what was refused, who works here and what they may."""

import streamlit as st

from app.acting import acts_of, require
from app.bootstrap import Services
from app.desk.acts import Act
from app.rights import TABLE, Right, Role
from app.texts.read import text
from app.users import Person
from app.views import frame, no_right

# As many as a person reads; all stand on the desk.
_SHOWN = 500
_YES = "✓"


def render(services: Services) -> None:
    """Draw the acts, the people and the table of rights."""
    require(services, Right.AUDIT)
    st.title(text("audit.title"))
    acts, people, rights = st.tabs(
        [text("audit.acts"), text("audit.people", count=_count(services)), text("audit.table")],
        key="audit-tabs",
    )
    with acts, frame.told():
        _acts(services)
    with people, frame.told():
        users = services.user.users
        frame.table([_person(one) for one in (users.user if users else ())], "users")
    with rights, frame.told():
        frame.table([_right(one) for one in Right], "rights")


def _count(services: Services) -> int:
    return len(services.user.users.user) if services.user.users else 0


def _acts(services: Services) -> None:
    refused = st.checkbox(text("audit.refused"), key="audit-refused")
    kept = acts_of(services.workspace)
    found = kept.listed(_SHOWN, refused=refused)
    st.caption(text("audit.note", count=kept.count(), shown=len(found)))
    if not found:
        st.info(text("audit.none"))
        return
    frame.table([_act(one) for one in found], "acts")


def _act(one: Act) -> dict[str, object]:
    known = {right.value for right in Right}
    return {
        text("audit.number"): one.id,
        text("audit.when"): one.made_at[:19].replace("T", " "),
        text("audit.login"): one.login,
        text("audit.who"): one.who,
        text("audit.right"): text(f"right.{one.right}") if one.right in known else one.right,
        text("audit.thing"): one.thing,
        text("audit.allowed"): text("audit.yes" if one.allowed else "audit.no"),
    }


def _person(one: Person) -> dict[str, object]:
    return {
        text("audit.login"): one.login,
        text("audit.name"): one.name,
        text("audit.roles"): no_right.roles_text(one.roles),
    }


def _right(one: Right) -> dict[str, object]:
    return {
        text("audit.right"): text(f"right.{one}"),
        **{
            text(f"right.role.{role.name.lower()}"): _YES if role in TABLE[one] else ""
            for role in Role
        },
        text("audit.means"): text(f"right.means.{one}"),
    }
