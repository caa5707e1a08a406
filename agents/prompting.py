"""Prompts are files: `prompts/<agent>.<es|en>.md`, Jinja with StrictUndefined. What fills them is never template, and
what comes back is heard without what a model thinks aloud.

A prompt has two blocks. `rules` is the same in every call, so that a server keeps what it has read of it; `data` is
what changes, the oldest first. What others wrote stands in `data` between marks.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

BLOCKS = ("rules", "data")
PASSES = 4  # over a text whose marks hide in one another; then none of its brackets opens anything
_FOLDER = Path(__file__).with_name("prompts")
_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.S)
# What cannot be seen: it hides a mark from whoever looks for one, or turns the text around.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_OPEN, _CLOSE, _BAR = "[<＜﹤‹〈⟨]", "[>＞﹥›〉⟩]", "[|｜¦]"
# The marks that stand around data in the prompts.
_MARKS = "answer|claim|concepts|evidence|history|learner|message|mistakes|passages|points|question|statements"
# The marks by which the forms of chat models begin and end turns, tools and thoughts.
_TURNS = (
    "s|bos|eos|begin_of_text|end_of_text|(?:start|end)_of_turn|(?:start|end)_of_image|im_(?:start|end|sep)|eot_id|eom_id|"
    "(?:start|end)_header_id|endoftext|system|user|assistant|tool|tools|tool_(?:call|response|calls|outputs)|think|"
    "thinking|turn|channel|unused\\d+"
)
_BRACKETED = "INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG|THINK|ARGS|CALL_ID"
_FORBIDDEN = re.compile(
    rf"{_OPEN}\s{{0,4}}[/／]?\s{{0,4}}(?:{_MARKS})\b[^<>＜＞\n]{{0,40}}\s{{0,4}}[/／]?{_CLOSE}"
    rf"|{_OPEN}\s{{0,4}}[/／]?{_BAR}?\s{{0,4}}(?:{_TURNS})\s{{0,4}}{_BAR}?[/／]?{_CLOSE}"
    rf"|{_OPEN}[/／]?{_BAR}[\w▁/ .:-]{{0,40}}{_BAR}?{_CLOSE}|{_OPEN}[/／]?[\w▁]{{1,40}}{_BAR}{_CLOSE}"
    rf"|{_OPEN}{{2}}\s{{0,4}}[/／]?\s{{0,4}}SYS\s{{0,4}}{_CLOSE}{{2}}|\[\s{{0,4}}/?\s{{0,4}}(?:{_BRACKETED})\s{{0,4}}\]",
    re.I,
)

_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\s?[(\[][^)\]\n]{0,2000}[)\]]?")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{0,2000}\)?")
_ADDRESS = re.compile(
    r"<?\b(?:(?:https?|ftp|file)://[^\s<>]+|(?:javascript|mailto):[^\s<>]+|data:\w+/[^\s<>]+|www\.[^\s<>]+)>?", re.I
)
_TAG = re.compile(
    r"</?(?:a|audio|base|body|button|div|embed|font|form|head|html|iframe|img|input|link|meta|object|script|span|style|svg"
    r"|video)(?:\s+[\w-]+\s*=[^<>]{0,2000})?\s{0,4}/?>", re.I,
)  # fmt: skip


@cache
def prompt(agent: str, language: str) -> Template:
    """The template of an agent's prompt; `.render(...)` gives it whole, and fails on a variable that is not given."""
    loader = FileSystemLoader(_FOLDER)
    # The output goes to a model, not into HTML: escaping would change the evidence.
    environment = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(f"{agent}.{language}.md")


def blocks(agent: str, language: str, **values: object) -> tuple[str, str]:
    """What an agent's prompt says in every call and what it says in this one; fails on a variable that is not given."""
    template = prompt(agent, language)
    context = template.new_context(values)
    rules, data = ("".join(template.blocks[name](context)).strip() for name in BLOCKS)
    return rules, data


def as_data(text: str) -> str:
    """A text as it may fill a prompt: nothing unseen is left in it, no mark that stands around data, and none by which
    the form of a chat begins or ends a turn."""
    text = _UNSEEN.sub("", text)
    for _ in range(PASSES):
        bare = _FORBIDDEN.sub(" ", text)
        if bare == text:
            return text
        text = bare  # what was taken out may have left another mark behind
    return re.sub(_OPEN, " ", text).replace("[", "(")


def spoken(answer: str) -> str:
    """What a model says, without what it thinks before."""
    return _THINKING.sub("", answer)


def unlinked(said: str) -> str:
    """What a model says, without images, links and tags: of a link its words stay. Nothing that a model words reaches
    out of the page."""
    for pattern, stays in ((_IMAGE, ""), (_LINK, r"\1"), (_TAG, ""), (_ADDRESS, "")):
        said = pattern.sub(stays, said)
    return said.strip()
