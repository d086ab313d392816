# shellcheck shell=bash
# Functions shared by the scripts: messages, installing system packages, and stamps, which make a
# second run do nothing. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# say TEXT...: prints a line about the next step on standard error.
say() { printf '%s\n' "==> $*" >&2; }

# fail TEXT...: prints an error with its remedy, and ends the script.
fail() {
  printf '%s\n' "error: $*" >&2
  exit 1
}

# has COMMAND: whether it is on PATH.
has() { command -v "$1" >/dev/null 2>&1; }

# install_packages NAME...: installs system packages with apt, if available, and with sudo unless run by root.
install_packages() {
  has apt-get || fail "please install with your system's package manager what Debian calls: $*"
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || fail "please run as root: apt-get install $*"
    as_root=(sudo)
  fi
  say "installing system packages: $*"
  local log
  log=$(mktemp)
  # An old package list may name versions that the mirrors no longer have: refresh it and try once more.
  if ! apt_install "$@" >"$log" 2>&1; then
    if ! { "${as_root[@]}" apt-get update && apt_install "$@"; } >"$log" 2>&1; then
      cat "$log" >&2
      rm -f "$log"
      fail "apt-get install $* failed (its output is above)"
    fi
  fi
  rm -f "$log"
}

# apt_install NAME...: the only call of apt; the caller defines `as_root`.
apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "$@"
}

# build_packages: installs the packages that `swift build` needs besides Swift.
build_packages() {
  has swift || fail "no swift on PATH. Install Swift 6.2 or later: https://www.swift.org/install"
  has pkg-config && pkg-config --exists libzmq libcrypto sqlite3 libcmark-gfm libarchive expat zlib \
    && [ -e /usr/include/cmark-gfm-core-extensions.h ] && return
  install_packages libzmq3-dev libssl-dev libsqlite3-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libarchive-dev libexpat1-dev zlib1g-dev pkg-config
}

# find_python: prints a Python that can create virtual environments.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  install_packages python3 python3-venv
  /usr/bin/python3 -c 'import venv, ensurepip' || fail "python3-venv is installed, but does not work"
  printf '%s\n' /usr/bin/python3
}

# fingerprint PYTHON FILE [RECIPE]: a hash of a requirement list, the interpreter and the path of the clone
# (a virtual environment cannot be moved). Increase RECIPE when the steps after pip change.
fingerprint() {
  { "$1" --version && printf '%s\n' "$1" "$root" "${3:-1}" && cat "$2"; } | sha256sum | cut -d' ' -f1
}

# virtual_environment PYTHON DIR FINGERPRINT PIP-ARGUMENTS...: creates DIR unless its stamp is current.
# Returns 0 if it was created, 1 if it existed. A DIR without a stamp is incomplete and is created again.
virtual_environment() {
  local python=$1 directory=$2 wanted=$3
  shift 3
  [ "$(cat "$directory/.stamp" 2>/dev/null)" = "$wanted" ] && return 1
  say "creating $directory: pip install $*"
  rm -rf "$directory"
  "$python" -m venv "$directory" || fail "could not create $directory"
  "$directory/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" >&2 \
    || fail "pip install $* failed (its output is above)"
}

# stamp DIR FINGERPRINT: marks DIR as complete.
stamp() { printf '%s\n' "$2" >"$1/.stamp"; }

# environment PYTHON DIR LIST RECIPE PIP-ARGUMENTS...: creates a virtual environment from a list of requirements, unless it is current.
environment() {
  local python=$1 directory=$2 list=$3 wanted
  wanted=$(fingerprint "$python" "$list" "$4")
  shift 4
  if virtual_environment "$python" "$directory" "$wanted" "$@" -r "$list"; then stamp "$directory" "$wanted"; fi
}

# dist_python: prints the Python of the virtual environment that makes wheels.
dist_python() {
  local python
  python=$(find_python)
  environment "$python" .build-static/venv scripts/requirements/dist.txt 1
  printf '%s\n' "$root/.build-static/venv/bin/python"
}
