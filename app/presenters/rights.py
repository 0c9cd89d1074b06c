"""The table of rights as a page of the documentation."""

from app.rights import APART, JOBS, PAGES, TABLE, Right, Role
from app.texts.read import speaking, text


def rights_page() -> str:
    """Return docs/rights.md from the table of rights."""
    roles = [f"{role} {_in('en', f'right.role.{role.name.lower()}')}" for role in Role]
    lines = [
        "# Rights",
        "",
        "Where a workspace has a `users.toml`, each person may do what one of their roles has a",
        "right to ([operations](operations.md#users-and-roles)); nobody is both",
        f"{' and '.join(role for apart in APART for role in sorted(apart))}.",
        "",
        f"| right | {' | '.join(roles)} | what may be done |",
        f"|---|{'---|' * len(roles)}---|",
    ]
    lines += [
        f"| {_both(f'right.{right}')} (`{right}`) |"
        f" {' | '.join('✓' if role in TABLE[right] else '' for role in Role)} |"
        f" {_in('en', f'right.means.{right}')} |"
        for right in Right
    ]
    lines += ["", "A screen is absent without its right, and a job is not there.", ""]
    lines += ["| screen | right |", "|---|---|"]
    lines += [f"| {_both(f'{name}.title')} | {_both(f'right.{PAGES[name]}')} |" for name in PAGES]
    lines += ["", "| kind of job | right |", "|---|---|"]
    lines += [f"| `{kind}` | {_both(f'right.{right}')} |" for kind, right in JOBS.items()]
    return "\n".join(lines) + "\n"


def _in(language: str, key: str) -> str:
    with speaking(language):
        return text(key)


def _both(key: str) -> str:
    return f"{_in('zh', key)} {_in('en', key)}"
