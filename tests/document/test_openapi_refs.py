"""References lead to the part they name, in this document or another, or are a problem."""

from collections.abc import Mapping

import pytest

from arazzo_tui.document.load import load
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi import Api, read_api
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.refs import resolve_reference
from arazzo_tui.document.source import Severity, Source


def node(text: str, name: str = "openapi.yaml") -> Node:
    root, problems = load(Source(name, text))
    assert root is not None, problems
    return root


def api(
    text: str, base: str = "specs/openapi.yaml", others: Mapping[str, str] | None = None
) -> Api:
    def fetch(address: str) -> Node | None:
        return node(others[address], address) if others and address in others else None

    found, problems = read_api("shop", node(text, base), base, fetch)
    assert found is not None, problems
    return found


def operation(
    text: str, operation_id: str = "it", others: Mapping[str, str] | None = None
) -> Operation:
    found = api(text, others=others).by_id(operation_id)
    assert found is not None
    return found


SPLIT = {
    "specs/paths/pets.yaml": """
parameters: [{$ref: '../shared.yaml#/components/parameters/Lang'}]
servers: [{url: /pets-server}]
get:
  operationId: it
  parameters: [{$ref: '../shared.yaml#lang2'}]
  requestBody: {$ref: '../shared.yaml#/components/requestBodies/Pet'}
""",
    "specs/shared.yaml": """
components:
  parameters:
    Lang: {name: lang, in: query, schema: {$ref: '#/components/schemas/Lang'}}
    Second: {$anchor: lang2, name: second, in: query}
  schemas: {Lang: {type: string}}
  requestBodies: {Pet: {content: {application/json: {schema: {$ref: '#/components/schemas/Lang'}}}}}
""",
}


def test_references_resolve_against_the_document_they_stand_in() -> None:
    found = operation("openapi: 3.1.0\npaths: {/p: {$ref: paths/pets.yaml}}", others=SPLIT)
    assert [(each.name, each.schema) for each in found.parameters] == [
        ("lang", {"type": "string"}),
        ("second", None),
    ]
    assert found.body[0].schema == {"type": "string"}
    assert (found.servers[0].url, found.base) == ("/pets-server", "specs/paths/pets.yaml")
    assert found.problems == ()


def test_each_other_document_is_asked_for_once() -> None:
    asked: list[str] = []

    def fetch(address: str) -> Node | None:
        asked.append(address)
        return node(SPLIT[address], address)

    root = node("openapi: 3.1.0\npaths: {/p: {$ref: paths/pets.yaml}}")
    found, _ = read_api("shop", root, "specs/openapi.yaml", fetch)
    assert found is not None
    found.by_id("it")
    assert asked == ["specs/paths/pets.yaml", "specs/shared.yaml"]


def test_a_path_item_behind_a_reference_is_found_by_both_its_pointers() -> None:
    found = api(
        "openapi: 3.1.0\n"
        "paths: {/a: {$ref: '#/components/pathItems/A', parameters: [{name: x, in: query}]}}\n"
        "components: {pathItems: {A: {get: {operationId: it}, servers: [{url: https://a.test}]}}}"
    )
    it = found.by_id("it")
    assert it is not None
    assert it is found.by_pointer(("paths", "/a", "get"))
    assert it is found.by_pointer(("components", "pathItems", "A", "get"))
    assert [each.name for each in it.parameters] == ["x"]
    assert it.servers[0].url == "https://a.test"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("#/components/parameters/Gone", "there is no `components`"),
        ("#ghost", "no schema has the `$anchor` `ghost`"),
        ("#/paths/~2", "`~` in a JSON Pointer"),
        ("gone.yaml#/a", "`specs/gone.yaml`, which is not loaded"),
        ("#/paths/~1a/get/parameters/0", "refers to itself"),
        ("file:///etc/passwd", "`file:///etc/passwd`, which is not loaded"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_problem_and_the_rest_is_read(
    reference: str, said: str
) -> None:
    found = operation(
        "openapi: 3.0.0\npaths: {/a: {get: {operationId: it, parameters: "
        f"[{{$ref: '{reference}'}}, {{name: good, in: query}}]}}}}}}"
    )
    assert [each.name for each in found.parameters] == ["good"]
    (problem,) = found.problems
    assert said in problem.message
    assert problem.severity is Severity.WARNING
    assert problem.mark is not None


def test_two_references_that_name_each_other_end() -> None:
    found = operation(
        "openapi: 3.0.0\npaths: {/a: {get: {operationId: it, parameters: [{$ref: '#/x/a'}]}}}\n"
        "x: {a: {$ref: '#/x/b'}, b: {$ref: '#/x/a'}}"
    )
    assert [each.message for each in found.problems] == ["`#/x/a` refers to itself"]


@pytest.mark.parametrize(
    ("base", "reference", "resolved"),
    [
        ("specs/openapi.yaml", "paths/a.yaml", "specs/paths/a.yaml"),
        ("specs/openapi.yaml", "./a.yaml#/x", "specs/a.yaml#/x"),
        ("specs/openapi.yaml", "../../a.yaml", "../a.yaml"),
        ("../openapi.yaml", "../a.yaml", "../../a.yaml"),
        ("openapi.yaml", "#/x", "openapi.yaml#/x"),
        ("/home/x/openapi.yaml", "/etc/a.yaml", "/etc/a.yaml"),
        ("/openapi.yaml", "a%20b.yaml", "/a b.yaml"),
        ("C:/specs/openapi.yaml", "a.yaml", "C:/specs/a.yaml"),
        ("https://x.test/v1/openapi.yaml", "../a.yaml#/b", "https://x.test/a.yaml#/b"),
        ("specs/openapi.yaml", "https://x.test/a.yaml", "https://x.test/a.yaml"),
        ("file:///x/openapi.yaml", "a.yaml", "file:///x/a.yaml"),
    ],
)
def test_a_reference_is_resolved_like_a_uri(base: str, reference: str, resolved: str) -> None:
    assert resolve_reference(base, reference) == resolved


def test_a_document_may_refer_to_itself_by_its_own_address() -> None:
    found = operation(
        "openapi: 3.2.0\n$self: https://shop.test/api\npaths: {/a: {get: {operationId: it, parameters: "
        "[{$ref: 'openapi.yaml#/x'}, {$ref: 'https://shop.test/api#/y'}]}}}\n"
        "x: {name: x, in: query}\ny: {name: y, in: query}"
    )
    assert [each.name for each in found.parameters] == ["x", "y"]
