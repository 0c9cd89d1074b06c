// ---
// id: people.in_office
// title: {zh: 处罚时在任, en: "In office at the decision"}
// questions: [Q2]
// purpose: "Who was representative or held a post on the day of each of a company's negative records that stand or are disputed."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [record, decided_on, uid, name, type, post, since, until]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (company)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.decided_on IS NOT NULL AND record.status IN ['active', 'disputed']
MATCH (person:Person)-[held:REPRESENTS|HOLDS_POST]->(company)
WHERE (held.valid_from IS NULL OR held.valid_from <= record.decided_on)
  AND (held.valid_to IS NULL OR held.valid_to > record.decided_on)
RETURN record.uid AS record, record.decided_on AS decided_on, person.uid AS uid, person.name AS name,
  type(held) AS type, held.post AS post, held.valid_from AS since, held.valid_to AS until
ORDER BY decided_on, record, uid, type, since, post, until
LIMIT $limit
