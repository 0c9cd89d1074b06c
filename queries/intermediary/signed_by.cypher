// ---
// id: intermediary.signed_by
// title: {zh: 执业人员签署的业务, en: "Engagements signed by a person"}
// questions: [Q6]
// purpose: "What a professional signed, for whom, and the active negative records of those clients."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [work, document_number, signed_on, uid, name, records]
// ---
MATCH (person:Person {uid: $uid})
MATCH (person)-[:SIGNED]->(work:Engagement)-[:ENGAGED_FOR]->(client:Organisation)
OPTIONAL MATCH (client)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
RETURN work.uid AS work, work.document_number AS document_number, work.signed_on AS signed_on,
  client.uid AS uid, client.name AS name, count(DISTINCT record.uid) AS records
ORDER BY signed_on, work, uid
LIMIT $limit
