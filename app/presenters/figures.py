"""Figures as people read them: shares, exposure, amounts, dates (screens.md 2)."""

from collections.abc import Sequence
from datetime import date, datetime

MISSING = "—"
OPEN_END = date(9999, 12, 31)
WAN = 10_000
_TINY_SHARE = 0.0001
_ENDLESS = {"zh": "长期", "en": "without end"}
_STILL = {"zh": "至今", "en": "today"}
_UNKNOWN = {"zh": "未知", "en": "unknown"}


def percent(share: float | None) -> str:
    """Return a share 0..1 in percent with two decimals; a tiny one is not shown as nothing.

    >>> percent(0.125), percent(0.00001), percent(None)
    ('12.50%', '<0.01%', '—')
    """
    if share is None:
        return MISSING
    return "<0.01%" if 0 < share < _TINY_SHARE else f"{share:.2%}"


def exposure(value: float) -> str:
    """Return an exposure 0..1 with three decimals.

    >>> exposure(0.55569)
    '0.556'
    """
    return f"{value:.3f}"


def amount(yuan: float | None, currency: str | None = None, language: str = "zh") -> str:
    """Return an amount in 万元, or with the source's currency; in English in full.

    >>> amount(12_600_000), amount(5_000_000, "美元"), amount(5_000_000, language="en")
    ('1,260.00 万元', '500.00 万美元', '5,000,000.00 yuan')
    """
    if yuan is None:
        return MISSING
    home = currency in (None, "", "人民币", "156")
    if language == "en":
        return f"{yuan:,.2f} {'yuan' if home else currency}"
    return f"{yuan / WAN:,.2f} 万{'元' if home else currency}"


def taken(value: object) -> str:
    """Return the value that stands instead of one that was not taken; a dash where none does.

    >>> taken("甲公司"), taken(None)
    ('甲公司', '—')
    """
    return MISSING if value is None else str(value)


def day(value: object, language: str = "zh") -> str:
    """Return a date in ISO form, 长期 for one without end, a dash for a missing one."""
    if value is None:
        return MISSING
    return _ENDLESS[language] if value == OPEN_END else str(value)


def period(since: date | str | None, until: date | str | None, language: str = "zh") -> str:
    """Return a period; an open end is 至今.

    >>> period(date(2020, 1, 1), None), period(None, date(2020, 1, 1), "en")
    ('2020-01-01 — 至今', 'unknown — 2020-01-01')
    """
    if since is None and until is None:
        return MISSING
    end = _STILL[language] if until is None or until == OPEN_END else str(until)
    return f"{since or _UNKNOWN[language]} — {end}"


def shown_parts(parts: Sequence[float], total: float, decimals: int = 3) -> list[str]:
    """Return parts rounded so that the shown ones add up to the shown total.

    The largest remainders are rounded up (Hamilton's method).

    >>> shown_parts([0.387456, 0.166691, 0.001543], 0.555690)
    ['0.387', '0.167', '0.002']
    """
    scale = 10**decimals
    whole = round(total * scale)
    down = [int(part * scale) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (down[i] - parts[i] * scale, i))
    for place in order[: max(0, whole - sum(down))]:
        down[place] += 1
    return [f"{value / scale:.{decimals}f}" for value in down]


def moment(stamp: str) -> str:
    """Return a moment as it was written down by the clock of this machine, to the minute."""
    return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
