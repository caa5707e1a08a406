"""The folders are the architecture: what may import what, what is never imported early, and what is documented."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tutor.tutor import Tutor

ROOT = Path(__file__).parent.parent
LAYERS = ("knowledge", "agents", "tutor", "ui")  # each may import those before it
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for package in LAYERS for file in (ROOT / package).rglob("*.py")
    if not {"course_template", "courses"} & set(file.parts)
}  # fmt: skip
OF_ONE_KIND = {
    "formats",
    "grounded",
    "keys",
    "research",
    "labs",
    "families",
    "export",
    "graphs",
    "learner",
    "local",
    "learner_eval",
    "pdfs",
    "summaries",
}
HEAVY = ("torch", "transformers", "sentence_transformers")
READERS = ("markdown_it", "pypdfium2", "lxml", "jinja2")  # of documents, and of the words of exercises


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


@cache
def imports(module: str) -> tuple[str, ...]:
    """The full names that a module imports, also inside its functions."""
    return tuple(imported(module))


def imported(module: str) -> Iterator[str]:
    waiting: list[ast.AST] = [tree(module)]
    while waiting:
        node = waiting.pop()
        if for_types_only(node):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)
        waiting.extend(ast.iter_child_nodes(node))


def test_the_packages_are_four_and_lie_flat() -> None:
    found = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"evals", "tests"}
    assert found <= set(LAYERS)
    assert {"knowledge", "agents", "tutor"} <= found
    folded = [name for name in MODULES if name.count(".") > 1 and name.split(".")[1] not in OF_ONE_KIND]
    assert not folded, "one idea a file, without folders in folders but for many files of one kind"
    assert not {name.split(".")[-1] for name in MODULES} & {"utils", "helpers", "common", "misc", "manager", "base"}


def test_imports_point_downward_only() -> None:
    for module in MODULES:
        layer = LAYERS.index(module.split(".")[0])
        for name in imports(module):
            if name.split(".")[0] in LAYERS:
                assert LAYERS.index(name.split(".")[0]) <= layer, f"{module} imports {name}"


def test_no_import_goes_in_a_circle() -> None:
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail, module))
        if module not in done:
            for name in sorted({name for name in imports(module) if name in MODULES and name != module}):
                visit(name, (*trail, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def importers(library: str) -> set[str]:
    return {module for module in MODULES if any(name.split(".")[0] == library for name in imports(module))}


def test_who_may_import_what() -> None:
    assert all(module.startswith("tutor.graphs.") for module in importers("langgraph"))
    assert all(module.startswith("ui") for module in importers("streamlit"))
    assert all(module.split(".")[-1].startswith("chat_") for module in importers("langchain_core"))
    assert all(module.startswith("tutor.") for module in importers("typer"))
    assert importers("requests") | importers("httpx") <= {"agents.chat_server"}
    assert importers("urllib") <= {"knowledge.lookup", "agents.chat_server"}


def test_heavy_libraries_are_imported_inside_the_function_that_needs_them() -> None:
    for module in MODULES:
        for node in tree(module).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {
                *HEAVY,
                "faiss",
                "onnxruntime",
                "streamlit",
            } or module.startswith("ui"), module


def public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}.{node.name}")


def test_what_is_public_says_what_its_caller_gets() -> None:
    bare = [module for module in MODULES if not ast.get_docstring(tree(module))]
    for module in MODULES:
        bare += [name for name, node in public(tree(module).body, module) if not ast.get_docstring(node)]
    assert not bare


LOADED = """
import json, sys
from tutor.cli import main
sys.argv = ["atenea", *sys.argv[1:]]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
sys.stderr.write(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (
            ["--help"],
            (*HEAVY, "langgraph", "langchain_core", "faiss", "onnxruntime", "numpy", "streamlit", "pydantic_settings"),
        ),
        (["ask", "¿Qué es la atención?", "--json"], (*HEAVY, *READERS, "streamlit", "onnx")),
    ],
    ids=["help", "ask"],
)
def test_what_a_command_never_loads(tmp_path: Path, tutor: Tutor, arguments: list[str], never: tuple[str, ...]) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "ATENEA_DATA_DIR": str(tmp_path),
        "ATENEA_MODEL": "composer",
        "ATENEA_CACHE_DIR": str(tutor.settings.cache_dir),
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert not loaded & set(never)
