"""The screen one works at: what a person changes in a run, by hand and knowingly.

Each key asks what it needs to know and makes an amendment of it; the engine says what comes of that, and
the run is drawn anew. Nothing is ever written to the document.
"""

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from arazzo_tui.engine.amend import (
    AnswerWith,
    Choose,
    JumpTo,
    Loosen,
    SkipStep,
    choices,
)
from arazzo_tui.engine.inputs import write_value
from arazzo_tui.engine.moment import Moment, Sending
from arazzo_tui.language.jsontext import BadJson, read_json, write_json
from arazzo_tui.language.values import Json
from arazzo_tui.tui.clipboard import copy_text
from arazzo_tui.tui.keys import WORKBENCH_KEYS
from arazzo_tui.tui.lines_view import line
from arazzo_tui.tui.masked import HiddenText, masked_line
from arazzo_tui.tui.runner import Runner
from arazzo_tui.tui.secret_screen import SecretScreen
from arazzo_tui.world.credentials import variable_name
from arazzo_tui.world.given import save_text


class Workbench(SecretScreen):
    """The main screen."""

    BINDINGS: ClassVar[list[BindingType]] = [*WORKBENCH_KEYS]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # Textual declares it as a plain attribute
        (0, "-tiny"),
        (60, "-narrow"),
        (110, "-medium"),
        (170, "-wide"),
    ]

    # Edit and send

    @work
    async def action_edit(self) -> None:
        """Edit the request that is shown: before it leaves, or to send it once more."""
        from arazzo_tui.tui.request_dialog import RequestDialog

        runner, exchange = self.at_rest(), self.exchange()
        if runner is None:
            return
        if exchange is None or exchange.request is None:
            self.notify("there is no request to edit here", markup=False)
            return
        title = f"{exchange.key[1]}: edit the request; s or n sends it"
        dialog = RequestDialog(exchange.request, title, self.redactor)
        edited = await self.app.push_screen_wait(dialog)
        if edited is not None and edited != exchange.request:
            await self.send_instead(runner, exchange, edited, ask=False)

    @work
    async def action_resend(self) -> None:
        """Build the same request of the step that is shown once more; nothing leaves yet."""
        runner, exchange = self.at_rest(), self.exchange()
        if runner is None:
            return
        if exchange is None or exchange.request is None:
            self.notify("there is no request to send again here", markup=False)
        else:
            await self.send_instead(runner, exchange, exchange.request, ask=True)

    @work
    async def action_curl(self) -> None:
        """Copy the request that is shown as a curl command, its secrets named and not written."""
        from arazzo_tui.world.curl import curl

        exchange = self.exchange()
        if exchange is None or exchange.request is None:
            self.notify("there is no request to copy here", markup=False)
            return
        known = self.subject.credentials if self.subject else {}
        names = {each.secret: variable_name(key) for key, each in known.items()}
        await copy_text(self.app, curl(exchange.request, self.redactor, names), "a curl command")

    @work
    async def action_patch(self) -> None:
        """Write what was edited by hand in this request as a patch to the document, to a file one names."""
        from arazzo_tui.engine.patch import patched
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.line_dialog import LineDialog
        from arazzo_tui.tui.list_dialog import ListDialog

        runner, exchange = self.runner, self.exchange()
        built = hands.built_before(runner.run, exchange) if runner and exchange else None
        if exchange is None or exchange.request is None or built is None:
            self.notify("this request was not edited: e edits it", markup=False)
            return
        step = exchange.step.step
        made = await asyncio.to_thread(patched, step.mark.source, step, built, exchange.request)
        if made.diff:
            diff = self.redactor.text(made.diff)
            hidden = ["its secrets are masked: put them in by hand"] if diff != made.diff else []
            lines = [line(each) for each in (*hidden, *diff.splitlines()[:200], *made.left)]
            shown = ListDialog("This patch; enter writes it to a file", lines)
            if await self.app.push_screen_wait(shown) is None:
                return
            name = await self.app.push_screen_wait(
                LineDialog("Write the patch to", "patch -p1 applies it", f"{step.step_id}.patch")
            )
            if name:
                self.notify(await asyncio.to_thread(save_text, name, diff), markup=False)
        else:
            why = "; ".join(made.left) or "nothing of it stands in the document"
            self.notify(f"no patch: {why}", timeout=12, markup=False)

    @work
    async def action_answer(self) -> None:
        """Answer the request that waits by hand; nothing is sent."""
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.answer_dialog import AnswerDialog

        runner, exchange = self.at_rest(), self.exchange()
        if runner is None:
            return
        if exchange is None or not isinstance(runner.run.shown.stage, Sending):
            self.notify("no request waits for an answer here: s builds one", markup=False)
            return
        answer = await self.app.push_screen_wait(
            AnswerDialog(hands.likely_answer(runner, exchange), self.redactor)
        )
        if answer is not None and await self.may_repeat(runner):
            self.amend(runner, AnswerWith(answer), "answered by hand; nothing was sent")

    @work
    async def action_skip_step(self) -> None:
        """Do not run the step that comes; give its outputs by hand."""
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.line_dialog import LineDialog

        runner = self.at_rest()
        if runner is None:
            return
        planned = runner.run.shown.step
        text = await self.app.push_screen_wait(
            LineDialog(
                f"Skip {planned.step_id}: its outputs",
                "a JSON object; nothing is sent, and the step counts as passed",
                write_value(dict.fromkeys(planned.step.outputs)),
                placeholder="{}",
                wrong=hands.wrong_object,
            )
        )
        if text is not None and await self.may_repeat(runner):
            self.amend(runner, SkipStep(hands.read_object(text)), "skipped by hand")

    # Values and the way

    @work
    async def action_set_value(self) -> None:
        """Give an input or an output another value."""
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.line_dialog import LineDialog
        from arazzo_tui.tui.list_dialog import ListDialog

        runner = self.at_rest()
        if runner is None:
            return
        named = hands.settable(runner.run.shown)
        if not named:
            said = "this workflow has no inputs and no outputs to set"
            self.notify(said, markup=False)
            return
        answer = await self.app.push_screen_wait(
            ListDialog(
                "Set a value for this run",
                [masked_line(told, self.redactor) for told, _, _ in named],
            )
        )
        if answer is None:
            return
        _, make, before = named[answer[0]]
        hidden = HiddenText(self.redactor)
        text = await self.app.push_screen_wait(
            LineDialog(
                "New value", "JSON, or a text as it is", hidden.hide(write_json(before)),
                placeholder="null",
                wrong=lambda _: "",
            )
        )  # fmt: skip
        if text is not None and await self.may_repeat(runner):
            self.amend(runner, make(_read_value(hidden.back(text))), "set by hand")

    @work
    async def action_jump(self) -> None:
        """Make another step the next one, without running what lies between."""
        from arazzo_tui.tui.list_dialog import ListDialog

        runner = self.at_rest()
        if runner is None:
            return
        frame = runner.run.shown.top
        steps = [each.step_id for each in frame.workflow.steps]
        pointed = self.pointed_step()
        at = steps.index(pointed[1]) if pointed and pointed[1] in steps else frame.at
        lines = [line((each, "name")) for each in steps]
        answer = await self.app.push_screen_wait(ListDialog("Go on at", lines, at=at))
        if answer is not None and await self.may_repeat(runner):
            self.amend(runner, JumpTo(steps[answer[0]]), "jumped by hand; nothing was run")

    @work
    async def action_choose(self) -> None:
        """Choose what follows the step that was judged, whatever its actions say."""
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.list_dialog import ListDialog

        runner = self.at_rest()
        if runner is None:
            return
        options = choices(_before_end(runner))
        if not options:
            self.notify("what follows is chosen when a step was judged: s goes there", markup=False)
            return
        lines = [hands.decision_line(each) for each in options]
        answer = await self.app.push_screen_wait(ListDialog("What follows", lines))
        if answer is not None and await self.may_repeat(runner):
            self.amend(runner, Choose(options[answer[0]]), "chosen by hand")

    @work
    async def action_loosen(self) -> None:
        """Let a failed criterion of the step pass for the rest of this run."""
        from arazzo_tui.tui import hands
        from arazzo_tui.tui.list_dialog import ListDialog

        runner, exchange = self.at_rest(), self.exchange()
        criteria = exchange.step.step.success_criteria if exchange else ()
        if runner is None:
            return
        if exchange is None or not criteria:
            self.notify("this step has no criteria", markup=False)
            return
        checks = exchange.record.checks if exchange.record else ()
        failed = [at for at, check in enumerate(checks) if not check.passed] or [0]
        lines = [line(each.condition) for each in criteria]
        answer = await self.app.push_screen_wait(
            ListDialog("Let this criterion pass in this run", lines, at=failed[0])
        )
        if answer is None:
            return
        at = hands.moment_to_resend(runner.run, exchange)
        if at is not None:
            runner.look(at)
            if await self.may_repeat(runner):
                self.amend(runner, Loosen(answer[0]), "loosened by hand for this run")


def _before_end(runner: Runner) -> Moment:
    """The moment that is looked at; after the end, the last one before it."""
    run = runner.run
    return run.look(run.at - (run.shown.ended is not None)).shown


def _read_value(text: str) -> Json:
    try:
        return read_json(text)
    except BadJson:
        return text
