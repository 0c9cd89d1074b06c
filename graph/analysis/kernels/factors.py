"""The factor of a link, in parts per million, from its row, the day and the policy (method 3)."""

# A kernel takes arrays one by one, and a call in it is dearer than a branch.
# ruff: noqa: PLR0913, PLR0917

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.loops import loop
from graph.snapshot import form

# Arrays and numbers of whatever width; kernels are compiled for the width they get.
Numbers = NDArray[Any]
Number = Any
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_DAY = form.NO_DAY
WHOLE = 1_000_000
HALF = WHOLE // 2
YEAR = 365.25
HOLDS_SHARES = form.TYPES.index("HOLDS_SHARES")
CONTROLS = form.TYPES.index("CONTROLS")
SERVES = form.TYPES.index("SERVES")
HOLDS_POST = form.TYPES.index("HOLDS_POST")
LEAD, SUCCESSION, DERIVED = form.LEAD, form.SUCCESSION, form.DERIVED
ALONG, AGAINST = 1, 0
SILENT, CERTAIN, DOUBTFUL = 0, 1, 2


class Web(NamedTuple):
    """Arrays of a snapshot, one element a node, a link row, or an entry of a list by node."""

    blocked: Numbers
    source: Numbers
    target: Numbers
    kind: Numbers
    post: Numbers
    flags: Numbers
    share: Numbers
    votes: Numbers
    given: Numbers
    since: Numbers
    until: Numbers
    out_start: Numbers
    out_row: Numbers
    out_other: Numbers
    in_start: Numbers
    in_row: Numbers
    in_other: Numbers
    degree: Numbers
    near: Numbers
    via_row: Numbers
    via_engagement: Numbers
    via_first: Numbers
    via_second: Numbers


class Rules(NamedTuple):
    """The policy as numbers; `beta` is (types, posts, 2): against, along."""

    beta: Numbers
    hub: Numbers
    cited: float
    free_bits: int
    half_life: float
    years: float
    least: int
    slope: float
    cap: int
    leads: int


@loop()
def has(values: Numbers, value: Number) -> Number:
    """Return whether a sorted array holds a value."""
    place = np.searchsorted(values, value)
    return place < values.size and values[place] == value


@loop()
def whole_ppm(value: Number) -> Number:
    """Return whole parts per million, half to even, as numeric.to_ppm does."""
    return np.int64(np.rint(np.rint(value * 1e12) / 1e6))


@loop()
def bits(degree: Number, free: Number) -> Number:
    """Return b of a hub: how often its size doubles beyond 2 ** free counterparties."""
    count = 0
    size = 1
    while size < degree:
        size *= 2
        count += 1
    return max(0, count - free)


@loop()
def alive(web: Web, row: Number, day: Number) -> Number:
    """Return whether a link exists on the day."""
    # Both read first: a branch between two reads makes numba count references to every array.
    since, until = web.since[row], web.until[row]
    if since != NO_DAY and since > day:
        return False
    return until == NO_DAY or day < until


@loop()
def present(web: Web, row: Number, dropped: Numbers) -> Number:
    """Return whether a row, or one of what it was derived from, is not dropped."""
    if dropped.size == 0:
        return True
    if has(dropped, row):
        return False
    if web.flags[row] & DERIVED == 0 or web.kind[row] == CONTROLS:
        return True
    place = np.searchsorted(web.via_row, row)
    while place < web.via_row.size and web.via_row[place] == row:
        first, second = web.via_first[place], web.via_second[place]
        if not has(dropped, first) and not has(dropped, second):
            return True
        place += 1
    return False


@loop()
def age_weight(web: Web, row: Number, day: Number, rules: Rules) -> Number:
    """Return lambda of a link: 1 while it lasts, then falling with the years since its end."""
    until = web.until[row]
    if until == NO_DAY or day < until:
        return 1.0
    years = (day - until) / YEAR
    if years > rules.years:
        return 0.0
    # numpy's division raises nothing: a way out that does keeps references to every array counted.
    return 2.0 ** np.true_divide(-years, rules.half_life)


@loop()
def hub_weight(web: Web, row: Number, into: Number, out_of: Number, rules: Rules) -> Number:
    """Return h_in times h_out of a link from `out_of` into `into`."""
    if rules.hub[web.kind[row]] == 0:
        return 1.0
    b_in = bits(web.degree[into], rules.free_bits)
    b_out = bits(web.degree[out_of], rules.free_bits)
    return 2.0 ** (-b_in) * 2.0 ** (-b_out / 2)


@loop()
def voting_base(web: Web, company: Number, day: Number, dropped: Numbers) -> Number:
    """Return the votes that count, in ppm: all but what the company holds of itself."""
    outward = web.out_start[company + 1] - web.out_start[company]
    inward = web.in_start[company + 1] - web.in_start[company]
    base = WHOLE
    # Its own shares are in both lists: the shorter one is enough.
    for turn in range(min(inward, outward)):
        if inward < outward:
            row = web.in_row[web.in_start[company] + turn]
        else:
            row = web.out_row[web.out_start[company] + turn]
        source, target, kind, votes = (
            web.source[row],
            web.target[row],
            web.kind[row],
            web.votes[row],
        )
        own = source == target and kind == HOLDS_SHARES
        if own and alive(web, row, day) and not has(dropped, row):
            base -= max(0, votes)
    return base


@loop()
def control_of(
    web: Web, holder: Number, day: Number, dropped: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Return (companies in order of discovery, votes each, base each) that `holder` controls.

    Votes are the final sum in ppm held by the holder and all that it controls.
    """
    gathered: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    bases: dict[Number, Number] = {np.int64(-1): np.int64(0)}
    members: list[Number] = [np.int64(holder)]
    inside: dict[Number, Number] = {np.int64(holder): np.int64(1)}
    turn = 0
    while turn < len(members):
        current = members[turn]
        turn += 1
        for place in range(web.out_start[current], web.out_start[current + 1]):
            row = web.out_row[place]
            if web.kind[row] != HOLDS_SHARES or web.votes[row] <= 0:
                continue
            company = np.int64(web.target[row])
            itself = company == current or company == holder  # noqa: PLR1714 - numba has no mixed tuples
            if itself or not alive(web, row, day) or has(dropped, row):
                continue
            if company not in bases:
                bases[company] = voting_base(web, company, day, dropped)
                gathered[company] = 0
            gathered[company] += web.votes[row]
            if company not in inside and 2 * gathered[company] > bases[company]:
                inside[company] = 1
                members.append(company)
    count = len(members) - 1
    companies = np.empty(count, np.int64)
    votes = np.empty(count, np.int64)
    base = np.empty(count, np.int64)
    for place in range(count):
        company = members[place + 1]
        companies[place], votes[place], base[place] = company, gathered[company], bases[company]
    return companies, votes, base


@loop()
def is_controlled(
    web: Web, holder: Number, company: Number, day: Number, dropped: Numbers
) -> Number:
    """Return whether `holder` controls `company` on the day, looking again at the votes."""
    companies, _, _ = control_of(web, np.int64(holder), day, dropped)
    return bool(np.any(companies == company))


@loop()
def said_control(web: Web, rows: Numbers, count: Number, day: Number, dropped: Numbers) -> Number:
    """Return whether a row of the pair says control on the day.

    SILENT: there is none beyond direct votes; DOUBTFUL: a derived row says to look again.
    """
    known = SILENT
    for place in range(count):
        row = rows[place]
        if web.kind[row] != CONTROLS:
            continue
        if web.flags[row] & DERIVED == 0:
            if alive(web, row, day):
                return CERTAIN
        elif dropped.size == 0 and alive(web, row, day):
            return CERTAIN
        else:
            known = DOUBTFUL
    return known


@loop()
def direct_weight(
    web: Web,
    company: Number,
    share: Number,
    votes: Number,
    day: Number,
    rules: Rules,
    dropped: Numbers,
) -> Number:
    """Return phi of a share and votes in ppm held directly, 1 with the majority of the votes."""
    direct = min(1.0, rules.slope * share / WHOLE)
    base = voting_base(web, np.int64(company), day, dropped)
    return 1.0 if 2 * votes > base else direct


@loop()
def holding_weight(
    web: Web, rows: Numbers, count: Number, day: Number, rules: Rules, dropped: Numbers
) -> Number:
    """Return phi of one holder in one company on a day; `rows` are all rows of the pair.

    0 where it holds no shares that day.
    """
    share = np.int64(0)
    votes = np.int64(0)
    held = False
    for place in range(count):
        row = rows[place]
        kind, given = web.kind[row], web.given[row]
        part, vote = max(0, web.share[row]), max(0, web.votes[row])
        lives = alive(web, row, day)
        if kind == HOLDS_SHARES and given < 0 and lives:
            held = True
            share += part
            votes += vote
    if not held:
        return 0.0
    holder, company = web.source[rows[0]], web.target[rows[0]]
    direct = direct_weight(web, company, share, votes, day, rules, dropped)
    if direct >= 1.0:
        return 1.0
    known = said_control(web, rows, count, day, dropped)
    if known == CERTAIN:
        return 1.0
    if known == DOUBTFUL and is_controlled(web, holder, company, day, dropped):
        return 1.0
    if share < rules.least:
        return 0.0
    return direct


@loop()
def controller_weight(
    web: Web, rows: Numbers, count: Number, day: Number, dropped: Numbers
) -> Number:
    """Return 1 if a computed controller link stands between a pair on the day, else 0.

    Not where the holder has a recorded share: its phi says it already.
    """
    for place in range(count):
        if web.kind[rows[place]] == HOLDS_SHARES and alive(web, rows[place], day):
            return 0.0
    known = said_control(web, rows, count, day, dropped)
    if known == CERTAIN:
        return 1.0
    if known == DOUBTFUL:
        holder, company = web.source[rows[0]], web.target[rows[0]]
        if is_controlled(web, holder, company, day, dropped):
            return 1.0
    return 0.0


@loop()
def basic_beta(web: Web, row: Number, along: Number, rules: Rules) -> Number:
    """Return beta of a row in a direction."""
    beta = rules.beta[web.kind[row], web.post[row], along]
    lead, leads = web.flags[row] & LEAD, rules.leads
    return 0.0 if lead and leads == 0 else beta


@loop()
def parts_of(
    web: Web,
    rows: Numbers,
    count: Number,
    place: Number,
    along: Number,
    day: Number,
    rules: Rules,
    dropped: Numbers,
) -> tuple[Number, Number, Number, Number]:
    """Return (beta, phi, hubs, age) of one row of a pair; `rows` all point the same way."""
    row = rows[place]
    beta = basic_beta(web, row, along, rules)
    since, until, kind, flags = web.since[row], web.until[row], web.kind[row], web.flags[row]
    if beta == 0.0 or (since != NO_DAY and since > day):
        return 0.0, 0.0, 0.0, 0.0
    phi = 1.0
    if kind == CONTROLS and flags & DERIVED:
        phi = controller_weight(web, rows, count, day, dropped)
        return beta, phi, 1.0, 1.0
    age = age_weight(web, row, day, rules)
    if age == 0.0:
        return 0.0, 0.0, 0.0, 0.0
    if kind == HOLDS_SHARES:
        # An ended holding counts as it stood on its last day.
        on = day if until == NO_DAY or day < until else until - 1
        phi = holding_weight(web, rows, count, on, rules, dropped)
    if along == ALONG:
        hubs = hub_weight(web, row, web.target[row], web.source[row], rules)
    else:
        hubs = hub_weight(web, row, web.source[row], web.target[row], rules)
    return beta, phi, hubs, age


@loop()
def row_factor(
    web: Web,
    rows: Numbers,
    count: Number,
    place: Number,
    along: Number,
    day: Number,
    rules: Rules,
    dropped: Numbers,
) -> Number:
    """Return p of one row of a pair in ppm, before the cap.

    An imported factor is used as it is, from the link's source to its target and not back.
    """
    row = rows[place]
    given, lead, leads = web.given[row], web.flags[row] & LEAD, rules.leads
    if given >= 0:
        usable = lead == 0 or leads == 1
        lives = alive(web, row, day)
        return np.int64(given) if along == ALONG and usable and lives else np.int64(0)
    beta, phi, hubs, age = parts_of(web, rows, count, place, along, day, rules, dropped)
    return whole_ppm(beta * phi * hubs * age)
