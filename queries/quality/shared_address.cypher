// ---
// id: quality.shared_address
// title: {zh: 同一地址多家企业, en: "Many firms at one address"}
// questions: [Q1, Q8]
// purpose: "Addresses that several organisations share, those of registration agents left out."
// params:
//   least: {kind: integer, zh: 企业数下限, default: 2, min: 2, max: 1000}
//   most: {kind: integer, zh: 企业数上限, default: 100, min: 2, max: 100000}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [address, address_name, firms]
// ---
MATCH (firm:Organisation)-[:HAS_ADDRESS]->(place:Address)
WITH place, count(DISTINCT firm.uid) AS firms
WHERE firms >= $least AND firms <= $most
RETURN place.uid AS address, place.name AS address_name, firms
ORDER BY firms DESC, address
LIMIT $limit
