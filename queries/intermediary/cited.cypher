// ---
// id: intermediary.cited
// title: {zh: 记录所涉中介业务, en: "Engagements that records cite"}
// questions: [Q6]
// purpose: "Active negative records that cite a document number, with the engagement and the firm behind it."
// params:
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [record, subject, subject_name, work, uid, name]
// ---
MATCH (record:CreditRecord)
WHERE record.engagement IS NOT NULL AND record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
MATCH (work:Engagement)
WHERE work.document_number = record.engagement
MATCH (firm:Organisation)-[:PERFORMED]->(work)
MATCH (party:Party)-[:SUBJECT_OF]->(record)
RETURN record.uid AS record, party.uid AS subject, party.name AS subject_name, work.uid AS work,
  firm.uid AS uid, firm.name AS name
ORDER BY record, subject, work, uid
LIMIT $limit
