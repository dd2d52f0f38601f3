"""Trained models: plain arrays in a file of numpy, with a card beside it; nothing in them can execute code.

    models/zh.npz    tokens, n-grams, idf and weights of the text models, weights of the fusion
    models/zh.json   the card: heads, thresholds, features of the fusion, versions, hash of the arrays, how it was measured

The text models, of whole clauses and of the segments between commas, are logistic regressions over the tf-idf of n-grams
(sublinear, L2), one column of weights for each head: what scikit-learn computes, without importing it. The fusion is a
logistic regression over their logits and the facts that the rules found. `load` refuses a file whose hash is not that of
its card.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clausescan.errors import DataError
from clausescan.types import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA = "clausescan-model/2"
FAR = -6.0
_LONGEST, _BITS = 3, 20
_GAP = "\0" * (_LONGEST - 1)  # no token, so that no n-gram spans two texts
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hashing, golden ratio


class Linear:
    """A logistic regression over the tf-idf of n-grams of one to three tokens. `weights` has shape (n-grams, heads).

    Tokens are characters or words. An n-gram is three numbers of tokens, counted from 1 (0: no token), shape (n-grams, 3); it is
    looked up in a hash table of numbers, so that all clauses of a document are weighed in one pass.
    """

    def __init__(
        self, heads: Sequence[str], tokens: Sequence[str], grams: NDArray[np.int32], idf: NDArray[np.float32],
        weights: NDArray[np.float32], bias: NDArray[np.float32],
    ) -> None:  # fmt: skip
        self.heads = tuple(heads)
        self.idf, self.weights, self.bias = idf, weights, bias
        self._numbers = {token: number for number, token in enumerate(tokens, 1)}
        self._names = ("", *self._numbers)
        self._codes = np.zeros(2 + max((ord(token) for token in tokens if len(token) == 1), default=0), dtype=np.int64)
        for token, number in self._numbers.items():
            if len(token) == 1:
                self._codes[ord(token)] = number
        self._slots, self._keys = _hashed(_key(*grams.astype(np.int64).T))

    def logits(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Return the logit of each head for the tokens of each text, shape (texts, heads)."""
        if not texts:
            return np.empty((0, len(self.heads)), dtype=np.float32)
        owners, features, values = self._values(texts)
        weighted = self.weights[features] * values[:, np.newaxis]
        scaled = [np.bincount(owners, weighted[:, head], minlength=len(texts)) for head in range(len(self.heads))]
        return (np.column_stack(scaled) + self.bias).astype(np.float32)

    def telling(self, texts: Sequence[Sequence[str]], head: str, number: int) -> list[list[tuple[str, ...]]]:
        """Return for each text the n-grams that speak most for a head, as tokens: at most `number`, none inside another."""
        owners, features, values = self._values(texts)
        weight = values * self.weights[features, self.heads.index(head)]
        bounds = np.searchsorted(owners, np.arange(len(texts) + 1))
        return [self._most(features[first:last], weight[first:last], number) for first, last in pairwise(bounds)]

    def _most(self, features: NDArray[np.int64], weight: NDArray[np.float64], number: int) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for place in np.argsort(-weight)[: 4 * number]:
            gram = tuple(self._names[token] for token in self._tokens_of(int(features[place])) if token)
            if weight[place] > 0 and not any(_holds(other, gram) or _holds(gram, other) for other in found):
                found.append(gram)
        return found[:number]

    def _tokens_of(self, feature: int) -> tuple[int, int, int]:
        key, mask = int(self._keys[feature]), (1 << _BITS) - 1
        return key >> (2 * _BITS), (key >> _BITS) & mask, key & mask

    def _encode(self, texts: Sequence[Sequence[str]]) -> NDArray[np.int64]:
        """Return the numbers of the tokens of all texts, 0 for those that are in no n-gram, and a gap after each text."""
        if all(isinstance(text, str) for text in texts):  # characters are looked up in a table
            codes = np.frombuffer("".join(f"{text}{_GAP}" for text in texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
            numbers: NDArray[np.int64] = self._codes[np.minimum(codes, len(self._codes) - 1)]
            return numbers
        return np.fromiter(map(self._numbers.get, chain.from_iterable((*text, *_GAP) for text in texts), repeat(0)), dtype=np.int64)

    def _values(self, texts: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return for each n-gram of each text the number of the text, that of the n-gram, and its tf-idf (sublinear, L2)."""
        flat = np.concatenate([self._encode(texts), np.zeros(len(_GAP), dtype=np.int64)])
        owner = np.repeat(np.arange(len(texts)), [len(text) + len(_GAP) for text in texts])
        first, second, third = flat[:-2], flat[1:-1], flat[2:]
        one, two, three = first > 0, second > 0, third > 0
        none = np.zeros_like(first)
        grams = [(one, none, none), (one & two, second, none), (one & two & three, second, third)]
        keys = np.concatenate([_key(first[valid], after[valid], last[valid]) for valid, after, last in grams])
        features = self._find(keys)
        kept = features >= 0
        owners = np.concatenate([owner[valid] for valid, _, _ in grams])[kept]
        pairs, counts = np.unique(owners * len(self.idf) + features[kept], return_counts=True)
        owners, features = np.divmod(pairs, len(self.idf))
        values = (1 + np.log(counts)) * self.idf[features]
        lengths = np.sqrt(np.bincount(owners, values * values, minlength=len(texts)))
        return owners, features, values / np.maximum(lengths, 1e-12)[owners]

    def _find(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of the n-gram of each key, -1 where there is none."""
        found = np.full(len(keys), -1, dtype=np.int64)
        left = np.arange(len(keys))
        place = _places(keys, len(self._slots))
        while len(left):
            slots = self._slots[place]
            hit = self._keys[slots] == keys[left]
            found[left[hit]] = slots[hit]
            go_on = ~hit & (slots >= 0)
            left, place = left[go_on], (place[go_on] + 1) % len(self._slots)
        return found


def _holds(gram: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(gram[start : start + len(part)] == part for start in range(len(gram) - len(part) + 1))


def _key(first: NDArray[np.int64], second: NDArray[np.int64], third: NDArray[np.int64]) -> NDArray[np.int64]:
    return (first << (2 * _BITS)) | (second << _BITS) | third


def _places(keys: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return where in a table of `size` slots, a power of two, a key is looked for first."""
    return ((keys.view(np.uint64) * _MIX) >> np.uint64(64 - size.bit_length() + 1)).astype(np.int64)


def _hashed(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a hash table of the keys with open addressing, and the keys with one more at the end that is never asked for."""
    size = 1 << max(4, (4 * len(keys)).bit_length())
    slots = np.full(size, -1, dtype=np.int64)
    left, place = np.arange(len(keys)), _places(keys, size)
    while len(left):
        free = slots[place] < 0
        # of several keys for one slot the first gets it
        slots[place[free][::-1]] = left[free][::-1]
        mine = slots[place] == left
        left, place = left[~mine], (place[~mine] + 1) % size
    return slots, np.append(keys, -1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """The models of one language: of whole clauses, of the segments between commas, and the fusion.

    `fusion_weights` has shape (features, outputs).
    """

    language: Language
    card: Mapping[str, Any]
    clause: Linear
    span: Linear
    fusion_features: Mapping[str, int]
    fusion_weights: NDArray[np.float32]
    fusion_bias: NDArray[np.float32]

    @property
    def outputs(self) -> tuple[str, ...]:
        """What each column of the fusion decides."""
        return tuple(self.card["outputs"])

    @property
    def thresholds(self) -> Mapping[str, float]:
        """From which probability on an output counts."""
        found: Mapping[str, float] = self.card["thresholds"]
        return found

    @property
    def floor(self) -> float:
        """The logit of the text model for "flag" below which the fusion makes no finding of a clause without one by the rules."""
        return float(self.card["floor"])

    @property
    def version(self) -> str:
        """A short hash of the arrays."""
        return str(self.card["sha256"])[:12]

    def fuse(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each output for the features of a unit; unknown features count for nothing."""
        known = [(index, value) for name, value in features.items() if (index := self.fusion_features.get(name)) is not None]
        indices = [index for index, _ in known]
        logits = np.array([value for _, value in known]) @ self.fusion_weights[indices] + self.fusion_bias
        return {name: sigmoid(float(logit)) for name, logit in zip(self.outputs, logits, strict=True)}


def sigmoid(logit: float) -> float:
    """Return the probability of a logit."""
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))


@cache
def load(language: Language, folder: Path | None = None) -> Model | None:
    """Return the model of a language, from `folder` or the one that ships; None when there is none.

    Raises DataError when the files do not fit each other or this version.
    """
    place: Traversable = folder if folder is not None else shipped()
    card_file, array_file = place / f"{language}.json", place / f"{language}.npz"
    if not card_file.is_file():
        return None
    name = f"models/{language}"
    advice = "install clausescan again, or train with `clausescan train`"
    try:
        card = json.loads(card_file.read_text(encoding="utf-8"))
        data = array_file.read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(f"{name}: the model cannot be read ({error}); {advice}") from error
    if card.get("schema") != SCHEMA:
        raise DataError(f"{name}: the card is of {card.get('schema')}, this version reads {SCHEMA}; {advice}")
    if sha256(data).hexdigest() != card.get("sha256"):
        raise DataError(f"{name}: the arrays are not those of the card (their hash differs); {advice}")
    return _model(language, card, data)


def _model(language: Language, card: Mapping[str, Any], data: bytes) -> Model:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        values = dict(arrays.items())
    return Model(
        language=language,
        card=card,
        clause=_linear(values, "clause", card["heads"]),
        span=_linear(values, "span", card["span_heads"]),
        fusion_features={name: index for index, name in enumerate(card["features"])},
        fusion_weights=values["fusion_weights"],
        fusion_bias=values["fusion_bias"],
    )


def _linear(values: Mapping[str, NDArray[Any]], name: str, heads: Sequence[str]) -> Linear:
    tokens = values[f"{name}_tokens"].tobytes().decode("utf-8").split("\0")
    return Linear(heads, tokens, *(values[f"{name}_{part}"] for part in ("grams", "idf", "weights", "bias")))


def shipped() -> Traversable:
    """Return the folder of the models that ship: inside the package, or beside it in a checkout."""
    inside = files("clausescan") / "_models"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "models"


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the bytes of an .npz file; the same arrays always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), part.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def pack_linear(name: str, grams: Sequence[Sequence[str]], idf: Any, weights: Any, bias: Any) -> dict[str, NDArray[Any]]:
    """Return the arrays of a Linear from its n-grams as tokens, rounded so that they do not depend on the last bits of a machine.

    Every token of an n-gram is an n-gram of its own: it stands in no fewer clauses.
    """
    tokens = [gram[0] for gram in grams if len(gram) == 1]
    numbers = {token: number for number, token in enumerate(tokens, 1)}
    rows = [[*map(numbers.__getitem__, gram), *[0] * (_LONGEST - len(gram))] for gram in grams]
    return {
        f"{name}_tokens": np.frombuffer("\0".join(tokens).encode("utf-8"), dtype=np.uint8),
        f"{name}_grams": np.array(rows, dtype=np.int32),
        f"{name}_idf": np.round(idf, 5).astype(np.float32),
        f"{name}_weights": np.round(weights, 4).astype(np.float32),
        f"{name}_bias": np.round(bias, 5).astype(np.float32),
    }
