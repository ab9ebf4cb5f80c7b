"""The keys of the main screen, in one table: the footer, the help, the README and the tests read it.

Letters work where no text field has the focus; F-keys and ctrl keys work everywhere.
"""

from textual.binding import Binding


def _key(
    name: str, keys: str, action: str, words: str, tooltip: str, *, show: bool = True
) -> Binding:
    return Binding(keys, action, words, show=show, tooltip=tooltip, id=name)


WORKBENCH_KEYS = (
    _key("help", "question_mark,f1", "help", "keys", "All keys, and what they do here"),
    _key("step", "n,f10", "stride('step')", "step", "Start a ready form, then run the next step"),
    _key(
        "into",
        "s,f11",
        "stride('phase')",
        "into",
        "Only the next phase: resolve, send, judge, go on",
    ),
    _key(
        "out",
        "f,shift+f11",
        "stride('out')",
        "out",
        "Out of the called workflow, back to its caller",
        show=False,
    ),
    _key("continue", "c,f5", "stride('on')", "continue", "Run to the end, or to a failure"),
    _key(
        "to-here", "t,ctrl+f10", "to_here", "to here", "Run to the step at the cursor", show=False
    ),
    _key(
        "stop",
        "escape",
        "stop",
        "cancel",
        "Cancel what is in flight; leave what is in front; back to now",
        show=False,
    ),
    _key("pause", "f6", "pause", "pause", "Stop after what is under way", show=False),
    _key(
        "break", "b,f9", "break", "break", "Stop before this step sends, or no longer", show=False
    ),
    _key(
        "breakpoints",
        "B",
        "breakpoints",
        "breakpoints",
        "Breakpoints: conditions, after an answer, on a decision, on failures, on GraphQL errors",
        show=False,
    ),
    _key("edit", "e", "edit", "edit", "Edit the request, before it leaves or to send it again"),
    _key("resend", "R", "resend", "resend", "Ready the same request once more"),
    _key(
        "did-you-mean",
        "D",
        "did_you_mean",
        "did you mean",
        "Apply what the server suggests to an edited copy of the request",
        show=False,
    ),
    _key("schema", "f3", "schema", "schema", "Give a GraphQL schema: it advises", show=False),
    _key("docs", "f2", "docs", "docs", "What the schema says of this line", show=False),
    _key(
        "unfold-strings",
        "u",
        "unfold_strings",
        "unfold",
        "Show JSON in strings, through base64 and gzip, or no longer",
        show=False,
    ),
    _key("probe", "X", "probe", "probe", "Ask the endpoint for { __typename }", show=False),
    _key("patch", "W", "patch", "patch", "Export the edits as a patch to the document", show=False),
    _key("curl", "C", "curl", "curl", "Copy the request as a curl command", show=False),
    _key("answer", "a", "answer", "answer", "Answer the request by hand, unsent", show=False),
    _key("skip", "K", "skip_step", "skip", "Skip the step and give its outputs", show=False),
    _key("set", "S", "set_value", "set", "Set an input or an output for this run", show=False),
    _key("jump", "J", "jump", "jump", "Go on at another step", show=False),
    _key("choose", "A", "choose", "choose", "Choose what follows the judged step", show=False),
    _key("loosen", "L", "loosen", "loosen", "Let a failed criterion pass in this run", show=False),
    _key(
        "moment-before",
        "left_square_bracket",
        "moment(-1)",
        "back",
        "Look at the moment before",
        show=False,
    ),
    _key(
        "moment-after",
        "right_square_bracket",
        "moment(1)",
        "forward",
        "Look at the moment after",
        show=False,
    ),
    _key(
        "attempt-before",
        "left_curly_bracket",
        "attempt(-1)",
        "attempt back",
        "Look at the attempt before",
        show=False,
    ),
    _key(
        "attempt-after",
        "right_curly_bracket",
        "attempt(1)",
        "attempt forward",
        "Look at the attempt after",
        show=False,
    ),
    _key(
        "timeline",
        "T",
        "timeline",
        "timeline",
        "Every moment and branch of the run: look at one, go on from one",
        show=False,
    ),
    _key("console", "p,colon", "console", "console", "Evaluate expressions, conditions, JSONPath"),
    _key("watches", "w", "watches", "watches", "What is watched; the console adds", show=False),
    _key(
        "provenance",
        "P",
        "provenance",
        "origin",
        "Where the value at the cursor came from, and what used it or will",
        show=False,
    ),
    _key("kept", "H", "kept", "kept runs", "Kept runs: open one as it was", show=False),
    _key("compare", "equals_sign", "compare", "compare", "This attempt beside another", show=False),
    _key("open", "o", "open_source", "open", "Open the step's source in $EDITOR", show=False),
    _key("inputs", "i", "inputs", "inputs", "The form with the inputs"),
    _key("restart", "ctrl+r", "restart", "restart", "From the first step, same inputs", show=False),
    _key("view", "v", "view", "view", "The next view of the pane: body, headers, raw"),
    _key("raw", "V", "raw", "raw", "The raw bytes, and back", show=False),
    _key("reveal", "m,f7", "reveal", "reveal", "Show the masked value here for 10 s", show=False),
    _key(
        "mark-secret",
        "M,f8",
        "mark_secret",
        "mark secret",
        "Mark the value here as secret, or no longer; elsewhere list what is marked",
        show=False,
    ),
    _key(
        "present", "f4", "present", "present", "Presentation mode: nothing is revealed", show=False
    ),
    _key("copy", "y", "copy", "copy", "Copy what the cursor is at"),
    _key(
        "copy-expression",
        "Y",
        "copy_expression",
        "copy name",
        "Copy the runtime expression of what the cursor is at, such as $response.body#/data/id",
        show=False,
    ),
    _key("find", "slash,ctrl+f", "find", "find", "Find a text in the pane in focus"),
    _key(
        "find-next", "full_stop", "find_next", "find next", "The next place that has it", show=False
    ),
    _key(
        "find-previous", "comma", "find_next(True)", "find previous", "The one before", show=False
    ),
    _key("zoom", "z", "zoom", "zoom", "The pane in focus over the whole screen, and back"),
    *(
        _key(
            f"pane-{number}",
            str(number),
            f"pane({number})",
            name,
            f"To the pane {name}",
            show=False,
        )
        for number, name in enumerate(
            ("workflows", "request", "response", "checks", "log", "flow", "source"), start=1
        )
    ),
    _key(
        "save-inputs",
        "ctrl+s",
        "save_inputs",
        "save inputs",
        "Save the inputs to a file",
        show=False,
    ),
    _key(
        "load-inputs", "ctrl+o", "load_inputs", "load inputs", "Load inputs from a file", show=False
    ),
    _key(
        "palette",
        "ctrl+p",
        "app.command_palette",
        "commands",
        "Find a command by its name",
        show=False,
    ),
    _key("quit", "q,ctrl+q", "quit_asking", "quit", "Leave; asks while a request is in flight"),
)
"""Every key of the screen. Ids are stable, so that keys can be put elsewhere by a keymap."""

KEY_NAMES = {
    "question_mark": "?", "escape": "esc", "slash": "/", "full_stop": ".", "colon": ":", "comma": ",",
    "left_square_bracket": "[", "right_square_bracket": "]",
    "equals_sign": "=", "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip


def key_words(binding: Binding) -> str:
    """The keys of a binding as people write them: `n F10`."""
    return " ".join(_word(key) for key in binding.key.split(","))


def _word(key: str) -> str:
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    return key.upper() if key[:1] == "f" and key[1:].isdigit() else key
