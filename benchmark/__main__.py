"""``python -m benchmark`` is ``sommet``."""

from benchmark.cli import main

main()
