// ---
// id: people.defaulters_in_office
// title: {zh: 失信被执行人任职, en: "Defaulters in office"}
// questions: [Q3]
// purpose: "Court defaulters who represent or direct an organisation on the day."
// params:
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [person, person_name, uid, name, type, record]
// ---
MATCH (person:Person)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.class = 'court_defaulter' AND record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
MATCH (person)-[held:REPRESENTS|HOLDS_POST]->(company:Organisation)
WHERE (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
RETURN DISTINCT person.uid AS person, person.name AS person_name, company.uid AS uid, company.name AS name,
  type(held) AS type, record.uid AS record
ORDER BY person, uid, type, record
LIMIT $limit
