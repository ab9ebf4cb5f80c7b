"""What the terminal is started with: documents, values and servers from the command line."""

from msgspec import Struct, field

from arazzo_tui.sandbox.schemas import SchemaName
from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS
from arazzo_tui.world.given import GivenInputs, inputs_from_file
from arazzo_tui.world.network import WHOLE, Place
from arazzo_tui.world.state import State


class Start(Struct, frozen=True):
    """What to open and what to fill in.

    `servers` are NAME=URL texts, looked at when a document is known. With `demo` the program starts
    its own server, with the graph called `schema`, and everything is sent there. `inputs_origin` says
    where given inputs come from. With `graphql_steps` those are run that are proposed for Arazzo 1.2. With
    `present` nothing masked can be revealed. The certificates of `insecure` hosts are not verified.
    Documents may name files of the folder `also`, beside those of their own workspace.
    """

    documents: tuple[str, ...] = ()
    workflow: str = ""
    inputs: GivenInputs = field(default_factory=lambda: GivenInputs({}, ()))
    inputs_origin: str = "given"
    servers: tuple[str, ...] = ()
    demo: bool = False
    schema: SchemaName = "documented"
    state: State = field(default_factory=lambda: State(None))
    timeout: float = WHOLE
    graphql_steps: bool = False
    present: bool = False
    insecure: frozenset[Place] = frozenset()
    also: str = ""


def demo_start(timeout: float = WHOLE, schema: SchemaName = "documented") -> Start:
    """What the demo starts with: the bundled document and inputs, and a server of its own."""
    return Start(
        documents=(str(DEMO_DOCUMENT),),
        inputs=GivenInputs(inputs_from_file(str(DEMO_INPUTS)), ()),
        inputs_origin="sample",
        demo=True,
        schema=schema,
        timeout=timeout,
    )
