// ---
// id: ownership.circular
// title: {zh: 循环持股, en: "Circular ownership"}
// questions: [Q8]
// purpose: "Rings of two to four companies that hold shares of each other; a lead."
// params:
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, hops]
// ---
MATCH (company:Organisation)-[:HOLDS_SHARES]->(:Organisation)
WITH DISTINCT company
MATCH path = (company)-[:HOLDS_SHARES*2..4]->(company)
WHERE all(step IN relationships(path) WHERE (step.valid_from IS NULL OR step.valid_from <= $as_of)
  AND (step.valid_to IS NULL OR step.valid_to > $as_of))
RETURN company.uid AS uid, company.name AS name, min(length(path)) AS hops
ORDER BY hops, uid
LIMIT $limit
