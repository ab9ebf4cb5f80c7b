"""Documents that other people wrote are read, or refused with a word; none is a surprise."""

import json
from pathlib import Path

import pytest

from arazzo_tui.document.load import load, read_text

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifest.json").is_file(), reason=f"no corpus of documents at {CORPUS}"
)


def documents() -> list[str]:
    manifest = CORPUS / "manifest.json"
    if not manifest.is_file():
        return []
    return [entry["document"] for entry in json.loads(manifest.read_text("utf-8"))]


@pytest.mark.parametrize("path", documents())
def test_an_arazzo_document_from_the_wild_is_read(path: str) -> None:
    source, problems = read_text(path, (CORPUS / path).read_bytes())
    assert source is not None, problems
    root, problems = load(source)
    if root is None:
        assert problems
        return
    assert isinstance(root.value, dict)
    assert "arazzo" in root.value
    workflows = root.get("workflows")
    assert workflows is not None
    for workflow in workflows.items():
        name = workflow.get("workflowId")
        assert name is not None
        assert isinstance(name.value, str)
        assert name.value in source.line(name.line)[name.column - 1 :]


def test_every_other_file_is_read_or_refused_with_a_word() -> None:
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file():
            source, problems = read_text(path.name, path.read_bytes())
            root = None
            if source is not None:
                root, problems = load(source)
            assert root is not None or problems, path
