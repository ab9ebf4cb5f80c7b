"""The names that the sandbox's schemas have on the command line; `graphs` knows what they stand for."""

from typing import Literal, TypeAlias, get_args

SchemaName: TypeAlias = Literal["documented", "highlight"]
"""`documented` is spelled as the published documents spell it; `highlight` as a real server does."""

SCHEMA_NAMES: tuple[SchemaName, ...] = get_args(SchemaName)
