"""Who may import whom (the table of the design), asked of the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "clausescan"
MODULES = {
    ".".join(("clausescan", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
STAGES = {"readers", "segment", "analyse", "nlp", "judge", "report", "api", "cli"}
DATA = {"types", "errors", "settings", "rules", "lexicon", "law"}

# what each part may import from clausescan; a part may always import itself
MAY: dict[str, set[str]] = {
    "types": set(),
    "errors": {"types"},
    "settings": {"types", "errors"},
    "rules": {"types", "errors", "law"},
    "lexicon": {"types", "errors"},
    "law": {"types", "errors"},
    "simplified": set(),
    "folding": {"simplified"},
    "annotations": {"types"},
    "readers": DATA - {"rules", "lexicon", "law"},
    "context": {"types"},
    "segment": DATA | {"annotations", "folding"},
    "analyse": DATA | {"annotations", "folding", "segment"},
    "nlp": {"annotations", "segment", "analyse", "types"},
    "judge": {"types", "rules", "law"},
    "report": {"types", "rules", "law"},
    "api": DATA | {"context", "folding", "readers", "segment", "analyse", "nlp", "judge"},
}
NEVER: dict[str, set[str]] = {
    "types": {"spacy", "sklearn"},
    "errors": {"spacy", "sklearn"},
    "settings": {"spacy", "sklearn"},
    "rules": {"spacy", "sklearn"},
    "lexicon": {"spacy", "sklearn"},
    "law": {"spacy", "sklearn"},
    "folding": {"spacy", "sklearn"},
    "context": {"spacy", "sklearn"},
    "readers": {"spacy", "sklearn"},
    "judge": {"spacy", "sklearn", "numpy", "pdfplumber", "docx", "lxml"},
    "report": {"spacy", "sklearn"},
    "segment": {"sklearn", "pdfplumber", "docx", "lxml"},
    "analyse": {"pdfplumber", "docx", "lxml"},
}
# `Report.to_dict` reaches for its writer when it is called; nothing else may look up.
ALLOWED = {("clausescan.types", "clausescan.report.json")}


def part(module: str) -> str:
    """Return the part of the package: "readers" for clausescan.readers.pdf, "" for the root."""
    return module.split(".")[1] if "." in module else ""


def imported(module: str, *, lazy: bool = True) -> Iterator[str]:
    """Return the full names that a module imports; TYPE_CHECKING blocks are left out, imports inside functions are `lazy`."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    yield from _names(tree.body, module, lazy)


def _names(body: list[ast.stmt], module: str, lazy: bool) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from _names(node.orelse, module, lazy)
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _names(getattr(node, name, []), module, lazy)
            for handler in getattr(node, "handlers", []):
                yield from _names(handler.body, module, lazy)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_place_allows(module: str):
    if part(module) not in MAY:
        pytest.skip("no rule for this part")
    allowed = MAY[part(module)] | {part(module)}
    wrong = [name for name in imported(module) if name in MODULES and part(name) not in allowed and (module, name) not in ALLOWED]
    assert wrong == []


