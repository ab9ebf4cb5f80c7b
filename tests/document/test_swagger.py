"""Swagger 2.0 is told in the words of OpenAPI 3."""

import pytest

from arazzo_tui.document.load import load
from arazzo_tui.document.openapi import Api, read_api
from arazzo_tui.document.operation import Operation
from arazzo_tui.document.source import Source


def api(text: str, base: str = "specs/openapi.yaml") -> Api:
    root, problems = load(Source(base, text))
    assert root is not None, problems
    found, problems = read_api("shop", root, base, lambda _: None)
    assert found is not None, problems
    return found


def operation(text: str, operation_id: str) -> Operation:
    found = api(text).by_id(operation_id)
    assert found is not None
    return found


SWAGGER = """
swagger: "2.0"
info: {title: Old, version: "1"}
host: api.old.test
basePath: /v2/
schemes: [https, http]
consumes: [application/xml, application/json]
produces: [application/json]
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: query, name: api_key}
  flow: {type: oauth2, flow: accessCode, tokenUrl: https://t.test, authorizationUrl: https://a.test}
security: [{basic: []}, {key: []}, {flow: [read]}]
parameters:
  Limit: {name: limit, in: query, type: integer, default: 10}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, type: string, required: true}]
    put:
      operationId: put
      parameters:
        - {name: body, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
        - {$ref: '#/parameters/Limit'}
        - {name: multi, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: ssv, in: query, type: array, items: {type: string}, collectionFormat: ssv}
        - {name: tsv, in: query, type: array, items: {type: string}, collectionFormat: tsv}
        - {name: pipes, in: query, type: array, items: {type: string}, collectionFormat: pipes}
        - {name: csv, in: query, type: array, items: {type: string}}
        - {name: X-Ids, in: header, type: array, items: {type: string}}
      responses:
        200:
          description: Good
          schema: {$ref: '#/definitions/Pet'}
          examples: {application/json: {name: Tom}}
    post:
      operationId: form
      schemes: [http]
      consumes: [application/x-www-form-urlencoded, application/json]
      parameters:
        - {name: name, in: formData, type: string, required: true}
        - {name: tags, in: formData, type: array, items: {type: string}, collectionFormat: pipes}
    patch:
      operationId: upload
      parameters: [{name: photo, in: formData, type: file}]
definitions: {Pet: {type: object, properties: {name: {type: string}}}}
"""


def test_schemes_host_and_base_path_become_servers() -> None:
    assert [each.url for each in operation(SWAGGER, "put").servers] == [
        "https://api.old.test/v2",
        "http://api.old.test/v2",
    ]
    assert [each.url for each in operation(SWAGGER, "form").servers] == ["http://api.old.test/v2"]


@pytest.mark.parametrize(
    ("fields", "base", "url"),
    [
        ("host: a.test", "openapi.yaml", "https://a.test"),
        ("host: a.test", "http://b.test/openapi.yaml", "http://a.test"),
        ("basePath: /v1", "http://b.test/openapi.yaml", "/v1"),
        ("x-none: 1", "http://b.test/openapi.yaml", "/"),
    ],
)
def test_a_swagger_description_without_schemes_or_host_uses_its_own(
    fields: str, base: str, url: str
) -> None:
    found = api(
        f'swagger: "2.0"\n{fields}\npaths: {{/a: {{get: {{operationId: it}}}}}}', base
    ).by_id("it")
    assert found is not None
    assert [each.url for each in found.servers] == [url]


def test_a_body_parameter_becomes_a_body_of_every_type_consumed() -> None:
    found = operation(SWAGGER, "put")
    assert [each.name for each in found.body] == ["application/xml", "application/json"]
    assert found.body[0].schema == {"type": "object", "properties": {"name": {"type": "string"}}}
    assert found.body_required


def test_form_fields_become_a_form_with_the_style_of_their_collection_format() -> None:
    (form,) = operation(SWAGGER, "form").body
    assert form.name == "application/x-www-form-urlencoded"
    assert form.encoding["tags"].style == "pipeDelimited"
    assert form.schema == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name"],
    }


def test_a_file_makes_a_form_multipart() -> None:
    (form,) = operation(SWAGGER, "upload").body
    assert form.name == "multipart/form-data"
    assert form.schema == {
        "type": "object",
        "properties": {"photo": {"type": "string", "format": "binary"}},
        "required": [],
    }


def test_a_collection_format_becomes_style_and_explode() -> None:
    found = operation(SWAGGER, "put")
    assert {each.name: (each.style, each.explode) for each in found.parameters} == {
        "id": ("simple", False),
        "limit": ("form", False),
        "multi": ("form", True),
        "ssv": ("spaceDelimited", False),
        "tsv": ("tabDelimited", False),
        "pipes": ("pipeDelimited", False),
        "csv": ("form", False),
        "X-Ids": ("simple", False),
    }
    assert found.parameters[1].default == 10


def test_swagger_security_is_told_in_the_words_of_openapi_3() -> None:
    found = operation(SWAGGER, "put")
    assert found.security == ({"basic": ()}, {"key": ()}, {"flow": ("read",)})
    assert (found.schemes["basic"].type, found.schemes["basic"].http_scheme) == ("http", "basic")
    assert (found.schemes["key"].location, found.schemes["key"].parameter) == ("query", "api_key")
    assert found.schemes["flow"].flows[0].kind == "authorizationCode"


def test_a_swagger_answer_has_the_types_produced_and_the_examples_of_each() -> None:
    (content,) = operation(SWAGGER, "put").responses["200"].content
    assert (content.name, content.examples) == ("application/json", {"example": {"name": "Tom"}})
