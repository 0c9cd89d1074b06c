"""Names: as they are shown, as they are compared, and what they say of their bearer."""

import polars as pl

from graph.names.key import CLOSE, NOISE, OPEN, simplified
from loaders.clean.texts import changed_where, folded, without

# What is neither a letter, a digit nor a Han character of most names: brackets, dots, spaces.
_SIGN = r"[^0-9A-Za-z\u{4000}-\u{9fff}]"
# All but capitals, digits, signs and Han characters: what may have to be made a capital.
_MAY_BE_SMALL = r"[^\x20-\x60\u{4000}-\u{9fff}]"
_DOTS = r"[·•・‧．⋅]"

# Words that a person's name never ends in, and an organisation's often does.
_ORGANISATION_WORD = (
    r"公司|企业|集团|中心|事务所|合伙|委员会|政府|协会|商会|学会|基金|银行|医院|学校|大学|学院|研究"
    r"|厂$|店$|行$|院$|社$|局$|厅$|部$|馆$|站$|场$|校$|园$|室$|会$|户$|处$"
)
_PERSON = r"^[\u3400-\u9fff]{2,4}$"
_DOTTED = r"^[\u3400-\u9fff]{1,12}(·[\u3400-\u9fff]{1,12}){1,3}$"

# Own label by the first two characters of the credit code (GB 32100-2015, domain.md 2.1).
BY_CODE = {
    "11": "Organ",
    "12": "PublicInstitution",
    "13": "SocialOrganisation",
    "31": "PractisingBody",
    "32": "PractisingBody",
    "33": "PractisingBody",
    "34": "PractisingBody",
    "35": "PractisingBody",
    "51": "SocialOrganisation",
    "52": "SocialOrganisation",
    "53": "SocialOrganisation",
    "81": "SocialOrganisation",
}
# Own label by how a name ends, where no code says it; the first that fits.
BY_NAME = (
    (r"(公司|企业|厂|店|经营部|合作社|\(有限合伙\)|\(普通合伙\))$", "Enterprise"),
    (r"(律师事务所|公证处|司法鉴定所|司法鉴定中心|仲裁委员会)$", "PractisingBody"),
    (r"(协会|商会|学会|基金会|联合会|促进会)$", "SocialOrganisation"),
    (r"(人民政府|管理委员会|监督管理局|国资委|委员会|人民法院|[省市区县]\S{0,8}[局厅])$", "Organ"),
    (r"(医院|学校|中学|小学|大学|学院|研究院|研究所)$", "PublicInstitution"),
)
DEFAULT_LABEL = "Enterprise"


def shown_name(texts: pl.Series) -> pl.Series:
    """Return names as they are shown: folded, without spaces between Han, full-width brackets."""
    text = folded(texts)
    text = changed_where(text, text.str.contains(_SIGN), _with_signs)
    return without(text, text.str.len_chars() <= 1)


def _with_signs(texts: pl.Series) -> pl.Series:
    text = texts.str.replace_all(OPEN, "（").str.replace_all(CLOSE, "）")
    text = text.str.replace_all(_DOTS, "·")
    # A space stays only between two Latin words.
    text = text.str.replace_all(r"([^\x00-\x7f]) +", "${1}")
    return text.str.replace_all(r" +([^\x00-\x7f])", "${1}")


def name_key(texts: pl.Series) -> pl.Series:
    """Return names as they are compared: simplified, capital, without spaces and signs.

    >>> name_key(pl.Series(["中國投資（香港）有限公司", "中国投资 (香港) 有限公司"])).to_list()
    ['中国投资(香港)有限公司', '中国投资(香港)有限公司']
    """
    text = folded(simplified(texts.cast(pl.String)))
    small = text.str.contains(_MAY_BE_SMALL)
    text = changed_where(text, small, lambda some: some.str.to_uppercase())
    key = changed_where(text, text.str.contains(_SIGN), _without_signs)
    return without(key, key == "").alias(texts.name)


def _without_signs(texts: pl.Series) -> pl.Series:
    text = texts.str.replace_all(OPEN, "(").str.replace_all(CLOSE, ")")
    return text.str.replace_all(NOISE, "")


def is_person_name(texts: pl.Series) -> pl.Series:
    """Return which names are a person's by their form: two to four characters, or with a dot."""
    text = shown_name(texts.cast(pl.String))
    form = text.str.contains(_PERSON) | text.str.contains(_DOTTED)
    return (form & ~text.str.contains(_ORGANISATION_WORD)).fill_null(value=False)


def organisation_label(names: pl.Series, credit_codes: pl.Series) -> pl.Series:
    """Return the label of each organisation: by its credit code, else by how its name ends."""
    frame = pl.DataFrame(
        {"name": name_key(names.rename("name")), "code": credit_codes.cast(pl.String)}
    )
    coded = pl.col("code").is_not_null()
    by_code = (
        pl.col("code")
        .str.slice(0, 2)
        .replace_strict(BY_CODE, default=DEFAULT_LABEL, return_dtype=pl.String)
    )
    by_name: pl.Expr = pl.lit(DEFAULT_LABEL)
    for form, named in reversed(BY_NAME):
        by_name = pl.when(pl.col("name").str.contains(form)).then(pl.lit(named)).otherwise(by_name)
    label = pl.when(coded).then(by_code).otherwise(by_name)
    return frame.select(label.alias("label")).to_series()
