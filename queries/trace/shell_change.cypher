// ---
// id: trace.shell_change
// title: {zh: 换壳, en: "Shell change"}
// questions: [Q7]
// purpose: "Firms deregistered after a negative record, and new firms at the same address with a common holder; a lead."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, ended_on, record, decided_on, successor, successor_name, established_on]
// ---
MATCH (old:Organisation)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND old.ended_on IS NOT NULL AND record.decided_on <= old.ended_on
MATCH (old)-[:HAS_ADDRESS]->(place:Address)<-[:HAS_ADDRESS]-(fresh:Organisation)
WHERE fresh.uid <> old.uid AND fresh.established_on >= record.decided_on
MATCH (holder:Party)-[:HOLDS_SHARES]->(old)
MATCH (holder)-[:HOLDS_SHARES]->(fresh)
RETURN DISTINCT old.uid AS uid, old.name AS name, old.ended_on AS ended_on, record.uid AS record,
  record.decided_on AS decided_on, fresh.uid AS successor, fresh.name AS successor_name,
  fresh.established_on AS established_on
ORDER BY uid, record, successor
LIMIT $limit
