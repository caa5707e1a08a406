"""Papers for the tests of the exam writers: one item of each kind by hand, some computed, and hostile texts."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

from agents.computed_items import computed_item
from agents.families import attention_weights, kv_cache_size, softmax_probability
from agents.item import Check, Item, Kind, Proof
from tutor.paper import Paper

HOSTILE = (
    '#read("/etc/passwd")', "</questiontext>", "]]></text><b>x</b>", "{=right}", "{1:SHORTANSWER:=x}", "~%100%x#y####z",
    r"a\nb \\ \{ \:", "// ::no:: [plain]", "=x -> y", "&lt; && &#123; &&058;", "$CATEGORY: x", "año ≤ 3 «ñ» 𝛼", "a:b;c",
)  # fmt: skip
FORMULA = r"$\frac{QK^\top}{\sqrt{d_k}} \le \{x : x < 0{,}5\} \& \text{~#=}$"


def item(kind: Kind, key: Any, options: tuple[str, ...] = (), **changes: Any) -> Item:
    """An item by hand: what it asks has a formula, and its first wrong option or 2.5 is a known mistake."""
    made = Item(
        id=f"{kind}.hand", kind=kind, concept="attention", bloom="apply", difficulty=2, language="es",
        stem=f"¿Cuánto vale {FORMULA}?\nDilo `a{{b}}` en **una** línea.", options=options, key=key, tolerance=0.0,
        rationale="Porque $a=b$: así.", hints=("Mira la fila.", "Suma: $x_1$."), misconceptions={},
        feedback={"scale": "Falta la raíz de $d_k$: {mira}."}, points=1.0, sources=("vaswani2017",),
        proof=Proof("authored", (Check("read", True),)),
    )  # fmt: skip
    return replace(made, **changes)


def paper(*items: Item, **changes: Any) -> Paper:
    """A paper of these items."""
    return replace(Paper("Examen: Atención / 1", "es", "A", 50, items, 7, "0123456789abcdef"), **changes)


@cache
def each_kind() -> Paper:
    """One item of each kind by hand, two more matches, and four computed ones."""
    lines = "Une cada símbolo con su papel.\n1. $Q$\n2. $K$\n3. $V$\nPiensa bien."
    return paper(
        item("mcq", 1, ("$0{,}5$", "$\\sqrt{2}$", "<b>2</b>"), misconceptions={"0": "scale"}, points=2.0),
        item("multi", [0, 2], ("uno", "dos", "tres", "cuatro")),
        item("numeric", 12288, unit="bytes", misconceptions={"2.5": "scale", "x": "scale"}),
        item("numeric", -0.125, id="numeric.2", tolerance=0.0005, points=1.5),
        item("formula", "QK^T/sqrt(d_k)"),
        item("matrix", [[1, 0.5], [-0.25, 0.00001]], tolerance=0.005),
        item("matrix", [[0.0, float("-inf")]], id="matrix.2"),
        item("short", ["Nombra la máscara.", "Dice por qué: $j > i$."]),
        item("true_false", 1, ("Verdadero", "Falso"), misconceptions={"0": "scale"}),
        item("true_false", 0, ("Sí", "No"), id="true_false.2"),
        item("order", [2, 0, 1], ("softmax", "por $V$", "escala")),
        item("match", [1, 0, 1], ("clave o valor", "consulta", "ninguno"), stem=lines),
        item("match", [2, 0], ("$a_1$", "b < c", "{d}"), id="match.2"),
        computed_item(softmax_probability.FAMILY, 3, softmax_probability.FAMILY.levels[0], "es"),
        computed_item(softmax_probability.FAMILY, 4, softmax_probability.FAMILY.levels[0], "en", "mcq"),
        computed_item(attention_weights.FAMILY, 5, attention_weights.FAMILY.levels[0], "en"),
        computed_item(kv_cache_size.FAMILY, 6, kv_cache_size.FAMILY.levels[0], "es"),
    )


@cache
def hostile() -> Paper:
    """Hostile texts in every place that has a text."""
    everywhere = "\n\n".join(HOSTILE)
    common = {
        "stem": everywhere, "rationale": everywhere, "hints": HOSTILE, "misconceptions": {"1": "m", "3": "m"},
        "feedback": {"m": everywhere}, "concept": HOSTILE[1], "unit": HOSTILE[1], "language": "en",
    }  # fmt: skip
    kinds: list[tuple[Kind, Any]] = [
        ("mcq", 0), ("multi", [0, 4]), ("numeric", 2), ("formula", HOSTILE[3]), ("matrix", [[1, 2]]),
        ("short", list(HOSTILE)), ("true_false", 0), ("order", list(reversed(range(len(HOSTILE))))),
        ("match", list(range(len(HOSTILE)))),
    ]  # fmt: skip
    items = (
        item(kind, key, () if kind in ("numeric", "formula", "matrix", "short") else HOSTILE, **common)
        for kind, key in kinds
    )
    made = (replace(one, id=f"{one.kind} {HOSTILE[place]}") for place, one in enumerate(items))
    return paper(*made, title=f"{HOSTILE[3]} {HOSTILE[1]}", language="en")


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.text += "\n" if tag in ("br", "p", "pre", "td") else ""


def visible(html: str) -> str:
    """What a browser shows of HTML, white space apart."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    return spaced(reader.text)


def spaced(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


def plain(markdown: str) -> str:
    r"""What is seen of the Markdown that items here have: formulas between \( and \), no marks."""
    shown = re.sub(r"\$([^$]+)\$", r"\\(\1\\)", markdown)
    return spaced(re.sub(r"\*\*|`", "", shown))
