"""The example repository and the GitHub Action, as far as they can run here: in a fresh folder, by the steps they give."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ENV = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
ENV.pop("PYTEST_XDIST_WORKER", None)


def run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, env={**ENV, **env})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, copied, with its base results committed on main."""
    folder = tmp_path_factory.mktemp("user") / "my-extractor"
    shutil.copytree(ROOT / "examples" / "my-extractor", folder)
    (folder / ".gitignore").write_text("runs/\n__pycache__/\n", encoding="utf-8")
    made = run(folder, "make", "base", PYTHONPATH=str(folder))
    assert made.returncode == 0, made.stderr
    for words in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "base"]):
        done = run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@t", *words)
        assert done.returncode == 0, done.stderr
    return folder


def weaken(folder: Path) -> None:
    source = folder / "my_extractor.py"
    text = source.read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if "Sommet" not in line and "SummitHeld" not in line and "CallHeld" not in line
    ]
    source.write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_the_example_passes_and_then_fails_on_a_loss(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    shutil.copytree(repository, folder)
    words = ["make", "test", f"PYTHONPATH={folder}"]
    passed = run(folder, *words, PYTHONPATH=str(folder))
    assert passed.returncode == 0, passed.stdout
    assert "1 passed" in passed.stdout
    weaken(folder)
    failed = run(folder, *words, PYTHONPATH=str(folder))
    assert failed.returncode != 0
    assert "worse" in failed.stdout
    assert "passes the hard limit" in failed.stdout
    gate = run(folder, "make", "gate", PYTHONPATH=str(folder))
    assert "worse" in gate.stdout


def test_the_fixture_runs_an_extractor_as_sommet_run_does(tmp_path: Path) -> None:
    """The oracle links by itself: through a linker its Status would be less than the published 1."""
    (tmp_path / "policy.yaml").write_text(
        "schema: 1\nsplit: dev\nmetrics:\n  Status: {hard: 0.03, margin: 0.01}\n", encoding="utf-8"
    )
    (tmp_path / "test_mine.py").write_text(
        "from baselines.oracle import Oracle\n"
        "def test_quality(extractor_quality):\n"
        "    (system,) = extractor_quality(Oracle(), 'oracle').systems\n"
        "    assert [(m.metric, m.verdict) for m in system.metrics] == [('Status', 'same')]\n",
        encoding="utf-8",
    )
    words = ["-p", "no:cacheprovider", "--sommet-policy", "policy.yaml", "--sommet-base", str(ROOT / "results")]
    done = run(tmp_path, sys.executable, "-m", "pytest", "-q", *words)
    assert done.returncode == 0, done.stdout


def steps(path: Path) -> dict[str, dict[str, object]]:
    action = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {step["name"]: step for step in action["runs"]["steps"] if "name" in step}


@pytest.mark.slow
def test_the_shell_steps_of_the_action(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    shutil.copytree(repository, folder)
    action = steps(ROOT / "action.yml")
    summary = tmp_path / "summary.md"
    env = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "COMMAND": "make base",
        "POLICY": "policy.yaml",
        "BASE": "git:main",
        "RESULTS": "results",
        "PYTHONPATH": str(folder),
    }

    def step(name: str) -> subprocess.CompletedProcess[str]:
        return run(folder, "bash", "-eo", "pipefail", "-c", str(action[name]["run"]), **env)

    assert step("run").returncode == 0
    assert step("check").returncode == 0
    assert "same" in summary.read_text(encoding="utf-8")
    weaken(folder)
    assert step("run").returncode == 0
    assert step("check").returncode == 1
    assert "worse" in summary.read_text(encoding="utf-8")
    # What a user wrote into an input is data, not code.
    env["POLICY"] = "$(touch owned)"
    assert step("check").returncode == 2
    assert not (folder / "owned").exists()


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", ["action.yml"]),
        ("vendor.github-workflows", ["examples/my-extractor/.github/workflows/gate.yml"]),
        ("vendor.github-workflows", ["examples/my-extractor/.github/workflows/comment.yml"]),
        ("vendor.gitlab-ci", ["examples/my-extractor/.gitlab-ci.yml"]),
    ],
)
def test_workflow_files_keep_to_their_schemas(schema: str, files: list[str]) -> None:
    done = run(ROOT, sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files)
    assert done.returncode == 0, done.stdout


def test_the_comment_job_never_checks_out_code() -> None:
    workflow = yaml.safe_load(
        (ROOT / "examples/my-extractor/.github/workflows/comment.yml").read_text(encoding="utf-8")
    )
    used = [step.get("uses", "") for job in workflow["jobs"].values() for step in job["steps"]]
    assert not [name for name in used if name.startswith("actions/checkout")]
    assert workflow["permissions"] == {"actions": "read", "pull-requests": "write"}
