"""pytest plugin for teams that keep their extractor in their own repository.

``pytest --sommet-policy policy.yaml`` gives tests the fixture ``extractor_quality``::

    def test_quality(extractor_quality):
        extractor_quality(MyExtractor(), "mine")

It runs the extractor on the split of the policy, holds it against the committed results, and fails the test on a loss or
on what cannot be judged. A change that may be chance is a warning.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from benchmark.compare import Report
    from benchmark.extractor import Extractor


class QualityWarning(UserWarning):
    """An extractor's quality changed by no more than chance may do."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the plugin."""
    group = parser.getgroup("sommet")
    group.addoption("--sommet-policy", metavar="FILE", help="policy that the fixture extractor_quality applies")
    group.addoption("--sommet-base", metavar="BASE", default="results", help="committed results, or git:REF")


@pytest.fixture(scope="session")
def extractor_quality(pytestconfig: pytest.Config) -> Callable[[Extractor, str], Report]:
    """``extractor_quality(extractor, name)`` runs, compares, and fails the test on a loss; returns the report.

    ``fit`` is called with train and dev; the extractor then runs as ``sommet run`` runs it, with the default linker.
    """
    chosen = pytestconfig.getoption("--sommet-policy")
    if chosen is None:
        pytest.skip("no --sommet-policy given")

    def judge(extractor: Extractor, name: str) -> Report:
        from msgspec.structs import replace

        from benchmark import compare, corpus, reports, results
        from benchmark.extractor import build_linker, config, default, predictions

        policy = replace(compare.read_policy(Path(chosen)), systems=[name])
        gold = corpus.sommet()
        extractor.fit(gold.documents("train"), gold.documents("dev"))
        documents = gold.documents(policy.split)
        linker = build_linker(config(default("linker"), "linker"))
        found = predictions(extractor, documents, linker, gold.ontology)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{name}.jsonl"
            file.write_bytes(results.prediction_bytes(found))
            report = compare.compare(pytestconfig.getoption("--sommet-base"), str(file), gold, policy)
        if report.exit_code:
            pytest.fail(reports.markdown(report), pytrace=False)
        for metric in (m for system in report.systems for m in system.metrics if m.verdict in ("noise", "accepted")):
            warnings.warn(QualityWarning(f"{name} {metric.metric}: {metric.why}"), stacklevel=2)
        return report

    return judge
