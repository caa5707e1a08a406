"""A paper as an IMS content package of QTI 2.1: a zip with a manifest, one test, and one item a question.

Items follow imsqti_v2p1.xsd and the manifest qtiv2p1_imscpv1p2_v1p0.xsd, both of IMS Global.
"""

import io
import zipfile
from collections import Counter

from agents.item import Item
from tutor.export.graded import digest, file_stem
from tutor.export.qti_item import NAMESPACE, SCHEMA, TOOL, assessment_item
from tutor.export.xml_tree import Node, document, node
from tutor.paper import Paper

PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
PACKAGING_SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"
MANIFEST, TEST = "imsmanifest.xml", "assessmentTest.xml"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one; its files have no other date


def qti_files(paper: Paper) -> dict[str, bytes]:
    """The file name and the package's bytes."""
    named = _named(paper.items)
    files = {MANIFEST: _manifest(paper, list(named)), TEST: _test(paper, list(named))}
    for place, (name, item) in enumerate(named.items(), 1):
        files[_path(name)] = assessment_item(item, name, f"{paper.version}{place:02} {item.id}")
    return {f"{file_stem(paper)}.zip": _packed(files)}


def _named(items: tuple[Item, ...]) -> dict[str, Item]:
    """Identifier -> item; the same in each paper that has the item, but for one that stands in a paper twice."""
    seen: Counter[str] = Counter()
    named: dict[str, Item] = {}
    for item in items:
        seen[item.id] += 1
        again = f"-{seen[item.id]}" if seen[item.id] > 1 else ""
        named[f"item-{digest(item.id)}{again}"] = item
    return named


def _path(name: str) -> str:
    return f"items/{name}.xml"


def _manifest(paper: Paper, names: list[str]) -> bytes:
    test = node(
        "resource",
        node("file", href=TEST),
        *(node("dependency", identifierref=name) for name in names),
        identifier=_test_name(paper), type="imsqti_test_xmlv2p1", href=TEST,
    )  # fmt: skip
    items = (
        node("resource", node("file", href=_path(name)), identifier=name, type="imsqti_item_xmlv2p1", href=_path(name))
        for name in names
    )
    about = node("metadata", node("schema", "QTIv2.1 Package"), node("schemaversion", "1.0.0"))
    resources = node("resources", test, *items)
    root = node("manifest", about, node("organizations"), resources, identifier=f"manifest-{_test_name(paper)}")
    return document(root, PACKAGING, PACKAGING_SCHEMA)


def _test(paper: Paper, names: list[str]) -> bytes:
    questions = (node("assessmentItemRef", identifier=name, href=_path(name)) for name in names)
    section = node("assessmentSection", *questions, identifier="questions", title=paper.title, visible="true")
    once = node("itemSessionControl", maxAttempts="1")
    part = node("testPart", once, section, identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    total = node("setOutcomeValue", node("sum", node("testVariables", variableIdentifier="SCORE")), identifier="SCORE")
    outcome = node(
        "outcomeDeclaration",
        node("defaultValue", node("value", "0")),
        identifier="SCORE", cardinality="single", baseType="float",
    )  # fmt: skip
    time = (node("timeLimits", maxTime=str(paper.minutes * 60)),) if paper.minutes > 0 else ()
    root: Node = node(
        "assessmentTest", outcome, *time, part, node("outcomeProcessing", total),
        identifier=_test_name(paper), title=paper.title, toolName=TOOL,
    )  # fmt: skip
    return document(root, NAMESPACE, SCHEMA)


def _test_name(paper: Paper) -> str:
    return f"test-{digest(f'{paper.title}/{paper.version}/{paper.seed}/{paper.blueprint}')}"


def _packed(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else it names the machine's system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
