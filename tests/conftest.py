"""Shared fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("sommet", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("sommet")

Sommet = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sommet(tmp_path: Path) -> Sommet:
    """Runs the command line in an empty folder, as a user would."""

    def run(
        *words: object, stdin: str | bytes = "", env: dict[str, str] | None = None, below: str = "."
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "benchmark", *map(str, words)],
            cwd=tmp_path / below,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=300,
            env={**os.environ, "SOMMET_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1", **(env or {})},
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        )

    return run
