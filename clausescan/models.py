"""Trained models: plain arrays in a file of numpy, with a card beside it; nothing in them can execute code.

    models/zh.npz    vocabularies, idf and weights of the text models, weights of the fusion
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
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clausescan.errors import DataError
from clausescan.types import Language

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA = "clausescan-model/1"
FAR = -6.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """A logistic regression over the tf-idf of n-grams. `weights` has shape (n-grams, heads)."""

    heads: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, grams: Iterable[str]) -> NDArray[np.float32]:
        """Return the logit of each head for the n-grams of a text, each as often as it stands there."""
        known = Counter(map(self.vocabulary.get, grams))
        known.pop(None, None)
        indices = np.fromiter(known.keys(), dtype=np.intp, count=len(known))
        counts = np.fromiter(known.values(), dtype=np.float32, count=len(known))
        values = (1 + np.log(counts)) * self.idf[indices]
        length = max(float(np.sqrt(values @ values)), 1e-12)
        return np.asarray(values @ self.weights[indices] / length + self.bias, dtype=np.float32)


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


def _linear(values: Mapping[str, NDArray[Any]], name: str, heads: Iterable[str]) -> Linear:
    grams = values[f"{name}_vocabulary"].tobytes().decode("utf-8").split("\0")
    return Linear(
        heads=tuple(heads),
        vocabulary={gram: index for index, gram in enumerate(grams)},
        idf=values[f"{name}_idf"],
        weights=values[f"{name}_weights"],
        bias=values[f"{name}_bias"],
    )


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


def pack_linear(name: str, grams: Sequence[str], idf: Any, weights: Any, bias: Any) -> dict[str, NDArray[Any]]:
    """Return the arrays of a Linear, rounded so that they do not depend on the last bits of a machine."""
    return {
        f"{name}_vocabulary": np.frombuffer("\0".join(grams).encode("utf-8"), dtype=np.uint8),
        f"{name}_idf": np.round(idf, 5).astype(np.float32),
        f"{name}_weights": np.round(weights, 4).astype(np.float32),
        f"{name}_bias": np.round(bias, 5).astype(np.float32),
    }
