#!/bin/sh
# Prints the first Python that TensorFlow has wheels for (3.11 to 3.13), or says what to install.
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then
    if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
      sh "$(dirname "$0")/apt.sh" "the venv module of Python $version" "python$version-venv" >&2 || exit 1
    fi
    echo "$candidate"
    exit 0
  fi
done
echo "nnc needs Python 3.11, 3.12 or 3.13, and none was found. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
echo "If it lies elsewhere: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
