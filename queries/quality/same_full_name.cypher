// ---
// id: quality.same_full_name
// title: {zh: 同名组织, en: "Organisations of one name"}
// questions: [Q8, Q9]
// purpose: "Names that several organisations bear: to be told apart by code."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [name, organisations]
// ---
MATCH (firm:Organisation)
WITH firm.name AS name, count(DISTINCT firm.uid) AS organisations
WHERE organisations > 1
RETURN name, organisations
ORDER BY organisations DESC, name
LIMIT $limit
