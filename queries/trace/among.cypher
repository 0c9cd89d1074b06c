// ---
// id: trace.among
// title: {zh: 所列主体之间的关系, en: "Links among listed nodes"}
// questions: [Q1, Q4]
// purpose: "Every link between any two of the listed nodes with period and ledger record: what a lead rests on."
// params:
//   uids: {kind: texts, zh: 实体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [key, type, source, source_name, target, target_name, since, until, record_id]
// ---
MATCH (party:Party)
WHERE party.uid IN $uids
MATCH (party)-[link]-(other)
WHERE other.uid IN $uids AND link.key IS NOT NULL
RETURN DISTINCT link.key AS key, type(link) AS type, startNode(link).uid AS source,
  startNode(link).name AS source_name, endNode(link).uid AS target, endNode(link).name AS target_name,
  link.valid_from AS since, link.valid_to AS until, link.record_id AS record_id
ORDER BY type, key
LIMIT $limit
