"""Rules of item writing: each finds its flaw in both languages, and leaves alone what only looks like one."""

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import agents.families
from agents.computed_items import computed_item, kinds_of
from agents.families.family import Family
from agents.item import Item, Kind, Proof
from agents.item_rules import RULES, rule_checks
from agents.rule_words import FILES

AGENTS = Path(agents.families.__file__).parent.parent
SEEDS = 2


def item(language: str, kind: Kind, stem: str, options: tuple[str, ...] = (), key: Any = 0) -> Item:
    return Item(
        id="x", kind=kind, concept="attention", bloom="understand", difficulty=1, language=language, stem=stem,
        options=options, key=key, tolerance=0.0, rationale="", hints=(), misconceptions={}, feedback={}, points=1.0,
        sources=(), proof=Proof("authored", ()),
    )  # fmt: skip


def mcq(language: str, stem: str, *options: str, key: Any = 0) -> Item:
    return item(language, "mcq", stem, options, key)


def flaws(one: Item) -> set[str]:
    return {check.name for check in rule_checks(one) if not check.ok}


ES, EN = "¿Qué hace la máscara causal en el decodificador?", "What does the causal mask do in the decoder?"
ES_WRONG = ("Sube la tasa de aprendizaje", "Mezcla los textos del lote", "Borra las palabras repetidas")
EN_WRONG = ("Raises the learning rate", "Mixes the texts of the batch", "Deletes repeated words")
ES_KEY, EN_KEY = "Oculta las posiciones futuras", "Hides the future positions"

FLAWED = [
    ("stem-long-enough", item("es", "short", "", key=["a"])),
    ("stem-long-enough", item("en", "short", "Attention?", key=["a"])),
    ("stem-focused", mcq("es", "La atención.", ES_KEY, *ES_WRONG)),
    ("stem-focused", mcq("es", "¿Cuál de las siguientes afirmaciones es correcta?", ES_KEY, *ES_WRONG)),
    ("stem-focused", mcq("es", "La máscara es:", ES_KEY, *ES_WRONG)),
    ("stem-focused", mcq("en", "The causal mask of the decoder.", EN_KEY, *EN_WRONG)),
    ("stem-focused", mcq("en", "Which of the following is true?", EN_KEY, *EN_WRONG)),
    ("stem-focused", mcq("en", "The mask is:", EN_KEY, *EN_WRONG)),
    ("negation-emphasised", mcq("es", "¿Cuál de estas partes no tiene el decodificador?", "a1", "b1", "c1")),
    ("negation-emphasised", mcq("es", "Son partes del decodificador todas, excepto: ¿cuál no?", "a1", "b1", "c1")),
    ("negation-emphasised", item("es", "true_false", "El codificador no usa máscara.", ("Verdadero", "Falso"), 0)),
    ("negation-emphasised", mcq("en", "Which part does the decoder not have?", "a1", "b1", "c1")),
    ("negation-emphasised", mcq("en", "Which statement about the mask is false?", "a1", "b1", "c1")),
    ("negation-emphasised", item("en", "true_false", "The encoder doesn't use a mask.", ("True", "False"), 0)),
    ("negation-emphasised", mcq("en", "All these are parts of the encoder except", "a mask", "attention", "a sum")),
    ("blank-at-the-end", item("es", "short", "Completa: la ____ oculta el futuro.", key=["máscara"])),
    ("blank-at-the-end", item("en", "short", "Complete: the ____ hides the future.", key=["mask"])),
    ("options-count", mcq("es", ES, ES_KEY, *ES_WRONG[:1])),
    ("options-count", mcq("es", ES, ES_KEY, *ES_WRONG, "Calcula la pérdida", "Suma los sesgos")),
    ("options-count", mcq("en", EN, EN_KEY, EN_WRONG[0], "")),
    ("options-count", item("en", "true_false", "The mask hides it.", ("True", "False", "It depends"), 0)),
    ("key-in-range", mcq("es", ES, ES_KEY, *ES_WRONG, key=4)),
    ("key-in-range", mcq("en", EN, EN_KEY, *EN_WRONG, key=True)),
    ("key-in-range", item("es", "multi", ES, (ES_KEY, *ES_WRONG), [])),
    ("key-in-range", item("en", "multi", EN, (EN_KEY, *EN_WRONG), [1, 1])),
    ("key-in-range", item("en", "order", "Put these steps in order.", ("one", "two", "three"), [0, 2])),
    ("key-in-range", item("es", "match", "Relaciona cada cosa.", ("uno", "dos", "tres"), [0, 3])),
    ("options-distinct", mcq("es", "¿Cuánto vale la pérdida?", "$0{,}5$", "0,50", "$2$")),
    ("options-distinct", mcq("es", ES, "La softmax", "softmax", "El sesgo")),
    ("options-distinct", mcq("en", "How many bytes does it take?", "1 kB", "1000 bytes", "2 MB")),
    ("options-distinct", mcq("en", "Which is the score?", r"$q\cdot k$", r"$q \times k$", "$q + k$")),
    ("options-exclusive", mcq("es", "¿Cuántas cabezas tiene?", "de 1 a 5", "de 5 a 10", "más de 10")),
    ("options-exclusive", mcq("es", "¿Qué usa máscara?", "El decodificador", "El decodificador y el otro", "Nada")),
    ("options-exclusive", mcq("en", "How many heads does it have?", "1-5", "at least 4", "0")),
    ("options-exclusive", mcq("en", "What does it do?", "It masks scores", "It masks scores before it", "Sums")),
    ("numbers-in-order", mcq("es", "¿Cuántas capas tiene?", "12 capas", "6 capas", "24 capas")),
    ("numbers-in-order", mcq("en", "How large is it?", "$12{,}288$", "$2^{10}$", "$50{,}000$")),
    ("no-all-of-the-above", mcq("es", ES, *ES_WRONG, "Todas las anteriores.", key=3)),
    ("no-all-of-the-above", mcq("es", ES, *ES_WRONG, "Todas las respuestas son correctas", key=3)),
    ("no-all-of-the-above", mcq("en", EN, *EN_WRONG, "All of the above", key=3)),
    ("no-none-of-the-above", mcq("es", ES, ES_KEY, *ES_WRONG[:2], "Ninguna de las anteriores es correcta")),
    ("no-none-of-the-above", mcq("en", EN, EN_KEY, *EN_WRONG[:2], "**None of these**")),
    ("no-k-type", mcq("es", "I. Usa máscara.\nII. Suma.\n¿Qué hace el decodificador?", "Solo I", "Solo II", "I y II")),
    ("no-k-type", mcq("es", ES, ES_KEY, ES_WRONG[0], "a) y b) son correctas")),
    ("no-k-type", mcq("en", EN, EN_KEY, EN_WRONG[0], "Both A and B")),
    ("no-true-false-options", mcq("es", "¿Usa máscara el codificador?", "No", "Sí", "Depende de la capa")),
    ("no-true-false-options", mcq("en", "Does the encoder use a mask?", "False", "True", "In some layers")),
    ("no-vague-terms", mcq("es", ES, ES_KEY, "A menudo mezcla los textos", "Suma los sesgos")),
    ("no-vague-terms", item("en", "true_false", "A decoder usually hides the future.", ("True", "False"), 0)),
    ("no-vague-terms", mcq("en", EN, EN_KEY, "Sometimes mixes the texts", "Adds the biases")),
    ("absolute-terms-even", mcq("es", ES, ES_KEY, "Siempre sube la tasa", "Nunca mezcla los textos", "Suma sesgos")),
    ("absolute-terms-even", mcq("en", EN, "Always hides the future", "Raises the rate", "Mixes the texts")),
    ("key-not-longest", mcq("es", ES, ES_KEY + " para que cada una solo vea las que ya se han escrito", *ES_WRONG)),
    ("key-not-longest", mcq("en", EN, EN_KEY + " so that each sees only those already written", *EN_WRONG)),
    ("no-clang-cue", mcq("es", "¿Para qué sirve escalar la softmax?", "Evita que la softmax sature", *ES_WRONG)),
    ("no-clang-cue", mcq("en", "What use is warm-up of the optimizer?", "The optimizer starts slowly", *EN_WRONG)),
    ("no-grammatical-cue", mcq("es", "Lo que oculta el futuro al decodificador es la", "máscara", "sesgo", "vector")),
    ("no-grammatical-cue", mcq("es", "¿Cuáles son las que se comparan?", "Las claves", "El sesgo", "La salida")),
    ("no-grammatical-cue", mcq("es", "¿Qué se compara?", "Las claves", "El sesgo", "La salida", "Un peso")),
    ("no-grammatical-cue", mcq("es", "¿Cuál de las partes cambia?", "La salida", "El sesgo", "El peso")),
    ("no-grammatical-cue", mcq("en", "What hides the future in the decoder is an", "attention mask", "bias", "token")),
    ("no-grammatical-cue", mcq("en", "What are compared with the query?", "The keys", "A bias", "The output")),
    ("key-not-in-stem", mcq("es", "¿Qué parte, la máscara causal, oculta el futuro?", "Máscara causal", *ES_WRONG)),
    ("key-not-in-stem", item("es", "formula", "Escribe $a^2+b$ de otro modo.", key="a^2 + b")),
    ("key-not-in-stem", mcq("en", "What does the causal mask, a triangle, hide?", "A triangle", *EN_WRONG)),
    ("key-not-in-stem", item("en", "short", "Why does the softmax sum to one?", key=["sum to one"])),
    ("rows-even", item("es", "matrix", "¿Cuál es la máscara de dos posiciones?", key=[[1, 0], [1]])),
    ("rows-even", item("en", "matrix", "What is the mask of two positions?", key=[])),
]  # fmt: skip

SOUND = [
    mcq("es", ES, ES_KEY, *ES_WRONG),
    mcq("en", EN, EN_KEY, *EN_WRONG),
    mcq("es", "Las puntuaciones de la atención se dividen por", r"$\sqrt{d_k}$", "$d_k$", "$d_{model}$"),
    mcq("en", "The scores of attention are divided by ____.", r"$\sqrt{d_k}$", "$d_k$", "$d_{model}$"),
    mcq("es", "¿Qué parte **no** tiene el decodificador?", "La convolución", "La máscara", "La softmax"),
    mcq("es", "¿Qué pasa con la salida si no hay máscara?", ES_KEY, *ES_WRONG),
    mcq("es", "¿Por qué no basta una cabeza?", ES_KEY, *ES_WRONG),
    mcq("en", "Which part does the decoder NOT have?", "A convolution", "A mask", "A softmax"),
    mcq("en", "What happens to the output when the scores are not scaled?", EN_KEY, *EN_WRONG),
    mcq("en", "How many weights has a layer with no bias, not only the last?", "$4$", "$8$", "$9$"),
    mcq("en", "What does `__init__` set in the model?", "The width", "The loss", "The batch"),
    mcq("es", "¿Entre qué valores está la tangente hiperbólica?", "Entre -1 y 1", "Entre 0 y 1", "Entre 0 y 2"),
    mcq("en", "In which range does a sigmoid lie?", "between 0 and 1", "between -1 and 1", "between 0 and 2"),
    mcq("es", "¿Cuántas cabezas tiene?", "menos de 5", "de 5 a 10", "más de 10"),
    mcq("en", "How many heads does it have?", "fewer than 5", "5-10", "more than 10"),
    mcq("es", "¿Qué factor cuenta?", "El número de cabezas", "El número de cabezas menos uno", "El ancho"),
    mcq("en", "Which factor counts?", "The number of heads", "The number of heads minus one", "The width"),
    mcq("es", "¿Qué matrices se comparan?", "$Q$ y $K$", "$Q$ y $V$", "$K$ y $V$"),
    mcq("en", "Reward models rate the answers A, B and C. Which do people like?", "B and C", "A and C", "A and B"),
    mcq("es", "¿A qué posiciones atiende?", "A todas", "A las anteriores", "A ninguna"),
    mcq("en", "Which positions does it attend to?", "All of them", "The earlier ones", "None"),
    mcq("es", "¿Qué par se une en BPE?", "El que más a menudo aparece", "El más largo de todos", "El primero de todos"),
    mcq("en", "Which pair does BPE merge?", "The pair seen most often", "The longest pair", "The first pair"),
    mcq("es", "¿Qué capa da la salida?", r"$\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V$", "$QK$", "$V$"),
    mcq("en", "Which activation does it use?", "sigmoid", "tanh", "ReLU"),
    mcq("en", "The unit that a decoder of text writes at each step is a", "token", "byte", "unigram"),
    mcq("es", "Lo que el decodificador escribe en cada paso es un", "token", "byte", "carácter"),
    mcq("es", "¿Qué escribe `mi`?", "`mi` `mi`", "`mi` `la`", "`la` `mi`"),
    mcq("en", "With $2$ heads, how many outputs are there?", "$2$", "$4$", "$8$"),
    mcq("es", "¿Cuál es la máscara?", r"$\begin{pmatrix}1 & 0 \\ 1 & 1\end{pmatrix}$", "$(1, 0, 1, 1)$", "$(1, 1)$"),
    mcq("es", "BERT enmascara tokens. ¿Qué debe predecir?", "Los tokens ocultos", "La frase siguiente", "El orden"),
    mcq("en", "BERT masks some tokens. What must it predict?", "The hidden tokens", "The next sentence", "The order"),
    item("es", "multi", ES, (ES_KEY, *ES_WRONG), [0, 1]),
    item("en", "multi", EN, (EN_KEY, *EN_WRONG), (0, 3)),
    item("es", "true_false", "El decodificador oculta el futuro.", ("Verdadero", "Falso"), 0),
    item("en", "true_false", "The decoder hides the future.", ("True", "False"), 1),
    item("es", "order", "Ordena los pasos de la atención.", ("Puntuar", "Escalar", "Sumar"), [0, 1, 2]),
    item("en", "match", "Match each line with its letter.", ("Query", "Key", "Value"), [2, 0, 1]),
    item("es", "matrix", "¿Cuál es la máscara de dos posiciones?", key=[[1, 0], [1, 1]]),
    item("en", "matrix", "Which vector does it return?", key=[1, -28]),
    item("es", "formula", "Escribe la atención en función de $Q$, $K$ y $V$.", key="softmax(QK^T/sqrt(d_k))V"),
    item("en", "short", "Why are the scores scaled?", key=["large dot products", "small gradients"]),
    item("en", "numeric", r"What is $2+2$?", key=4),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "flawed"), FLAWED, ids=[f"{rule}-{one.language}" for rule, one in FLAWED])
def test_a_flaw_is_found(rule: str, flawed: Item) -> None:
    found = {check.name: check for check in rule_checks(flawed)}
    assert not found[rule].ok
    assert found[rule].detail


@pytest.mark.parametrize("sound", SOUND, ids=[f"{one.language} {one.stem[:30]}" for one in SOUND])
def test_a_sound_item_passes_every_rule(sound: Item) -> None:
    assert [(check.name, check.detail) for check in rule_checks(sound) if not check.ok] == []


def test_every_rule_has_a_flawed_item_in_both_languages() -> None:
    shown = {(rule, one.language) for rule, one in FLAWED}
    assert shown == {(rule, language) for rule in RULES for language in ("es", "en")}


def test_every_kind_gets_the_rules_that_apply_to_it() -> None:
    for one in SOUND:
        names = [check.name for check in rule_checks(one)]
        assert names == [name for name, (kinds, _) in RULES.items() if one.kind in kinds]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", [None, "0", 1.0, 9, -1, [], [7], ["a"], {}])
def test_a_broken_key_breaks_no_rule(key: Any) -> None:
    for kind in ("mcq", "multi", "true_false", "order", "match"):
        assert "key-in-range" in flaws(item("es", kind, ES, (ES_KEY, *ES_WRONG), key))
    assert len(rule_checks(item("es", "matrix", ES, (), key))) == len(rule_checks(SOUND[-5]))


def test_the_word_lists_have_both_languages() -> None:
    for file in FILES:
        for name, lists in tomllib.loads((AGENTS / file).read_text(encoding="utf-8")).items():
            assert set(lists) == {"es", "en"}, name


def families() -> Iterator[Family]:
    """The families that are whole: their words are there."""
    for module in pkgutil.iter_modules(agents.families.__path__):
        if (AGENTS / "families" / f"{module.name}.toml").exists():
            found = getattr(importlib.import_module(f"agents.families.{module.name}"), "FAMILY", None)
            if found is not None:
                yield found


@pytest.mark.parametrize("family", families(), ids=lambda family: family.id)
def test_the_items_of_a_family_break_no_rule(family: Family) -> None:
    for kind in kinds_of(family):
        for language in ("es", "en"):
            for seed in range(SEEDS):
                level = family.levels[(seed * 2) % len(family.levels)]
                one = computed_item(family, seed, level, language, kind)
                assert flaws(one) == set(), (one.id, one.stem, one.options)
