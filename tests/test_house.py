"""The rules of the house that a machine can check."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from arazzo_tui.cli.arguments import parse
from arazzo_tui.tui.keys import WORKBENCH_KEYS, key_words

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "arazzo_tui"
README = (ROOT / "README.md").read_text("utf-8")


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_imports_point_down() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_lower_rooms_have_no_async_functions() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("language", "document", "engine", "insight", "graphql")
        for path in (PACKAGE / room).glob("*.py")
        if re.search(r"^\s*async def", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == []


HEAVY = (
    "textual",
    "rich",
    "httpx",
    "graphql",
    "elementpath",
    "jsonpath_ng",
    "jsonpath_rfc9535",
    "pygments",
)


LIGHTEST = ("yaml", "asyncio", "jsonschema_rs", "msgspec", "dataclasses", "inspect", "pathlib")
"""What `--help` does without, beside all that is heavy."""


@pytest.mark.parametrize(
    ("module", "not_loaded"),
    [
        ("arazzo_tui.cli", (*HEAVY, *LIGHTEST)),
        ("arazzo_tui.cli.arguments", (*HEAVY, *LIGHTEST)),
        ("arazzo_tui.cli.check", HEAVY),
        # httpx itself loads rich and pygments where click is installed, as it is here for the tools.
        ("arazzo_tui.cli.run", ("textual", "graphql", "elementpath", "jsonpath_ng")),
        ("arazzo_tui.tui.app", ("httpx", "graphql", "elementpath", "jsonpath_ng", "jsonschema_rs")),
        (
            "arazzo_tui.tui.workbench",
            ("httpx", "graphql", "elementpath", "jsonpath_ng", "jsonschema_rs"),
        ),
    ],
)
def test_a_module_loads_nothing_heavy_it_does_not_need(
    module: str, not_loaded: tuple[str, ...]
) -> None:
    loaded = run_python(f"import sys, {module}; print(*sys.modules)").split()
    assert sorted({name.partition(".")[0] for name in loaded} & set(not_loaded)) == []


def test_the_first_screen_loads_nothing_that_it_does_not_show() -> None:
    later = {
        "arazzo_tui.sandbox.server",
        "arazzo_tui.sandbox.application",
        "arazzo_tui.world.transport",
        "arazzo_tui.tui.welcome",
        "arazzo_tui.tui.compare",
        "arazzo_tui.tui.console_screen",
        "arazzo_tui.tui.request_dialog",
        "arazzo_tui.tui.json_editor",
        "arazzo_tui.tui.graphql_lines",
        "arazzo_tui.insight.provenance",
        "arazzo_tui.engine.patch",
        "arazzo_tui.engine.lint",
        "arazzo_tui.graphql.wording",
        "arazzo_tui.world.curl",
        "arazzo_tui.world.journal",
        "textual.widgets._text_area",
        "textual.widgets._footer",
        "arazzo_tui.tui.graphql_lexer",
        "arazzo_tui.language.xpath",
        "arazzo_tui.language.rfc9535",
        "pygments.lexers",
    }
    loaded = run_python("import sys, arazzo_tui.tui.app, arazzo_tui.cli.open; print(*sys.modules)")
    assert sorted(later & set(loaded.split())) == []


def test_a_plain_run_loads_nothing_that_its_document_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "doc.yaml").write_text(
        "arazzo: 1.0.1\ninfo: {title: plain, version: '1'}\n"
        "sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\n"
        "workflows: [{workflowId: w, steps: [{stepId: s, operationId: make,"
        " requestBody: {payload: {a: 1}}, successCriteria: [{condition: $statusCode == 200}]}]}]\n"
    )
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: api, version: '1'}\nservers: [{url: 'http://127.0.0.1:1'}]\n"
        "paths: {/x: {post: {operationId: make, requestBody: {content: {application/json: {}}},"
        " responses: {}}}}\n"
    )
    code = (
        "import sys; from arazzo_tui.cli import main; "
        f"assert main(['run', {str(tmp_path / 'doc.yaml')!r}, '--no-keep']) == 1; print(*sys.modules)"
    )
    never = {
        *("textual", "graphql", "elementpath", "jsonpath_ng", "jsonpath_rfc9535", "jsonschema_rs"),
        *("httpcore", "anyio", "certifi", "arazzo_tui.world.curl", "arazzo_tui.world.replay"),
        *("arazzo_tui.cli.batch", "arazzo_tui.sandbox.faults", "arazzo_tui.language.xpath"),
    }
    assert sorted(never & set(run_python(code).split())) == []


def test_no_module_evaluates_code_or_calls_a_shell() -> None:
    bad = re.compile(r"\b(eval|exec)\(|\bpickle\b|yaml\.(unsafe_)?load\(|shell=True|os\.system\(")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if bad.search(line)
    ]
    assert found == []


def test_the_readme_lists_every_key_with_the_words_of_the_help() -> None:
    rows = dict(re.findall(r"^\| (`.*`) \| (.*) \|$", README, re.MULTILINE))
    for binding in WORKBENCH_KEYS:
        keys = " ".join(f"`{key}`" for key in key_words(binding).split())
        if binding.id is not None and binding.id.startswith("pane-"):
            assert binding.description in rows["`1` … `7`"]
        else:
            assert rows.get(keys) == binding.tooltip, keys


@pytest.mark.parametrize("command", ["", "run", "replay", "runs", "check", "demo", "sandbox"])
def test_every_command_has_help_and_every_option_is_in_the_readme(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse([command, "--help"] if command else ["--help"])
    shown = capsys.readouterr().out
    assert left.value.code == 0
    assert f"arazzo-tui {command}".rstrip() in README
    for option in re.findall(r"--[a-z][a-z-]+", shown):
        assert option in README, option


def test_the_readme_shows_pictures_that_exist() -> None:
    shown = re.findall(r"\]\((screenshots/[^)]+)\)", README)
    assert shown
    assert [each for each in shown if not (ROOT / each).is_file()] == []


def test_no_file_past_500_lines() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := path.read_text("utf-8").count("\n")) > 500
    }
    assert long == {}
