// ---
// id: quality.isolated
// title: {zh: 无关系主体, en: "Parties without links"}
// questions: [Q9]
// purpose: "Organisations that no link joins to another party."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, resource]
// ---
MATCH (firm:Organisation)
OPTIONAL MATCH (firm)-[link]-(other:Party)
WITH firm, count(link) AS links
WHERE links = 0
RETURN firm.uid AS uid, firm.name AS name, firm.resource AS resource
ORDER BY uid
LIMIT $limit
