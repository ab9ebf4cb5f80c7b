"""What a person answers is kept where it can be edited; secrets are used and never shown or kept."""

import pytest

OPENAPI = """
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "SERVER"}]
paths:
  /things: {get: {operationId: things, security: [{SCHEME: []}], responses: {}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {}}}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: shop, url: api.yaml, type: openapi}]
workflows:
  - workflowId: w
    steps: [{stepId: s, operationId: things}]
"""


@pytest.fixture
def project(tmp_path, monkeypatch, server):
    """Writes a document and its description; `project("key")` names the scheme its operation asks for."""

    def made(scheme: str = "key", *, described: bool = True) -> str:
        folder = tmp_path / "project"
        (folder / ".git").mkdir(parents=True)
        monkeypatch.chdir(folder)
        if described:
            text = OPENAPI.replace("SERVER", server.url).replace("SCHEME", scheme)
            (folder / "api.yaml").write_text(text)
        (folder / "flow.arazzo.yaml").write_text(ARAZZO)
        return str(folder / "flow.arazzo.yaml")

    return made


async def test_an_answer_is_kept_in_the_project_and_what_is_edited_there_is_used(
    opened, project, server, tmp_path
):
    document = project(described=False)
    file = tmp_path / "project" / "arazzo-tui.yaml"
    async with opened(document) as terminal:
        await terminal.paste("http://127.0.0.1:9/wrong")
        await terminal.press("enter")
        await terminal.paste("GET /things")
        await terminal.press("f10")
        assert terminal.said[-1] == "your answers are kept in arazzo-tui.yaml"
        assert "in arazzo-tui.yaml" in terminal.pane("request")
    text = file.read_text()
    assert "shop:\n        url: http://127.0.0.1:9/wrong\n" in text
    assert "things:\n        call: GET /things\n" in text
    file.write_text(text.replace("http://127.0.0.1:9/wrong", f"{server.url} # mine"))

    async with opened(document) as terminal:
        assert terminal.summary.startswith("READY")
        await terminal.press("f5")
        assert [each.target for each in server.asked] == ["/things"]
        assert "in arazzo-tui.yaml" in terminal.pane("request")
    assert "# mine" in file.read_text()


async def test_a_settings_file_with_a_mistake_is_told_with_its_line(opened, project, tmp_path):
    document = project()
    (tmp_path / "project" / "arazzo-tui.yaml").write_text("servers:\n  shop: nowhere\n")
    async with opened(document) as terminal:
        assert "arazzo-tui.yaml:2:9: error[settings]" in terminal.said[0]


async def test_a_credential_that_was_typed_is_sent_masked_and_not_kept(
    opened, project, server, tmp_path
):
    document = project()
    server.answers({"echo": "k-secret-1"})
    async with opened(document) as terminal:
        assert f"For {server.url} alone" in " ".join(terminal.pane("form").split())
        terminal.bench.form.focus_first()
        await terminal.settled()
        await terminal.paste("k-secret-1")
        await terminal.press("f5")
        assert server.asked[0].headers["x-key"] == "k-secret-1"
        assert "k-secret-1" not in "\n".join(terminal.lines)
    kept = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert not any(b"k-secret-1" in each.read_bytes() for each in kept)


async def test_client_credentials_are_exchanged_once_for_all_runs(
    opened, project, server, monkeypatch
):
    monkeypatch.setenv("ARAZZO_TUI_SHOP_OAUTH", "client:s3cret-of-it")
    server.answers({"access_token": "tok-12345678", "token_type": "Bearer"}, {"ok": True})
    async with opened(project("oauth")) as terminal:
        await terminal.press("f5")
        await terminal.press("ctrl+r", "f5")
        assert [each.target for each in server.asked] == ["/token", "/things", "/things"]
        assert server.asked[1].headers["authorization"] == "Bearer tok-12345678"
        assert "tok-12345678" not in "\n".join(terminal.lines)


async def test_a_token_endpoint_that_refuses_stops_the_run_with_its_words(
    opened, project, server, monkeypatch
):
    monkeypatch.setenv("ARAZZO_TUI_SHOP_OAUTH", "client:s3cret-of-it")
    server.answers(server.answer({"error": "invalid_client"}, 401))
    async with opened(project("oauth")) as terminal:
        await terminal.press("f5")
        assert "answers 401: invalid_client" in terminal.said[-1]
        assert terminal.bench.in_form
        assert [each.target for each in server.asked] == ["/token", "/token"]
