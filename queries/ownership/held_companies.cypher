// ---
// id: ownership.held_companies
// title: {zh: 对外持股（多层）, en: "Companies held"}
// questions: [Q1]
// purpose: "Companies that a party holds directly or through others, nearest first."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, hops]
// ---
MATCH (anchor:Party {uid: $uid})
MATCH path = (anchor)-[:HOLDS_SHARES*1..4]->(held:Organisation)
WHERE all(step IN relationships(path) WHERE (step.valid_from IS NULL OR step.valid_from <= $as_of)
  AND (step.valid_to IS NULL OR step.valid_to > $as_of))
RETURN held.uid AS uid, held.name AS name, min(length(path)) AS hops
ORDER BY hops, uid
LIMIT $limit
