// ---
// id: ownership.related_holders
// title: {zh: 失信企业的主要股东, en: "Main holders of listed firms"}
// questions: [Q5]
// purpose: "Holders of at least a share in firms with an active negative record, state organs left out."
// params:
//   least: {kind: fraction, zh: 持股比例下限, default: 0.25, min: 0, max: 1}
//   as_of: {kind: date, zh: 时点}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, company, company_name, share, record]
// ---
MATCH (company:Organisation)-[:SUBJECT_OF]->(record:CreditRecord)
WHERE record.positive = false AND record.status = 'active' AND (record.decided_on IS NULL OR record.decided_on <= $as_of)
  AND (record.published_until IS NULL OR record.published_until >= $as_of) AND (record.ended_on IS NULL OR record.ended_on > $as_of)
MATCH (holder:Party)-[held:HOLDS_SHARES]->(company)
WHERE held.share >= $least AND NOT holder:Organ AND (held.valid_from IS NULL OR held.valid_from <= $as_of) AND (held.valid_to IS NULL OR held.valid_to > $as_of)
RETURN holder.uid AS uid, holder.name AS name, company.uid AS company, company.name AS company_name,
  held.share AS share, record.uid AS record
ORDER BY uid, company, record, share
LIMIT $limit
