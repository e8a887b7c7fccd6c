"""The linear models of the product: rows of features, one logistic regression a flag, and the packed weights."""

import json
import zlib

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from surveys.core.replies.learnt.features import BUCKETS

STRENGTH = 1.0  # of the weights, against shrinking them; chosen by the curves of the two reports


def matrix(rows: list[set[int]]) -> csr_matrix:
    """One row a text, one column a bucket."""
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((at for row in rows for at in sorted(row)), dtype=np.int32)
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(rows), BUCKETS))


def shares(groups: np.ndarray) -> np.ndarray:
    """The weight of every text: a line that gives many texts counts more than one with few, but not as much more."""
    weights = 1 / np.sqrt(np.bincount(groups)[groups])
    return weights / weights.mean()


def fit(rows: csr_matrix, wanted: np.ndarray, groups: np.ndarray) -> LogisticRegression:
    """One logistic regression for one flag."""
    model = LogisticRegression(
        C=STRENGTH, solver="liblinear", dual=True, tol=1e-2, max_iter=60, class_weight="balanced", random_state=1
    )
    return model.fit(rows, wanted, sample_weight=shares(groups))


def pack(flags: tuple[str, ...], models: list[LogisticRegression], limits: np.ndarray, version: str) -> bytes:
    """The models as signed bytes, the few largest weights cut off at the scale."""
    scales, weights = [], []
    for model in models:
        raw = model.coef_[0]
        scale = float(np.quantile(np.abs(raw[raw != 0]), 0.9995)) / 127
        scales.append(round(scale, 8))
        weights.append(np.clip(np.round(raw / scale), -127, 127).astype(np.int8).tobytes())
    about = {
        "version": version,
        "flags": flags,
        "bias": [round(float(model.intercept_[0]), 6) for model in models],
        "scale": scales,
        "threshold": [round(float(limit), 3) for limit in limits],
    }
    return zlib.compress(json.dumps(about).encode() + b"\n" + b"".join(weights), 9)
