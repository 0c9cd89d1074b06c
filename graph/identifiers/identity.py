"""How identity numbers and phones are kept: a keyed hash to compare, a mask to show."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# 128 bits tell all persons apart and fit 32 hex digits.
HASH_DIGITS = 32
# Of RFC 2104: the bytes of a block of SHA-256, and what a key is combined with.
_BLOCK, _INNER, _OUTER = 64, 0x36, 0x5C


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """The secret of one workspace; without it a hash cannot be compared with a number."""

    secret: bytes = field(repr=False)

    def hash(self, value: str) -> str:
        """Return the first 32 hex digits of HMAC-SHA256 over a value."""
        return hmac.digest(self.secret, value.encode(), "sha256").hex()[:HASH_DIGITS]

    @property
    def fingerprint(self) -> str:
        """Return what tells this key from another, and nothing more of it."""
        return self.hash("fingerprint")

    def hashes(self, values: Iterable[str | None]) -> Iterator[str | None]:
        """Yield `hash` of each value, None of None: the key is taken in once, not for each.

        As RFC 2104 defines HMAC: a copy of hmac's own object takes as long again.
        """
        inner, outer = (hashlib.sha256(self._key_with(pad)) for pad in (_INNER, _OUTER))
        for value in values:
            if value is None:
                yield None
                continue
            one, other = inner.copy(), outer.copy()
            one.update(value.encode())
            other.update(one.digest())
            yield other.hexdigest()[:HASH_DIGITS]

    def _key_with(self, pad: int) -> bytes:
        key = self.secret if len(self.secret) <= _BLOCK else hashlib.sha256(self.secret).digest()
        return bytes(byte ^ pad for byte in key.ljust(_BLOCK, b"\0"))


def mask_identity(text: str) -> str:
    """Return a number as people may see it: region and last four, the birth date hidden.

    >>> mask_identity("440106199001011234")
    '440106********1234'
    """
    return f"{text[:6]}********{text[-4:]}"


def mask_phone(text: str) -> str:
    """Return a phone number with its middle four digits hidden.

    >>> mask_phone("13800006621")
    '138****6621'
    """
    return f"{text[:3]}****{text[-4:]}"
