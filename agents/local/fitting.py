"""A conversation that is longer than a model's window, cut where the least is lost.

What stands between the marks of evidence (`prompts/*.md`, agents/prompting.py) is cut from its end, whole lines first;
before less than a few passages of it would be left, the turns before the last message are left out, oldest first.
Rules, questions, claims and answers are never cut.
"""

import re
from collections.abc import Callable

Chat = list[dict[str, str]]  # role and content, as chat templates want them

ENOUGH = 1_200  # characters of evidence that are worth more than the turns before
_EVIDENCE = re.compile(r"(<(evidence|passages|quotations)>)(.*?)(</\2>)", re.S)
_BEFORE = re.compile(r"(<(history)>)(.*?)(</\2>)", re.S)


def fit(chat: Chat, room: int, count: Callable[[Chat], int]) -> Chat | None:
    """The conversation in at most `room` tokens as `count` counts them; None when what may not be cut does not fit."""
    if count(chat) <= room:
        return chat
    length = sum(len(found[3]) for message in chat for found in _EVIDENCE.finditer(message["content"]))
    for shorter in _without_turns(chat):
        least = min(ENOUGH, length)
        if count(_with_evidence(shorter, least)) <= room:
            return _longest(shorter, least, length, room, count)
    bare = _with_evidence(shorter, 0)
    return _longest(shorter, 0, least, room, count) if count(bare) <= room else None


def _longest(chat: Chat, fits: int, length: int, room: int, count: Callable[[Chat], int]) -> Chat:
    """With as much evidence as fits, to about a hundredth; `fits` characters do, `length` may not."""
    found = _with_evidence(chat, fits)
    if count(whole := _with_evidence(chat, length)) <= room:
        return whole
    few, many = (count(found), fits), (count(whole), length)
    while many[1] - few[1] > max(1, few[1] // 100):
        # As many tokens as there is room are about as many characters, a little less; never the ends again.
        share = (room - few[0]) / max(1, many[0] - few[0])
        step = min(max(share * 0.98, 0.1), 0.9)
        middle = min(max(int(few[1] + (many[1] - few[1]) * step), few[1] + 1), many[1] - 1)
        tried = _with_evidence(chat, middle)
        tokens = count(tried)
        if tokens <= room:
            found, few = tried, (tokens, middle)
            if tokens >= room * 0.99:
                break
        else:
            many = (tokens, middle)
    return found


def _without_turns(chat: Chat) -> list[Chat]:
    """The conversation as it is, then without its oldest turns, more and more, and last without a told history."""
    first = 1 if chat and chat[0]["role"] == "system" else 0
    shorter = [chat]
    for begin in range(first + 2, len(chat), 2):
        shorter.append(chat[:first] + chat[begin:])
    told = [{**message, "content": _BEFORE.sub(r"\1\n\4", message["content"])} for message in shorter[-1]]
    return [*shorter, told] if told != shorter[-1] else shorter


def _with_evidence(chat: Chat, length: int) -> Chat:
    """With the first `length` characters of all evidence, to the last whole line, else the last whole word."""
    cut = []
    for message in chat:
        content, told = message["content"], 0
        parts = []
        for found in _EVIDENCE.finditer(content):
            text, length = _cut(found[3], length), max(0, length - len(found[3]))
            parts += [content[told : found.start()], found[1], text, found[4]]
            told = found.end()
        cut.append({**message, "content": "".join(parts) + content[told:]})
    return cut


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    kept = text[:length]
    ends = [at + 1 for at in (kept.rfind("\n"), kept.rfind(" ")) if at > 0 and kept[:at].strip()]
    return kept[: ends[0]] if ends else kept  # half a number would be another number
