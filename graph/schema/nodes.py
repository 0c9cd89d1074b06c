"""Every label of the graph, with its properties and its sign."""

from graph.schema.words import Kind, NodeType, Shape, Sign, Text, declare

ORGANISATION_SIGN = Sign("#337CD5", Shape.SQUARE)
PERSON_SIGN = Sign("#26614B", Shape.CIRCLE)
SERVICE_FILL = "#802B87"
SHARED_FILL = "#80858A"
SHEET_FILL = "#F4F1E8"

NODE_COMMON = (
    declare("uid", Kind.TEXT, "实体编号", "Entity id"),
    declare("name", Kind.TEXT, "名称", "Name"),
    declare("resource", Kind.TEXT, "资源", "Resource"),
    declare("record_id", Kind.TEXT, "来源记录", "Source record"),
)

PARTY = NodeType(
    label="Party",
    title=Text("主体", "Party"),
    key="uid",
    abstract=True,
    full_text=("name", "former_names"),
    properties=(
        declare("former_names", Kind.TEXT_LIST, "曾用名", "Former names"),
        declare("region", Kind.TEXT, "行政区划", "Region code"),
        declare("owner_tier", Kind.TEXT, "数据层级", "Owner tier"),
        declare("country", Kind.TEXT, "国别地区", "Country or territory"),
        declare("mentions", Kind.INTEGER, "出现次数", "Mentions in files"),
        declare("exposure", Kind.FRACTION, "传导值", "Exposure", computed=True),
        declare("exposure_floor", Kind.FRACTION, "传导下限", "Exposure floor", computed=True),
        declare("exposure_cap", Kind.FRACTION, "传导上限", "Exposure cap", computed=True),
        declare("exposure_level", Kind.TEXT, "传导等级", "Exposure level", computed=True),
        declare("exposure_hops", Kind.INTEGER, "传导跳数", "Exposure hops", computed=True),
        declare("policy", Kind.TEXT, "策略版本", "Policy version", computed=True),
    ),
)
ORGANISATION = NodeType(
    label="Organisation",
    title=Text("组织", "Organisation"),
    bases=("Party",),
    abstract=True,
    properties=(
        declare("uscc", Kind.TEXT, "统一社会信用代码", "Unified social credit code"),
        declare("old_uscc", Kind.TEXT, "原统一社会信用代码", "Former credit code"),
        declare("org_code", Kind.TEXT, "组织机构代码", "Organisation code"),
        declare("registration_number", Kind.TEXT, "注册号", "Registration number"),
        declare("tax_number", Kind.TEXT, "税务登记号", "Tax number"),
        declare("certificate_number", Kind.TEXT, "登记证书号", "Certificate number"),
        declare("enterprise_type", Kind.TEXT, "企业类型", "Enterprise type"),
        declare("state", Kind.TEXT, "登记状态", "Registration state"),
        declare("industry", Kind.TEXT, "行业代码", "Industry code"),
        declare("industry_edition", Kind.TEXT, "行业分类版本", "Industry edition"),
        declare("registered_capital", Kind.AMOUNT, "注册资本（元）", "Registered capital (yuan)"),
        declare("capital_currency", Kind.TEXT, "币种", "Currency"),
        declare("established_on", Kind.DATE, "成立日期", "Established on"),
        declare("ended_on", Kind.DATE, "注销日期", "Ended on"),
        declare("address", Kind.TEXT, "住所", "Address"),
        declare("authority", Kind.TEXT, "登记机关", "Registration authority"),
        declare("scope", Kind.TEXT, "经营范围", "Business scope"),
        declare("representative_name", Kind.TEXT, "法定代表人姓名", "Name of legal representative"),
        declare("department_grade", Kind.TEXT, "部门评级", "Department's own grade"),
        declare("stock_code", Kind.TEXT, "证券代码", "Stock code"),
    ),
)
_ORGANISATION_BASES = ("Organisation", "Party")

NODES = (
    PARTY,
    ORGANISATION,
    NodeType(
        "Enterprise", Text("企业", "Enterprise"), bases=_ORGANISATION_BASES, sign=ORGANISATION_SIGN
    ),
    NodeType(
        "PublicInstitution",
        Text("事业单位", "Public institution"),
        bases=_ORGANISATION_BASES,
        sign=ORGANISATION_SIGN,
    ),
    NodeType(
        "SocialOrganisation",
        Text("社会组织", "Social organisation"),
        bases=_ORGANISATION_BASES,
        sign=ORGANISATION_SIGN,
    ),
    NodeType(
        "PractisingBody",
        Text("执业机构", "Practising body"),
        bases=_ORGANISATION_BASES,
        sign=ORGANISATION_SIGN,
    ),
    NodeType(
        "Organ",
        Text("国家机关", "State organ"),
        bases=_ORGANISATION_BASES,
        sign=Sign("#2A2A2B", Shape.SHIELD),
    ),
    NodeType(
        "Person",
        Text("自然人", "Person"),
        bases=("Party",),
        sign=PERSON_SIGN,
        properties=(
            declare("id_hash", Kind.TEXT, "证件号密文", "Identity number, keyed hash"),
            declare("id_mask", Kind.TEXT, "证件号（掩码）", "Identity number, masked"),
            declare("sex", Kind.TEXT, "性别", "Sex"),
            declare("birth_year", Kind.INTEGER, "出生年", "Year of birth"),
            declare("nationality", Kind.TEXT, "国籍", "Nationality"),
        ),
    ),
    NodeType(
        "UnknownHolder",
        Text("未知持有人", "Unknown holder"),
        bases=("Party",),
        sign=Sign("#FFFFFF", Shape.DASHED),
    ),
    NodeType(
        "Intermediary",
        Text("中介机构", "Intermediary"),
        bases=_ORGANISATION_BASES,
        role=True,
        sign=Sign(SERVICE_FILL, Shape.SQUARE_BAR),
        properties=(
            declare(
                "intermediary_class", Kind.INTEGER_LIST, "中介类别", "Intermediary class (1..13)"
            ),
            declare("licence_number", Kind.TEXT, "执业证号", "Licence number"),
        ),
    ),
    NodeType(
        "KeyProfessional",
        Text("重点职业人群", "Key professional"),
        bases=("Party",),
        role=True,
        sign=Sign(SERVICE_FILL, Shape.CIRCLE_BAR),
        properties=(
            declare("person_class", Kind.INTEGER_LIST, "职业类别", "Class of key person (1..19)"),
            declare("licence_number", Kind.TEXT, "执业证号", "Licence number"),
        ),
    ),
    NodeType(
        "CreditRecord",
        Text("信用记录", "Credit record"),
        key="uid",
        sign=Sign(SHEET_FILL, Shape.SHEET),
        properties=(
            declare("class", Kind.TEXT, "记录类别", "Record class"),
            declare("positive", Kind.BOOLEAN, "守信记录", "Positive record"),
            declare("sector", Kind.TEXT, "领域", "Sector"),
            declare("severity", Kind.TEXT, "严重程度", "Severity"),
            declare("severity_word", Kind.TEXT, "来源用语", "The source's own word"),
            declare("severity_basis", Kind.TEXT, "定级依据", "Basis of severity"),
            declare("rule_version", Kind.TEXT, "规则版本", "Rule version"),
            declare("status", Kind.TEXT, "状态", "Status"),
            declare("act_on", Kind.DATE, "行为日期", "Date of the act"),
            declare("decided_on", Kind.DATE, "决定日期", "Decided on"),
            declare("effective_on", Kind.DATE, "生效日期", "Effective on"),
            declare("published_until", Kind.DATE, "公示截止", "Published until"),
            declare("ended_on", Kind.DATE, "移出或修复日期", "Removed or repaired on"),
            declare("case_number", Kind.TEXT, "文书号", "Document number"),
            declare("decided_by", Kind.TEXT, "决定机关", "Deciding authority"),
            declare("reason", Kind.TEXT, "事由", "Reason"),
            declare("measure", Kind.TEXT, "处理内容", "Measure"),
            declare("amount", Kind.AMOUNT, "金额（元）", "Amount (yuan)"),
            declare("disclosure", Kind.TEXT, "公开级别", "Disclosure level"),
            declare("engagement", Kind.TEXT, "涉及业务文号", "Engagement that the record cites"),
            declare("subject_name", Kind.TEXT, "当事人名称", "Subject as named"),
            declare("strength", Kind.FRACTION, "记录强度", "Strength, as imported"),
        ),
    ),
    NodeType(
        "Engagement",
        Text("中介业务", "Engagement"),
        key="uid",
        sign=Sign(SHEET_FILL, Shape.SHEET),
        properties=(
            declare("kind", Kind.TEXT, "业务类型", "Kind of engagement"),
            declare("document_number", Kind.TEXT, "文号", "Document number"),
            declare("signed_on", Kind.DATE, "签署日期", "Signed on"),
            declare("amount", Kind.AMOUNT, "金额（元）", "Amount (yuan)"),
        ),
    ),
    NodeType(
        "Address",
        Text("地址", "Address"),
        key="uid",
        sign=Sign(SHARED_FILL, Shape.DIAMOND),
        properties=(declare("region", Kind.TEXT, "行政区划", "Region code"),),
    ),
    NodeType("Phone", Text("电话", "Phone"), key="uid", sign=Sign(SHARED_FILL, Shape.DIAMOND)),
    NodeType("Email", Text("邮箱", "E-mail"), key="uid", sign=Sign(SHARED_FILL, Shape.DIAMOND)),
    NodeType(
        "Tender",
        Text("招标项目", "Tender"),
        key="uid",
        sign=Sign("#8A5A00", Shape.TRIANGLE),
        properties=(
            declare("tender_number", Kind.TEXT, "项目编号", "Tender number"),
            declare("purchaser", Kind.TEXT, "招标人", "Purchaser"),
            declare("opened_on", Kind.DATE, "开标日期", "Opened on"),
            declare("amount", Kind.AMOUNT, "金额（元）", "Amount (yuan)"),
        ),
    ),
    # No CreditRecord: to sue or to be sued is nobody's dishonesty.
    NodeType(
        "Lawsuit",
        Text("诉讼案件", "Suit"),
        key="uid",
        sign=Sign(SHEET_FILL, Shape.SHEET),
        properties=(
            declare("case_number", Kind.TEXT, "案号", "Case number"),
            declare("court", Kind.TEXT, "审理法院", "Court"),
            declare("cause", Kind.TEXT, "案由", "Cause of action"),
            declare("filed_on", Kind.DATE, "立案日期", "Filed on"),
            declare("decided_on", Kind.DATE, "裁判日期", "Decided on"),
            declare("amount", Kind.AMOUNT, "金额（元）", "Amount (yuan)"),
            declare("outcome", Kind.TEXT, "裁判结果", "Outcome"),
        ),
    ),
)
