// ---
// id: intermediary.moves
// title: {zh: 执业人员流动, en: "Moves of practitioners"}
// questions: [Q6]
// purpose: "Professionals who practise or practised at several firms."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, firms]
// ---
MATCH (person:Person)-[:PRACTISES_AT]->(firm:Organisation)
WITH person, count(DISTINCT firm.uid) AS firms
WHERE firms > 1
RETURN person.uid AS uid, person.name AS name, firms
ORDER BY firms DESC, uid
LIMIT $limit
