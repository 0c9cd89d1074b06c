#!/usr/bin/env bash
# All that must hold before a change lands: form, types, floors, tests, coverage, fresh pages.
set -eu
bin=.venv/bin

"$bin/ruff" format --check .
"$bin/ruff" check .
# Types, floors and pages beside the tests, which wait for servers now and then.
said=$(mktemp)
("$bin/mypy" && "$bin/lint-imports" && "$bin/python" -m app.reference docs --check) >"$said" 2>&1 &
beside=$!
failed=0
# Two at a time: a worker of tests has a Neo4j of its own, and files stay whole for their servers.
tests=(-m pytest -q -n "${TEST_WORKERS:-2}" --dist loadfile "$@")
if [ "${COVERAGE:-1}" = 0 ]; then
  "$bin/python" "${tests[@]}" || failed=$?
else
  rm -f .coverage .coverage.*
  "$bin/coverage" run --parallel-mode "${tests[@]}" || failed=$?
fi
wait "$beside" || failed=$?
cat "$said"
rm -f "$said"
[ "$failed" = 0 ] || exit "$failed"
if [ "${COVERAGE:-1}" = 0 ]; then
  exit 0
fi
"$bin/coverage" combine -q
"$bin/coverage" report --include "graph/*,loaders/*,queries/*" --fail-under 95 --skip-covered
"$bin/coverage" report --include "app/*" --fail-under 85 --skip-covered
