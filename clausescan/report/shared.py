"""Clauses that several documents share, as the first view of a report over many: reviewed once instead of 312 times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from clausescan.cluster import Cluster, Clusters, Member, occurrences_of_record
from clausescan.report.sink import Record
from clausescan.types import Grade, Language

NAMED = 20  # documents named for a group
_APART = "\0"
WORDS: dict[str, tuple[str, str]] = {
    "shared": ("Clauses that several documents share", "多份文件共用的条款"),
    "share": ("{count} documents share this clause", "{count} 份文件共用本条"),
    "wordings": ("{count} wordings", "{count} 种措辞"),
    "more": ("… and {count} more", "……以及另外 {count} 份"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A clause that `documents` documents have in `wordings` wordings; `quote` is the commonest, `grade` the highest.

    `names` has the first documents, `ids` the findings of all of them: the same id wherever the words are the same.
    """

    id: str
    documents: int
    grade: Grade
    quote: str
    wordings: int
    names: tuple[str, ...]
    ids: tuple[str, ...]


class Shared:
    """Collects the findings of records. Keeps a temporary file, so it must be closed."""

    def __init__(self) -> None:
        self._clusters = Clusters()
        self._documents = 0

    def add(self, record: Record) -> None:
        """Take the findings of one record."""
        self._documents += 1
        # two documents of a run may have one name
        mark = f"{_APART}{self._documents}"
        self._clusters.add(replace(item, document=item.document + mark) for item in occurrences_of_record(record))

    def groups(self) -> Iterator[Group]:
        """Yield what stands in two documents or more, that of most documents first."""
        return map(_group, self._clusters.clusters())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file."""
        self._clusters.close()


def say(key: str, language: Language, **values: object) -> str:
    """Return a word of WORDS."""
    return WORDS[key][language == "zh"].format(**values)


def _group(found: Cluster) -> Group:
    documents = dict.fromkeys(member.document for member in _members(found))
    return Group(
        id=found.id, documents=found.documents, grade="candidate" if found.grade == "candidate" else "review", quote=found.quote,
        wordings=len(found.wordings),
        names=tuple(name.partition(_APART)[0] for name, _ in zip(documents, range(NAMED), strict=False)),
        ids=tuple(dict.fromkeys(member.finding for member in _members(found))),
    )  # fmt: skip


def _members(found: Cluster) -> Iterator[Member]:
    return (member for wording in found.wordings for member in wording.members)
