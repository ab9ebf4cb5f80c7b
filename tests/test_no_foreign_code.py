"""Nothing from outside is ever run: no evaluation, no unpickling, no shell, no import by a foreign name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "arazzo_tui"

EVALUATES = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
"""Builtins that run a text, or a prompt that reads past the screen."""

UNSAFE_MODULES = {
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "code",
    "codeop",
    "runpy",
    "pty",
    "commands",
}
UNSAFE_CALLS = {
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "yaml.load", "yaml.load_all", "yaml.unsafe_load",
    "yaml.full_load", "tempfile.mktemp",
}  # fmt: skip


def unsafe(source: str) -> Iterator[str]:
    """What in a module's source could run a text from outside, with its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [each.name for each in names if each.name.split(".")[0] in UNSAFE_MODULES]
            case ast.ImportFrom(module=str(module)):
                found = [module] if module.split(".")[0] in UNSAFE_MODULES else []
            case ast.Call(func=ast.Name(id=name)) if name in EVALUATES:
                found = [name]
            case ast.Call(func=ast.Attribute() as function, keywords=keywords):
                called = ast.unparse(function)
                shell = [each for each in keywords if each.arg == "shell"]
                found = [called] if called in UNSAFE_CALLS or shell else []
            case _:
                found = []
        yield from (f"{getattr(node, 'lineno', 0)}: {each}" for each in found)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_runs_a_text_from_outside(path: Path) -> None:
    found = [each.partition(": ")[2] for each in unsafe(path.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    ["eval('1')", "exec(x)", "import pickle", "from marshal import loads", "import os; os.system(x)",
     "subprocess.run(x, shell=True)", "yaml.load(x)", "__import__(x)"],
)  # fmt: skip
def test_what_is_looked_for_is_found(source: str) -> None:
    assert [*unsafe(source)]
