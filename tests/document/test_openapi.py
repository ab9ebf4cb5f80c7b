"""An OpenAPI description of any version answers with operations, and says what it could not read."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.marked import Node
from arazzo_tui.document.openapi import Api, read_api, what_text_is
from arazzo_tui.document.operation import (
    ABSENT,
    Operation,
)
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


SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: https://api.shop.test/v1}]
security: [{key: []}]
paths:
  /pets/{petId}:
    servers: [{url: https://pets.shop.test}]
    parameters:
      - {name: petId, in: path, required: true, schema: {type: integer}}
      - {name: lang, in: query, schema: {type: string, default: en}}
    get:
      operationId: getPet
      summary: One pet
      deprecated: true
      parameters:
        - {name: lang, in: query, description: of the operation, schema: {type: string}}
      responses:
        "200":
          description: A pet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              examples: {cat: {value: {name: Tom}}, ref: {$ref: '#/components/examples/Dog'}}
        default: {description: Wrong}
    put:
      operationId: putPet
      servers: [{url: https://put.shop.test}]
      security: []
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
          multipart/form-data:
            schema: {type: object, properties: {photo: {type: string, format: binary}}}
            encoding:
              photo: {contentType: image/png, headers: {X-Kind: {schema: {default: front}}}}
              tags: {style: form, explode: false}
  /pets:
    post: {operationId: addPet, security: [{}, {key: [], login: [read]}]}
webhooks:
  petAdded: {post: {operationId: petAdded}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}, mother: {$ref: '#/components/schemas/Pet'}}}
  examples: {Dog: {value: {name: Rex}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    login:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /token, scopes: {read: to read}}}
"""


def test_the_index_lists_operations_without_reading_them() -> None:
    assert [(each.id, str(each)) for each in api(SHOP).operations()] == [
        ("getPet", "GET /pets/{petId}"),
        ("putPet", "PUT /pets/{petId}"),
        ("addPet", "POST /pets"),
    ]


def test_an_api_knows_its_name_version_base_and_ids() -> None:
    shop = api(SHOP)
    assert (shop.name, shop.version, shop.base) == ("shop", "3.1.0", "specs/openapi.yaml")
    assert (shop.title, shop.ids) == ("Shop", ("getPet", "putPet", "addPet"))


def test_an_operation_is_found_by_id_path_and_pointer_and_is_the_same() -> None:
    shop = api(SHOP)
    found = shop.by_id("getPet")
    assert found is not None
    assert found is shop.at("/pets/{petId}", "GET") is shop.at("/pets/{petId}", "get")
    assert found is shop.by_pointer(("paths", "/pets/{petId}", "get"))


@pytest.mark.parametrize(
    "pointer",
    [
        (),
        ("paths",),
        ("paths", "/pets", "get"),
        ("webhooks", "petAdded", "post"),
        ("info", "title"),
    ],
)
def test_a_pointer_to_anything_else_finds_nothing(pointer: tuple[str, ...]) -> None:
    assert api(SHOP).by_pointer(pointer) is None


def test_parameters_of_the_path_are_merged_and_the_operations_own_win() -> None:
    found = operation(SHOP, "getPet")
    assert [(each.name, each.location, each.description) for each in found.parameters] == [
        ("petId", "path", ""),
        ("lang", "query", "of the operation"),
    ]


def test_servers_come_from_the_operation_else_the_path_else_the_root() -> None:
    servers = {each.id: api(SHOP).operation(each).servers[0].url for each in api(SHOP).operations()}
    assert servers == {
        "getPet": "https://pets.shop.test",
        "putPet": "https://put.shop.test",
        "addPet": "https://api.shop.test/v1",
    }


@pytest.mark.parametrize("servers", ["", "servers: []", "servers: null"])
def test_without_servers_the_server_is_the_root_of_the_host(servers: str) -> None:
    found = operation(f"openapi: 3.0.0\n{servers}\npaths: {{/a: {{get: {{operationId: it}}}}}}")
    assert [each.url for each in found.servers] == ["/"]


def test_security_of_the_operation_replaces_that_of_the_root_even_when_empty() -> None:
    shop = api(SHOP)
    found = {each.id: shop.operation(each).security for each in shop.operations()}
    assert found == {
        "getPet": ({"key": ()},),
        "putPet": (),
        "addPet": ({}, {"key": (), "login": ("read",)}),
    }


def test_the_schemes_that_security_names_are_described() -> None:
    schemes = operation(SHOP, "addPet").schemes
    assert (schemes["key"].type, schemes["key"].location, schemes["key"].parameter) == (
        "apiKey", "header", "X-Key",
    )  # fmt: skip
    (flow,) = schemes["login"].flows
    assert (flow.kind, flow.token_url, flow.scopes) == (
        "clientCredentials",
        "/token",
        {"read": "to read"},
    )


def test_a_scheme_that_is_not_described_is_a_problem_of_the_operation() -> None:
    found = operation(
        "openapi: 3.0.0\nsecurity: [{ghost: []}]\npaths: {/a: {get: {operationId: it}}}"
    )
    assert found.security == ({"ghost": ()},)
    assert [each.message for each in found.problems] == [
        "the security scheme `ghost` is not described"
    ]


def test_bodies_keep_their_order_and_their_encoding() -> None:
    found = operation(SHOP, "putPet")
    assert found.body_required
    assert [each.name for each in found.body] == ["application/json", "multipart/form-data"]
    photo = found.body[1].encoding["photo"]
    assert (photo.content_type, photo.headers) == ("image/png", {"X-Kind": "front"})
    assert (found.body[1].encoding["tags"].style, found.body[1].encoding["tags"].explode) == (
        "form",
        False,
    )


def test_a_recursive_schema_is_put_in_place_once_and_then_stays_a_reference() -> None:
    (media, _) = operation(SHOP, "putPet").body
    inner = {"$ref": "#/components/schemas/Pet"}
    assert media.schema == {
        "type": "object",
        "properties": {"name": {"type": "string"}, "mother": inner},
    }


def test_a_schema_that_grows_without_end_is_cut() -> None:
    grows = "\n".join(
        f"    S{i}: {{properties: {{a: {{$ref: '#/components/schemas/S{i + 1}'}},"
        f" b: {{$ref: '#/components/schemas/S{i + 1}'}}}}}}"
        for i in range(60)
    )
    body = "{content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}"
    found = operation(
        f"openapi: 3.1.0\npaths: {{/a: {{post: {{operationId: it, requestBody: {body}}}}}}}\n"
        f"components:\n  schemas:\n{grows}\n    S60: {{type: string}}"
    )
    assert len(str(found.body[0].schema)) < 200_000


def test_answers_are_read_with_their_examples() -> None:
    answers = operation(SHOP, "getPet").responses
    assert list(answers) == ["200", "default"]
    (content,) = answers["200"].content
    assert (content.name, content.examples) == (
        "application/json", {"cat": {"name": "Tom"}, "ref": {"name": "Rex"}},
    )  # fmt: skip
    assert answers["default"].description == "Wrong"


@pytest.mark.parametrize(
    ("written", "style", "explode"),
    [
        ("{name: a, in: query}", "form", True),
        ("{name: a, in: query, explode: false}", "form", False),
        ("{name: a, in: query, style: pipeDelimited}", "pipeDelimited", False),
        ("{name: a, in: query, style: deepObject}", "deepObject", False),
        ("{name: a, in: path}", "simple", False),
        ("{name: a, in: path, style: matrix, explode: true}", "matrix", True),
        ("{name: a, in: header}", "simple", False),
        ("{name: a, in: cookie}", "form", True),
        ("{name: a, in: cookie, style: cookie}", "cookie", True),
        ("{name: a, in: query, style: invented}", "form", True),
    ],
)
def test_style_and_explode_have_the_defaults_of_their_location(
    written: str, style: str, explode: bool
) -> None:
    found = operation(
        f"openapi: 3.2.0\npaths: {{/a: {{get: {{operationId: it, parameters: [{written}]}}}}}}"
    )
    assert [(each.style, each.explode) for each in found.parameters] == [(style, explode)]


@pytest.mark.parametrize(
    ("written", "default", "example"),
    [
        ("{schema: {default: 3}}", 3, ABSENT),
        ("{schema: {default: null}}", None, ABSENT),
        ("{example: 4, schema: {example: 5}}", ABSENT, 4),
        ("{schema: {example: 5}}", ABSENT, 5),
        ("{schema: {examples: [6, 7]}}", ABSENT, 6),
        ("{examples: {one: {value: 8}}}", ABSENT, 8),
        ("{schema: {}}", ABSENT, ABSENT),
    ],
)
def test_a_parameters_default_and_example_are_found(
    written: str, default: object, example: object
) -> None:
    parameter = written.replace("{", "{name: a, in: query, ", 1)
    found = operation(
        f"openapi: 3.1.0\npaths: {{/a: {{get: {{operationId: it, parameters: [{parameter}]}}}}}}"
    )
    assert (found.parameters[0].default, found.parameters[0].example) == (default, example)


def test_a_parameter_described_by_content_has_its_media_type_and_schema() -> None:
    found = operation(
        "openapi: 3.0.0\npaths: {/a: {get: {operationId: it, parameters: "
        "[{name: f, in: query, content: {application/json: {schema: {type: object}}}}]}}}"
    )
    (parameter,) = found.parameters
    assert (parameter.content_type, parameter.schema) == ("application/json", {"type": "object"})


def test_header_parameters_are_found_whatever_their_case_and_others_are_not() -> None:
    found = operation(
        "openapi: 3.0.0\npaths: {/a: {get: {operationId: it, parameters: "
        "[{name: X-Trace, in: header}, {name: Page, in: query}]}}}"
    )
    assert found.parameter("x-trace", "header") is not None
    assert found.parameter("page", "query") is None


def test_headers_that_openapi_tells_elsewhere_are_never_required() -> None:
    found = operation(
        "openapi: 3.0.0\npaths: {/a: {get: {operationId: it, parameters: "
        "[{name: Authorization, in: header, required: true}]}}}"
    )
    assert not found.parameters[0].required


def test_openapi_3_2_adds_query_and_methods_of_any_name() -> None:
    found = api(
        "openapi: 3.2.0\npaths: {/a: {query: {operationId: ask}, "
        "additionalOperations: {COPY: {operationId: copy}}}}"
    )
    assert [str(each) for each in found.operations()] == ["QUERY /a", "COPY /a"]
    copy = found.by_pointer(("paths", "/a", "additionalOperations", "COPY"))
    assert copy is not None
    assert copy is found.by_id("copy")


def test_a_range_covers_a_content_type_when_no_entry_of_its_own_does() -> None:
    body = "{content: {image/*: {schema: {title: range}}, image/png: {schema: {title: own}}}}"
    found = operation(
        f"openapi: 3.0.0\npaths: {{/a: {{post: {{operationId: it, requestBody: {body}}}}}}}"
    )
    titles = [found.media_type(each) for each in ("image/png; q=1", "image/gif", "text/plain")]
    assert [each.schema if each else None for each in titles] == [
        {"title": "own"},
        {"title": "range"},
        None,
    ]


# ------------------------------------------------------------------------------- what is none


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("asyncapi: 3.0.0\nchannels: {}", "an AsyncAPI 3.0.0 description"),
        ("arazzo: 1.0.1\nworkflows: []", "an Arazzo 1.0.1 description"),
        ("openapi: 4.0.0", "an OpenAPI 4.0.0 description, whose version is not known here"),
        ('swagger: "1.2"', "a Swagger 1.2 description"),
        ("overlay: 1.0.0", "an OpenAPI Overlay"),
        ("info: {_postman_id: x}", "a Postman collection"),
        ("data: {__schema: {}}", "a GraphQL introspection result"),
        ("$schema: https://json-schema.org/draft/2020-12/schema", "a JSON Schema"),
        ("a: 1\nb: 2", "an object with `a`, `b`"),
        ("{}", "an empty object"),
        ("[1, 2]", "an array of 2"),
        ("'404: Not Found'", "the text `404: Not Found`"),
        ("'<!DOCTYPE html><p>hi'", "an HTML page"),
        ("'<wsdl:definitions/>'", "an XML document"),
    ],
)
def test_what_is_no_api_description_is_called_what_it_is(text: str, said: str) -> None:
    found, (problem, *_) = read_api("shop", node(text), "a.yaml", lambda _: None)
    assert found is None
    assert said in problem.message
    assert problem.code == "not-openapi"


def test_a_text_that_cannot_be_loaded_can_still_be_named() -> None:
    assert what_text_is("\n<html lang=en>\n<body: x>") == "an HTML page"
    assert what_text_is("type Query { a: Int }") == "a GraphQL schema, it seems"


@pytest.mark.parametrize("version", ["3.0.0", "3.1.1", "3.2.0", "3.1", "'3'"])
def test_every_version_three_is_read(version: str) -> None:
    assert api(f"openapi: {version}\npaths: {{/a: {{get: {{operationId: it}}}}}}").ids == ("it",)


def test_a_later_version_three_is_read_with_a_warning() -> None:
    _, problems = read_api("shop", node("openapi: 3.9.0\npaths: {}"), "a.yaml", lambda _: None)
    assert [(each.code, each.severity) for each in problems] == [
        ("openapi-version", Severity.WARNING)
    ]


def test_an_operation_id_given_twice_is_a_problem_at_the_second() -> None:
    text = "openapi: 3.0.0\npaths:\n  /a: {get: {operationId: it}}\n  /b: {get: {operationId: it}}"
    found, (problem,) = read_api("shop", node(text), "a.yaml", lambda _: None)
    assert found is not None
    assert problem.code == "openapi-duplicate-id"
    assert problem.mark is not None
    assert (problem.mark.line, "GET /a, line 3" in problem.message) == (4, True)
    assert [str(each) for each in found.with_id("it")] == ["GET /a", "GET /b"]


@pytest.mark.parametrize(
    "paths",
    [
        "null", "[]", "3", "{/a: null}", "{/a: [1]}", "{/a: {get: 7}}", "{/a: {get: {parameters: 7}}}",
        "{/a: {get: {parameters: [7, null, {}, {in: 3}], responses: [], requestBody: x}}}",
        "{/a: {get: {servers: {url: x}, security: 3, responses: {200: 7, x-a: 1}}}}",
        "{/a: {get: {servers: [{url: 4, variables: [1]}], requestBody: {content: {a: 7}}}}}",
        "{/a: {$ref: 7, get: {parameters: {$ref: []}}}}",
        "{/a: {get: {requestBody: {content: {a/b: {schema: 7, encoding: 3, examples: [1]}}}}}}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["openapi: 3.1.0", "swagger: '2.0'"])
def test_no_shape_of_a_description_raises(version: str, paths: str) -> None:
    found = api(f"{version}\npaths: {paths}")
    for entry in found.operations():
        read = found.operation(entry)
        assert read.path == "/a"
        assert [status for status in read.responses if read.responses[status] is None] == []


# ------------------------------------------------------------------------------- the wild

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def _loaded(path: Path) -> Node | None:
    source, _ = read_text(path.as_posix(), path.read_bytes())
    return load(source)[0] if source else None


def _fetched(address: str) -> Node | None:
    path = Path(address)
    return _loaded(path) if path.is_file() and path.is_relative_to(CORPUS) else None


def test_every_operation_of_every_description_in_the_wild_is_read() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the documents found in the wild are not beside this project")
    read = 0
    for path in sorted(CORPUS.rglob("*")):
        root = _loaded(path) if path.suffix in (".yaml", ".yml", ".json") else None
        if root is None or (root.get("openapi") is None and root.get("swagger") is None):
            continue
        found, _ = read_api(path.stem, root, path.as_posix(), _fetched)
        assert found is not None, path
        for entry in found.operations():
            each = found.operation(entry)
            assert each is found.by_pointer(entry.pointer)
            assert [
                status for status in each.responses if each.responses[status].content is None
            ] == []
            assert [p.message for p in each.problems if p.code == "openapi-reference"] == []
            read += 1
    assert read > 400
