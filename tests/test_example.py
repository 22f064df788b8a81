"""The example repository and the GitHub Action, as far as they can run here: in a fresh folder, by the steps they give."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    made = run(folder, "make", "base")
    assert made.returncode == 0, made.stderr
    for words in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "base"]):
        git(folder, *words)
    assert "runs/" not in git(folder, "ls-files")
    return folder


def git(folder: Path, *words: str) -> str:
    done = run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@t", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    words = ["make", "test"]
    passed = run(folder, *words)
    assert passed.returncode == 0, passed.stdout
    assert "1 passed" in passed.stdout
    weaken(folder)
    failed = run(folder, *words)
    assert failed.returncode != 0
    assert "worse" in failed.stdout
    assert "passes the hard limit" in failed.stdout
    gate = run(folder, "make", "gate")
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


def test_a_gate_takes_nothing_over_from_an_interrupted_run() -> None:
    """What an extractor reads besides its code is no part of the key of a run."""
    for folder in (ROOT, ROOT / "examples" / "my-extractor"):
        lines = (folder / "Makefile").read_text(encoding="utf-8").splitlines()
        runs = [line for line in lines if "sommet run" in line and "split=dev" in line]
        assert runs
        assert all("resume=false" in line for line in runs)


@pytest.mark.parametrize("folder", [ROOT, ROOT / "examples" / "my-extractor"])
def test_no_checkout_exchanges_the_line_ends_of_what_is_hashed(folder: Path, tmp_path: Path) -> None:
    names = ["results/c-1/dev/mine/predictions.jsonl", "results/c-1/dev/mine/record.json"]
    if folder == ROOT:
        names += [
            "gold/train/a/01.txt",
            "gold/train/a/01.ann",
            "gold/train/a/meta.yaml",
            "gold/ontology.yaml",
            "README.md",
        ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"a\nb\n")
    shutil.copy(folder / ".gitattributes", tmp_path)
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "core.autocrlf", "true")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    for name in names:
        (tmp_path / name).unlink()
    git(tmp_path, "checkout", "--", ".")
    assert {name: (tmp_path / name).read_bytes() for name in names} == dict.fromkeys(names, b"a\nb\n")


def steps(path: Path) -> dict[str, dict[str, object]]:
    """Steps that have a name, of an action or of the one job of a workflow."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (holder,) = content["jobs"].values() if "jobs" in content else [content["runs"]]
    return {step["name"]: step for step in holder["steps"] if "name" in step}


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
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "RESULTS": "results",
    }

    def step(name: str) -> subprocess.CompletedProcess[str]:
        return run(folder, "bash", "-eo", "pipefail", "-c", str(action[name]["run"]), **env)

    assert step("base").returncode == 0
    env["BASE"] = (tmp_path / "output").read_text(encoding="utf-8").strip().removeprefix("base=")
    assert step("run").returncode == 0
    git(folder, "checkout", "-qb", "moved")
    git(folder, "branch", "-D", "main")  # what a pull request does to a name plays no part
    assert step("check").returncode == 0
    assert "same" in summary.read_text(encoding="utf-8")
    weaken(folder)
    assert step("run").returncode == 0
    assert step("check").returncode == 1
    assert "worse" in summary.read_text(encoding="utf-8")
    # What a user wrote into an input is data, not code.
    env["POLICY"] = "$(touch owned)"
    (folder / "report.md").unlink()
    (folder / "report.md").symlink_to("policy.yaml")
    before = (folder / "policy.yaml").read_bytes()
    assert step("check").returncode == 2
    assert not (folder / "owned").exists()
    assert (folder / "policy.yaml").read_bytes() == before
    # A report says why there is no verdict, as the log does.
    assert "    sommet: $(touch owned): No such file" in (folder / "report.md").read_text(encoding="utf-8")
    assert "$(touch owned)" in summary.read_text(encoding="utf-8")


def base_step(folder: Path, base: str) -> tuple[int, str, str]:
    """Exit code of the step that fixes the base, what it hands on, and what it says in the summary."""
    out, summary = folder / "output", folder / "summary.md"
    env = {"GITHUB_OUTPUT": str(out), "GITHUB_STEP_SUMMARY": str(summary), "BASE": base}
    words = ["bash", "-eo", "pipefail", "-c", str(steps(ROOT / "action.yml")["base"]["run"])]
    done = run(folder, *words, **env)
    files = (f.read_text(encoding="utf-8") if f.exists() else "" for f in (out, summary))
    return done.returncode, *files


def test_the_base_of_the_action_is_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-qb", "main")
    git(tmp_path, "commit", "-qm", "one", "--allow-empty")
    commit = git(tmp_path, "rev-parse", "HEAD").strip()
    assert base_step(tmp_path, "git:main") == (0, f"base=git:{commit}\n", "")
    (tmp_path / "output").unlink()
    assert base_step(tmp_path, "git:main:a/b") == (0, f"base=git:{commit}:a/b\n", "")
    (tmp_path / "output").unlink()
    assert base_step(tmp_path, "results") == (0, "base=results\n", "")
    (tmp_path / "output").unlink()
    for absent in ("git:origin/main", "git:--all", "git:"):
        code, handed, said = base_step(tmp_path, absent)
        assert (code, handed) == (3, "")
        assert "cannot be judged" in said


def test_the_action_installs_with_pip_and_not_with_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__main__.py").write_text("open('owned', 'w')\n", encoding="utf-8")
    script = str(steps(ROOT / "action.yml")["install"]["run"])
    asked, _, wanted = script.partition(" install ")
    assert "sommet" in wanted
    assert run(tmp_path, "bash", "-c", f"{asked} --version", PYTHONPATH=str(tmp_path)).returncode == 0
    assert not (tmp_path / "owned").exists()


@pytest.fixture
def comment(tmp_path: Path) -> Callable[[str], list[str]]:
    """Runs the step that comments, with a `gh` that keeps its words; takes the ids of comments there are."""
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "gh"
    fake.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$*" >> said\ncase "$*" in *pulls*) echo 7 ;; *--paginate*) printf "$IDS" ;; esac\n'
    )
    fake.chmod(0o755)
    step: Any = steps(ROOT / "examples/my-extractor/.github/workflows/comment.yml")["comment"]

    def run_it(ids: str) -> list[str]:
        env = {"GH_REPO": "a/b", "HEAD": "c", "REPORT": str(tmp_path / "report.md"), "FIRST": step["env"]["FIRST"]}
        path = f"{tmp_path / 'bin'}{os.pathsep}{ENV['PATH']}"
        done = run(tmp_path, "bash", "-e", "-c", step["run"], **env, IDS=ids, PATH=path)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "said").read_text(encoding="utf-8").splitlines()

    return run_it


def test_a_comment_says_first_whose_it_is(comment: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("all is well\n", encoding="utf-8")
    assert comment("")[-1] == "pr comment 7 --body-file comment.md"
    first, _, rest = (tmp_path / "comment.md").read_text(encoding="utf-8").partition("\n\n")
    assert "sommet gate" in first
    assert "github-actions[bot]" in first
    assert rest == "all is well\n"


def test_only_a_comment_of_its_own_is_edited(comment: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("all is well\n", encoding="utf-8")
    said = comment("11\\n12\\n")
    assert said[-1].startswith("api --method PATCH repos/a/b/issues/comments/11 ")
    assert 'select(.user.login == "github-actions[bot]" and (.body | startswith(env.FIRST)))' in said[-2]


def test_a_link_is_no_report(comment: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("token\n", encoding="utf-8")
    (tmp_path / "report.md").symlink_to("secret")
    assert len(comment("")) == 1  # it asked for the pull request
    (tmp_path / "report.md").unlink()
    assert len(comment("")) == 2
    assert not (tmp_path / "comment.md").exists()


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
