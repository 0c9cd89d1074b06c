#!/usr/bin/env bash
# All that must hold before a change lands: form, types, floors, tests, coverage, fresh pages.
set -eu
bin=.venv/bin

"$bin/ruff" format --check .
"$bin/ruff" check .
"$bin/mypy"
"$bin/lint-imports"
"$bin/python" -m app.reference docs --check
rm -f .coverage .coverage.*
# Three at a time, of whom on two processors one mostly waits for a browser or a server. Each has a
# Neo4j of its own, and files stay whole for their servers.
"$bin/coverage" run --parallel-mode -m pytest -q -n "${TEST_WORKERS:-3}" --dist loadfile "$@"
"$bin/coverage" combine -q
"$bin/coverage" report --include "graph/*,loaders/*,queries/*" --fail-under 95 --skip-covered
"$bin/coverage" report --include "app/*" --fail-under 85 --skip-covered
