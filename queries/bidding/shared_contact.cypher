// ---
// id: bidding.shared_contact
// title: {zh: 投标人相同电话或地址, en: "Bidders with one contact"}
// questions: [Q4]
// purpose: "Pairs of bidders in one tender with the same phone, e-mail or address; a lead."
// params:
//   tender: {kind: text, zh: 项目编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [one, one_name, two, two_name, contact, contact_name]
// ---
MATCH (tender:Tender {tender_number: $tender})
MATCH (one:Organisation)-[:BID_IN]->(tender)<-[:BID_IN]-(two:Organisation)
WHERE one.uid < two.uid
MATCH (one)-[:HAS_PHONE|HAS_EMAIL|HAS_ADDRESS]->(contact)<-[:HAS_PHONE|HAS_EMAIL|HAS_ADDRESS]-(two)
RETURN DISTINCT one.uid AS one, one.name AS one_name, two.uid AS two, two.name AS two_name,
  contact.uid AS contact, contact.name AS contact_name
ORDER BY one, two, contact
LIMIT $limit
