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
"$bin/coverage" run --parallel-mode -m pytest -q --hypothesis-profile="${HYPOTHESIS_PROFILE:-dev}" "$@"
"$bin/coverage" combine -q
"$bin/coverage" report --include "graph/*,loaders/*,queries/*" --fail-under 95 --skip-covered
"$bin/coverage" report --include "app/*" --fail-under 85 --skip-covered
