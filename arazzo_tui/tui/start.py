"""What the terminal is started with: documents, values and servers from the command line."""

from dataclasses import dataclass, field

from arazzo_tui.world.bundled import DEMO_DOCUMENT, DEMO_INPUTS
from arazzo_tui.world.given import GivenInputs, inputs_from_file
from arazzo_tui.world.state import State


@dataclass(frozen=True, slots=True)
class Start:
    """What to open and what to fill in.

    `servers` are NAME=URL texts, looked at when a document is known. With `demo` the program starts
    its own server and everything is sent there. `inputs_origin` says where given inputs come from.
    """

    documents: tuple[str, ...] = ()
    workflow: str = ""
    inputs: GivenInputs = field(default_factory=lambda: GivenInputs({}, ()))
    inputs_origin: str = "given"
    servers: tuple[str, ...] = ()
    demo: bool = False
    state: State = field(default_factory=lambda: State(None))
    timeout: float = 30.0


def demo_start(timeout: float = 30.0) -> Start:
    """What the demo starts with: the bundled document and inputs, and a server of its own."""
    return Start(
        documents=(str(DEMO_DOCUMENT),),
        inputs=GivenInputs(inputs_from_file(str(DEMO_INPUTS)), ()),
        inputs_origin="sample",
        demo=True,
        timeout=timeout,
    )
