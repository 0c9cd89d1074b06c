"""What stands in a drawing of a screen, read as a person reads it."""

import re
from base64 import b64decode
from html import unescape

_DATA = re.compile(r"base64,([A-Za-z0-9+/=]+)")
_WORDS = re.compile(r"<text[^>]*>([^<]*)</text>")


def words_of(drawn: str) -> list[str]:
    """Return the words of a drawing, line by line."""
    found = _DATA.search(drawn)
    assert found is not None, "no drawing"
    inner = b64decode(found[1]).decode()
    return [unescape(one).replace("\xa0", " ").strip() for one in _WORDS.findall(inner)]
