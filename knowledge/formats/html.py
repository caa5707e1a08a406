"""Web pages: the text of the page without its menus and banners, and what its head says of it."""

import re
from typing import Any

from lxml import etree

from knowledge.decoding import decode_text
from knowledge.formats.content import Content
from knowledge.formats.hidden import drop, drop_hidden
from knowledge.formats.html_markdown import html_markdown
from knowledge.formats.html_metadata import page_metadata
from knowledge.formats.limits import Limits
from knowledge.formats.markdown_text import scholarly_sections
from knowledge.formats.xml_tree import html_tree, local_name
from knowledge.terms import plain

_AROUND = {"nav", "footer", "aside"}  # of a page, and never its text
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "menu", "toolbar"}
_CHROME = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|navbar|navbox|breadcrumbs?|sidebar|site-?footer|site-?header"
    r"|social|share|related|mw-editsection|mw-jump-link|toc|ltx_page_footer|ltx_bibliography|references|reflist"
    r"|advert(?:isement)?|popup|modal|skip-link|noprint|headerlink)(?:$|[\s_-])",
    re.I,
)
_KEPT_CHROME = {"html", "body", "main", "article", "h1", "h2", "h3", "h4", "h5", "h6"}
_MAIN = ("mw-content-text", "bodyContent", "ltx_document", "ltx_page_main")
_LINKED = 0.6  # of a list's or a box's text in links, and it is a menu
_FOUND = 0.9  # of the text that trafilatura finds stands in the element that is taken for the page's text


def read_html(data: bytes, path: str, limits: Limits) -> Content:
    """A page's text by its headings. Raises `BadDocument`: document-binary, document-deep.

    What the page shows nobody (hidden elements, comments, white text) is left out, and so are scripts, styles, menus,
    cookie banners and its list of references. The text is the page's main element, where it marks one; else the
    element in which trafilatura finds the running text.
    """
    root = html_tree(decode_text(data, path), path, limits)
    if root is None:
        return Content(())
    about = page_metadata(root)
    drop_hidden(root)
    _drop_chrome(root)
    text = str(html_markdown(_main_element(root)))
    first = re.search(r"^# (.+)$", text, re.M)
    title = plain(first[1]) if first else about.title
    if text and title and not first:
        text = f"# {title}\n\n{text}"  # so that every section has a heading to be found by
    return Content(
        sections=scholarly_sections(text),
        title=title,
        authors=about.authors,
        year=about.year,
        url=about.url,
        doi=about.doi,
        arxiv=about.arxiv,
        venue=about.venue,
    )


def _drop_chrome(root: Any) -> None:
    for element in list(root.iter()):
        tag = local_name(element)
        if not tag or tag in _KEPT_CHROME:
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        page_head = tag == "header" and not any(
            local_name(node) in {"article", "main"} for node in element.iterancestors()
        )
        notes = "footnote" in names or any(
            key.endswith("type") and "footnote" in str(value) for key, value in element.items()
        )
        if notes:
            continue
        if (
            tag in _AROUND
            or element.get("role", "").lower() in _ROLES
            or (page_head and element.find(".//{*}h1") is None)
            or (names != " " and _CHROME.search(names))
            or (tag in {"ul", "ol", "div", "table"} and _is_menu(element))
        ):
            drop(element)


def _is_menu(element: Any) -> bool:
    links = list(element.iter("{*}a"))
    if len(links) < 4 or element.find(".//{*}math") is not None:
        return False
    whole = _length(element)
    return whole < 3000 and sum(map(_length, links)) > _LINKED * whole


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _main_element(root: Any) -> Any:
    for element in root.iter():
        names = f"{element.get('class', '')} {element.get('id', '')}".split()
        is_main = local_name(element) == "main" or element.get("role") == "main" or any(name in names for name in _MAIN)
        if is_main and _length(element) > 0:
            return element
    articles = [element for element in root.iter("{*}article") if _length(element) > 0]
    if len(articles) == 1:
        return articles[0]
    body = root.find(".//{*}body")
    whole = root if body is None else body
    return _running_text(whole) if len(list(whole.iter("{*}div"))) > 1 else whole


def _running_text(whole: Any) -> Any:
    """The smallest element that holds nearly all of what trafilatura takes for the page's running text."""
    import trafilatura  # noqa: PLC0415  half a second to load, for pages that mark no main element

    page = etree.tostring(whole, encoding="unicode", method="html")
    found = trafilatura.extract(f"<html>{page}</html>", output_format="txt", include_comments=False, fast=True) or ""
    lines = {_bare(line) for line in found.split("\n")} - {""}
    blocks = list(whole.iter("{*}p", "{*}li", "{*}pre", "{*}td", "{*}h1", "{*}h2", "{*}h3", "{*}h4"))
    held = [(element, _length(element)) for element in blocks if _bare("".join(element.itertext())) in lines]
    total = sum(size for _, size in held)
    if not total:
        return whole
    sizes: dict[Any, int] = {}
    for element, size in held:
        for node in element.iterancestors():
            sizes[node] = sizes.get(node, 0) + size
    inside = [
        node for node in whole.iter("{*}div", "{*}section", "{*}td", "{*}body") if sizes.get(node, 0) >= _FOUND * total
    ]
    return inside[-1] if inside else whole


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
