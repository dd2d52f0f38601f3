"""Who may import whom (the table of the design), asked of the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "clausescan"
MODULES = {
    ".".join(("clausescan", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
DATA = {"errors", "law", "lexicon", "rules", "settings", "types"}

# Part of the package: the parts that it may import beside itself.
MAY: dict[str, set[str]] = {
    "types": set(),
    "errors": {"types"},
    "settings": {"errors", "types"},
    "law": {"errors", "types"},
    "rules": {"errors", "law", "types"},
    "sentences": {"errors", "types"},
    "lexicon": {"errors", "types"},
    "simplified": set(),
    "folding": {"simplified"},
    "integrity": {"errors", "folding", "types"},
    "annotations": {"types"},
    "context": {"folding", "types"},
    "patience": set(),
    "readers": {"errors", "patience", "settings", "types"},
    "segment": DATA | {"annotations", "folding"},
    "models": {"errors", "types"},
    "analyse": DATA | {"annotations", "folding", "models", "segment"},
    "nlp": {"analyse", "annotations", "segment", "types"},
    "judge": {"law", "models", "rules", "sentences", "types"},
    "report": {"cluster", "errors", "law", "rules", "sentences", "types"},
    "annotate": DATA | {"readers", "report"},
    "memo": {"law", "report", "rules", "sentences", "types"},
    "api": DATA | {"analyse", "context", "folding", "integrity", "judge", "models", "nlp", "readers", "segment", "sentences"},
    "codec": {"types"},
    "store": {"codec", "errors", "types"},
    "bulk": DATA | {"api", "codec", "patience", "readers", "store"},
    "engine": {"bulk", "codec", "errors", "report", "store", "types"},
    "identity": {"folding", "segment"},
    "results": {"errors", "store"},
    "compare": {"folding", "identity", "report", "results", "types"},
    "baseline": {"errors", "identity", "results", "types"},
    "cluster": {"errors", "identity", "results", "types"},
    "facesheet": {"errors", "folding", "report", "types"},
}
# Parse, call, show and measure: they may import everything above; nothing above may import them.
TOP = {"", "__main__", "benchmark", "cli", "evaluate", "lawbook", "manual", "studies", "train", "verify", "web"}

PARSERS = {"docx", "lxml", "pdfplumber", "pikepdf", "pypdfium2", "charset_normalizer"}
NEVER: dict[str, set[str]] = {
    **{name: PARSERS | {"spacy", "sklearn"} for name in ("types", "errors", "settings", "law", "rules", "lexicon", "folding", "context")},
    "readers": {"spacy", "sklearn"},
    "segment": PARSERS | {"sklearn"},
    "analyse": PARSERS,
    "judge": PARSERS | {"spacy", "sklearn"},
    "report": {"spacy", "sklearn"},
    "annotate": {"spacy", "sklearn"},
    "memo": {"spacy", "sklearn"},
    "cli": {"spacy", "sklearn", *PARSERS},
    "codec": {"spacy", "sklearn", *PARSERS},
    "store": {"spacy", "sklearn", *PARSERS},
    "bulk": {"spacy", "sklearn", *PARSERS},
    "engine": {"spacy", "sklearn", *PARSERS},
    "web": {"spacy", "sklearn", *PARSERS},
}
# `Report.to_dict` reaches for its writer when it is called; nothing else looks up.
UPWARD = {("clausescan.types", "clausescan.report.json")}


def part(module: str) -> str:
    """Return the part of the package: "readers" for clausescan.readers.pdf, "" for the root."""
    return module.split(".")[1] if "." in module else ""


def imports(module: str) -> Iterator[str]:
    """Return the full names that a module imports anywhere, as modules where they are modules; not those for type checkers only."""
    for node in _running(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES or node.module == "clausescan" else "." * node.level + str(node.module)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Return the nodes below `tree` without `if TYPE_CHECKING` blocks."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _running(node)


def ours(module: str) -> set[str]:
    return {name for name in imports(module) if name in MODULES} - {module}


def test_every_part_has_its_place():
    assert {part(module) for module in MODULES} - set(MAY) - TOP == set()


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in MAY])
def test_a_module_imports_only_what_its_place_allows(module: str):
    allowed = MAY[part(module)] | {part(module)}
    assert {name for name in ours(module) if part(name) not in allowed and (module, name) not in UPWARD} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if part(module) in NEVER])
def test_a_module_keeps_away_from_other_peoples_libraries(module: str):
    assert {name for name in imports(module) if name.split(".")[0] in NEVER[part(module)]} == set()


def test_nothing_imports_the_command_line():
    users = {module for module in MODULES if any(part(name) == "cli" for name in ours(module))}
    assert {module for module in users if part(module) != "cli"} == {"clausescan.__main__"}


def test_there_is_no_cycle():
    graph = {module: {name for name in ours(module) if (module, name) not in UPWARD} for module in MODULES}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError
    assert order.index("clausescan.types") < order.index("clausescan.judge.grade") < order.index("clausescan.api")


@pytest.mark.parametrize("module", MODULES)
def test_names_come_from_the_file_that_defines_them(module: str):
    defined_in_the_root = {"clausescan.__version__"}
    from_root = {name for name in imports(module) if name == "clausescan" or (name.startswith("clausescan.") and name not in MODULES)}
    assert from_root - defined_in_the_root == set()
    assert {name for name in imports(module) if name.startswith(".")} == set(), "imports are absolute"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_reads_pickles(module: str):
    assert {
        name for name in imports(module) if name.split(".")[0] in {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve"}
    } == set()
