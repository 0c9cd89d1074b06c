// ---
// id: ownership.cross
// title: {zh: 交叉持股, en: "Cross-holding"}
// questions: [Q8]
// purpose: "Pairs of companies that hold shares of each other; a lead."
// params:
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, other, other_name, share, back]
// ---
MATCH (one:Organisation)-[held:HOLDS_SHARES]->(two:Organisation)
MATCH (two)-[back:HOLDS_SHARES]->(one)
WHERE one.uid < two.uid AND (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
  AND (back.valid_from IS NULL OR back.valid_from <= $as_of) AND (back.valid_to IS NULL OR back.valid_to > $as_of)
RETURN one.uid AS uid, one.name AS name, two.uid AS other, two.name AS other_name,
  held.share AS share, back.share AS back
ORDER BY uid, other, share, back
LIMIT $limit
