// ---
// id: quality.neighbours_at_address
// title: {zh: 同地址同电话企业, en: "Firms with the same contact"}
// questions: [Q1]
// purpose: "Organisations that share an address, phone or e-mail with a company; a lead."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, contact, contact_name]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (company)-[:HAS_ADDRESS|HAS_PHONE|HAS_EMAIL]->(contact)
MATCH (contact)<-[:HAS_ADDRESS|HAS_PHONE|HAS_EMAIL]-(other:Organisation)
WHERE other.uid <> $uid
RETURN DISTINCT other.uid AS uid, other.name AS name, contact.uid AS contact, contact.name AS contact_name
ORDER BY contact, uid
LIMIT $limit
