"""Train the model that hears requests to stop, and write its weights into the product and its curve beside this file.

Run from the root of the repository: python -m training.opt_outs.train (packages: training/safety/requirements.txt).
"""

import hashlib
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from surveys.core.replies.learnt.features import WINDOW, bucket, joint_features, word_features
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.opt_outs.rules import by_rule
from surveys.core.replies.opt_outs.wording import OPT_OUT, PERHAPS, pieces_of
from training import corpus
from training.linear import fit, matrix, pack

WEIGHTS = Path("surveys/core/replies/opt_outs/data/model.bin")
REPORT = Path(__file__).parent / "REPORT.md"
DRAWN = 2
FOLDS = 5
WRITERS = ("stops", "bajas")  # how the numbered files begin whose lines ask us to stop or look like it
IMAGINED = 0.008  # share of the lines that look like a request, by people it never met, that the model may take for one


def features_of(text: str) -> set[int]:
    """The buckets of the first window of a text."""
    pieces = pieces_of(text)
    words, breaks = pieces.words[:WINDOW], pieces.breaks[:WINDOW]
    found = joint_features(words, breaks, {})
    for word in set(words):
        found.update(word_features(word))
    return {bucket(feature) for feature in found}


def unseen_scores(rows: csr_matrix, wanted: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Scores of every text by a model that saw no text of the same line."""
    scores = np.zeros(len(wanted))
    for learn, test in GroupKFold(FOLDS, shuffle=True, random_state=1).split(wanted, groups=groups):
        scores[test] = fit(rows[learn], wanted[learn], groups[learn]).decision_function(rows[test])
    return scores


def heard_by_rule(text: str) -> bool:
    """Whether the first reader hears a request to stop."""
    return by_rule(tokenise(clean(text)))


def usable(texts: list[corpus.Text]) -> list[corpus.Text]:
    """The texts without those of lines that ask to stop though they stand among others: they teach nothing."""
    asking = {text.line.number for text in texts if OPT_OUT not in text.flags and heard_by_rule(text.text)}
    return [text for text in texts if text.line.number not in asking]


def curve(scores: np.ndarray, wanted: np.ndarray, ruled: np.ndarray, hard: np.ndarray, limit: float) -> list[str]:
    """Lines of a table: what is heard and imagined around the limit in use, by the model and by both readers."""
    lines = [
        "| margin | heard by the model | by both | look-alikes taken for one | other texts taken for one |",
        "|---|---|---|---|---|",
    ]
    for margin in (PERHAPS, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0):
        heard = scores > limit + margin
        lines.append(
            f"| {margin:+g} | {heard[wanted & hard].mean():.1%} | {(heard | ruled)[wanted & hard].mean():.1%} "
            f"| {heard[~wanted & hard].mean():.2%} | {heard[~wanted & ~hard].mean():.2%} |"
        )
    return lines


def report(version: str, texts: int, wanted: int, table: list[str]) -> str:
    """The page that stands beside this file."""
    return "\n".join(
        [
            "# The model that hears requests to stop, measured",
            "",
            f"Written by `python -m training.opt_outs.train`; model {version}; {texts} texts, {wanted} of them",
            "requests.",
            "",
            f"Every line is scored by a model that saw no text of that line ({FOLDS} folds). Look-alikes are the lines",
            "of the same writers that end something else, complain, or ask for fewer texts; the other texts are all",
            "that the safety model learns from, dangers among them.",
            "",
            *table,
            "",
        ]
    )


def main() -> None:
    """Train, choose the limit on unseen look-alikes, and write weights and report."""
    texts = usable(corpus.texts(DRAWN))
    rows = matrix([features_of(text.text) for text in texts])
    wanted = np.array([OPT_OUT in text.flags for text in texts])
    groups = np.array([text.line.number for text in texts])
    hard = np.array([text.line.source.startswith(WRITERS) and text.line.source[-1].isdigit() for text in texts])
    plain = np.concatenate([[True], groups[1:] != groups[:-1]])  # the first text of a line is the line as it is written
    scores = unseen_scores(rows, wanted, groups)
    limit = float(np.quantile(scores[plain & hard & ~wanted], 1 - IMAGINED))
    version = hashlib.sha256("\n".join(text.text for text in texts).encode()).hexdigest()[:8]
    WEIGHTS.write_bytes(pack((OPT_OUT,), [fit(rows, wanted, groups)], np.array([limit]), version))
    ruled = np.array([heard_by_rule(text.text) for text in texts])
    table = curve(scores[plain], wanted[plain], ruled[plain], hard[plain], limit)
    REPORT.write_text(report(version, len(texts), int(wanted.sum()), table), encoding="utf-8")


if __name__ == "__main__":
    main()
