// ---
// id: trace.as_of
// title: {zh: 时点关系, en: "Links on a day"}
// questions: [Q10]
// purpose: "Links of a party that existed on a day."
// params:
//   uid: {kind: text, zh: 主体编号}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [key, type, uid, name, since, until]
// ---
MATCH (party:Party {uid: $uid})
MATCH (party)-[link]-(other:Party)
WHERE (link.valid_from IS NULL OR link.valid_from <= $as_of) AND (link.valid_to IS NULL OR link.valid_to > $as_of)
RETURN link.key AS key, type(link) AS type, other.uid AS uid, other.name AS name,
  link.valid_from AS since, link.valid_to AS until
ORDER BY type, key, uid
LIMIT $limit
