// ---
// id: trace.guarantees
// title: {zh: 担保链, en: "Chain of guarantees"}
// questions: [Q1]
// purpose: "Parties joined to a party by guarantees, up to three links."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, hops]
// ---
MATCH (party:Party {uid: $uid})
MATCH path = (party)-[:GUARANTEES*1..3]-(other:Party)
WHERE other.uid <> $uid AND all(step IN relationships(path) WHERE (step.valid_from IS NULL OR step.valid_from <= $as_of)
  AND (step.valid_to IS NULL OR step.valid_to > $as_of))
RETURN other.uid AS uid, other.name AS name, min(length(path)) AS hops
ORDER BY hops, uid
LIMIT $limit
