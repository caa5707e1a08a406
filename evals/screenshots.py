"""Pictures of every page of the app in a real browser: `python -m evals.screenshots OUT_DIR` (`make screenshots`).

Three people go through the app (evals/app_journeys.py), in Spanish and English, in light and dark, and on a phone; each
place where they look is a picture, `LOOK-NAME.png`. Needs chromium (`apt-get install chromium`).
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from evals.app_journeys import researcher, student, teacher
from evals.app_pages import PHONE, WIDE, browser, page_in, running_app

LOOKS: dict[str, tuple[ViewportSize, Any]] = {
    "light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light"),
}  # fmt: skip
JOURNEYS: tuple[Callable[[Page, str, str, Path, Callable[[str], None]], object], ...] = (student, teacher, researcher)
LANGUAGES = ("es", "en")
REST_MS = 700  # what glides in has come to rest


def take_all(chromium: Browser, folder: Path, look: str, language: str) -> None:
    """The pictures of one look in one language, of an app that nobody has used before."""
    size, scheme = LOOKS[look]
    with tempfile.TemporaryDirectory() as data, running_app(Path(data)) as address:
        for journey in JOURNEYS:
            with page_in(chromium, language, size, scheme) as page:

                def see(name: str) -> None:
                    page.wait_for_timeout(REST_MS)
                    file = folder / f"{look}-{language}-{name}.png"
                    page.screenshot(path=file)
                    sys.stdout.write(f"{file}\n")

                journey(page, address, language, Path(data), see)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--look", choices=sorted(LOOKS), action="append", help="light, dark or phone; else all")
    parser.add_argument("--lang", choices=LANGUAGES, action="append", help="es or en; else both")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        for look, language in product(chosen.look or LOOKS, chosen.lang or LANGUAGES):
            take_all(chromium, chosen.folder, look, language)


if __name__ == "__main__":
    main()
