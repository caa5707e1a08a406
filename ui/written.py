"""Numbers and dates as the readers of a language write them."""

from datetime import datetime

from knowledge.messages import Messages

UNITS = ("B", "kB", "MB", "GB", "TB")


def share(value: float, texts: Messages, language: str) -> str:
    """A part of one as a percentage without decimals: 54 % in Spanish, 54% in English."""
    return texts.text("percent", language, number=f"{100 * value:.0f}")


def number(value: float, digits: int, texts: Messages, language: str) -> str:
    """A number with that many decimals: 1,5 in Spanish, 1.5 in English."""
    return f"{value:.{digits}f}".replace(".", texts.text("decimal", language))


def size(count: int, texts: Messages, language: str) -> str:
    """So many bytes in the unit that suits them: 1,5 MB in Spanish, 1.5 MB in English."""
    unit = min((len(str(count)) - 1) // 3, len(UNITS) - 1)
    shown = number(count / 1000**unit, 1 if unit else 0, texts, language)
    return f"{shown}\N{NO-BREAK SPACE}{UNITS[unit]}"


def day(moment: str, texts: Messages, language: str) -> str:
    """The day of an ISO date or time, on the calendar of this machine: 3 de marzo de 2027, 3 March 2027."""
    read = datetime.fromisoformat(moment)
    read = read.astimezone() if read.tzinfo else read
    month = texts.text("months", language).split()[read.month - 1]
    return texts.text("date", language, day=read.day, month=month, year=read.year)
