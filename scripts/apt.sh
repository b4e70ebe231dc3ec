#!/bin/sh
# Installs Debian packages where it may; where it may not, says what is missing and the command that mends it.
# Usage: apt.sh WHAT PACKAGE...
what=$1
shift
command="apt-get install -y $*"
echo "nnc: $what is missing; it is in: $*" >&2
if ! command -v apt-get >/dev/null 2>&1; then
  echo "nnc: install it with your system's package manager, then run make again." >&2
  exit 1
fi
if [ "$(id -u)" = 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root="sudo"
else
  echo "nnc: run this, then make again:  sudo $command" >&2
  exit 1
fi
echo "nnc: running: $as_root $command" >&2
# The list of packages of a fresh machine is empty; try without first, since an update takes a while.
DEBIAN_FRONTEND=noninteractive $as_root $command >&2 ||
  { $as_root apt-get update >&2 && DEBIAN_FRONTEND=noninteractive $as_root $command >&2; } ||
  { echo "nnc: that failed; run it by hand, then make again:  sudo $command" >&2; exit 1; }
