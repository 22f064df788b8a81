"""Each bench runs at its quick sizes, and our numbers are those of its peer. Nothing here is timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench"
TOPICS = ("documents", "tags", "statistics", "alignment", "dates")


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_bench(topic: str) -> None:
    done = subprocess.run(
        [sys.executable, BENCH / f"bench_{topic}.py", "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "target" in done.stdout
    assert "DIFFERENT" not in done.stdout
