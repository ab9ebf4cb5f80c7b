"""Feeds the readers of foreign text with texts that nobody wrote; any error but the documented ones ends it.

    uv run python tests/fuzz/fuzz.py yaml --seconds 60
    uv run python tests/fuzz/fuzz.py --list

With atheris, where it is installed, new texts are bred by what code they reach; without it, or with
`--plain`, they are changed at random. A text that breaks a reader is written to a file and its name told.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from arazzo_tui.document.load import load, read_text
from arazzo_tui.document.read import read_description
from arazzo_tui.graphql.nested import fold, unfold
from arazzo_tui.graphql.outline import outline
from arazzo_tui.graphql.request import pretty, read_operation
from arazzo_tui.graphql.steps import read_definitions
from arazzo_tui.graphql.syntax import definitions, tokens
from arazzo_tui.graphql.verdict import NotJson, judge
from arazzo_tui.language.condition import parse_condition
from arazzo_tui.language.criterion import TYPES, read_criterion
from arazzo_tui.language.descent import read_descent
from arazzo_tui.language.expression import parse_expression
from arazzo_tui.language.jsontext import BadJson, duplicate_keys, read_json, write_json
from arazzo_tui.language.note import BadText
from arazzo_tui.language.path_condition import parse_path_condition
from arazzo_tui.language.printable import is_printable, printable
from arazzo_tui.language.query import (
    JsonPathVersion,
    QueryFailed,
    XPathVersion,
    parse_jsonpath,
    parse_pattern,
    parse_xpath,
)
from arazzo_tui.language.scan import bare_expressions
from arazzo_tui.language.template import Unfilled, compile_text, fill
from arazzo_tui.language.values import Json, Missing, Scope

LONGEST = 4_000
BODY: Json = {"a": [{"b": 1, "c": "x"}, {"b": None}, [], "text"], "d": {"e": 1.5}}
SCOPE: Scope = {
    "inputs": {"a": BODY, "b": "text", "x": 1},
    "steps": {"s": {"outputs": {"o": [1, 2]}}},
    "statusCode": 200,
    "response": {"body": BODY, "header": {"h": "v"}},
}
XML = "<r xmlns:p='urn:p'><a i='1'>x</a><p:b>2</p:b><!-- c --><a/></r>"


class Reader(Struct, frozen=True):
    """What reads a text, with texts to begin from. `read` lets through no documented error."""

    read: Callable[[str], object]
    seeds: Sequence[str]


def documented(text: str, read: Callable[[str], object]) -> None:
    """Read, and hold what is promised of the errors: a place in the text, and words about it."""
    try:
        read(text)
    except BadText as wrong:
        place, said = wrong.offset, wrong.message
    except (QueryFailed, Missing, Unfilled) as wrong:
        place, said = 0, str(wrong)
    else:
        return
    assert 0 <= place <= len(text), (place, len(text))
    assert said


def of_language(read: Callable[[str], object]) -> Callable[[str], object]:
    """A reader of the language room, with its documented errors taken away."""
    return lambda text: documented(text, read)


def read_document(text: str) -> None:
    """A document's bytes to its description: problems, whose places are in the text, and no exception."""
    for name in ("fuzz.yaml", "fuzz.json"):
        source, problems = read_text(name, text.encode("utf-8", "surrogatepass"))
        if source is not None:
            node, problems = load(source)
            if node is not None:
                problems += read_description(node)[1]
        for problem in problems:
            assert is_printable(printable(str(problem)))
            assert (
                problem.mark is None or problem.mark.line <= text.count("\n") + text.count("\r") + 2
            )


def read_body(text: str) -> None:
    """JSON is read back as what it was; what is none has a place."""
    try:
        value = read_json(text)
    except BadJson as wrong:
        place = wrong.offset
    else:
        place = 0
        _written_and_read(text, value)
    assert 0 <= place <= len(text)


def _written_and_read(text: str, value: Json) -> None:
    if text == text.encode("utf-8", "replace").decode():  # as everything is that came as bytes
        assert write_json(read_json(write_json(value))) == write_json(value)
    duplicate_keys(text)


def read_template(text: str) -> None:
    """A text with expressions, and what it is when they have values."""
    for declared in (True, False):
        template = compile_text(text, lambda _, known=declared: known)[0]
        documented(text, lambda _, known=template: fill(known, SCOPE))
    for start, end, _ in bare_expressions(text):
        assert 0 <= start < end <= len(text)


def read_expression(text: str) -> None:
    """An expression, and its value."""
    parsed = parse_expression(text)
    if parsed is not None:
        parsed[0].evaluate(SCOPE)


def read_any_criterion(text: str) -> None:
    """A condition of each type; it never raises, neither read nor judged."""
    context = parse_expression("$response.body")
    for each in TYPES:
        criterion = read_criterion(text, each, "", context[0] if context else None)[0]
        criterion.judge(SCOPE)


def read_jsonpath(text: str) -> None:
    """A JSONPath of each version."""
    for version in JsonPathVersion:
        documented(text, lambda one, version=version: parse_jsonpath(one, version).select(BODY))


def read_xpath(text: str) -> None:
    """An XPath, and then the text as the XML that one is applied to."""
    for version in (XPathVersion.XPATH_10, XPathVersion.XPATH_31):
        documented(text, lambda one, version=version: parse_xpath(one, version).select(XML))
    documented(text, lambda one: parse_xpath("//*").truth(one))


def read_query(text: str) -> None:
    """GraphQL in every place where it is read, and printed anew."""
    for body in (
        {"query": text},
        {"query": "{ a }", "operationName": text, "variables": {text: 1}},
    ):
        read_operation(body)
    pretty(text)
    tokens(text)
    outline(text)
    definitions(text)
    documented(text, read_definitions)


def read_verdict(text: str) -> None:
    """An answer as GraphQL judges it, whatever JSON it is; nested JSON is unfolded and folded back."""
    try:
        value = read_json(text)
    except BadJson:
        judge(200, "application/json", NotJson(text))
        return
    for body in (value, {"errors": value, "data": value}, {"errors": [value], "extensions": value}):
        judge(200, text, body)
        assert write_json(fold(unfold(body))) == write_json(body)


READERS: Mapping[str, Reader] = {
    "yaml": Reader(
        read_document,
        (
            "arazzo: 1.0.1\ninfo: {title: t}\nworkflows:\n- workflowId: w\n  steps:\n  - stepId: s\n",
            "a: &a [1, 0x1F, .inf, ~, '']\nb: *a\n<<: {c: |\n  text\n}\n",
            "%YAML 1.2\n--- !!map\n? a\n: \"\\x41\\u00e9\"\n...\n---\nb",
            "\ufeff- >-\n  folded\n\n  text\n- 'it''s'\n- \"a\\\n  b\"\n# end",
        ),
    ),
    "json": Reader(
        read_document,
        (
            '{"arazzo": "1.0.1", "info": {"title": "t"}, "workflows": [{"workflowId": "w", "steps": []}]}',
            '[1, -0.5e+10, "\\u00e9\\ud800", true, null, {"a": {}, "a": []}]',
        ),
    ),
    "body": Reader(read_body, ('{"a": [1e400, 12345678901234567890, "\\ud83d\\ude00"]}', "[NaN]")),
    "template": Reader(
        of_language(read_template),
        ("Bearer $inputs.a", "a{$inputs.a#/d/e}b{$steps.s.outputs.o}", "$response.body#/a/0/b"),
    ),
    "expression": Reader(
        of_language(read_expression),
        ("$response.body#/a/0/b", "$steps.s.outputs.o[0].x", "$inputs.a~1", "$response.header.h"),
    ),
    "condition": Reader(
        of_language(lambda text: parse_condition(text)[0].judge(SCOPE)),
        ("$statusCode == 200 && !($inputs.x > 1 || $response.body.a[0] != 'it''s')", "true"),
    ),
    "criterion": Reader(
        read_any_criterion,
        ("$.a[?@.b == 1]", "^(a|b)+$", "//a[@i=1]", "$response.body.a[0].b == 1", "$.d.e > {$inputs.x}"),
    ),
    "path-condition": Reader(
        of_language(lambda text: parse_path_condition(text, lambda _: BODY).judge(BODY)),
        ("$.a[0].b == 1 && exists($.d)", "$.d.e >= {$inputs.x}"),
    ),
    "descent": Reader(of_language(read_descent), (".a[0]['b'].c", "[?(@.b == 1)]")),
    "jsonpath": Reader(
        read_jsonpath,
        ("$.a[?@.b == 1 && match(@.c, 'x+')]", "$..[1:2,'a',*]", "$[?length(@..b) > count($..*)]",
         "$.a[(@.length-1)]", "$..a[?(@.b > 1)]"),
    ),
    "pattern": Reader(
        of_language(lambda text: parse_pattern(text)[0].search("/users/1 abc\n" * 20)),
        ("^/users/{id}(?P<n>a|b)*[^x-z]{2,3}$", "/a+/gi", "(?<=a)(?:b){e<=1}", "(?i)\\p{L}+\\1"),
    ),
    "xpath": Reader(
        read_xpath,
        ("//a[@i=1]/text() | count(//p:b)", "for $x in 1 to 3 return concat('a', $x)", XML,
         "matches(string(/r), '(a+)+')", "<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>"),
    ),
    "graphql": Reader(
        read_query,
        ("query Q($a: [Int!]!) { x: f(a: $a, b: {c: \"\"\"t\"\"\"}) { ...F } } fragment F on T { a }",
         "{ a(b: \"\\u{1F600}\", c: 1.5e3, d: E, e: null) # c\n}"),
    ),
    "verdict": Reader(
        read_verdict,
        ('{"errors": [{"message": "m", "path": ["a", 0], "locations": [{"line": 1, "column": 2}]}]}',
         '{"data": {"a": "{\\"b\\": [1]}", "c": "eyJhIjoxfQ=="}}'),
    ),
}  # fmt: skip

PIECES = (
    *"$@#&*!|>'\"%`~^?,.:;/\\()[]{}<>=+- \t\n\r\0\x1b\x85\u2028\ufeff\ud800\U0001f600aA0_",
    "$inputs.", "$response.body", "$steps.", "{$", "}}", "[[", "((", "..", "[?(", "<<: *a", "&a ",
    "!!", "---\n", "\n  ", "\\u", "0x", "1e9", "&&", "||", "==", "true", "null", "(?", "\\1", "{1,9}",
    "/*", "//", "<a>", "]]>", "<!", "fragment F on T", '"""', "#/a~1",
)  # fmt: skip


def changed(text: str, others: Sequence[str], chance: random.Random) -> str:
    """A text near this one: pieces put in, taken out, doubled, moved, or joined with another's."""
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randint(0, len(text))
        to = min(len(text), at + chance.choice((1, 2, 5, 20)))
        match chance.randrange(6):
            case 0 | 1:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 2:
                text = text[:at] + text[to:]
            case 3:
                text = text[:at] + text[at:to] * chance.choice((2, 3, 50)) + text[to:]
            case 4:
                text = (
                    text[:at]
                    + chr(chance.choice((chance.randrange(256), chance.randrange(0x11000))))
                    + text[to:]
                )
            case _:
                other = chance.choice(others)
                text = text[:at] + other[chance.randint(0, len(other)) :]
    return text[:LONGEST]


def attempt(reader: Reader, text: str) -> None:
    """Read; a text that breaks the reader is kept in a file, and its error goes on."""
    try:
        reader.read(text)
    except Exception:
        with tempfile.NamedTemporaryFile(
            "wb", prefix="broke-", suffix=".txt", delete=False
        ) as file:
            file.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.write(f"this text broke it: {file.name}\n")
        raise


def plain(names: Sequence[str], seconds: float, seed: int) -> int:
    """Change seeds at random for so long; how many texts were read."""
    chance = random.Random(seed)
    texts = {name: list(READERS[name].seeds) for name in names}
    everything = [text for reader in READERS.values() for text in reader.seeds]
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for name in names:
            text = changed(chance.choice(texts[name]), everything, chance)
            attempt(READERS[name], text)
            if len(texts[name]) < 500:
                texts[name].append(text)
            else:
                texts[name][chance.randrange(500)] = chance.choice((text, *READERS[name].seeds))
            count += 1
    return count


def with_atheris(name: str, seconds: float, corpus: str) -> None:
    """Breed texts by the code they reach; it never comes back."""
    import atheris

    atheris.instrument_all()
    folder = Path(corpus or tempfile.mkdtemp(prefix=f"corpus-{name}-"))
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(READERS[name].seeds):
        (folder / f"seed-{number}").write_bytes(seed.encode("utf-8", "surrogatepass"))
    reader = READERS[name]

    def one(data: bytes) -> None:
        reader.read(data.decode("utf-8", "surrogateescape"))

    limits = [
        f"-max_total_time={int(seconds)}",
        f"-max_len={LONGEST}",
        "-timeout=10",
        "-rss_limit_mb=2048",
    ]
    limits.append(f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *limits, str(folder)], one)
    atheris.Fuzz()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when nothing broke; what broke is told by its own traceback."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("reader", nargs="?", choices=READERS, help="one of them; else all, in turn")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="of the random changes")
    parser.add_argument("--plain", action="store_true", help="without atheris")
    parser.add_argument("--corpus", default="", help="the folder where atheris keeps what it found")
    parser.add_argument("--list", action="store_true", help="the names of the readers")
    given = parser.parse_args(arguments)
    if given.list:
        sys.stdout.write("\n".join(READERS) + "\n")
        return 0
    if given.reader and not given.plain:
        try:
            import atheris  # noqa: F401
        except ImportError:
            sys.stdout.write("atheris is not installed: texts are changed at random\n")
        else:
            with_atheris(given.reader, given.seconds, given.corpus)
    names = [given.reader] if given.reader else list(READERS)
    count = plain(names, given.seconds, given.seed)
    sys.stdout.write(f"{count:,} texts, no error but the documented ones\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
