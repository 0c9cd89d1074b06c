// ---
// id: intermediary.clients
// title: {zh: 中介机构的客户, en: "Clients of an intermediary"}
// questions: [Q6]
// purpose: "Clients of an intermediary with the number of engagements and of active negative records."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, engagements, records]
// ---
MATCH (firm:Organisation {uid: $uid})
MATCH (firm)-[:PERFORMED]->(work:Engagement)-[:ENGAGED_FOR]->(client:Organisation)
WITH client, count(DISTINCT work.uid) AS engagements
OPTIONAL MATCH (client)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
RETURN client.uid AS uid, client.name AS name, engagements, count(DISTINCT record.uid) AS records
ORDER BY records DESC, engagements DESC, uid
LIMIT $limit
