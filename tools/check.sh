#!/usr/bin/env bash
# All that must hold before a change lands: form, types, floors, tests, coverage, fresh pages.
set -eu
bin=.venv/bin

"$bin/ruff" format --check .
"$bin/ruff" check .
"$bin/mypy"
"$bin/lint-imports"
"$bin/python" -m app.reference docs --check
# Two at a time: a worker of tests has a Neo4j of its own, and files stay whole for their servers.
tests=(-m pytest -q -n "${TEST_WORKERS:-2}" --dist loadfile "$@")
if [ "${COVERAGE:-1}" = 0 ]; then
  exec "$bin/python" "${tests[@]}"
fi
rm -f .coverage .coverage.*
"$bin/coverage" run --parallel-mode "${tests[@]}"
"$bin/coverage" combine -q
"$bin/coverage" report --include "graph/*,loaders/*,queries/*" --fail-under 95 --skip-covered
"$bin/coverage" report --include "app/*" --fail-under 85 --skip-covered
