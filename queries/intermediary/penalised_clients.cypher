// ---
// id: intermediary.penalised_clients
// title: {zh: 客户失信率, en: "Penalised clients by intermediary"}
// questions: [Q6]
// purpose: "Intermediaries with at least so many clients, and how many of them have an active negative record."
// params:
//   least: {kind: integer, zh: 客户数下限, default: 5, min: 1, max: 100000}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, clients, penalised, rate]
// ---
MATCH (firm:Organisation)-[:PERFORMED]->(:Engagement)-[:ENGAGED_FOR]->(client:Organisation)
WITH firm, client
OPTIONAL MATCH (client)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
WITH firm, client.uid AS client, count(record.uid) AS records
WITH firm, count(DISTINCT client) AS clients,
  sum(CASE WHEN records > 0 THEN 1 ELSE 0 END) AS penalised
WHERE clients >= $least
RETURN firm.uid AS uid, firm.name AS name, clients, penalised,
  round(1000.0 * penalised / clients) / 1000 AS rate
ORDER BY penalised DESC, clients, uid
LIMIT $limit
