"""Every regular expression of the package, measured: `python -m tests.patterns` prints those that are slower than linear.

The patterns are recorded while all modules and data files are loaded and the samples are scanned. Each is tried on strings
pumped from its own structure: for every repeat of it, what leads to the repeat, the body of the repeat many times, and an end
that does not match. A search over four times the length should take four times the time; 16 is quadratic.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
LENGTH, TIMES = 3_000, 4
SUSPECT = 0.0015  # seconds: half a microsecond for a character; less is not worth a second look
STEEP = 8.0  # between 4, linear, and 16, quadratic
DEAR = 0.09  # seconds: thirty microseconds for a character, whatever the growth
_MANY = 30  # a repeat that goes on for longer than this is worth pumping


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression and the module that compiled it first."""

    text: str
    flags: int
    module: str


def collected() -> list[Pattern]:
    """Return every pattern that the package compiles, in its own process: modules that were imported before are not seen."""
    found: dict[tuple[str, int], Pattern] = {}
    original = re._compile  # type: ignore[attr-defined]

    def record(pattern: Any, flags: int) -> Any:
        if isinstance(pattern, (str, bytes)):
            frame = sys._getframe(1)
            while frame is not None and frame.f_globals.get("__name__") in ("re", "functools"):
                frame = frame.f_back  # type: ignore[assignment]
            module = frame.f_globals.get("__name__", "") if frame else ""
            if module.startswith("clausescan"):
                text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
                found.setdefault((text, int(flags)), Pattern(text, int(flags), module))
        return original(pattern, flags)

    re._compile = record  # type: ignore[attr-defined]
    try:
        _load_everything()
    finally:
        re._compile = original  # type: ignore[attr-defined]
    return sorted(found.values(), key=lambda one: (one.module, one.text))


def _load_everything() -> None:
    import clausescan

    for module in pkgutil.walk_packages(clausescan.__path__, "clausescan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    # those of the lexicon and of the rules are compiled when a text first needs them
    from clausescan import api, lexicon
    from clausescan.facesheet.sheet import facesheet
    from clausescan.rules import related_rules

    for language in api.LANGUAGES:
        for entry in (*lexicon.load(language).entries, *lexicon.phrases(language, related_rules.cues(language))):
            assert all(part.pattern for part in entry.parts)
    for path in sorted(SAMPLES.iterdir()):
        document = api.read(path)
        api.scan_document(document)
        facesheet(document, api.clauses_in(document))


# ---- strings pumped from a pattern ----


def attacks(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """Yield (prefix, pump) for each long repeat of the pattern: its body pumped, and with what leads to it."""
    parsed = _parser.parse(pattern.text, pattern.flags)
    seen = set()
    for prefix, body in _repeats(parsed, ""):
        for pump in {_sample(body), _sample(body, other=True)}:
            for attack in ((prefix, pump), ("", prefix + pump)):
                if pump and attack not in seen:
                    seen.add(attack)
                    yield attack


def _repeats(parsed: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield (what leads to it, its body) of every repeat that may go on for long."""
    for op, value in parsed:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            low, high, body = value
            if high is c.MAXREPEAT or high > _MANY:
                yield prefix, body
            yield from _repeats(body, prefix)
            prefix += _sample(body) * max(low, 0)
        elif op is c.SUBPATTERN:
            yield from _repeats(value[-1], prefix)
            prefix += _sample(value[-1])
        elif op is c.ATOMIC_GROUP:
            yield from _repeats(value, prefix)
            prefix += _sample(value)
        elif op is c.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, prefix)
            prefix += _sample(value[1][0])
        elif op in (c.ASSERT, c.ASSERT_NOT):
            yield from _repeats(value[1], prefix)
        elif op is c.GROUPREF_EXISTS:
            for branch in filter(None, value[1:]):
                yield from _repeats(branch, prefix)
        else:
            prefix += _sample([(op, value)])


def _sample(parsed: Any, *, other: bool = False) -> str:
    """Return a short text that the parsed pattern matches, as far as that can be told; `other`: another choice where there is one."""
    return "".join(_piece(op, value, other) for op, value in parsed)


def _piece(op: Any, value: Any, other: bool) -> str:
    if op is c.LITERAL:
        return chr(value)
    if op is c.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if op is c.ANY:
        return "人" if other else "a"
    if op is c.IN:
        return _one_of(value, other)
    if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return _sample(value[2], other=other) * max(value[0], 1 if other else value[0])
    if op is c.SUBPATTERN:
        return _sample(value[-1], other=other)
    if op is c.ATOMIC_GROUP:
        return _sample(value, other=other)
    if op is c.BRANCH:
        return _sample(value[1][-1 if other else 0], other=other)
    return ""


_CLASSES = {c.CATEGORY_DIGIT: "1", c.CATEGORY_SPACE: " ", c.CATEGORY_WORD: "a", c.CATEGORY_NOT_DIGIT: "a", c.CATEGORY_NOT_SPACE: "a", c.CATEGORY_NOT_WORD: "-"}
_TRIED = "a1 人,，。.、;；\n\t-()（）\"“x第"


def _one_of(items: Any, other: bool) -> str:
    matching = re.compile("[" + "".join(map(_written, items)) + "]")
    fitting = [char for char in _TRIED if matching.match(char)]
    if fitting:
        return fitting[-1 if other else 0]
    for op, value in items:
        if op is c.LITERAL:
            return chr(value)
        if op is c.RANGE:
            return chr(value[0])
    return ""


def _written(item: Any) -> str:
    op, value = item
    if op is c.NEGATE:
        return "^"
    if op is c.LITERAL:
        return re.escape(chr(value))
    if op is c.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    names = {
        c.CATEGORY_DIGIT: r"\d", c.CATEGORY_SPACE: r"\s", c.CATEGORY_WORD: r"\w",
        c.CATEGORY_NOT_DIGIT: r"\D", c.CATEGORY_NOT_SPACE: r"\S", c.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    return names[value]


# ---- measuring ----


@dataclass(frozen=True, slots=True)
class Slow:
    """An attack that a pattern does not stand: seconds at LENGTH characters, and by how much they grow at TIMES the length."""

    pattern: Pattern
    prefix: str
    pump: str
    seconds: float
    growth: float


def anchored(pattern: Pattern) -> bool:
    """Tell whether the module only ever asks whether the pattern matches at one place, as far as its source tells."""
    module = sys.modules[pattern.module]
    names = [name for name, value in vars(module).items() if pattern.text in _texts(value)]
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    if any(f're.{use}(r"{pattern.text}"' in source for use in ("match", "fullmatch")):
        return True
    uses = [use for name in names for use in re.findall(rf"\b{name}\b(?:\[[^\]]*\])?\.([a-z]+)\b", source)]
    return bool(uses) and set(uses) <= {"match", "fullmatch"}


def _texts(value: Any) -> tuple[str, ...]:
    """Return the patterns in the value of a global name."""
    if isinstance(value, re.Pattern):
        return (value.pattern,) if isinstance(value.pattern, str) else ()
    if isinstance(value, dict):
        return tuple(text for one in value.values() for text in _texts(one))
    return ()


def seconds_for(matcher: re.Pattern[str], text: str, *, once: bool) -> float:
    """Return the seconds that a search for all matches takes, `once`: a match at the start."""
    begin = time.perf_counter()
    if once:
        matcher.match(text)
    else:
        for _ in matcher.finditer(text):
            pass
    return time.perf_counter() - begin


def slow(pattern: Pattern) -> Slow | None:
    """Return the worst attack on a pattern that takes too long for each character, or more for each the longer the text is."""
    matcher, once = re.compile(pattern.text, pattern.flags), anchored(pattern)
    worst: Slow | None = None
    for prefix, pump in attacks(pattern):
        seconds = seconds_for(matcher, _pumped(prefix, pump, LENGTH), once=once)
        if seconds < SUSPECT:
            continue
        if seconds < DEAR:
            grown = _growth(matcher, prefix, pump, seconds, once=once)
        else:
            grown = seconds / seconds_for(matcher, _pumped(prefix, pump, LENGTH // TIMES), once=once)
        if (grown > STEEP or seconds > DEAR) and (worst is None or seconds > worst.seconds):
            worst = Slow(pattern, prefix, pump, seconds, grown)
        if seconds > 4 * DEAR:
            break
    return worst


def _growth(matcher: re.Pattern[str], prefix: str, pump: str, short: float, *, once: bool) -> float:
    """Return by how much the time grows at TIMES the length; a bounded repeat that is not yet full there gets a second chance."""
    long = seconds_for(matcher, _pumped(prefix, pump, LENGTH * TIMES), once=once)
    if long / short <= STEEP or long > 4 * DEAR:
        return long / short
    return seconds_for(matcher, _pumped(prefix, pump, LENGTH * TIMES**2), once=once) / long


def _pumped(prefix: str, pump: str, length: int) -> str:
    return prefix + pump * (length // len(pump)) + "\x00"


def main() -> None:
    """Print the patterns that are slower than linear, and those that are dear; exit code 1 when there are any of the first kind."""
    patterns = collected()
    found = [one for pattern in patterns if (one := slow(pattern)) is not None]
    for one in found:
        print(
            f"{one.pattern.module}: {one.seconds * 1e6 / LENGTH:.2f} us for a character of {LENGTH}, x{one.growth:.1f} at x{TIMES}: "
            f"{one.prefix[:30]!r} + {one.pump[:30]!r} * n\n    {one.pattern.text[:300]!r}"
        )
    steep = sum(one.growth > STEEP for one in found)
    print(f"{len(patterns)} patterns, {steep} slower than linear, {len(found) - steep} linear but dear")
    sys.exit(1 if steep else 0)


if __name__ == "__main__":
    main()
