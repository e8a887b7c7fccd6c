"""The small network over the sentence encoder: one hidden layer, one output a flag."""

from collections.abc import Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax

HIDDEN = 256
EPOCHS = 10
BATCH = 256
RATE = 1e-3
DECAY = 1e-3
KEPT_INPUTS, KEPT_HIDDEN = 0.9, 0.7  # the others are dropped at random while learning, against learning by heart
Weights = dict[str, jax.Array]


@dataclass(frozen=True, slots=True)
class Network:
    """Trained weights, and the average and spread of each input, by which it is brought to a common size."""

    weights: Weights
    average: np.ndarray
    spread: np.ndarray

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Log odds of every flag, a row a text."""
        parts = (rows[at : at + 4096] for at in range(0, len(rows), 4096))
        return np.concatenate([np.asarray(_forward(self.weights, self.even(part))) for part in parts])

    def even(self, rows: np.ndarray) -> np.ndarray:
        """The inputs brought to a common size."""
        return (rows.astype(np.float32) - self.average) / self.spread


def learn(rows: np.ndarray, wanted: np.ndarray, shares: np.ndarray, seed: int = 1) -> Network:
    """Learn from the inputs `rows`, the flags `wanted` and how much each text counts."""
    average, spread = rows.mean(axis=0, dtype=np.float32), rows.std(axis=0, dtype=np.float32) + 1e-3
    network = Network(_start(jax.random.key(seed), rows.shape[1], wanted.shape[1]), average, spread)
    steps = EPOCHS * (len(rows) // BATCH)
    descent = optax.adamw(optax.warmup_cosine_decay_schedule(0, RATE, steps // 20, steps), weight_decay=DECAY)
    weights, state = network.weights, descent.init(network.weights)

    @jax.jit
    def step(weights: Weights, state: optax.OptState, batch: tuple, key: jax.Array) -> tuple[Weights, optax.OptState]:
        slope = jax.grad(_loss)(weights, *batch, key)
        change, state = descent.update(slope, state, weights)
        return optax.apply_updates(weights, change), state

    key = jax.random.key(seed + 1)
    for at in _batches(len(rows), seed):
        key, now = jax.random.split(key)
        batch = (network.even(rows[at]), wanted[at].astype(np.float32), shares[at].astype(np.float32))
        weights, state = step(weights, state, batch, now)
    return Network(weights, average, spread)


def _batches(texts: int, seed: int) -> Iterator[np.ndarray]:
    chance = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = chance.permutation(texts)
        for start in range(0, texts - BATCH + 1, BATCH):
            yield order[start : start + BATCH]


def _start(key: jax.Array, inputs: int, outputs: int) -> Weights:
    first, second = jax.random.split(key)
    return {
        "hidden": jax.random.normal(first, (inputs, HIDDEN)) * np.sqrt(2 / inputs),
        "hidden_bias": jnp.zeros(HIDDEN),
        "out": jax.random.normal(second, (HIDDEN, outputs)) * np.sqrt(1 / HIDDEN),
        "out_bias": jnp.full(outputs, -2.0),
    }


def _forward(weights: Weights, rows: jax.Array, key: jax.Array | None = None) -> jax.Array:
    keys = (None, None) if key is None else jax.random.split(key)
    rows = _dropped(rows, KEPT_INPUTS, keys[0])
    hidden = jax.nn.relu(rows @ weights["hidden"] + weights["hidden_bias"])
    return _dropped(hidden, KEPT_HIDDEN, keys[1]) @ weights["out"] + weights["out_bias"]


def _dropped(values: jax.Array, kept: float, key: jax.Array | None) -> jax.Array:
    return values if key is None else values * jax.random.bernoulli(key, kept, values.shape) / kept


def _loss(weights: Weights, rows: jax.Array, wanted: jax.Array, shares: jax.Array, key: jax.Array) -> jax.Array:
    scores = _forward(weights, rows, key)
    return ((jax.nn.softplus(-scores) * wanted + jax.nn.softplus(scores) * (1 - wanted)).sum(axis=1) * shares).mean()
