// ---
// id: quality.without_code
// title: {zh: 缺统一代码的组织, en: "Organisations without credit code"}
// questions: [Q9]
// purpose: "Organisations that no source gives a credit code: they could not be joined by identifier."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, resource, mentions]
// ---
MATCH (firm:Organisation)
WHERE firm.uscc IS NULL
RETURN firm.uid AS uid, firm.name AS name, firm.resource AS resource, firm.mentions AS mentions
ORDER BY mentions DESC, uid
LIMIT $limit
