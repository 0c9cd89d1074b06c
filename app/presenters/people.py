"""The people of a site as JSON and as lines, and in one word where little is said."""

from collections.abc import Iterator
from typing import Any

from app.rights import Right
from app.texts.read import text
from app.users import User, Users


def people_to_json(users: Users | None, acting: User) -> dict[str, Any]:
    """Return the people with roles and rights, and for whom the command acts."""
    people = () if users is None else users.user
    return {
        "named": users is not None,
        "acting_for": acting.login if acting.named else None,
        "known": acting.person is not None,
        "users": [
            {
                "login": one.login,
                "name": one.name,
                "roles": list(one.roles),
                "rights": [right.value for right in Right if one.has(right)],
            }
            for one in people
        ],
    }


def people_lines(users: Users | None) -> Iterator[str]:
    """Yield a line a person: login, name, roles, rights."""
    for one in () if users is None else users.user:
        rights = ", ".join(right for right in Right if one.has(right))
        yield f"{one.login}\t{one.name}\t{text('frame.comma').join(one.roles)}\t{rights}"
