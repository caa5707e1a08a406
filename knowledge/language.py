"""Which language a text is in: Spanish, English, or another.

Function words decide in microseconds where they can, since loading `py3langid` costs more than a
second; it is asked only when they cannot. Short technical messages ("softmax?") have no language of
their own and take the one of the conversation.
"""

import re
import unicodedata
from functools import cache

_WORD = re.compile(r"[^\W\d_]+")
FUNCTION_WORDS = {
    "es": frozenset(
        """a al algo así aunque cada como cómo con cual cuál cuales cuáles cuando cuándo cuanto cuánto cuantos
        cuántos cuantas cuántas de del desde donde dónde dos el él ella ellas ellos en entre era es esa ese
        eso esta está están este esto estos estas fue ha hace hacen hay la las le les lo los más me mi mis
        muy nada ni no nos o otra otro para pero por porque puede pueden que qué quién quien quiero se ser
        si sí sin sino sirve sobre son su sus también tan te tiene tienen toda todas todo todos tu tus un
        una unas unos usa y ya yo ejemplo hola dame dime explica explícame entiendo significa diferencia
        funciona sencillo fácil gracias ayúdame ayuda dos tres
        antes después cada ambos ambas mismo misma nunca siempre primero primera último última
        nuevo nueva sólo solo""".split()
    ),
    "en": frozenset(
        """a about all also an and any are as at be because been between but by can could did do does each
        explain example for from give had has have hello help her here his how i if in into is it its just
        like me mean means more most much many my no not of on only or other our please should show so some
        such tell than thanks that the their them then there these they this those through to too use used
        uses very was we were what when where which while who why will with work works would you your
        difference understand simple simpler two three before
        after each every both same never always first last new without""".split()
    ),
}
# Letters and function words of the languages nearest to ours: any of them sends the text to the classifier.
_FOREIGN_MARK = re.compile(
    r"[ãõçêâôîûàèìòùäößœëïåøæ]"
    r"|\b(?:est|dans|les|des|une|qu|pour|avec|quoi|comment|pourquoi|sont|della|nei|che|sono|gli|perche|cosa"
    r"|der|das|ist|und|wie|ein|einem|eine|warum|uma|em|os|dos|quais|het|een|van)\b",
    re.I,
)
_SURE_MARGIN = 2  # so many more function words of one language than of the other decide alone
_MIN_WORDS = 4  # shorter texts are never called foreign
_FOREIGN_PROBABILITY = 0.95


def detect_language(text: str, default: str = "es") -> str:
    """'es', 'en', or another ISO 639-1 code when the text is clearly in neither.

    `default` is the conversation's language: it decides where the text cannot.
    """
    script = _other_script(text)
    if script:
        return script
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return default
    counts = {language: sum(word in known for word in words) for language, known in FUNCTION_WORDS.items()}
    best = max(counts, key=lambda language: (counts[language], language == default))
    other = "en" if best == "es" else "es"
    foreign = bool(_FOREIGN_MARK.search(text))
    if not foreign and re.search(r"[¿¡ñ]", text, re.I):
        return "es"
    clear = counts[best] - counts[other] >= _SURE_MARGIN and counts[best] >= 0.2 * len(words)
    if clear and not foreign:
        return best
    if len(words) < _MIN_WORDS:
        return best if counts[best] > counts[other] else default
    guess, probability = _classify(text)
    if guess in FUNCTION_WORDS:
        return best if counts[best] > counts[other] else guess
    weak = counts[best] < 0.2 * len(words) or foreign
    if probability >= _FOREIGN_PROBABILITY and weak:
        return guess
    return best if counts[best] > counts[other] else default


def _other_script(text: str) -> str:
    """The language suggested by a script other than Latin, when most letters are in it."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return ""
    names = [unicodedata.name(char, "").split(" ")[0] for char in letters]
    scripts = {"CYRILLIC": "ru", "ARABIC": "ar", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja",
               "HANGUL": "ko", "HEBREW": "he", "DEVANAGARI": "hi", "THAI": "th"}  # fmt: skip
    for script, code in scripts.items():
        if names.count(script) > len(names) / 2:
            return code
    return ""


@cache
def _identifier() -> object:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  takes over a second to load

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _classify(text: str) -> tuple[str, float]:
    code, probability = _identifier().classify(text)  # type: ignore[attr-defined]
    return str(code), float(probability)
