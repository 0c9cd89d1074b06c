// ---
// id: intermediary.of_company
// title: {zh: 企业的中介机构, en: "Intermediaries of a company"}
// questions: [Q1]
// purpose: "Who performed and signed what for a company, and when."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [work, document_number, kind, signed_on, uid, name, signer, signer_name]
// ---
MATCH (company:Organisation {uid: $uid})
MATCH (work:Engagement)-[:ENGAGED_FOR]->(company)
MATCH (firm:Organisation)-[:PERFORMED]->(work)
OPTIONAL MATCH (person:Person)-[:SIGNED]->(work)
RETURN DISTINCT work.uid AS work, work.document_number AS document_number, work.kind AS kind,
  work.signed_on AS signed_on, firm.uid AS uid, firm.name AS name, person.uid AS signer,
  person.name AS signer_name
ORDER BY signed_on, work, uid, signer
LIMIT $limit
