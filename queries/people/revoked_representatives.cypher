// ---
// id: people.revoked_representatives
// title: {zh: 被吊销企业的法定代表人再任职, en: "Representatives of revoked firms"}
// questions: [Q3]
// purpose: "Representatives of firms whose licence was revoked who represent other firms."
// params:
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [person, person_name, revoked, revoked_name, uid, name, since]
// ---
MATCH (person:Person)-[:REPRESENTS]->(revoked:Organisation)
WHERE revoked.state CONTAINS '吊销'
MATCH (person)-[held:REPRESENTS]->(company:Organisation)
WHERE company.uid <> revoked.uid AND (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
RETURN DISTINCT person.uid AS person, person.name AS person_name, revoked.uid AS revoked,
  revoked.name AS revoked_name, company.uid AS uid, company.name AS name, held.valid_from AS since
ORDER BY person, revoked, uid, since
LIMIT $limit
