// ---
// id: people.posts
// title: {zh: 任职情况, en: "Posts of a person"}
// questions: [Q2]
// purpose: "Every post and representation of a person, with period."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, type, post, since, until, record_id]
// ---
MATCH (person:Person {uid: $uid})
MATCH (person)-[held:REPRESENTS|HOLDS_POST]->(company:Organisation)
RETURN company.uid AS uid, company.name AS name, type(held) AS type, held.post AS post,
  held.valid_from AS since, held.valid_to AS until, held.record_id AS record_id
ORDER BY uid, type, since, record_id, post, until
LIMIT $limit
