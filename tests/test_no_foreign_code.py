"""Nothing from outside is ever run: no evaluation, no unpickling, no shell, no import by a foreign name."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "arazzo_tui"

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


def test_each_dependency_tells_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = text.partition("\ndependencies = [\n")[2].partition("\n]")[0].splitlines()
    project = tomllib.loads(text)["project"]
    assert len(listed) == len(project["dependencies"])
    without = [line for line in listed if not re.search(r'",\s+# \w.{8,}', line)]
    assert without == []


def test_each_dependency_is_used_and_has_a_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    modules = {"pyyaml": "yaml", "graphql-core": "graphql", "rpds-py": "rpds"}
    sources = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    for each in project["dependencies"]:
        name, bounds = re.fullmatch(r"([A-Za-z0-9-]+)(.*)", each).groups()
        module = modules.get(name.lower(), name.lower().replace("-", "_"))
        assert re.search(rf"^\s*(?:import|from) {module}\b", sources, re.MULTILINE), name
        assert bounds.startswith(">="), name


def test_the_lock_file_names_the_public_index_alone_and_a_hash_for_every_file() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    others = [each for each in locked if each["source"] != {"editable": "."}]
    assert len(locked) == len(others) + 1
    assert {each["source"].get("registry") for each in others} == {"https://pypi.org/simple"}
    for each in others:
        files = [*each.get("wheels", []), *([each["sdist"]] if "sdist" in each else [])]
        assert files, each["name"]
        for file in files:
            assert file["url"].startswith("https://files.pythonhosted.org/"), each["name"]
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), each["name"]
