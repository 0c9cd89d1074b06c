// ---
// id: trace.repaired
// title: {zh: 已修复与异议中的记录, en: "Repaired and disputed records"}
// questions: [Q11]
// purpose: "Records that are repaired, revoked or disputed: they count nothing."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, class, status, ended_on, subject, subject_name]
// ---
MATCH (party:Party)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.status <> 'active'
RETURN record.uid AS uid, record.class AS class, record.status AS status, record.ended_on AS ended_on,
  party.uid AS subject, party.name AS subject_name
ORDER BY status, uid, subject
LIMIT $limit
