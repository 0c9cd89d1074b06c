// ---
// id: bidding.co_bidders
// title: {zh: 共同投标, en: "Co-bidders"}
// questions: [Q4]
// purpose: "Pairs of organisations that bid together at least so often; a lead."
// params:
//   least: {kind: integer, zh: 次数下限, default: 2, min: 2, max: 1000}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [one, one_name, two, two_name, tenders]
// ---
MATCH (one:Organisation)-[:BID_IN]->(tender:Tender)<-[:BID_IN]-(two:Organisation)
WHERE one.uid < two.uid
WITH one, two, count(DISTINCT tender.uid) AS tenders
WHERE tenders >= $least
RETURN one.uid AS one, one.name AS one_name, two.uid AS two, two.name AS two_name, tenders
ORDER BY tenders DESC, one, two
LIMIT $limit
