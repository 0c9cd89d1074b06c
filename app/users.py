"""The people of a site, from users.toml of its workspace; without the file, one desk for all."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.rights import APART, TABLE, Right, Role
from graph.errors import SettingsError

FILE = "users.toml"
# What a file has room for where decisions are signed (desk: 100 characters).
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Person(BaseModel):
    """One person: the name by which they log in, the name they sign with, what they are here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    login: _Words
    name: _Words
    roles: tuple[Role, ...] = Field(min_length=1)

    def has(self, right: Right) -> bool:
        """Return whether one of the roles has a right."""
        return not TABLE[right].isdisjoint(self.roles)

    @property
    def shown(self) -> str:
        """Return name and roles as a line says them."""
        return f"{self.name}（{'、'.join(self.roles)}）"


class Users(BaseModel):
    """Everybody who may work here; `contact` is whom one asks for a right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    user: tuple[Person, ...] = Field(min_length=1)

    def by_login(self, login: str) -> Person | None:
        """Return who logs in by a name."""
        return next((one for one in self.user if one.login == login), None)

    def by_name(self, name: str) -> Person | None:
        """Return who signs with a name."""
        return next((one for one in self.user if one.name == name), None)

    def who_may(self, right: Right) -> tuple[Person, ...]:
        """Return those who have a right, in the order of the file."""
        return tuple(one for one in self.user if one.has(right))


@dataclass(frozen=True, slots=True)
class User:
    """For whom the services act; without `users`, for everybody, and all is allowed.

    `person` is None for somebody who is not in the file; `login` is what they came with.
    """

    login: str
    person: Person | None
    users: Users | None

    @property
    def named(self) -> bool:
        """Whether the site says who works here."""
        return self.users is not None

    def has(self, right: Right) -> bool:
        """Return whether this may be done."""
        return self.users is None or (self.person is not None and self.person.has(right))

    def signs(self, typed: str) -> str:
        """Return whose name stands below a decision: the person's; what was typed where none is."""
        if self.users is None:
            return typed
        return "" if self.person is None else self.person.name

    @property
    def shown(self) -> str:
        """Return who it is, as a refusal says it."""
        return self.login if self.person is None else self.person.shown


EVERYBODY = User("", None, None)


def user_of(users: Users | None, login: str) -> User:
    """Return for whom the services act where somebody came with a login name."""
    if users is None:
        return EVERYBODY
    return User(login, users.by_login(login), users)


def signed_by(users: Users | None, name: str) -> User:
    """Return for whom the services act where something was signed with a name."""
    person = None if users is None else users.by_name(name)
    return EVERYBODY if users is None else User(person.login if person else name, person, users)


def read_users(workspace: Path) -> Users | None:
    """Return the people of a workspace, None where it has no such file; a change counts at once.

    Raises:
        SettingsError: the file cannot be read, or breaks a rule; the first such is named.
    """
    path = workspace / FILE
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        # What is wrong with a workspace that is no folder is said where it is opened.
        return None
    except OSError as error:
        raise SettingsError(FILE, str(path), f"cannot be read: {error.strerror}") from error
    return _read(path, (found.st_mtime_ns, found.st_size, found.st_ino))


# A server looks at each run of a screen, and the file changes some times a year.
@lru_cache(maxsize=4)
def _read(path: Path, stamp: tuple[int, ...]) -> Users:
    del stamp
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(FILE, str(path), f"cannot be read: {error}") from error
    try:
        users = Users.model_validate(held)
    except ValidationError as error:
        raise _first_fault(error) from None
    for fault in _faults(users):
        raise fault
    return users


def _first_fault(error: ValidationError) -> SettingsError:
    """Return the first thing that is wrong: where it stands, its value, the rule."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(one + 1) if isinstance(one, int) else one for one in first["loc"])
    value = first["input"]
    rule = {
        "missing": "is missing",
        "extra_forbidden": "is no word of this file; known: contact, user: login, name, roles",
        "enum": f"must be one of {', '.join(Role)}",
        "string_too_short": "must not be empty",
        "too_short": "must not be empty",
    }.get(first["type"], f"is wrong: {first['msg']}")
    shown = "" if first["type"] == "missing" else value
    return SettingsError(f"{FILE} {where}", shown, rule)


def _faults(users: Users) -> Iterator[SettingsError]:
    """Yield what no single value tells: who stands twice, and roles that nobody has together."""
    logins: set[str] = set()
    names: set[str] = set()
    for number, one in enumerate(users.user, start=1):
        where = f"{FILE} user.{number}"
        if one.login in logins:
            yield SettingsError(f"{where}.login", one.login, "stands twice")
        if one.name in names:
            rule = "stands twice; add what tells the two apart, decisions are signed with it"
            yield SettingsError(f"{where}.name", one.name, rule)
        logins.add(one.login)
        names.add(one.name)
        if len(set(one.roles)) < len(one.roles):
            yield SettingsError(f"{where}.roles", "、".join(one.roles), "names a role twice")
        for apart in APART:
            if apart <= set(one.roles):
                said = "、".join(sorted(apart))
                rule = f"must not have {said} in one person: who loads does not audit"
                yield SettingsError(f"{where}.roles", one.login, rule)
