"""A research summary as the assistant hands it back, in both languages: four documents, a table, disagreements."""

from dataclasses import replace

from hypothesis import strategies as st

from agents.research.summary import Disagreement, Line, Part, Quotation, Reference, Summary, Table

VASWANI = Reference(
    "v1", "Attention Is All You Need", ("Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit"), 2017,
    "10.5555/3295222.3295349", "1706.03762", "https://arxiv.org/abs/1706.03762",
    "Advances in Neural Information Processing Systems", "/home/ana/papers/attention.pdf", "pdf", "en",
)  # fmt: skip
DAO = Reference(
    "d1", "FlashAttention: Fast and Memory-Efficient Exact Attention with $O(N)$ Memory", ("Tri Dao", "Daniel Y. Fu"),
    2022, "", "2205.14135", "", "", "/home/ana/papers/flash.pdf", "pdf", "en",
)  # fmt: skip
PEREZ = Reference(
    "p1", "El coste de la atención: una revisión", ("María José Pérez Gil", "Íñigo de la Fuente Ruiz"), 2023,
    "", "", "", "Revista de Inteligencia Artificial", "/home/ana/revision.docx", "docx", "es",
)  # fmt: skip
NOTES = Reference("n1", "Notas de clase sobre BERT", path="/home/ana/notas.md", kind="md", language="es")
OTHER = Reference("o1", "Unrelated Cooking Notes", path="/home/ana/cooking.md", kind="md")
ATTENTION = r"$$\mathrm{Attention}(Q,K,V) = \mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V$$"
QUOTATIONS = (
    Quotation(1, "v1", "p. 4", "We call our particular attention \"Scaled Dot-Product Attention\".", "en", "v1:7", 0,
              100, 700, 0.91),
    Quotation(2, "v1", "p. 4", ATTENTION, "en", "v1:7", 3, 100, 700, 0.88),
    Quotation(3, "d1", "p. 1", "FlashAttention is 3× faster than standard attention on GPT-2 (seq. length 1K), and it "
              "needs $O(N)$ memory & not $O(N^2)$.", "en", "d1:2", 1, 0, 90, 0.83),
    Quotation(4, "p1", "§ Resultados", "En nuestras pruebas, FlashAttention fue un 15 % más rápido, no tres veces.",
              "es", "p1:5", 2, 0, 80, 0.8),
    Quotation(5, "n1", "§ Código", "```python\ndef softmax(x):\n    return exp(x) / exp(x).sum()\n```", "es", "n1:1", 0,
              0, 60, 0.42),
)  # fmt: skip
WORDS = {
    "question": ("What does attention cost, and how can it be cheaper?",
                 "¿Cuánto cuesta la atención y cómo abaratarla?"),
    "named": ("Scaled dot-product attention is $\\mathrm{softmax}(QK^\\top/\\sqrt{d_k})V$.",
              "La atención escalada es $\\mathrm{softmax}(QK^\\top/\\sqrt{d_k})V$."),
    "memory": ("FlashAttention needs memory that grows with $N$ and not with $N^2$.",
               "FlashAttention necesita una memoria que crece con $N$ y no con $N^2$."),
    "theme": ("Exact attention with less memory", "Atención exacta con menos memoria"),
    "code": ("A softmax divides exponentials by their sum.", "Una softmax divide exponenciales entre su suma."),
    "about": ("how much faster FlashAttention is", "cuánto más rápido es FlashAttention"),
    "missing": ("No source says what attention costs on a CPU.",
                "Ninguna fuente dice qué cuesta la atención en una CPU."),
    "limit": ("The times are of one GPU only.", "Los tiempos son de una sola GPU."),
    "cost": ("Memory", "Memoria"),
    "speed": ("Speed", "Velocidad"),
}  # fmt: skip


def summary(language: str) -> Summary:
    """The summary in "en" or "es"."""
    said = {name: texts[language == "es"] for name, texts in WORDS.items()}
    memory = Line(said["memory"], "supported", (3,), 0.97, translation=language == "es")
    return Summary(
        question=said["question"],
        language=language,
        parts=(
            Part("answer", "", (Line(said["named"], "supported", (1, 2)), memory)),
            Part("theme", said["theme"], (memory,)),
            Part("term", "", (Line(said["code"], "supported", (5,)),)),
            Part("limits", "", (Line(said["limit"], "supported", (3, 4)),)),
        ),
        quotations=QUOTATIONS,
        references=(VASWANI, DAO, PEREZ, NOTES),
        searched=(VASWANI, DAO, PEREZ, NOTES, OTHER),
        disagreements=(
            Disagreement("number", said["about"], (
                Line(QUOTATIONS[2].quote, "supported", (3,)), Line(QUOTATIONS[3].quote, "supported", (4,)),
            )),
        ),
        missing=(said["missing"],),
        table=Table(
            (said["cost"], said["speed"]), ("d1", "p1"),
            (((memory,), (Line("3 × | $|x|$", "supported", (3,)),)), ((), (Line("15 %", "supported", (4,)),))),
        ),
        dropped={"not_found": 3, "contradicted": 1},
        engine="composer",
        questions=(said["question"],),
    )  # fmt: skip


HOSTILE = [
    "{", "}", "\\", "%", "#", "$x_1$", "$", "|", "\n", "\n\n", "<script>alert(1)</script>", "á", "ñ", "中文", "שלום",
    "\u200b", "\u202e", "\u2066", "&", "_", "*", "`", "~", "^", "[", "](", "[1]: x", "![a](b)", '"', "'", "- ", "1. ",
    "> ", "# ", "=", "+", "@", "--", "a", " ", "\t", "\r", "\x00", "\x1b[31m", "\\end{document}",
    "\\input{/etc/passwd}", "$\\input{x}$", "$$y^2$$", "ER  - ", "TY  - JOUR", "@misc{a,", "http://a.b/c", "&amp;",
    "<!--", "```", "    ", "\u2028", "\ud800", "and", ",", "😀", "é", "e\u0301", "\ue000", "\ue004", "</span>",
    '<span class="nocase">', "$5 and $6", "javascript:alert(1)", "\x85", "''", "``", "---", "===",
]  # fmt: skip
hostile_text = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4)), min_size=1, max_size=9).map("".join)


def quoting(text: str, language: str = "en", **values: str) -> Summary:
    """A summary that says and quotes one text; `values` are of its only document."""
    reference = replace(VASWANI, language=language, **values)  # type: ignore[arg-type]
    return Summary(
        text, language, (Part("answer", text, (Line(text, "supported", (1,)),)),),
        (Quotation(1, "v1", text, text, language, "v1:1", 0, score=0.5),), (reference,), (reference,),
        (Disagreement("denial", text, (Line(text, "supported", (1,)),)),), (text,),
        Table((text,), ("v1",), (((Line(text, "supported", (1,)),),),)), {text: 1}, "composer", (text,),
    )  # fmt: skip
