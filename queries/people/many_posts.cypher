// ---
// id: people.many_posts
// title: {zh: 一人多企, en: "One person, many firms"}
// questions: [Q8]
// purpose: "Persons who represent at least so many organisations on the day; a lead."
// params:
//   least: {kind: integer, zh: 企业数下限, default: 5, min: 2, max: 1000}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, firms]
// ---
MATCH (person:Person)-[held:REPRESENTS]->(company:Organisation)
WHERE (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
WITH person, count(DISTINCT company.uid) AS firms
WHERE firms >= $least
RETURN person.uid AS uid, person.name AS name, firms
ORDER BY firms DESC, uid
LIMIT $limit
