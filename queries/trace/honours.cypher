// ---
// id: trace.honours
// title: {zh: 守信与许可记录, en: "Honours and permits"}
// questions: [Q1]
// purpose: "Positive records of a party."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, class, measure, decided_on, decided_by]
// ---
MATCH (party:Party {uid: $uid})
MATCH (party)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = true
RETURN record.uid AS uid, record.class AS class, record.measure AS measure,
  record.decided_on AS decided_on, record.decided_by AS decided_by
ORDER BY decided_on DESC, uid
LIMIT $limit
