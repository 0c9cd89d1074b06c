// ---
// id: trace.suits
// title: {zh: 涉诉案件, en: "Suits of a party"}
// questions: [Q1, Q2]
// purpose: "Suits of a party with its side and the other parties; a suit is no dishonesty record."
// params:
//   uid: {kind: text, zh: 主体编号}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [suit, case_number, court, cause, filed_on, decided_on, outcome, side, other, other_name, other_side]
// ---
MATCH (party:Party {uid: $uid})
MATCH (party)-[mine:PLAINTIFF_IN|DEFENDANT_IN]->(suit:Lawsuit)
MATCH (suit)<-[theirs:PLAINTIFF_IN|DEFENDANT_IN]-(other:Party)
WHERE other.uid <> $uid
RETURN DISTINCT suit.uid AS suit, suit.case_number AS case_number, suit.court AS court, suit.cause AS cause,
  suit.filed_on AS filed_on, suit.decided_on AS decided_on, suit.outcome AS outcome, type(mine) AS side,
  other.uid AS other, other.name AS other_name, type(theirs) AS other_side
ORDER BY filed_on DESC, suit, side, other, other_side
LIMIT $limit
