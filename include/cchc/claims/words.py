"""The vocabulary of reports (``data/words.yaml``), compiled once: hedges, tags, families of parts, nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class Family:
    """Parts that have nothing in common; any of ``whole`` is all of them."""

    name: str
    members: frozenset[str]
    whole: tuple[frozenset[str], ...]
    heads: frozenset[str]

    def is_whole(self, tags: Iterable[str]) -> bool:
        """Whether parts of these tags make up the whole."""
        found = set(tags)
        return any(each <= found for each in self.whole)


@dataclass(frozen=True)
class Words:
    """See ``data/words.yaml``."""

    data: Mapping[str, Any]
    families: tuple[Family, ...]
    tag: re.Pattern[str]
    tag_of: Mapping[str, str]
    noun: re.Pattern[str]
    noun_of: Mapping[str, str]
    measured: re.Pattern[str]
    hedge: re.Pattern[str]
    hedge_after: re.Pattern[str]
    hedging: re.Pattern[str]
    joins_all: re.Pattern[str]
    joins_some: re.Pattern[str]
    silent: re.Pattern[str]
    not_figures: re.Pattern[str]

    def name(self, tag: str, language: str) -> str:
        """What a tag is called in the answers; an unknown one is its own name."""
        return str(self.data["names"].get(tag, {}).get(language, tag))

    def denominator_tag(self, text: str) -> str | None:
        """The tag that a list of claims means by its ``denominator_is``."""
        wanted = text.strip().lower()
        return next((tag for tag, words in self.data["denominator_words"].items() if wanted in words), None)


@lru_cache(maxsize=1)
def words() -> Words:
    """The vocabulary that this package ships."""
    data = yaml.safe_load(resources.files("cchc.claims").joinpath("data", "words.yaml").read_text(encoding="utf-8"))
    comparing = "".join(rf"(?<!{word} )" for word in data["comparing"])
    return Words(
        data=data,
        families=tuple(
            Family(name, frozenset(each["members"]), tuple(map(frozenset, each["whole"])), frozenset(each["heads"]))
            for name, each in data["families"].items()
        ),
        tag=_any(word for each in data["tags"].values() for word in each),
        tag_of={word: tag for tag, each in data["tags"].items() for word in each},
        noun=re.compile(rf"\s*(?:{_any(w for each in data['nouns'].values() for w in each).pattern})"),
        noun_of={word: noun for noun, each in data["nouns"].items() for word in each},
        measured=re.compile(rf"\s*(?:{_any(data['measured']).pattern})"),
        hedge=re.compile(rf"(?:^|[\s(]){comparing}({'|'.join(_longest(data['hedges']))})\s*(?:là\s*)?$"),
        hedge_after=re.compile(rf"\s*(?:%|điểm|hồ sơ)?\s*({'|'.join(_longest(data['hedges_after']))})(?!\w)"),
        hedging=re.compile(rf"(?<!\w)(?:{'|'.join(_longest(data['hedges']))})(?!\w)"),
        joins_all=_any(data["joins"]["all"]),
        joins_some=_any(data["joins"]["some"]),
        silent=_any(data["silent"]),
        not_figures=re.compile("|".join(rf"(?<![\w.,]){each}" for each in data["not_figures"])),
    )


def _longest(found: Iterable[str]) -> list[str]:
    return [re.escape(word) for word in sorted(found, key=len, reverse=True)]


def _any(found: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first, as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_longest(found))})(?!\w)")
