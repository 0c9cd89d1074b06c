// ---
// id: ownership.upstream
// title: {zh: 股权穿透, en: "Owners upstream"}
// questions: [Q1]
// purpose: "Parties that hold a company directly or through others, nearest first."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, hops]
// ---
MATCH (anchor:Organisation {uid: $uid})
MATCH path = (anchor)<-[:HOLDS_SHARES*1..4]-(owner:Party)
WHERE all(step IN relationships(path) WHERE (step.valid_from IS NULL OR step.valid_from <= $as_of)
  AND (step.valid_to IS NULL OR step.valid_to > $as_of))
RETURN owner.uid AS uid, owner.name AS name, min(length(path)) AS hops
ORDER BY hops, uid
LIMIT $limit
