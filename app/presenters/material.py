"""What departments handed over, table by table: complete, fresh, resolved, in conflict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from app.presenters import figures
from app.presenters.party import property_title
from graph.schema.words import Text
from graph.snapshot.reader import Snapshot
from loaders.batches import Batch
from loaders.catalogue.resource import Resource, ValueKind
from loaders.flat.forms import FORMS
from loaders.ledger import Ledger
from loaders.tables.read import department

_CODES = (
    ValueKind.CREDIT_CODE,
    ValueKind.ORG_CODE,
    ValueKind.REGISTRATION_NUMBER,
    ValueKind.TAX_NUMBER,
)
_IN_TIME, _LATE = Text("按期", "in time"), Text("迟{0}天", "{0} days late")
# Joined with nothing else: a name that stands alone.
_ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Source:
    """One resource of the ledger, over all its batches.

    `until` is the newest date a row bears that is not after its load. `codes` were given and
    `wrong` of them break the check of their standard. `mentions` speak of parties; `alone` of them
    were joined with nothing else. `late` counts the days past the cycle since the last load.
    """

    code: str
    title: Text
    department: Text
    files: int
    loaded_at: date
    until: date | None
    read: int
    loaded: int
    merged: int
    rejected: int
    codes: int
    wrong: int
    mentions: int
    alone: int
    cycle: int
    late: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rows of one batch say about themselves; it never changes."""

    until: date | None
    codes: int
    wrong: int


def check_batch(ledger: Ledger, batch: Batch, resource: Resource | None) -> Checked:
    """Return what a batch's rows say: the newest date, and how many codes are wrong."""
    rows = ledger.read(batch.resource, [batch.batch])
    loaded = date.fromisoformat(batch.loaded_at[:10])
    there = set(rows.collect_schema())
    columns = resource.columns if resource else {}
    names = [
        f"v_{name}"
        for name, column in columns.items()
        if column.kind in _CODES and {f"v_{name}", f"v_{name}_raw"} <= there
    ]
    persons = [
        f"v_{name}_mask"
        for name, column in columns.items()
        if column.kind is ValueKind.ID_NUMBER and f"v_{name}_mask" in there
    ]
    # Numbers of several kinds may share a column: what is right as one of them is not wrong.
    right, given = _any([*names, *persons]), _any([f"{name}_raw" for name in names])
    dated = pl.col("seen_on") if "seen_on" in there else pl.lit(None, dtype=pl.Date)
    until, codes, wrong = (
        rows.select(
            dated.filter(dated <= loaded).max().alias("until"),
            given.sum().alias("codes"),
            (given & ~right).sum().alias("wrong"),
        )
        .collect()
        .row(0)
    )
    return Checked(until, int(codes or 0), int(wrong or 0))


def _any(columns: Sequence[str]) -> pl.Expr:
    """Return whether a row holds a value in one of these columns; never where there is none."""
    if not columns:
        return pl.lit(value=False)
    return pl.any_horizontal(pl.col(list(columns)).is_not_null())


def mention_counts(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Return by resource how many mentions of parties there are, and how many stand alone."""
    counted = (
        snapshot.table("mentions")
        .group_by("resource")
        .agg(pl.len().alias("all"), (pl.col("rule") == _ALONE).sum().alias("alone"))
        .collect()
    )
    return {str(code): (int(every), int(alone)) for code, every, alone in counted.iter_rows()}


def sources(
    batches: Sequence[tuple[Batch, Checked]],
    resources: Mapping[str, Resource],
    mentions: Mapping[str, tuple[int, int]],
    today: date,
) -> list[Source]:
    """Return every resource that was loaded, by department and title."""
    by_code: dict[str, list[tuple[Batch, Checked]]] = {}
    for batch, checked in batches:
        by_code.setdefault(batch.resource, []).append((batch, checked))
    found = [
        _source(code, listed, resources.get(code), mentions.get(code, (0, 0)), today)
        for code, listed in by_code.items()
    ]
    return sorted(found, key=lambda one: (one.department.zh, one.title.zh))


def _source(
    code: str,
    listed: Sequence[tuple[Batch, Checked]],
    resource: Resource | None,
    mentions: tuple[int, int],
    today: date,
) -> Source:
    title = Text(resource.title.zh, resource.title.en) if resource else Text(code, code)
    loaded_at = max(date.fromisoformat(batch.loaded_at[:10]) for batch, _ in listed)
    # An imported graph has no cycle in which it comes.
    cycle = resource.cycle_days if resource and code not in FORMS else 0
    return Source(
        code=code,
        title=title,
        department=department(resource.department) if resource else Text("—", "—"),
        files=len(listed),
        loaded_at=loaded_at,
        until=max((one.until for _, one in listed if one.until), default=None),
        read=sum(batch.read for batch, _ in listed),
        loaded=sum(batch.loaded for batch, _ in listed),
        merged=sum(batch.merged for batch, _ in listed),
        rejected=sum(batch.rejected for batch, _ in listed),
        codes=sum(one.codes for _, one in listed),
        wrong=sum(one.wrong for _, one in listed),
        mentions=mentions[0],
        alone=mentions[1],
        cycle=cycle,
        late=max(0, (today - loaded_at).days - cycle) if cycle else 0,
    )


def source_rows(found: Sequence[Source], language: str) -> list[Mapping[str, object]]:
    """Return the resources as rows of a table; read = written + rejected in each."""
    return [
        {
            "资料": one.title.to(language),
            "部门": one.department.to(language),
            "截至": figures.day(one.until, language) if one.until else figures.MISSING,
            "更新": late_text(one.late, language),
            "读入": one.read,
            "写入": one.loaded + one.merged,
            "拒收": one.rejected,
            "未解析": _part(one.alone, one.mentions),
            "代码不合格": _part(one.wrong, one.codes),
            "其中合并": one.merged,
            "文件数": one.files,
            "最近装载": one.loaded_at.isoformat(),
            "更新周期（天）": one.cycle,
        }
        for one in found
    ]


def late_text(days: int, language: str) -> str:
    """Return whether a resource is late, as a word.

    >>> late_text(3, "zh"), late_text(0, "en")
    ('迟3天', 'in time')
    """
    return _LATE.to(language).format(days) if days else _IN_TIME.to(language)


def _part(count: int, whole: int) -> str:
    return figures.percent(count / whole) if whole else figures.MISSING


def batch_rows(
    batches: Sequence[Batch], resources: Mapping[str, Resource], language: str
) -> list[Mapping[str, object]]:
    """Return the batches of the ledger as rows of a table, newest first."""
    rows: list[Mapping[str, object]] = []
    for one in reversed(batches):
        resource = resources.get(one.resource)
        title = Text(resource.title.zh, resource.title.en) if resource else None
        rows.append(
            {
                "文件": one.file,
                "资料": title.to(language) if title else one.resource,
                "读入": one.read,
                "写入": one.loaded + one.merged,
                "拒收": one.rejected,
                "其中合并": one.merged,
                "装载时间": figures.moment(one.loaded_at),
                "批次": one.batch,
                "SHA-256": one.sha256,
            }
        )
    return rows


def authority_rows(
    conflicts: pl.DataFrame, resources: Mapping[str, Resource], language: str
) -> list[tuple[str, Mapping[str, object]]]:
    """Return by property how many values lost, and in which order resources are believed there.

    `resources` are those that were loaded.
    """
    counted = conflicts.group_by("property").len().sort("len", "property", descending=[True, False])
    said = conflicts.group_by("property").agg(pl.col("resource").unique())
    losers: dict[str, list[str]] = {name: list(codes) for name, codes in said.iter_rows()}
    return [
        (
            name,
            {
                "字段": property_title(("Enterprise", "Organisation", "Person"), name, language),
                "冲突": count,
                "权威次序": " > ".join(_ranked(name, losers[name], resources, language)),
            },
        )
        for name, count in counted.iter_rows()
    ]


def _ranked(
    name: str, losers: Sequence[str], resources: Mapping[str, Resource], language: str
) -> list[str]:
    """Return the resources that say a property, most believed first, each with its rank."""
    saying = [
        (one.ranks.get(name, one.authority), one)
        for one in resources.values()
        if one.code in losers or _says(one, name)
    ]
    ordered = sorted(saying, key=lambda pair: (pair[0], pair[1].code))
    ranked = "{}（{}）" if language == "zh" else "{} ({})"
    return [ranked.format(one.title.to(language), rank) for rank, one in ordered]


def _says(resource: Resource, name: str) -> bool:
    return any(
        name in party.properties
        or name in party.identifiers
        or (name == "name" and party.name is not None)
        for party in resource.parties.values()
    )


def conflict_rows(
    conflicts: pl.DataFrame,
    names: Mapping[str, str],
    resources: Mapping[str, Resource],
    language: str,
) -> list[Mapping[str, object]]:
    """Return the values of one field that lost, each with its party and both values."""
    rows: list[Mapping[str, object]] = []
    for one in conflicts.iter_rows(named=True):
        resource = resources.get(one["resource"])
        title = resource.title.to(language) if resource else ""
        rows.append(
            {
                "主体": names.get(one["uid"], one["uid"]),
                "未采用的值": str(one["value"]),
                "采用的值": figures.taken(one.get("chosen")),
                "资料": title or one["resource"],
                "编号": one["uid"],
                "台账编号": one["record_id"],
            }
        )
    return rows
