"""Citation keys: who, when and the first word of what ("vaswani2017attention"), each of one document only."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, product
from string import ascii_lowercase

from agents.research.summary import Reference
from tutor.summaries.kinds import title_of
from tutor.summaries.names import author_name, folded, name_words

LONGEST_WORD = 24


def citation_keys(references: Sequence[Reference]) -> dict[str, str]:
    """Document id -> key of lower-case ASCII letters and digits. The order of the references changes nothing.

    Documents that would have one key get a, b, ... in the order of their ids.
    """
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for reference in sorted(references, key=lambda one: one.document):
        alike[_stem(reference)].append(reference.document)
    keys = {documents[0]: stem for stem, documents in alike.items() if len(documents) == 1}
    taken = set(alike)
    for stem, documents in sorted(alike.items()):
        if len(documents) > 1:
            free = (stem + letters for letters in _letters() if stem + letters not in taken)
            keys |= dict(zip(documents, free, strict=False))
            taken |= {keys[document] for document in documents}
    return keys


def _stem(reference: Reference) -> str:
    author = author_name(reference.authors[0], reference.language).family if reference.authors else ""
    words = [word for word in re.findall("[a-z0-9]+", folded(title_of(reference))) if word not in name_words("stop")]
    who = re.sub("[^a-z0-9]", "", folded(author))[:LONGEST_WORD]
    when = "" if reference.year is None else str(abs(reference.year))
    parts = (who or "".join(words[1:2])[:LONGEST_WORD], when, "".join(words[:1])[:LONGEST_WORD])
    key = "".join(parts if who else (parts[2], parts[1], parts[0]))
    return key if key[:1].isalpha() else f"source{key}"


def _letters() -> Iterator[str]:
    """a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))
