"""How many tokens a byte-level tokenizer needs for a short Spanish text before any merge: its bytes in UTF-8 (Radford
et al. 2019, §2.2; Xue et al. 2022, who use bytes alone).
"""

from random import Random

from agents.families.family import Family, Given

_THINGS = ("camión", "avión", "sillón", "cajón", "limón", "pañuelo", "lápiz", "café", "teléfono", "ordenador", "reloj")
_OTHERS = (
    "balcón", "jardín", "león", "pingüino", "niño", "señor", "árbol", "médico", "músico", "río", "búho", "bebé",
    "delfín", "cigüeñal", "perro", "gato",
)  # fmt: skip
_PLAIN = ("rojo", "azul", "grande", "viejo", "nuevo", "verde", "feo", "elegante")
_MARKED = ("pequeño", "rápido", "único", "frágil", "útil", "marrón", "magnífico", "extraño", "antipático", "cómodo")
_SENTENCES = (
    "¿Dónde está el {}?", "¿Cómo es el {}?", "¿Cuánto mide el {}?", "¿Por qué está aquí el {}?", "¡Qué raro es el {}!",
    "¡Aquí está el {}!",
)  # fmt: skip
_PRICES = ("El {} costó {} €", "El {} valía {} € más", "¡El {} por solo {} €!")
_EMOJI = ("😀", "🎉", "🚀", "👏", "🌍")


def _draw(rng: Random, difficulty: int) -> Given:
    nouns, adjectives = (_THINGS if difficulty == 3 else _THINGS + _OTHERS), _PLAIN + _MARKED
    while True:
        named = f"{rng.choice(nouns)} {rng.choice(adjectives)}"
        if named.isascii():
            continue
        if difficulty == 1:
            return {"text": f"El {named}"}
        if difficulty == 2:
            return {"text": rng.choice(_SENTENCES).format(named)}
        return {"text": rng.choice(_PRICES).format(named, rng.randint(2, 300)) + " " + rng.choice(_EMOJI)}


def _key(text: str) -> int:
    return len(text.encode("utf-8"))


def _again(text: str) -> int:
    limits = (0x80, 0x800, 0x10000)  # code points from here on take a byte more
    return sum(1 + sum(ord(character) >= limit for limit in limits) for character in text)


def _of_length(text: str, size: int) -> list[str]:
    return [character for character in text if len(character.encode()) == size]


def _working(text: str) -> Given:
    counts = {size: len(_of_length(text, size)) for size in (1, 2, 3, 4)}
    return {
        "characters": len(text), "one": counts[1], "two": counts[2], "three": counts[3], "four": counts[4],
        "double": _of_length(text, 2), "spaces": text.count(" "), "rich": bool(counts[3] + counts[4]),
    }  # fmt: skip


FAMILY = Family(
    id="byte-length",
    concept="tokenization",
    bloom="apply",
    sources=("radford2019 §2.2", "xue2022"),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "counts-characters": lambda text: len(text),
        "forgets-the-spaces": lambda text: _key(text.replace(" ", "")),
        "counts-letters-only": lambda text: sum(map(str.isalpha, text)),
        "two-bytes-for-all": lambda text: 2 * len(text),
        "two-bytes-at-most": lambda text: len(text) + sum(ord(character) > 127 for character in text),
        "three-bytes-for-accents": lambda text: _key(text) + len(_of_length(text, 2)),
        "tokenization.token-is-word": lambda text: len(text.split()),
    },
    working=_working,
    unit="tokens",
)  # fmt: skip
