// ---
// id: trace.records
// title: {zh: 主体的信用记录, en: "Records of a party"}
// questions: [Q2, Q11]
// purpose: "All credit records of a party with status, dates and source."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, class, positive, severity, status, decided_on, published_until, ended_on, case_number, decided_by, record_id]
// ---
MATCH (party:Party {uid: $uid})
MATCH (party)-[:SUBJECT_OF]->(record:CreditRecord)
RETURN record.uid AS uid, record.class AS class, record.positive AS positive,
  record.severity AS severity, record.status AS status, record.decided_on AS decided_on,
  record.published_until AS published_until, record.ended_on AS ended_on,
  record.case_number AS case_number, record.decided_by AS decided_by, record.record_id AS record_id
ORDER BY decided_on DESC, uid
LIMIT $limit
