// ---
// id: quality.shared_phone
// title: {zh: 同一电话多家企业, en: "Many firms with one phone"}
// questions: [Q1, Q8]
// purpose: "Phones that several organisations share, those of registration agents left out."
// params:
//   least: {kind: integer, zh: 企业数下限, default: 2, min: 2, max: 1000}
//   most: {kind: integer, zh: 企业数上限, default: 30, min: 2, max: 100000}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [phone, phone_name, firms]
// ---
MATCH (firm:Organisation)-[:HAS_PHONE]->(phone:Phone)
WITH phone, count(DISTINCT firm.uid) AS firms
WHERE firms >= $least AND firms <= $most
RETURN phone.uid AS phone, phone.name AS phone_name, firms
ORDER BY firms DESC, phone
LIMIT $limit
