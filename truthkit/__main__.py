"""``python -m truthkit`` is the command ``truthkit``."""

from truthkit.cli import main

main()
