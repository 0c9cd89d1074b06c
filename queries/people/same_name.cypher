// ---
// id: people.same_name
// title: {zh: 同名不同人, en: "Same name, different persons"}
// questions: [Q8]
// purpose: "Names that several persons with different identity numbers bear: never one person by name alone."
// params:
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [name, persons]
// ---
MATCH (person:Person)
WHERE person.id_hash IS NOT NULL
WITH person.name AS name, count(DISTINCT person.id_hash) AS persons
WHERE persons > 1
RETURN name, persons
ORDER BY persons DESC, name
LIMIT $limit
