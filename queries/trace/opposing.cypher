// ---
// id: trace.opposing
// title: {zh: 两造关联, en: "Linked sides of suits"}
// questions: [Q2, Q4]
// purpose: "Suits in which one party represents, runs or holds shares in both sides; a lead, whether it is a sham is for the court."
// params:
//   least: {kind: fraction, zh: 最低持股比例, default: 0.05, min: 0, max: 1}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [suit, case_number, filed_on, plaintiff, plaintiff_name, defendant, defendant_name, uid, name, first_type, second_type]
// ---
MATCH (plaintiff:Organisation)-[:PLAINTIFF_IN]->(suit:Lawsuit)<-[:DEFENDANT_IN]-(defendant:Organisation)
WHERE plaintiff.uid <> defendant.uid
MATCH (plaintiff)<-[first:REPRESENTS|HOLDS_POST|HOLDS_SHARES]-(party:Party)-[second:REPRESENTS|HOLDS_POST|HOLDS_SHARES]->(defendant)
WHERE (type(first) <> 'HOLDS_SHARES' OR first.share >= $least)
  AND (type(second) <> 'HOLDS_SHARES' OR second.share >= $least)
  AND (first.valid_from IS NULL OR suit.filed_on IS NULL OR first.valid_from <= suit.filed_on)
  AND (first.valid_to IS NULL OR suit.filed_on IS NULL OR first.valid_to > suit.filed_on)
  AND (second.valid_from IS NULL OR suit.filed_on IS NULL OR second.valid_from <= suit.filed_on)
  AND (second.valid_to IS NULL OR suit.filed_on IS NULL OR second.valid_to > suit.filed_on)
RETURN DISTINCT suit.uid AS suit, suit.case_number AS case_number, suit.filed_on AS filed_on,
  plaintiff.uid AS plaintiff, plaintiff.name AS plaintiff_name, defendant.uid AS defendant,
  defendant.name AS defendant_name, party.uid AS uid, party.name AS name, type(first) AS first_type,
  type(second) AS second_type
ORDER BY suit, plaintiff, defendant, uid, first_type, second_type
LIMIT $limit
