// ---
// id: intermediary.cited
// title: {zh: 记录所涉中介业务, en: "Engagements that records cite"}
// questions: [Q6]
// purpose: "Negative records that cite a document number, with the engagement and the firm behind it."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [record, subject, subject_name, work, uid, name]
// ---
MATCH (record:CreditRecord)
WHERE record.engagement IS NOT NULL
MATCH (work:Engagement)
WHERE work.document_number = record.engagement
MATCH (firm:Organisation)-[:PERFORMED]->(work)
MATCH (party:Party)-[:SUBJECT_OF]->(record)
RETURN record.uid AS record, party.uid AS subject, party.name AS subject_name, work.uid AS work,
  firm.uid AS uid, firm.name AS name
ORDER BY record, subject, work, uid
LIMIT $limit
