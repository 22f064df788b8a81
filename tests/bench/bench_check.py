"""What ``sommet check`` takes on ten systems, start-up and imports included: unchanged, and with every system changed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import common

sys.path.insert(0, str(Path(__file__).parents[1]))

import made

from benchmark import corpus

POLICY = """schema: 1
split: {split}
metrics: {{TC: {{}}, Date-V: {{}}, Record: {{}}, Status: {{}}, AC+: {{}}}}
"""


def main() -> None:
    """Print seconds of wall time."""
    quick = common.quick()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for split in ("dev",) if quick else ("dev", "test"):
            folder = Path(name) / split
            gold = corpus.load(split)
            for i in range(2 if quick else 10):
                for side, seed in (("base", 1), ("candidate", 2)):
                    made.publish(
                        folder / side, f"system-{i}", made.weakened(gold, 0.05 * i + 0.05, seed + 7 * i), split
                    )
            policy = folder / "policy.yaml"
            policy.write_text(POLICY.format(split=split), encoding="utf-8")
            for what, candidate in (("unchanged", "base"), ("all changed", "candidate")):

                def check(
                    candidate: Path = folder / candidate, base: Path = folder / "base", policy: Path = policy
                ) -> int:
                    words = ["check", "--policy", str(policy), "--base", str(base), "--results", str(candidate)]
                    done = subprocess.run([sys.executable, "-m", "benchmark", *words], capture_output=True, check=False)
                    return done.returncode

                seconds, _ = common.seconds(check, 1 if quick else common.RUNS)
                rows.append((f"{split}, {what}", seconds, "", "< 2 s"))
    common.show("sommet check, ten systems, five metrics", rows)


if __name__ == "__main__":
    main()
