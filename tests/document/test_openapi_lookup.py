"""What a step names is one operation: by the letter without a word, otherwise with a note, or not."""

import json
from pathlib import Path

import pytest

from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.lookup import OperationField, find_operation
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi import Api, read_api
from arazzo_tui.document.source import Source

PETS = """
openapi: 3.0.0
servers: [{url: https://pets.test}]
paths:
  /pets:
    get: {operationId: listPets}
    post: {operationId: addPet}
  /pets/{petId}:
    get: {operationId: pet.get}
  /health: {get: {}}
  /url: {get: {operationId: url}}
"""
SHOP = """
openapi: 3.1.0
servers: [{url: https://shop.test}]
paths:
  /orders:
    get: {operationId: listOrders}
    $ref: '#/components/pathItems/Orders'
  /pets:
    get: {operationId: listPets}
  /twice/a: {get: {operationId: twice}}
  /twice/b: {get: {operationId: twice}}
components: {pathItems: {Orders: {post: {operationId: addOrder}}}}
"""


def api(name: str, text: str) -> Api:
    root, _ = load(Source(f"specs/{name}.yaml", text))
    assert root is not None
    found, _ = read_api(name, root, f"specs/{name}.yaml", lambda _: None)
    assert found is not None
    return found


PET_API, SHOP_API = api("pets", PETS), api("my.shop", SHOP)
ONE = {"pets": PET_API}
TWO = {"pets": PET_API, "my.shop": SHOP_API}
URLS = {"pets": "./pets.yaml", "my.shop": "https://shop.test/openapi.yaml"}


def found(
    field: OperationField, text: str, apis: dict[str, Api], urls: dict[str, str] | None = None
) -> tuple[str, list[tuple[str, str]], str]:
    """The operation as text, codes and rewrites of the notes, and the sentence."""
    operation, notes, problem = find_operation(field, text, apis, URLS if urls is None else urls)
    assert (operation is None) == bool(problem)
    named = f"{operation.source} {operation}" if operation else ""
    return named, [(note.code, note.rewrite) for note in notes], problem


@pytest.mark.parametrize(
    ("field", "text", "apis", "operation"),
    [
        ("operationId", "listPets", ONE, "pets GET /pets"),
        ("operationId", "pet.get", ONE, "pets GET /pets/{petId}"),
        ("operationId", "$sourceDescriptions.pets.listPets", ONE, "pets GET /pets"),
        ("operationId", "$sourceDescriptions.pets.listPets", TWO, "pets GET /pets"),
        ("operationId", "$sourceDescriptions.pets.pet.get", TWO, "pets GET /pets/{petId}"),
        ("operationId", "$sourceDescriptions.my.shop.listPets", TWO, "my.shop GET /pets"),
        ("operationId", "$sourceDescriptions.pets.url", TWO, "pets GET /url"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~1pets/get", TWO, "pets GET /pets"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~1pets~1{petId}/get", TWO,
         "pets GET /pets/{petId}"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~1pets~1%7BpetId%7D/get", TWO,
         "pets GET /pets/{petId}"),
        ("operationPath", "{$sourceDescriptions.my.shop.url}#/paths/~1orders/post", TWO,
         "my.shop POST /orders"),
        ("operationPath", "{$sourceDescriptions.my.shop.url}#/components/pathItems/Orders/post", TWO,
         "my.shop POST /orders"),
    ],
)  # fmt: skip
def test_the_letter_of_the_specification_leaves_no_note(
    field: OperationField, text: str, apis: dict[str, Api], operation: str
) -> None:
    assert found(field, text, apis) == (operation, [], "")


PETS_GET = "{$sourceDescriptions.pets.url}#/paths/~1pets/get"


@pytest.mark.parametrize(
    ("text", "operation", "code", "rewrite"),
    [
        ("addPet", "pets POST /pets", "operation-id-bare", "$sourceDescriptions.pets.addPet"),
        ("pets.addPet", "pets POST /pets", "operation-id-form", "$sourceDescriptions.pets.addPet"),
        ("my.shop.addOrder", "my.shop POST /orders", "operation-id-form",
         "$sourceDescriptions.my.shop.addOrder"),
        ("{$sourceDescriptions.pets.addPet}", "pets POST /pets", "operation-id-form",
         "$sourceDescriptions.pets.addPet"),
        ("$sourceDescriptions.pets.ADDPET", "pets POST /pets", "operation-id-form",
         "$sourceDescriptions.pets.addPet"),
        ("ADDPET", "pets POST /pets", "operation-id-form", "$sourceDescriptions.pets.addPet"),
        ("GET /health", "pets GET /health", "operation-id-form", ""),
    ],
)  # fmt: skip
def test_other_forms_of_an_id_leave_a_note_with_the_right_one(
    text: str, operation: str, code: str, rewrite: str
) -> None:
    assert found("operationId", text, TWO) == (operation, [(code, rewrite)], "")


@pytest.mark.parametrize(
    "text",
    [
        "$sourceDescriptions.pets.url#/paths/~1pets/get",
        "$sourceDescriptions.pets#/paths/~1pets/get",
        "{$sourceDescriptions.pets}#/paths/~1pets/get",
        "pets#/paths/~1pets/get",
        "./pets.yaml#/paths/~1pets/get",
        "pets.yaml#/paths/~1pets/get",
        "specs/pets.yaml#/paths/~1pets/get",
        "{$sourceDescriptions.pets.url}#/paths/~1pets/GET",
        "{$sourceDescriptions.pets.url}#/paths//pets/get",
        "GET {pets}./pets",
    ],
)
def test_other_forms_of_a_path_leave_a_note_with_the_right_one(text: str) -> None:
    assert found("operationPath", text, TWO) == (
        "pets GET /pets", [("operation-path-form", PETS_GET)], "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("#/paths/~1pets/get", "pets GET /pets"),
        ("/health", "pets GET /health"),
        ("GET /pets", "pets GET /pets"),
        ("post /pets", "pets POST /pets"),
        ("/pets/{id}", "pets GET /pets/{petId}"),
        ("{$sourceDescriptions.pets.url}#/paths/~1health", "pets GET /health"),
        ("{$sourceDescriptions.pets.url}#/paths/~1pets~1{id}/get", "pets GET /pets/{petId}"),
    ],
)
def test_what_a_path_leaves_out_is_found_when_only_one_operation_fits(
    text: str, operation: str
) -> None:
    named, notes, problem = found("operationPath", text, ONE)
    assert (named, [code for code, _ in notes], problem) == (operation, ["operation-path-form"], "")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("operationId", "listPets",
         "write `$sourceDescriptions.pets.listPets` or `$sourceDescriptions.my.shop.listPets`"),
        ("operationId", "twice",
         ("write `{$sourceDescriptions.my.shop.url}#/paths/~1twice~1a/get` or "
         "`{$sourceDescriptions.my.shop.url}#/paths/~1twice~1b/get`")),
        ("operationId", "LISTPETS", "names 2 operations: GET /pets of `pets`, GET /pets of `my.shop`"),
        ("operationPath", "GET /pets",
         ("write `{$sourceDescriptions.pets.url}#/paths/~1pets/get` or "
         "`{$sourceDescriptions.my.shop.url}#/paths/~1pets/get`")),
        ("operationPath", "pets#/paths/~1pets", "names 2 operations"),
    ],
)  # fmt: skip
def test_what_names_several_operations_is_an_error_with_all_of_them(
    field: OperationField, text: str, said: str
) -> None:
    named, notes, problem = found(field, text, TWO)
    assert (named, notes) == ("", [])
    assert said in problem


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("operationId", "listPet", "did you mean `listPets`?"),
        ("operationId", "$sourceDescriptions.pets.addPets", ("the source `pets` has no operation `addPets`; "
         "did you mean `addPet`")),
        ("operationId", "$sourceDescriptions.pet.addPet", "there is no source `pet`; did you mean `pets`?"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~1pet/get", "did you mean `/pets`"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~1pets/delete",
         "`/pets` has no operation `delete`; there is `GET`, `POST`"),
        ("operationPath", "{$sourceDescriptions.pets.title}#/paths/~1pets/get",
         "write `{$sourceDescriptions.pets.url}` before the `#`"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/info", "`#/info` is no operation of `pets`"),
        ("operationPath", "{$sourceDescriptions.pets.url}#/paths/~2", "is no operation of `pets`"),
        ("operationPath", "listPets", "is no operationPath"),
        ("operationPath", "", "is no operationPath"),
        ("operationId", "", "there is no operation ``"),
    ],
)  # fmt: skip
def test_what_names_nothing_says_what_there_is(field: OperationField, text: str, said: str) -> None:
    named, _, problem = found(field, text, TWO)
    assert named == ""
    assert said in problem


def test_a_source_that_was_not_read_is_named() -> None:
    urls = {**URLS, "later": "https://later.test/openapi.yaml"}
    assert found("operationId", "$sourceDescriptions.later.x", ONE, urls)[2] == (
        "the source `later` is not loaded as an API description"
    )
    assert "not searched: `my.shop`, `later`" in found("operationId", "unheardOf", ONE, urls)[2]
    assert (
        found("operationPath", "GET /x", {}, urls)[2]
        == "no source is loaded that `GET /x` could name"
    )


def test_one_operation_that_two_sources_describe_alike_is_not_ambiguous() -> None:
    twins = {"pets": PET_API, "again": api("again", PETS)}
    named, notes, _ = found("operationId", "listPets", twins)
    assert (named, notes) == (
        "pets GET /pets", [("operation-id-bare", "$sourceDescriptions.pets.listPets")],
    )  # fmt: skip


# ------------------------------------------------------------------------------- the wild

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def _loaded(path: Path) -> Node | None:
    source, _ = read_text(path.as_posix(), path.read_bytes())
    return load(source)[0] if source else None


def _fetched(address: str) -> Node | None:
    path = Path(address)
    return _loaded(path) if path.is_file() and path.is_relative_to(CORPUS) else None


def test_every_target_in_the_wild_that_can_be_resolved_is_resolved() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the documents found in the wild are not beside this project")
    resolved, unresolved = 0, []
    for entry in json.loads((CORPUS / "manifest.json").read_text("utf-8")):
        if not entry["all_targets_resolve"]["with_tolerance"]:
            continue
        apis: dict[str, Api] = {}
        for source in entry["sources"]:
            if source["type"] == "openapi" and source["corpus_path"]:
                path = CORPUS / source["corpus_path"]
                root = _loaded(path)
                assert root is not None
                described, _ = read_api(source["name"], root, path.as_posix(), _fetched)
                assert described is not None
                apis[source["name"]] = described
        urls = {source["name"]: source["url"] for source in entry["sources"]}
        for field, text in _targets(_loaded(CORPUS / entry["document"])):
            operation, _, problem = find_operation(field, text, apis, urls)
            resolved += operation is not None
            if operation is None:
                unresolved.append((entry["document"], problem))
    assert unresolved == []
    assert resolved > 100


def _targets(root: Node | None) -> list[tuple[OperationField, str]]:
    fields: tuple[OperationField, ...] = ("operationId", "operationPath")
    workflows = root.get("workflows") if root else None
    return [
        (field, str(text.value))
        for workflow in (workflows.items() if workflows else ())
        if (steps := workflow.get("steps")) is not None
        for step in steps.items()
        for field in fields
        if (text := step.get(field)) is not None
    ]
