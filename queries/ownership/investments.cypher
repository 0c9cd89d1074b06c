// ---
// id: ownership.investments
// title: {zh: 对外投资, en: "Investments"}
// questions: [Q1]
// purpose: "Which companies a party holds shares of on a day."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, share, since, until, record_id]
// ---
MATCH (holder:Party {uid: $uid})
MATCH (holder)-[held:HOLDS_SHARES]->(company:Organisation)
WHERE (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
RETURN company.uid AS uid, company.name AS name, held.share AS share,
  held.valid_from AS since, held.valid_to AS until, held.record_id AS record_id
ORDER BY share DESC, uid, record_id, since, until
LIMIT $limit
