"""The words of a GraphQL document for colouring: queries, block strings, directives and schemas.

Only for the eye, after the lexical grammar of the GraphQL specification (September 2025, section 2).
Importing this imports pygments, so it is imported where a text is coloured.
"""

from typing import ClassVar, TypeAlias

from pygments.lexer import RegexLexer, include
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

_Token: TypeAlias = tuple[str, ...]
_Rule: TypeAlias = include | tuple[str, _Token] | tuple[str, _Token, str]

_NAME = r"[_A-Za-z][_0-9A-Za-z]*"
_END = r"(?![_0-9A-Za-z])"
_DEFINITIONS = (
    "query|mutation|subscription|fragment|on|schema|scalar|type|interface|union|enum|input|"
    "directive|extend|implements|repeatable"
)


class GraphQLLexer(RegexLexer):
    """Tells keywords, names, variables, directives and values of GraphQL apart.

    What defines something is a keyword only outside of braces: inside, a field may well be called
    `type` or `input`.
    """

    name = "GraphQL"
    aliases: ClassVar[list[str]] = ["graphql"]
    tokens: ClassVar[dict[str, list[_Rule]]] = {
        "root": [
            (rf"(?:{_DEFINITIONS}){_END}(?!\s*:)", Keyword),
            include("anywhere"),
        ],
        "braces": [
            (r"\}", Punctuation, "#pop"),
            (rf"\.\.\.\s*on{_END}", Keyword),
            include("anywhere"),
        ],
        "anywhere": [
            (r"[\s,\ufeff]+", Whitespace),
            (r"#[^\r\n]*", Comment.Single),
            # A block string without an end runs to the end of the text.
            (r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*(?:"""|\\?\Z)', String.Doc),
            (r'"(?:[^"\\\r\n]|\\[^\r\n])*"?', String),
            (rf"\$\s*{_NAME}", Name.Variable),
            (rf"@\s*{_NAME}", Name.Decorator),
            (r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", Number),
            (r"\.\.\.", Operator),
            (rf"(?:true|false|null){_END}(?!\s*:)", Keyword.Constant),
            (rf"{_NAME}(?=\s*:)", Name.Attribute),
            (_NAME, Name),
            (r"\{", Punctuation, "braces"),
            (r"[!$&()\[\]}|:=@]", Punctuation),
        ],
    }
