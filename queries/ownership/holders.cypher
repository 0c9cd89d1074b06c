// ---
// id: ownership.holders
// title: {zh: 股东, en: "Shareholders"}
// questions: [Q1]
// purpose: "Who holds shares of a company on a day, with share, period and source."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, share, amount, since, until, resource, record_id]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (holder:Party)-[held:HOLDS_SHARES]->(company)
WHERE (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
RETURN holder.uid AS uid, holder.name AS name, held.share AS share, held.amount AS amount,
  held.valid_from AS since, held.valid_to AS until, held.resource AS resource, held.record_id AS record_id
ORDER BY share DESC, uid, record_id, since, until, amount, resource
LIMIT $limit
