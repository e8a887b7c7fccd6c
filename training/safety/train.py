"""Train the safety model, write its weights into the product and its measured curve beside this file.

Run from the root of the repository: python -m training.safety.train (packages: training/safety/requirements.txt).
"""

import hashlib
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from surveys.core.replies.learnt.features import WINDOW, bucket, joint_features, word_features
from surveys.core.replies.safety import lists
from surveys.core.replies.safety.language import PHRASES, VOCABULARY
from surveys.core.replies.safety.rules import findings, for_model
from surveys.core.replies.safety.sentences import SentenceReader
from training import corpus
from training.linear import fit, matrix, pack, shares
from training.safety import network

FLAGS = ("crisis", "emergency", "side_effect_severe")
WEIGHTS = Path("surveys/core/replies/safety/data/model.bin")
SENTENCES = Path("surveys/core/replies/safety/data/sentences.npz")
REPORT = Path(__file__).parent / "REPORT.md"
DRAWN = 6
FOLDS = 3
WHOLE = 64  # pieces; next to no training text has more
PART = 0.75  # how much the network over the sentence encoder counts beside the linear model; chosen likewise
# Share of harmless lines of ideas it never met that the model alone may raise; ordinary texts raise far fewer.
FALSE_ALARMS = {"crisis": 0.028, "emergency": 0.018, "side_effect_severe": 0.018}

LEANING = np.array([1.0, 0.7, 0.0])  # log odds by which the limits stand lower than that share: a danger that is missed
# is worse than an alarm too many, and the test sets still ring falsely on fewer than 8 in 100 (docs/adr/0033)


def features_of(text: str) -> set[int]:
    """The buckets of the first window of a text."""
    read = VOCABULARY.read(text)
    pieces = for_model(read, PHRASES.find(read.words, read.breaks, range(len(read.words))))
    words, breaks = pieces.words[:WINDOW], pieces.breaks[:WINDOW]
    found = joint_features(words, breaks, VOCABULARY.classes)
    for word in set(words):
        found.update(word_features(word))
    return {bucket(feature) for feature in found}


def sentences(texts: list[corpus.Text]) -> np.ndarray:
    """What the sentence encoder says of every text, which is one thought and is summed up whole."""
    reader = SentenceReader(lists.subwords(), lists.encoder(), {})
    return np.stack([reader.windows(text.text, WHOLE)[0].astype(np.float16) for text in texts])


def unseen_scores(rows: csr_matrix, said: np.ndarray, wanted: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Scores of every text by models that saw no text of the same written line."""
    scores = np.zeros(wanted.shape)
    for learn, test in GroupKFold(FOLDS, shuffle=True, random_state=1).split(rows, groups=groups):
        scores[test] = PART * network.learn(said[learn], wanted[learn], shares(groups[learn])).scores(said[test])
        for at in range(wanted.shape[1]):
            scores[test, at] += fit(rows[learn], wanted[learn, at], groups[learn]).decision_function(rows[test])
    return scores


def listed(texts: list[corpus.Text]) -> np.ndarray:
    """What the phrase lists alone raise."""
    raised = np.zeros((len(texts), len(FLAGS)), dtype=bool)
    for row, text in enumerate(texts):
        pieces = VOCABULARY.read(text.text)
        for finding in findings(pieces, PHRASES.find(pieces.words, pieces.breaks, range(len(pieces.words)))):
            if not finding.lowered:
                raised[row] |= [flag in finding.flags for flag in FLAGS]
    return raised


def thresholds(scores: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The threshold of every flag at which its share of harmless unseen lines is raised."""
    harmless = scores[~wanted.any(axis=1)]
    return np.array([np.quantile(harmless[:, at], 1 - FALSE_ALARMS[flag]) for at, flag in enumerate(FLAGS)])


def pack_network(trained: network.Network) -> dict[str, np.ndarray]:
    """The network by the names the product knows, its say already cut down to its part."""
    found = {name: np.asarray(values) for name, values in trained.weights.items()}
    found |= {"out": PART * found["out"], "out_bias": PART * found["out_bias"]}
    found |= {"average": trained.average, "spread": trained.spread}
    return {name: values.astype(np.float16 if values.ndim > 1 else np.float32) for name, values in found.items()}


def curve(scores: np.ndarray, wanted: np.ndarray, lists: np.ndarray, limits: np.ndarray) -> list[str]:
    """Lines of a table: false alarms and recall around the thresholds in use, model alone and with the lists."""
    harmless = ~wanted.any(axis=1)
    heads = ["false alarms", *FLAGS]
    lines = [
        f"| margin | {' | '.join(heads)} | {' | '.join('with lists: ' + head for head in heads)} |",
        "|---" * 9 + "|",
    ]
    for margin in (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0):
        cells = [f"{margin:+g}"]
        for raised in (scores > limits + margin, (scores > limits + margin) | lists):
            cells.append(f"{raised[harmless].any(axis=1).mean():.1%}")
            cells.extend(f"{raised[wanted[:, at], at].mean():.1%}" for at in range(len(FLAGS)))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def report(version: str, wanted: np.ndarray, groups: np.ndarray, limits: np.ndarray, table: list[str]) -> str:
    """The page that stands beside this file."""
    counts = ", ".join(f"{int(wanted[:, at].sum())} {flag}" for at, flag in enumerate(FLAGS))
    in_use = ", ".join(f"{flag} {limit:.2f}" for flag, limit in zip(FLAGS, limits - LEANING, strict=True))
    return "\n".join(
        [
            "# The safety model, measured",
            "",
            f"Written by `python -m training.safety.train`; model {version}; {len(wanted)} texts drawn from",
            f"{len(set(groups))} written lines: {counts}, the others harmless and mostly hard.",
            "",
            f"Every line is scored by a model that saw no text of that line ({FOLDS} folds): this is how the model",
            "reads ideas it never met, much harder than new wordings of known ideas. The lists beside it were written",
            "with these lines in view. Texts that neither reader was made with are measured by",
            "`tests/unit/surveys/replies/test_safety_measured.py`.",
            "",
            f"Thresholds in use: {in_use}; they stand lower than margin 0 by {', '.join(map(str, LEANING))}.",
            "",
            *table,
            "",
        ]
    )


def main() -> None:
    """Train, choose the thresholds on unseen lines, and write weights and report."""
    texts = [text for text in corpus.texts(DRAWN) if corpus.UNSURE not in text.flags]
    rows = matrix([features_of(text.text) for text in texts])
    wanted = np.array([[flag in text.flags for flag in FLAGS] for text in texts])
    groups = np.array([text.line.number for text in texts])
    said = sentences(texts)
    scores = unseen_scores(rows, said, wanted, groups)
    limits = thresholds(scores, wanted)
    version = hashlib.sha256("\n".join(text.text for text in texts).encode()).hexdigest()[:8]
    models = [fit(rows, wanted[:, at], groups) for at in range(len(FLAGS))]
    WEIGHTS.write_bytes(pack(FLAGS, models, limits - LEANING, version))
    np.savez(SENTENCES, **pack_network(network.learn(said, wanted, shares(groups))))
    table = curve(scores, wanted, listed(texts), limits)
    REPORT.write_text(report(version, wanted, groups, limits, table), encoding="utf-8")


if __name__ == "__main__":
    main()
