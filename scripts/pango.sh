#!/bin/sh
# WeasyPrint draws text with Pango, which pip can't install. Looks for it by loading it, as WeasyPrint does.
# Usage: pango.sh PYTHON
look='
import ctypes, ctypes.util, sys
for names in (("pango-1.0-0", "libpango-1.0.so.0", "pango-1.0"), ("pangoft2-1.0-0", "libpangoft2-1.0.so.0", "pangoft2-1.0"),
              ("harfbuzz-subset-0", "libharfbuzz-subset.so.0", "harfbuzz-subset")):
    for name in names:
        try:
            ctypes.CDLL(ctypes.util.find_library(name) or name)
            break
        except OSError:
            continue
    else:
        sys.exit(1)
'
"$1" -c "$look" 2>/dev/null && exit 0
sh "$(dirname "$0")/apt.sh" "Pango, which WeasyPrint needs for PDF," libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 || exit 1
"$1" -c "$look" 2>/dev/null || { echo "nnc: Pango still can't be loaded after installing it." >&2; exit 1; }
