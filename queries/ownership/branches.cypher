// ---
// id: ownership.branches
// title: {zh: 分支机构, en: "Branches"}
// questions: [Q1]
// purpose: "Branches of a company, closed ones with their end."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, since, until, record_id]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (branch:Organisation)-[of:BRANCH_OF]->(company)
RETURN branch.uid AS uid, branch.name AS name, of.valid_from AS since, of.valid_to AS until,
  of.record_id AS record_id
ORDER BY uid, record_id, since, until
LIMIT $limit
