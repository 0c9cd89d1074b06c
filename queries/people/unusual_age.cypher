// ---
// id: people.unusual_age
// title: {zh: 法定代表人年龄异常, en: "Representatives of unusual age"}
// questions: [Q8]
// purpose: "Representatives born after or before given years: minors and centenarians hint at wrong data."
// params:
//   after: {kind: integer, zh: 晚于（年）, default: 2008, min: 1900, max: 2100}
//   before: {kind: integer, zh: 早于（年）, default: 1930, min: 1800, max: 2000}
//   limit: {kind: integer, zh: 行数上限, default: 200, min: 1, max: 5000}
// columns: [uid, name, birth_year, company, company_name]
// ---
MATCH (person:Person)-[:REPRESENTS]->(company:Organisation)
WHERE person.birth_year > $after OR person.birth_year < $before
RETURN DISTINCT person.uid AS uid, person.name AS name, person.birth_year AS birth_year,
  company.uid AS company, company.name AS company_name
ORDER BY birth_year, uid, company
LIMIT $limit
