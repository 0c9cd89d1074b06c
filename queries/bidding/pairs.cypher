// ---
// id: bidding.pairs
// title: {zh: 投标人两两关联, en: "Linked bidders"}
// questions: [Q4]
// purpose: "Pairs of bidders in one tender that share a person in charge, a holder or an intermediary; a lead."
// params:
//   tender: {kind: text, zh: 项目编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [one, one_name, two, two_name, uid, name, first_type, second_type]
// ---
MATCH (tender:Tender {tender_number: $tender})
MATCH (one:Organisation)-[:BID_IN]->(tender)<-[:BID_IN]-(two:Organisation)
WHERE one.uid < two.uid
MATCH (one)<-[first:REPRESENTS|HOLDS_POST|HOLDS_SHARES|SERVES]-(party:Party)-[second:REPRESENTS|HOLDS_POST|HOLDS_SHARES|SERVES]->(two)
RETURN DISTINCT one.uid AS one, one.name AS one_name, two.uid AS two, two.name AS two_name,
  party.uid AS uid, party.name AS name, type(first) AS first_type, type(second) AS second_type
ORDER BY one, two, uid, first_type, second_type
LIMIT $limit
