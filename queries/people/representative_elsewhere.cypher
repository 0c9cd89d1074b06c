// ---
// id: people.representative_elsewhere
// title: {zh: 法定代表人另任职企业的失信记录, en: "Other firms of the representative"}
// questions: [Q2]
// purpose: "Other firms of a company's representative that have an active negative record."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [person, person_name, uid, name, type, record, record_class]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (person:Person)-[of:REPRESENTS]->(company)
WHERE (of.valid_from IS NULL OR of.valid_from <= $as_of) AND (of.valid_to IS NULL OR of.valid_to > $as_of)
MATCH (person)-[held:REPRESENTS|HOLDS_POST|HOLDS_SHARES]->(other:Organisation)
WHERE other.uid <> $uid
MATCH (other)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
RETURN DISTINCT person.uid AS person, person.name AS person_name, other.uid AS uid, other.name AS name,
  type(held) AS type, record.uid AS record, record.class AS record_class
ORDER BY person, uid, type, record
LIMIT $limit
