"""The command line: arguments → one call of the pipeline → print → exit code; nothing else.

Results go to standard output and everything else to standard error. Exit codes: 0 all is well, 1 the spec or the
data is at fault, 2 the command line is, 3 a run failed, 70 a bug of nnc's own, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from nnc.cli.commands import cli
from nnc.cli.terminal import report_findings
from nnc.diagnostics import RunFault, UserFault

__all__ = ["main", "run"]

_BUG = 70
_INTERRUPTED = 130


def main() -> None:
    """Run `nnc` on the process's arguments and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run `nnc` on these arguments and give the exit code."""
    # TensorFlow's C++ part talks to standard error of devices and graphs, also when all is well; it reads this as it is
    # loaded. Whoever wants to hear it sets the variable.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        code = cli(list(arguments), standalone_mode=False, prog_name="nnc")
        sys.stdout.flush()
    except UserFault as fault:
        report_findings(fault.findings)
        return 3 if isinstance(fault, RunFault) else 1
    except BrokenPipeError:
        # Whoever read our output has gone (`nnc show | head`); that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; nothing that was there has been changed (nnc train --resume goes on)\n")
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place where a bug of ours can be told from a user's mistake
        return _usage_or_bug(error, verbose="--verbose" in arguments or "-v" in arguments)
    return code if isinstance(code, int) else 0


def _usage_or_bug(error: Exception, *, verbose: bool) -> int:
    import click

    if isinstance(error, click.exceptions.Abort):
        return _INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(
        f"nnc: this is a bug of nnc, not a mistake of yours: {type(error).__name__}: {error}\n"
        f"  at {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}\n"  # noqa: PTH119 - not worth pathlib
    )
    if verbose:
        traceback.print_exception(error)
    else:
        sys.stderr.write("  Please report it with the spec, this message and what `nnc --verbose ...` adds to it.\n")
    return _BUG
