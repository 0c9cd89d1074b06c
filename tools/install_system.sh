#!/usr/bin/env bash
# Installs what pip cannot: fonts, Graphviz, Pango, Chromium, poppler-utils and, for the tests' own
# Neo4j, Java and Maven. Where it may not, it prints the exact command and goes on.
set -u

packages=(fonts-noto-cjk graphviz libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils
  python3-venv)
if [ "${1:-}" = "tests" ]; then
  packages+=(chromium maven default-jre-headless)
fi

has() {
  case "$1" in
    chromium) command -v chromium-headless-shell || command -v chromium ||
      command -v chromium-browser || command -v google-chrome ;;
    maven) command -v mvn ;;
    default-jre-headless) command -v java ;;
    python3-venv) python3 -c 'import ensurepip' ;;
    *) dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' ;;
  esac >/dev/null 2>&1
}

# Chromium without a window where the system has it, known once its lists are there: a page of a
# test takes half the processor.
browser() {
  if apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    echo chromium-headless-shell
  else
    echo chromium
  fi
}

missing=()
for package in "${packages[@]}"; do
  has "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

# Ubuntu offers Chromium as a snap alone, which a test cannot start: there the tests name what they lack.
command="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "This machine has no apt-get; install what stands for: ${missing[*]}" >&2
  exit 0
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then
    run=(sudo -n)
  else
    echo "System packages are missing; please run: sudo sh -c '$command'" >&2
    exit 0
  fi
fi
echo "installing system packages: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
if ! { "${run[@]}" apt-get -q update >/dev/null &&
  "${run[@]}" apt-get -q install -y --no-install-recommends "${missing[@]/#chromium/$(browser)}" >/dev/null; }; then
  echo "could not install them; please run: $command" >&2
fi
