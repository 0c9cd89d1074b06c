"""Words from a file or a person, as Markdown shows them: nothing in them has a meaning there."""

import re

_MARKED = frozenset("\\`*_{}[]<>()#+-!|$:~&=^")
# A sign that nobody sees, between what Streamlit would make a link, an icon or an arrow of though
# its signs are escaped: it reads the text once more when they are gone.
_JOINER = "\u2060"
_READ_AGAIN = re.compile(
    r"https?:(?=//)|www(?=\.)|@(?=\w)|:(?=material/|streamlit:)"
    r"|(?<!\S)(?:<(?=-)|-(?=[->])|[<>~](?==))(?=\S{1,2}(?:\s|$))",
    re.IGNORECASE,
)
# Where a line begins: blanks that make it code, and the number of a list.
_INDENT = re.compile(r"\s*\n\s*")
_NUMBER = re.compile(r"^(\d+)\.", re.MULTILINE)


def plain(words: str) -> str:
    """Return words without a meaning in Markdown: a name is never a heading, link or picture."""
    lines = _INDENT.sub("\n", words.strip())
    parted = _READ_AGAIN.sub(f"\\g<0>{_JOINER}", lines)
    escaped = "".join(f"\\{char}" if char in _MARKED else char for char in parted)
    return _NUMBER.sub(r"\1\\.", escaped)
