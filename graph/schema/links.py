"""Every link type of the graph, with its ends and how it reads from both sides."""

from graph.schema.words import Family, Kind, LinkType, Property, Text, declare

LINK_COMMON = (
    declare("key", Kind.TEXT, "关系编号", "Link key"),
    declare("valid_from", Kind.DATE, "起始日期", "Valid from"),
    declare("valid_to", Kind.DATE, "终止日期", "Valid to"),
    declare("first_seen", Kind.DATE, "最早见于", "First seen"),
    declare("last_seen", Kind.DATE, "最近见于", "Last seen"),
    declare("kind", Kind.TEXT, "性质", "Recorded, computed or lead"),
    declare("resource", Kind.TEXT, "资源", "Resource"),
    declare("record_id", Kind.TEXT, "来源记录", "Source record"),
)

_FACTOR = declare("p", Kind.FRACTION, "传导系数", "Factor, as imported")


def _link(
    name: str,
    title: Text,
    ends: tuple[tuple[str, str], ...],
    family: Family,
    reads: tuple[Text, Text],
    *properties: Property,
) -> LinkType:
    return LinkType(name, title, ends, family, reads[0], reads[1], (*properties, _FACTOR))


def _suit_link(name: str, title: Text, reads: tuple[Text, Text]) -> LinkType:
    # Without a factor: a suit passes nothing on, whatever a file says of it.
    return LinkType(name, title, (("Party", "Lawsuit"),), Family.OTHER, reads[0], reads[1])


LINKS = (
    _link(
        "HOLDS_SHARES",
        Text("持股", "Holds shares in"),
        (("Party", "Organisation"),),
        Family.OWNERSHIP,
        (
            Text("{source} 持有 {target} 股份", "{source} holds shares in {target}"),
            Text("{target} 的股东 {source}", "{target} is held by {source}"),
        ),
        declare("share", Kind.FRACTION, "持股比例", "Share"),
        declare("share_min", Kind.FRACTION, "持股比例下限", "Share, at least"),
        declare("share_max", Kind.FRACTION, "持股比例上限", "Share, at most"),
        declare("votes", Kind.FRACTION, "表决权比例", "Votes"),
        declare("partner_kind", Kind.TEXT, "合伙人类型", "Kind of partner"),
        declare("acting_group", Kind.TEXT, "一致行动组", "Acting-in-concert group"),
        declare("entrusted_to", Kind.TEXT, "表决权受托人", "Votes entrusted to"),
        declare("entrusted_by", Kind.TEXT, "表决权委托人", "Votes entrusted by"),
        declare("amount", Kind.AMOUNT, "认缴出资额（元）", "Subscribed amount (yuan)"),
        declare("paid", Kind.AMOUNT, "实缴出资额（元）", "Paid-in amount (yuan)"),
        declare("currency", Kind.TEXT, "币种", "Currency"),
    ),
    _link(
        "REPRESENTS",
        Text("法定代表人", "Legal representative of"),
        (("Person", "Organisation"),),
        Family.POSTS,
        (
            Text("{source} 任 {target} 法定代表人", "{source} is legal representative of {target}"),
            Text("{target} 的法定代表人 {source}", "{target} is represented by {source}"),
        ),
    ),
    _link(
        "HOLDS_POST",
        Text("任职", "Holds a post in"),
        (("Person", "Organisation"),),
        Family.POSTS,
        (
            Text("{source} 任 {target} {post}", "{source} is {post} of {target}"),
            Text("{target} 的{post} {source}", "{source}, {post} of {target}"),
        ),
        declare("post", Kind.TEXT, "职务", "Post"),
        declare("post_word", Kind.TEXT, "职务（来源用语）", "Post, in the source's words"),
    ),
    _link(
        "BRANCH_OF",
        Text("分支机构", "Branch of"),
        (("Organisation", "Organisation"),),
        Family.BRANCH,
        (
            Text("{source} 是 {target} 的分支机构", "{source} is a branch of {target}"),
            Text("{target} 的分支机构 {source}", "{target} has the branch {source}"),
        ),
    ),
    _link(
        "GUARANTEES",
        Text("担保", "Guarantees"),
        (("Party", "Party"),),
        Family.GUARANTEE,
        (
            Text("{source} 为 {target} 提供担保", "{source} guarantees {target}"),
            Text("{target} 的担保人 {source}", "{target} is guaranteed by {source}"),
        ),
        declare("amount", Kind.AMOUNT, "金额（元）", "Amount (yuan)"),
        declare("currency", Kind.TEXT, "币种", "Currency"),
        declare("creditor", Kind.TEXT, "债权人", "Creditor"),
    ),
    _link(
        "SERVES",
        Text("服务", "Serves"),
        (("Organisation", "Organisation"),),
        Family.SERVICE,
        (
            Text("{source} 为 {target} 提供中介服务", "{source} serves {target}"),
            Text("{target} 的中介机构 {source}", "{target} is served by {source}"),
        ),
        declare("service", Kind.TEXT, "服务类型", "Kind of service"),
        declare("engagements", Kind.INTEGER, "业务笔数", "Number of engagements"),
    ),
    _link(
        "PRACTISES_AT",
        Text("执业于", "Practises at"),
        (("Person", "Organisation"),),
        Family.SERVICE,
        (
            Text("{source} 执业于 {target}", "{source} practises at {target}"),
            Text("{target} 的执业人员 {source}", "{target} employs {source}"),
        ),
        declare("licence_number", Kind.TEXT, "执业证号", "Licence number"),
    ),
    _link(
        "SIGNED",
        Text("签署", "Signed"),
        (("Person", "Engagement"),),
        Family.SERVICE,
        (
            Text("{source} 签署 {target}", "{source} signed {target}"),
            Text("{target} 由 {source} 签署", "{target} was signed by {source}"),
        ),
        declare("role", Kind.TEXT, "角色", "Role"),
    ),
    _link(
        "PERFORMED",
        Text("承办", "Performed"),
        (("Organisation", "Engagement"),),
        Family.SERVICE,
        (
            Text("{source} 承办 {target}", "{source} performed {target}"),
            Text("{target} 由 {source} 承办", "{target} was performed by {source}"),
        ),
    ),
    _link(
        "ENGAGED_FOR",
        Text("委托方", "Engaged for"),
        (("Engagement", "Organisation"),),
        Family.SERVICE,
        (
            Text("{source} 的委托方是 {target}", "{source} was done for {target}"),
            Text("{target} 委托 {source}", "{target} commissioned {source}"),
        ),
    ),
    _link(
        "MEMBER_OF",
        Text("会员", "Member of"),
        (("Party", "SocialOrganisation"),),
        Family.OTHER,
        (
            Text("{source} 是 {target} 的会员", "{source} is a member of {target}"),
            Text("{target} 的会员 {source}", "{target} has the member {source}"),
        ),
    ),
    _link(
        "HAS_ADDRESS",
        Text("住所", "Has address"),
        (("Party", "Address"),),
        Family.SHARED,
        (
            Text("{source} 的住所 {target}", "{source} is at {target}"),
            Text("{target} 是 {source} 的住所", "{target} is the address of {source}"),
        ),
    ),
    _link(
        "HAS_PHONE",
        Text("电话", "Has phone"),
        (("Party", "Phone"),),
        Family.SHARED,
        (
            Text("{source} 的电话 {target}", "{source} has the phone {target}"),
            Text("{target} 是 {source} 的电话", "{target} is the phone of {source}"),
        ),
    ),
    _link(
        "HAS_EMAIL",
        Text("邮箱", "Has e-mail"),
        (("Party", "Email"),),
        Family.SHARED,
        (
            Text("{source} 的邮箱 {target}", "{source} has the e-mail {target}"),
            Text("{target} 是 {source} 的邮箱", "{target} is the e-mail of {source}"),
        ),
    ),
    _link(
        "BID_IN",
        Text("投标", "Bid in"),
        (("Organisation", "Tender"),),
        Family.OTHER,
        (
            Text("{source} 参与投标 {target}", "{source} bid in {target}"),
            Text("{target} 的投标人 {source}", "{target} had the bidder {source}"),
        ),
        declare("amount", Kind.AMOUNT, "报价（元）", "Bid (yuan)"),
        declare("won", Kind.BOOLEAN, "中标", "Won"),
    ),
    _link(
        "SUBJECT_OF",
        Text("当事人", "Subject of"),
        (("Party", "CreditRecord"),),
        Family.RECORD,
        (
            Text("{source} 有记录 {target}", "{source} is subject of {target}"),
            Text("{target} 的当事人 {source}", "{target} concerns {source}"),
        ),
    ),
    _link(
        "POSSIBLY_SAME",
        Text("疑似同一", "Possibly the same as"),
        (("Party", "Party"),),
        Family.IDENTITY,
        (
            Text("{source} 疑似与 {target} 同一", "{source} is possibly the same as {target}"),
            Text("{target} 疑似与 {source} 同一", "{target} is possibly the same as {source}"),
        ),
        declare("score", Kind.FRACTION, "相似度", "Score"),
        declare("evidence", Kind.TEXT, "依据", "Evidence"),
    ),
    _link(
        "CONTROLS",
        Text("控制（按登记数据计算）", "Controls (computed)"),
        (("Party", "Organisation"),),
        Family.OWNERSHIP,
        (
            Text("按登记数据计算，{source} 控制 {target}", "computed: {source} controls {target}"),
            Text(
                "按登记数据计算，{target} 受 {source} 控制",
                "computed: {target} is controlled by {source}",
            ),
        ),
        declare("votes", Kind.FRACTION, "表决权比例", "Votes"),
        declare("certificate", Kind.TEXT, "计算依据", "Certificate"),
    ),
    _link(
        "RELATED",
        Text("其他关联", "Related to"),
        (("Party", "Party"),),
        Family.OTHER,
        (
            Text("{source} 与 {target} 有其他关联", "{source} is related to {target}"),
            Text("{target} 与 {source} 有其他关联", "{target} is related to {source}"),
        ),
    ),
    _suit_link(
        "PLAINTIFF_IN",
        Text("原告", "Plaintiff in"),
        (
            Text("{source} 是 {target} 的原告", "{source} is plaintiff in {target}"),
            Text("{target} 的原告 {source}", "{target} was brought by {source}"),
        ),
    ),
    _suit_link(
        "DEFENDANT_IN",
        Text("被告", "Defendant in"),
        (
            Text("{source} 是 {target} 的被告", "{source} is defendant in {target}"),
            Text("{target} 的被告 {source}", "{target} was brought against {source}"),
        ),
    ),
)
