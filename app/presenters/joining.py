"""By which rule rows are one party, in words."""

from collections.abc import Mapping

from app.texts.read import texts
from graph.schema.words import Text

RULES: Mapping[str, Text] = {
    "credit_code": Text("统一社会信用代码相同", "same credit code"),
    "organisation_code": Text("组织机构代码相同", "same organisation code"),
    "registration_number": Text("注册号相同且字号相关", "same registration number, names agree"),
    "certificate_number": Text("登记证号相同且字号相关", "same certificate number, names agree"),
    "licence_number": Text("执业证号与名称相同", "same licence number and name"),
    "full_name": Text(
        "全称或曾用名仅一个有代码的主体使用", "full or former name of one coded party alone"
    ),
    "name_among_licensed": Text(
        "全称仅一个持证中介机构使用", "full name of one licensed intermediary alone"
    ),
    "name_variant": Text(
        "全称仅地区、组织形式写法不同，且仅一个主体如此",
        "full name but for how region and form are written, of one party alone",
    ),
    "company_name": Text(
        "公司全称（含地区）相同，无其他有代码主体使用",
        "same company name with its region, borne by no coded party",
    ),
    "identity_number": Text("证件号码相同", "same identity number"),
    "name_in_organisation": Text("同一单位内姓名相同", "same name in the same organisation"),
    "judgement": Text("人工判定同一", "judged to be one by a person"),
    "detached": Text("人工判定不属于原主体", "judged not to be of the party it was put into"),
    "cut": Text("原主体证据相互矛盾，已拆出", "taken out of a party that contradicted itself"),
    "alone": Text("未与其他提及合并", "joined with no other mention"),
    "given": Text("导入时已给定", "given by the import"),
}


def joined_by(rule: str, language: str = "zh") -> str:
    """Return a rule in words; one that is not known here keeps its name."""
    return RULES[rule].to(language) if rule in RULES else rule


def role_in(role: str, language: str) -> str:
    """Return as what a row names a party, in words; a site's own role as its resource calls it.

    >>> role_in("borrower", "zh"), role_in("auctioneer", "zh")
    ('被担保人', 'auctioneer')
    """
    return texts().get(f"role.{role}", {}).get(language, role)
