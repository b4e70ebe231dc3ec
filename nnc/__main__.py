"""`python -m nnc` is `nnc`."""

from nnc.cli import main

main()
