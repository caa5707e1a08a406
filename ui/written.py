"""Numbers and dates as the readers of a language write them."""

from datetime import datetime

from knowledge.messages import Messages


def share(value: float, texts: Messages, language: str) -> str:
    """A part of one as a percentage without decimals: 54 % in Spanish, 54% in English."""
    return texts.text("percent", language, number=f"{100 * value:.0f}")


def day(moment: str, texts: Messages, language: str) -> str:
    """The day of an ISO date or time, on the calendar of this machine: 3 de marzo de 2027, 3 March 2027."""
    read = datetime.fromisoformat(moment)
    read = read.astimezone() if read.tzinfo else read
    month = texts.text("months", language).split()[read.month - 1]
    return texts.text("date", language, day=read.day, month=month, year=read.year)
