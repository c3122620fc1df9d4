"""Pairs of sentences to measure the alignment view on: the bundled ones, alone and joined to longer ones."""

from functools import cache

import bertviz_plus as bp
from tests.benchmarks.traces import E5, model

Words = tuple[str, ...]


@cache
def joined(source: int, target: int) -> tuple[Words, Words, str]:
    """English and German sentences one after another, cut to so many words, and their gold links."""
    sentences = bp.parallel_sentences("de")
    words: tuple[list[str], list[str]] = ([], [])
    kept: list[str] = []
    while len(words[0]) < source or len(words[1]) < target:
        for english, german, links in zip(sentences.sources, sentences.targets, sentences.gold, strict=True):
            gold, here = bp.Gold.of(links or ""), [len(side) for side in words]
            kept += [
                f"{here[0] + i}{'-' if (i, j) in gold.sure else '?'}{here[1] + j}"
                for i, j in sorted(gold.possible)
                if here[0] + i < source and here[1] + j < target
            ]
            words[0].extend(english)
            words[1].extend(german)
            if len(words[0]) >= source and len(words[1]) >= target:
                break
    return tuple(words[0][:source]), tuple(words[1][:target]), " ".join(kept)


@cache
def joined_alignments(source: int, target: int) -> bp.Alignments:
    """The same, read by the bundled multilingual model in all its layers."""
    *sides, gold = joined(source, target)
    return bp.alignments(model(E5), [tuple(sides)], gold=[gold], languages=("en", "de"), progress=False)


@cache
def many_alignments(count: int) -> bp.Alignments:
    """So many of the bundled pairs, English and other languages, with their gold."""
    sentences = bp.parallel_sentences().take(range(count))
    pairs = list(zip(sentences.sources, sentences.targets, strict=True))
    return bp.alignments(model(E5), pairs, gold=list(sentences.gold), progress=False)
