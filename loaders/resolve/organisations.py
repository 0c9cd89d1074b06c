"""Organisations: valid codes join and veto; a full name joins where one registered party has it."""

from collections.abc import Mapping

import polars as pl

from graph.names.segments import SHORTEST_BRAND, Segments, segments
from graph.names.words import short_region
from loaders.resolve.overused import placed, unique_owner

# More different names than this under one code: somebody else's code was typed in. Name noise and
# renamings stay well below (domain.md 4.2, 4.3).
NAMES_BY_CODE: Mapping[str, int] = {
    "uscc": 20,
    "org_code": 20,
    "registration_number": 6,
    "certificate_number": 6,
    "licence_number": 6,
}
# The forms that end the full name of an organisation; a short name has none and joins nobody.
FULL_NAME = (
    r"(公司|企业|事务所|合伙\)|中心|厂|店|行|院|社|会|局|所|部|馆|站"
    r"|场|校|学|园|庄|委员会|经营部|工作室)$"
)
# Shops and workshops are called alike by law (domain of the sole trader): their name joins nobody.
SHOP = r"(店|行|厂|经营部|工作室|馆|庄|场|园)$"
# A branch has a code of its own: on its rows the parent's code is a mistake, never an identity.
BRANCH = r"(分公司|分店|分所|分行|支行|营业部|办事处|分院|分校)$"
# Classes of forms whose names are registered with a region (forms.csv).
COMPANIES = frozenset({"limited", "shares"})
# The rule of whom nothing joins with another.
ALONE = "alone"
_NUMBERS = ("registration_number", "certificate_number", "licence_number")
# What a name may leave out where its region and its form are said all the same.
_LEFT_OUT = r"[省市区县()]|责任|自治"
# Characters that so many names share that they tell nobody apart.
_COMMON = "有限责任公司股份集团广东省市区县企业合伙中国(普通)经营部店厂"


def loose_name(name: pl.Expr) -> pl.Expr:
    """Return a name without what may be left out of it where its region and form are said."""
    return name.str.replace_all(_LEFT_OUT, "")


def resolve_organisations(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the mentions with `group` and `rule`; overused values are taken away before.

    A mention's group follows from the mentions it is connected with through shared values
    (loaders/resolve/keys.py) and from no other: resolution goes on from what is known by that.

    Steps, each deciding only what the ones before left open, so that a valid code always vetoes:
    credit code; organisation code inside or beside it; registration, certificate and licence
    number; full name, or former name, that one coded party alone has, then that one licensed
    intermediary alone has; the same name with its region or form written otherwise, first of
    parties known by such a number alone; a company's name with its region, of which no coded party
    is known.
    """
    branch = pl.col("name_key").str.contains(BRANCH).fill_null(value=False)
    own = pl.concat_str(pl.lit("u:"), "uscc", branch.cast(pl.Int8).cast(pl.String))
    frame = frame.with_columns(
        pl.when(pl.col("uscc").is_not_null()).then(own).alias("group"),
        pl.when(pl.col("uscc").is_not_null()).then(pl.lit("credit_code")).alias("rule"),
        branch.alias("branch"),
        pl.col("name_key").str.contains(FULL_NAME).alias("named"),
        pl.col("name_key").str.contains(SHOP).alias("shop"),
        loose_name(pl.col("name_key")).alias("loose"),
    )
    frame = _by_former_code(frame)
    frame = _by_organisation_code(frame)
    numbers = [column for column in _NUMBERS if frame[column].null_count() < frame.height]
    for column in numbers:
        frame = _by_number(frame, column)
    frame = _by_name(frame)
    for column in numbers:
        frame = _numbered_by_name(frame, column)
        frame = _numbered_by_variant(frame, column)
    frame = _by_name_among_licensed(frame)
    frame = _by_variant(frame)
    frame = _by_company_name(frame)
    return _alone(frame)


def _take(frame: pl.DataFrame, column: str, owners: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Place the mentions still open whose `column` has an owner."""
    owner = placed(frame, column, owners)
    open_ = frame["group"].is_null() & owner.is_not_null()
    return frame.with_columns(
        pl.when(open_).then(owner).otherwise(pl.col("group")).alias("group"),
        pl.when(open_).then(pl.lit(rule)).otherwise(pl.col("rule")).alias("rule"),
    )


def _by_former_code(frame: pl.DataFrame) -> pl.DataFrame:
    """A party that names its former credit code is also the party of that code."""
    pairs = frame.filter(pl.col("old_uscc").is_not_null() & pl.col("group").is_not_null())
    if not pairs.height:
        return frame
    former = pl.concat_str(pl.lit("u:"), "old_uscc", pl.lit("0"))
    owners = unique_owner(pairs.with_columns(former.alias("former")), "former")
    owner = placed(frame.select(pl.col("group").alias("former")), "former", owners)
    return frame.with_columns(owner.fill_null(frame["group"]).alias("group"))


def _by_organisation_code(frame: pl.DataFrame) -> pl.DataFrame:
    coded = frame.select("group", "branch", "org_code")
    coded = coded.filter(pl.col("group").is_not_null() & ~pl.col("branch"))
    frame = _take(frame, "org_code", unique_owner(coded, "org_code"), "organisation_code")
    taken = coded.select("org_code").unique().to_series()
    # Known by the organisation code alone: one party, unless two credit codes claim it.
    alone = (
        pl.col("group").is_null()
        & pl.col("org_code").is_not_null()
        & ~pl.col("org_code").is_in(taken.implode())
    )
    return frame.with_columns(
        pl.when(alone)
        .then(pl.concat_str(pl.lit("o:"), "org_code"))
        .otherwise(pl.col("group"))
        .alias("group"),
        pl.when(alone).then(pl.lit("organisation_code")).otherwise(pl.col("rule")).alias("rule"),
    )


def _by_number(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Numbers are given out twice at times: they join names with a telling character in common."""
    told = frame.select("mention", "group", column, "name_key")
    open_ = told.filter(pl.col("group").is_null() & pl.col(column).is_not_null())
    if not open_.height:
        return frame
    # What nobody asks for is not looked at: most numbers stand beside a code.
    known = told.filter(pl.col("group").is_not_null())
    vouched = known.join(open_.select(column).unique(), on=column, how="semi")
    owners = unique_owner(vouched, column)
    owning = known.join(owners, on="group", how="semi").group_by("group")
    names = owning.agg(pl.col("name_key").drop_nulls().alias("names"))
    owners = owners.join(names, on="group", how="left")
    taken = vouched.select(column).unique().to_series()
    lone = open_.filter(~pl.col(column).is_in(taken.implode()))
    open_ = open_.join(owners.rename({"group": "owner"}), on=column, how="inner")
    if open_.height:
        telling = _telling(pl.col("names").list.join(""))
        shared = _telling(pl.col("name_key")).list.set_intersection(telling)
        nameless = pl.col("name_key").is_null()
        agreeing = open_.filter(nameless | (shared.list.len() > 0)).select("mention", "owner")
        frame = _take(frame, "mention", agreeing.rename({"owner": "group"}), column)
    # The name belongs to the key: a number nobody else vouches for joins equal names only. A row
    # that gives the number alone is of the one name that goes with it, if there is one.
    names = (
        lone.group_by(column)
        .agg(
            pl.col("name_key").drop_nulls().unique().alias("names"),
        )
        .filter(pl.col("names").list.len() <= 1)
    )
    names = names.select(column, pl.col("names").list.first().fill_null("").alias("only"))
    only = placed(frame, column, names.rename({"only": "group"}))
    name = pl.coalesce("name_key", only)
    alone = (
        pl.col("group").is_null()
        & pl.col(column).is_not_null()
        & name.is_not_null()
        & ~pl.col(column).is_in(taken.implode())
    )
    own = pl.concat_str(pl.lit(f"{column}:"), pl.col(column), pl.lit("|"), name)
    return frame.with_columns(
        pl.when(alone).then(own).otherwise(pl.col("group")).alias("group"),
        pl.when(alone).then(pl.lit(column)).otherwise(pl.col("rule")).alias("rule"),
    )


def _telling(text: pl.Expr) -> pl.Expr:
    return text.fill_null("").str.split("").list.set_difference([*_COMMON, ""])


def _numbered_by_name(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A party known by such a number alone is the coded one of its full name that has none."""
    # Two numbers under one name are two parties: the name says neither.
    told = frame.select("group", "name_key", column)
    alone = unique_owner(told.filter(pl.col("group").str.starts_with(f"{column}:")), "name_key")
    alone = alone.filter(pl.col("name_key").str.contains(FULL_NAME))
    if not alone.height:
        return frame
    coded = told.filter(pl.col("group").str.contains("^[uo]:"))
    owners = unique_owner(coded.join(alone, on="name_key", how="semi"), "name_key")
    with_number = coded.filter(pl.col(column).is_not_null())
    owners = owners.join(with_number, on="group", how="anti").rename({"group": "owner"})
    alone = alone.join(owners, on="name_key", how="inner").select("group", "owner")
    return _moved(frame, alone, "full_name")


def _moved(frame: pl.DataFrame, moves: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return the mentions with whole groups put into others, of (group, owner)."""
    former = moves.select(pl.col("group").alias("former"), pl.col("owner").alias("group"))
    owner = placed(frame.select(pl.col("group").alias("former")), "former", former)
    return frame.with_columns(
        owner.fill_null(frame["group"]).alias("group"),
        pl.when(owner.is_not_null()).then(pl.lit(rule)).otherwise("rule").alias("rule"),
    )


def _numbered_by_variant(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """As `_numbered_by_name`, with region or form written otherwise: 清远某某 is 清远市某某."""
    known = pl.col("group").str.starts_with(f"{column}:")
    told = frame.select("group", "name_key", "loose", "named", "shop")
    told = told.filter(pl.col("named") & ~pl.col("shop"))
    alone = told.filter(known).select("group", "name_key", "loose").unique()
    if not alone.height:
        return frame
    # Two numbers under one name are two parties, however it is written.
    alone = alone.join(unique_owner(alone, "loose"), on=["group", "loose"], how="semi")
    coded = told.filter(pl.col("group").str.contains("^[uo]:"))
    coded = coded.join(alone.select("loose").unique(), on="loose", how="semi")
    owners = unique_owner(coded, "loose").rename({"group": "owner"})
    numbered = frame.select("group", column).drop_nulls(column)
    owners = owners.join(numbered, left_on="owner", right_on="group", how="anti")
    found = _variants(alone.join(owners, on="loose"), coded)
    return _moved(frame, found.select("group", "owner").unique(), "name_variant")


def _variants(open_: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return those of (name_key, loose, owner, …) that are a name of the owner, written otherwise.

    `known` are rows (group, loose, name_key) of the owners.
    """
    names = known.select(pl.col("group").alias("owner"), "loose", registered="name_key").unique()
    pairs = open_.join(names, on=["owner", "loose"], how="inner")
    both = pairs.select("name_key", "registered").iter_rows()
    same = [_is_variant(segments(one), segments(other)) for one, other in both]
    return pairs.filter(pl.Series(same, dtype=pl.Boolean))


def _by_name_among_licensed(frame: pl.DataFrame) -> pl.DataFrame:
    """Whoever acts as an intermediary is licensed: of bodies of one name the licensed one acted."""
    told = frame.select(pl.col("name_key").alias("full"), "group", "licence_number")
    licensed = told.filter(pl.all_horizontal(pl.col("group", "licence_number").is_not_null()))
    owners = unique_owner(licensed.filter(pl.col("full").str.contains(FULL_NAME)), "full")
    acts = pl.col("intermediary") & pl.all_horizontal(pl.col("uscc", "org_code").is_null())
    frame = frame.with_columns(pl.when(acts).then("name_key").alias("full"))
    return _take(frame, "full", owners, "name_among_licensed").drop("full")


def _by_variant(frame: pl.DataFrame) -> pl.DataFrame:
    """深圳某某有限公司 is 深圳市某某有限责任公司 where no other coded party is called so."""
    uncoded = pl.all_horizontal(pl.col("uscc", "org_code").is_null())
    told = frame.select("group", "name_key", "loose", "named", uncoded.alias("uncoded"))
    open_ = told.filter(pl.col("group").is_null() & pl.col("uncoded") & pl.col("named"))
    coded = told.filter(pl.col("group").is_not_null() & pl.col("named"))
    coded = coded.join(open_.select("loose").unique(), on="loose", how="semi")
    owners = unique_owner(coded, "loose").rename({"group": "owner"})
    asked = open_.select("name_key", "loose").unique().join(owners, on="loose", how="inner")
    found = _variants(asked, coded).select("name_key", "owner").unique()
    found = found.rename({"owner": "group", "name_key": "variant"})
    asking = uncoded & pl.col("named")
    frame = frame.with_columns(pl.when(asking).then("name_key").alias("variant"))
    return _take(frame, "variant", found, "name_variant").drop("variant")


def _by_company_name(frame: pl.DataFrame) -> pl.DataFrame:
    """A company's name with its region is given once (企业名称登记管理规定): its mentions are one.

    Only where no party known by a code or number has it; that of a branch or a shop joins nobody.
    """
    uncoded = pl.all_horizontal(pl.col("uscc", "org_code").is_null())
    told = frame.select("name_key", "group", uncoded.alias("uncoded"))
    open_ = told.filter(
        pl.col("group").is_null() & pl.col("uncoded") & pl.col("name_key").is_not_null()
    )
    known = told.filter(pl.col("group").is_not_null()).select("name_key").unique()
    names = open_.select("name_key").unique().join(known, on="name_key", how="anti").to_series()
    companies = [name for name in names if _is_company(segments(name))]
    joined = pl.col("group").is_null() & uncoded & pl.col("name_key").is_in(companies)
    return frame.with_columns(
        pl.when(joined).then("n:" + pl.col("name_key")).otherwise(pl.col("group")).alias("group"),
        pl.when(joined).then(pl.lit("company_name")).otherwise(pl.col("rule")).alias("rule"),
    )


def _is_company(name: Segments) -> bool:
    said = bool(name.codes) and len(name.brand) >= SHORTEST_BRAND
    return said and name.form_class in COMPANIES and not name.tail


def _is_variant(one: Segments, other: Segments) -> bool:
    """Return whether two names differ in nothing but how their one region and form are written."""
    said = bool(one.codes & other.codes) and short_region(one.region) == short_region(other.region)
    parts = (one.brand, one.trade, one.form_class, one.tail)
    return said and parts == (other.brand, other.trade, other.form_class, other.tail)


def _by_name(frame: pl.DataFrame) -> pl.DataFrame:
    """A full name joins where exactly one coded party has it, now or formerly."""
    told = frame.select("name_key", "former_key", "group", "named", "shop", "loose")
    coded = told.filter(pl.col("group").is_not_null())
    now = coded.filter(pl.col("named") & ~pl.col("shop"))
    now = now.select(pl.col("name_key").alias("full"), "group", "loose")
    full = pl.col("full").str.contains(FULL_NAME) & ~pl.col("full").str.contains(SHOP)
    before = coded.select(pl.col("former_key").alias("full"), "group").drop_nulls().filter(full)
    before = before.with_columns(loose_name(pl.col("full")).alias("loose"))
    held = pl.concat([now, before])
    # One letter of noise on a coded row must not make the name of two the name of one.
    alone = unique_owner(held, "loose")
    held = held.join(alone, on=["loose", "group"], how="semi")
    owners = unique_owner(held, "full")
    # A mention that brings a code nobody else has is a party of its own, not one by name.
    uncoded = pl.all_horizontal(pl.col("uscc", "org_code").is_null())
    frame = frame.with_columns(pl.when(uncoded).then("name_key").alias("full"))
    return _take(frame, "full", owners, "full_name").drop("full")


def _alone(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.coalesce("group", pl.concat_str(pl.lit("m:"), "own_uid")).alias("group"),
        pl.col("rule").fill_null(ALONE),
    ).select("mention", "group", "rule", "seen_on", "record_id", "role", "own_uid")
