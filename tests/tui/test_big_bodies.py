from textual.app import App, ComposeResult

from arazzo_tui.engine.content import JsonContent
from arazzo_tui.tui.exchange_pane import ExchangePane


class Answer(ExchangePane):
    """A pane without an exchange."""

    NUMBER, NAME = 3, "Answer"

    def redraw(self) -> None:
        """There is nothing to draw."""

    def tell_pointed(self) -> None:
        """There is nobody to tell."""


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Answer(id="answer")


async def test_json_of_fifty_megabytes_opens_as_text_and_says_so() -> None:
    app = Shown()
    async with app.run_test() as pilot:
        pane = app.query_one(Answer)
        for missing, is_tree in ((1, True), (0, False)):
            data = b"1" + b" " * (49_999_999 - missing)
            pane.show_content(JsonContent(1), data, "$response.body")
            await pilot.pause()
            assert pane.json_view.has_class("-behind") is not is_tree
            assert pane.text_view.has_class("-behind") is is_tree
        assert "50,000,000 bytes, shown as text" in str(pane.border_subtitle)
