"""Who sits before the screen: by a header of the site's proxy, or by the app's own sign-in."""

import getpass
import os

import streamlit as st

from app.settings import Settings, read_settings
from app.users import User, read_users, user_of


def user(settings: Settings) -> User:
    """Return for whom a screen acts; everybody where the workspace does not say who works there.

    Raises:
        SettingsError: the file of users is wrong.
    """
    users = read_users(settings.workspace)
    return user_of(users, "" if users is None else _login(settings))


def here() -> User:
    """Return for whom this screen acts."""
    return user(read_settings(dict(os.environ), None))  # noqa: TID251 - handed to their one reader


def who() -> str:
    """Return in whose name a person works: their own, else what was typed, else the account's."""
    return here().signs(str(st.session_state.get("author") or "").strip() or getpass.getuser())


def _login(settings: Settings) -> str:
    """Return by what name somebody came, "" where by none."""
    if settings.user_header is not None:
        return (st.context.headers.get(settings.user_header) or "").strip()
    if settings.user_claim is not None and st.user.get("is_logged_in"):
        return str(st.user.get(settings.user_claim) or "").strip()
    return ""
