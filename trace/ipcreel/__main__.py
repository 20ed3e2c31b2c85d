"""`python -m ipcreel`."""

from ipcreel.cli import main

main()
