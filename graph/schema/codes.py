"""Coded values of properties, with the words that people read."""

from graph.schema.words import Text

# Values of properties that are codes; the words people read stand beside them.
RECORD_CLASSES = {
    "court_defaulter": Text("失信被执行人", "Court defaulter"),
    "serious_list": Text("严重失信主体名单", "Serious dishonesty list"),
    "penalty": Text("行政处罚", "Administrative penalty"),
    "abnormal_operation": Text("经营异常名录", "Abnormal operation list"),
    "permit": Text("行政许可", "Administrative permit"),
    "honour": Text("守信红名单", "Honour list"),
}
POSITIVE_CLASSES = frozenset({"honour", "permit"})
SEVERITIES = {
    "minor": Text("轻微", "Minor"),
    "general": Text("一般", "General"),
    "heavier": Text("较重", "Heavier"),
    "serious": Text("严重", "Serious"),
}
STATUSES = {
    "active": Text("有效", "Active"),
    "repaired": Text("已修复", "Repaired"),
    "revoked": Text("已撤销", "Revoked"),
    "expired": Text("已到期", "Expired"),
    "disputed": Text("异议中", "Disputed"),
    "not_yet_effective": Text("未生效", "Not yet effective"),
}
POSTS = {
    "chairman": Text("董事长", "Chairman"),
    "general_manager": Text("总经理", "General manager"),
    "director": Text("董事", "Director"),
    "supervisor": Text("监事", "Supervisor"),
    "finance": Text("财务负责人", "Finance lead"),
    "partner": Text("合伙人", "Partner"),
    "operator": Text("经营者", "Operator"),
    "other": Text("其他职务", "Other post"),
}
# A limited partner has shares but no vote; the managing partner has the vote (Partnership Law
# art. 26, 27, 68); without one, general partners vote one each (art. 30).
PARTNER_KINDS = {
    "general": Text("普通合伙人", "General partner"),
    "limited": Text("有限合伙人", "Limited partner"),
    "managing": Text("执行事务合伙人", "Managing partner"),
}
KINDS = {
    "recorded": Text("登记事实", "Recorded"),
    "computed": Text("计算得出", "Computed"),
    "lead": Text("待核线索", "Lead"),
}
LEVELS = {
    "high": Text("高", "High"),
    "medium": Text("中", "Medium"),
    "low": Text("低", "Low"),
    "none": Text("无", "None"),
}
