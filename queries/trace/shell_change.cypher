// ---
// id: trace.shell_change
// title: {zh: 换壳, en: "Shell change"}
// questions: [Q7]
// purpose: "Firms that a representative or holder left, or that were deregistered, within months of an active negative record, while the same person has a new firm at an address of the old one; a lead."
// params:
//   as_of: {kind: date, zh: 时点}
//   months: {kind: integer, zh: 记录后月数, default: 6, min: 1, max: 60}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, record, decided_on, person, person_name, left_on, successor, successor_name, established_on]
// ---
MATCH (old:Organisation)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND record.decided_on <= $as_of
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
MATCH (person:Party)-[held:REPRESENTS|HOLDS_SHARES]->(old)
WITH old, record, person, coalesce(held.valid_to, old.ended_on) AS left_on
WHERE left_on >= record.decided_on
  AND 12 * (toInteger(substring(left_on, 0, 4)) - toInteger(substring(record.decided_on, 0, 4)))
    + toInteger(substring(left_on, 5, 2)) - toInteger(substring(record.decided_on, 5, 2)) <= $months
MATCH (person)-[:REPRESENTS|HOLDS_SHARES]->(fresh:Organisation)
WHERE fresh.uid <> old.uid AND fresh.established_on >= record.decided_on
MATCH (old)-[:HAS_ADDRESS]->(place:Address)<-[:HAS_ADDRESS]-(fresh)
RETURN DISTINCT old.uid AS uid, old.name AS name, record.uid AS record, record.decided_on AS decided_on,
  person.uid AS person, person.name AS person_name, left_on AS left_on, fresh.uid AS successor,
  fresh.name AS successor_name, fresh.established_on AS established_on
ORDER BY uid, record, person, left_on, successor
LIMIT $limit
