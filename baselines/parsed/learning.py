"""One kind of classifier for everything: logistic regression over named features and a dense block."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Features = dict[str, float]
Floats = NDArray[np.float64]


class Classifier:
    """Multinomial logistic regression; kept as arrays, never as a pickle.

    Args:
        strength: inverse of the L2 penalty.
        least: in how many rows a feature must occur to be used.
        dense_weight: scale of the dense block, whose columns are standardised.
    """

    def __init__(self, strength: float = 1.0, least: int = 2, dense_weight: float = 0.1) -> None:
        self.strength, self.least, self.dense_weight = strength, least, dense_weight
        self.names: list[str] = []
        self.vocabulary: dict[str, int] = {}
        self.centre: Floats = np.zeros(0)
        self.spread: Floats = np.ones(0)
        self.weights: Floats = np.zeros((0, 0))
        self.bias: Floats = np.zeros(0)

    def fit(self, rows: Sequence[Features], labels: Sequence[str], dense: Floats | None = None) -> Classifier:
        """Learn ``labels`` from ``rows`` and, row by row, ``dense``."""
        from sklearn.linear_model import LogisticRegression

        self.names = sorted(set(labels))
        counts = Counter(name for row in rows for name in row)
        self.vocabulary = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= self.least))}
        if dense is not None:
            self.centre, self.spread = dense.mean(axis=0), dense.std(axis=0) + 1e-6
        width = len(self.vocabulary) + len(self.centre)
        if len(self.names) < 2:
            self.weights, self.bias = np.zeros((len(self.names), width)), np.zeros(len(self.names))
            return self
        model = LogisticRegression(C=self.strength, max_iter=300, tol=1e-3)
        model.fit(self._matrix(rows, dense), labels)
        weights, bias = model.coef_, model.intercept_
        if len(self.names) == 2:
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
        self.weights, self.bias = weights, bias
        return self

    def _matrix(self, rows: Sequence[Features], dense: Floats | None) -> Any:
        from scipy import sparse

        columns, values, ends = [], [], [0]
        for row in rows:
            for name, value in row.items():
                at = self.vocabulary.get(name)
                if at is not None:
                    columns.append(at)
                    values.append(value)
            ends.append(len(columns))
        found = sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(self.vocabulary)), dtype=np.float64)
        found.sort_indices()  # the same sums whatever the order of a row
        if dense is None:
            return found
        scaled = (dense - self.centre) / self.spread * self.dense_weight
        return sparse.hstack([found, sparse.csr_matrix(scaled)], format="csr")

    def probabilities(self, rows: Sequence[Features], dense: Floats | None = None) -> Floats:
        """Probability of each class: rows × classes."""
        if not rows:
            return np.zeros((0, len(self.names)))
        scores = np.asarray(self._matrix(rows, dense) @ self.weights.T) + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: Floats = scores / scores.sum(axis=1, keepdims=True)
        return found

    def save(self, path: Path) -> None:
        """Write what was learned."""
        np.savez_compressed(
            path,
            names=json.dumps(self.names),
            vocabulary=json.dumps(sorted(self.vocabulary, key=self.vocabulary.__getitem__)),
            centre=self.centre,
            spread=self.spread,
            weights=self.weights,
            bias=self.bias,
        )

    def load(self, path: Path) -> None:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as kept:
            self.names = json.loads(str(kept["names"]))
            self.vocabulary = {name: i for i, name in enumerate(json.loads(str(kept["vocabulary"])))}
            self.centre, self.spread, self.weights, self.bias = (
                kept[key] for key in ("centre", "spread", "weights", "bias")
            )
