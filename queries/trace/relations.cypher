// ---
// id: trace.relations
// title: {zh: 主体的全部关系, en: "Links of a party"}
// questions: [Q1, Q11]
// purpose: "Every link of a party with period, resource and ledger record."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [key, type, outward, uid, name, since, until, resource, record_id]
// ---
MATCH (party:Party {uid: $uid})
MATCH (party)-[link]-(other)
WHERE link.key IS NOT NULL
RETURN link.key AS key, type(link) AS type, startNode(link).uid = $uid AS outward, other.uid AS uid,
  other.name AS name, link.valid_from AS since, link.valid_to AS until, link.resource AS resource,
  link.record_id AS record_id
ORDER BY type, key, uid
LIMIT $limit
