"""What may stand on the command line: the parsers of all commands, and what they give back."""

import argparse
import os
from collections.abc import Sequence
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from arazzo_tui import __version__
from arazzo_tui.sandbox.schemas import SCHEMA_NAMES, SchemaName

Command: TypeAlias = Literal["open", "run", "replay", "runs", "check", "demo", "sandbox"]

_COMMANDS: tuple[Command, ...] = ("run", "replay", "runs", "check", "demo", "sandbox")

_ABOUT = """\
The terminal debugger for API workflows: open an Arazzo document, fill in its inputs, and step
through it one request at a time.
"""

_MORE = """\
commands:
  arazzo-tui [DOC|FOLDER|URL]...   open documents in the terminal (this help is about it)
  arazzo-tui demo                  open the bundled document against a server of its own
  arazzo-tui run DOC [WORKFLOW]    run a workflow without a terminal, for scripts and CI
  arazzo-tui replay FILE|last      play a kept run again, without the network
  arazzo-tui runs                  list the runs that are kept
  arazzo-tui check DOC...          say what is wrong with documents, with line and column
  arazzo-tui sandbox               run the demo's GraphQL server by itself

`arazzo-tui COMMAND --help` tells more of each. A document named like a command is written ./run.
"""


class Given(NamedTuple):
    """What was asked for. `inputs` are NAME=VALUE texts, `servers` NAME=URL texts, `faults` as written.

    A named tuple, because what makes dataclasses takes longer to load than all the rest of `--help`.
    """

    command: Command
    documents: tuple[str, ...] = ()
    workflow: str = ""
    inputs: tuple[str, ...] = ()
    inputs_file: str = ""
    servers: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()
    workspace: str = ""
    timeout: float | None = None
    each: str = ""
    times: int = 1
    jobs: int = 1
    keep: bool = True
    json: bool = False
    strict: bool = False
    graphql_steps: bool = False
    present: bool = False
    fail_on_graphql: bool = False
    port: int = 0
    schema: SchemaName = "documented"
    faults: tuple[str, ...] = ()


def parse(arguments: Sequence[str]) -> Given:
    """Read the arguments; prints help or the mistake and leaves with `SystemExit` (0 or 2)."""
    first = arguments[0] if arguments else ""
    command: Command = next((each for each in _COMMANDS if each == first), "open")
    rest = list(arguments if command == "open" else arguments[1:])
    read = _PARSERS[command]().parse_args(rest)
    return Given(
        command=command,
        documents=tuple(getattr(read, "documents", ())),
        workflow=getattr(read, "workflow", None) or "",
        inputs=tuple(getattr(read, "inputs", None) or ()),
        inputs_file=getattr(read, "inputs_file", None) or "",
        servers=tuple(getattr(read, "servers", None) or ()),
        operations=tuple(getattr(read, "operations", None) or ()),
        allow_hosts=tuple(getattr(read, "allow_hosts", None) or ()),
        insecure=tuple(getattr(read, "insecure", None) or ()),
        workspace=getattr(read, "workspace", None) or "",
        timeout=getattr(read, "timeout", None),
        each=getattr(read, "each", None) or "",
        times=getattr(read, "times", 1),
        jobs=getattr(read, "jobs", 1),
        keep=getattr(read, "keep", True),
        json=getattr(read, "json", False),
        strict=getattr(read, "strict", False),
        graphql_steps=getattr(read, "graphql_steps", False),
        present=getattr(read, "present", False),
        fail_on_graphql=getattr(read, "fail_on_graphql", False),
        port=getattr(read, "port", 0),
        schema=getattr(read, "schema", "documented"),
        faults=tuple(getattr(read, "faults", None) or ()),
    )


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong with arguments, and lets none of them drive the terminal."""

    def error(self, message: str) -> NoReturn:
        """Say it on stderr and leave with 2."""
        from arazzo_tui.language.printable import printable

        super().error(printable(message))


def _parser(command: str, about: str, more: str = "") -> argparse.ArgumentParser:
    return _Parser(
        prog=f"arazzo-tui {command}".rstrip(),
        description=about,
        epilog=more,
        formatter_class=_formatter,
        allow_abbrev=False,
    )


def _formatter(prog: str) -> argparse.HelpFormatter:
    """As wide as the terminal; argparse itself would load an archiver to ask for that."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        try:
            columns = os.get_terminal_size().columns or 80
        except OSError:
            columns = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=max(columns, 20) - 2)


def _open() -> argparse.ArgumentParser:
    parser = _parser("", _ABOUT, _MORE)
    parser.add_argument(
        "documents", nargs="*", metavar="DOC|FOLDER|URL",
        help="Arazzo documents, YAML or JSON (default: those of the current folder)",
    )  # fmt: skip
    parser.add_argument("-w", "--workflow", metavar="WORKFLOW", help="show this workflow first")
    _values(parser)
    _insecure(parser)
    _workspace(parser)
    _experiments(parser)
    parser.add_argument(
        "--present", action="store_true",
        help="presentation mode: no masked value can be revealed, for whoever looks on (f4 leaves it)",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"arazzo-tui {__version__}")
    return parser


def _demo() -> argparse.ArgumentParser:
    parser = _parser(
        "demo",
        "Open the bundled track-event workflow with sample inputs, against a GraphQL server that "
        "is started\nfor it on loopback. Nothing is configured and no network is needed.",
        "With --schema highlight the server answers as a self-hosted Highlight does today, and the "
        "workflow\nfails at its first step, as it would there.",
    )
    _schema(parser)
    return parser


def _run() -> argparse.ArgumentParser:
    parser = _parser(
        "run",
        "Run a workflow without a terminal. What happens is told on stderr; the outputs are "
        "printed as JSON\non stdout. With --each or --times it is run several times: one line for each "
        "run, and its outputs\nas one line of JSON.",
        "exit codes: 0 succeeded; 1 the workflow failed; 2 the document, the inputs or the usage "
        "are wrong\nand nothing was sent; 130 interrupted; of several runs the worst",
    )
    parser.add_argument("documents", nargs=1, metavar="DOC", help="an Arazzo document")
    parser.add_argument(
        "workflow", nargs="?", metavar="WORKFLOW",
        help="which workflow to run; may be left out when there is one",
    )  # fmt: skip
    _values(parser)
    parser.add_argument(
        "--operation", action="append", dest="operations", metavar="ID='POST /path'",
        help="method and path of an operation that no description tells of",
    )  # fmt: skip
    parser.add_argument(
        "--allow-host", action="append", dest="allow_hosts", metavar="HOST[:PORT]",
        help="call this host and no other that is not allowed too; repeatable",
    )  # fmt: skip
    _insecure(parser)
    _workspace(parser)
    parser.add_argument(
        "--timeout", type=_seconds, metavar="S",
        help="seconds a request may take in all, where its step says nothing (default: 30, or "
        "`timeouts: {whole: S}` of arazzo-tui.yaml)",
    )  # fmt: skip
    parser.add_argument(
        "--each", metavar="FILE",
        help="one run for each set of inputs in a file: a JSON or YAML list of objects, JSON Lines, or "
        "CSV with a header row",
    )  # fmt: skip
    parser.add_argument(
        "--times", type=_count, default=1, metavar="N",
        help="so many runs alike, or of each set of inputs (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N",
        help="how many runs go on at the same time (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_true",
        help=f"{_ONE_OBJECT}; of several runs one a line, as they end",
    )  # fmt: skip
    parser.add_argument(
        "--no-keep", action="store_false", dest="keep",
        help="keep no record of the run; else it is kept in your state folder, without secrets",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help=_STRICT)
    _experiments(parser)
    parser.add_argument(
        "--fail-on-graphql-errors", action="store_true", dest="fail_on_graphql",
        help="exit with 1 when GraphQL reports an error, whatever the criteria say",
    )  # fmt: skip
    return parser


def _replay() -> argparse.ArgumentParser:
    parser = _parser(
        "replay",
        "Play a kept run again, without the network: it is told on stderr and printed on stdout as "
        "`run` does.\nThe document is read as it is now; when it has changed since, that is said.",
        "exit codes: that of the run when it was kept; 2 when it cannot be played to its end",
    )
    parser.add_argument(
        "documents", nargs=1, metavar="FILE|last",
        help="the file of a kept run, as `arazzo-tui runs` lists them, or the last one",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=_ONE_OBJECT)
    return parser


def _runs() -> argparse.ArgumentParser:
    parser = _parser(
        "runs",
        "List the runs that are kept in your state folder, the newest first: when they began, how "
        "they stand,\nworkflow, document, file.",
        "an interrupted run is one whose program was ended from outside; all that had happened is "
        "in its file",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list on stdout")
    return parser


def _check() -> argparse.ArgumentParser:
    parser = _parser(
        "check",
        "Say what is wrong with Arazzo documents, without sending anything.",
        "exit codes: 0 clean; 1 there are problems; 2 a document cannot be read",
    )
    parser.add_argument(
        "documents", nargs="+", metavar="DOC", help="Arazzo documents, folders of them, URLs, or - for stdin"
    )  # fmt: skip
    _workspace(parser)
    parser.add_argument(
        "--json", action="store_true", help="print the problems as a JSON list on stdout"
    )
    parser.add_argument("--strict", action="store_true", help=_STRICT)
    _experiments(parser)
    return parser


def _sandbox() -> argparse.ArgumentParser:
    from arazzo_tui.sandbox.faults import FAULTS, GRAMMAR

    parser = _parser(
        "sandbox",
        "Run the demo's GraphQL server by itself, on loopback, until interrupted. The graph is at / "
        "and at\n/public; /__log tells what arrived, what became of it, and what was injected.",
        f"faults are written {GRAMMAR}, as in --inject 'pushPayload=429:1*2':\n{FAULTS}"
        "OPERATION is the operation's name or that of its field, or * for any. Without COUNT a fault "
        "is for ever.\nOf several that match, the first one that is not used up is taken.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help="the port to listen on (default: a free one)",
    )
    _schema(parser)
    parser.add_argument(
        "--inject", action="append", dest="faults", type=_fault, metavar="FAULT",
        help="answer with a fault, written as below; may be given several times",
    )  # fmt: skip
    return parser


_STRICT = "hold documents to the letter of the specification, without tolerance"

_ONE_OBJECT = "print one object with everything on stdout"

_PARSERS = {
    "open": _open, "run": _run, "replay": _replay, "runs": _runs, "check": _check, "demo": _demo,
    "sandbox": _sandbox,
}  # fmt: skip


def _values(parser: argparse.ArgumentParser) -> None:
    """Where inputs and base URLs come from: the same for the terminal and for `run`."""
    parser.add_argument(
        "-i", "--input", action="append", dest="inputs", metavar="NAME=VALUE",
        help="an input; a string takes the text as it is, other types JSON",
    )  # fmt: skip
    parser.add_argument(
        "--inputs", dest="inputs_file", metavar="FILE", help="inputs from a JSON or YAML file"
    )
    parser.add_argument(
        "--server", action="append", dest="servers", metavar="NAME=URL",
        help="the base URL of a source description, path included; goes before what is kept of "
        "earlier answers in arazzo-tui.yaml, beside the document or above it",
    )  # fmt: skip


def _insecure(parser: argparse.ArgumentParser) -> None:
    """The same for the terminal and for `run`; never for all hosts, and in no file."""
    parser.add_argument(
        "--insecure", action="append", dest="insecure", metavar="HOST[:PORT]",
        help="do not verify the certificate of this host, in this run only; repeatable",
    )  # fmt: skip


def _experiments(parser: argparse.ArgumentParser) -> None:
    """What only a proposal has: the same for the terminal, for `run` and for `check`."""
    parser.add_argument(
        "--experimental-graphql-steps", action="store_true", dest="graphql_steps",
        help="run steps with `graphqlOperation`, as proposed for Arazzo 1.2 (it may change)",
    )  # fmt: skip


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workspace", metavar="FOLDER",
        help="a folder that documents may name files of, beside their own workspace",
    )  # fmt: skip


def _schema(parser: argparse.ArgumentParser) -> None:
    """Which graph a server has: the same for the demo's and for the sandbox."""
    parser.add_argument(
        "--schema", choices=SCHEMA_NAMES, default="documented",
        help="the graph of the bundled document, which passes (documented, the default), or that "
        "of a self-hosted Highlight of today (highlight)",
    )  # fmt: skip


def _fault(text: str) -> str:
    from arazzo_tui.language.printable import one_line
    from arazzo_tui.sandbox.faults import BadFault, read_injection

    try:
        read_injection(text)
    except BadFault as wrong:
        raise argparse.ArgumentTypeError(one_line(str(wrong))) from None
    return text


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86400:
        raise argparse.ArgumentTypeError("seconds, more than 0")
    return value


_MOST_RUNS = 10_000_000
_MOST_JOBS = 1024


def _count(text: str) -> int:
    return _whole(text, _MOST_RUNS)


def _jobs(text: str) -> int:
    return _whole(text, _MOST_JOBS)


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most):
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {most:,}")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number up to 65535")
    return int(text)
