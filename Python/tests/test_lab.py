"""Lyre's page in JupyterLab and Notebook 7, through jupyter-server-proxy."""

import http.client
import json
import os
import signal
import stat

import nbformat
import pytest
from conftest import eventually

pytest.importorskip("jupyterlab", reason="JupyterLab is in an environment of its own")
pytest.importorskip("playwright", reason="the browser is driven by playwright")

from lab import (  # noqa: E402
    BASE,
    PATIENCE,
    TOKEN,
    browser,
    command,
    file_item,
    jupyter,
    lyre,
    menu,
    nodes,
    open_page,
    tab,
)
from playwright.sync_api import expect  # noqa: E402

__all__ = ["browser", "jupyter", "open_page"]
expect.set_options(timeout=PATIENCE)

EMPTY = {
    "doc_type": "pipeline",
    "version": "3.0",
    "id": "empty",
    "primary_pipeline": "main",
    "schemas": [],
    "pipelines": [
        {
            "id": "main",
            "nodes": [],
            "app_data": {"ui_data": {"comments": []}, "version": 8, "properties": {"runtime": "Generic"}},
            "runtime_ref": "",
        }
    ],
}


@pytest.fixture
def lab(jupyter):
    server = jupyter()
    fill(server.root)
    return server


def fill(root):
    (root / "demo.pipeline").write_text(json.dumps(EMPTY, indent=2))
    (root / "folder with ä#?").mkdir()
    (root / "folder with ä#?" / "50% done.pipeline").write_text(json.dumps(EMPTY, indent=2))
    (root / "step.py").write_text("print(1)\n")
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="a")]), root / "load.ipynb")


def opened(page, name="demo.pipeline"):
    """Opens a pipeline from the file browser."""
    file_item(page, name).dblclick()
    shown(page)


def shown(page):
    expect(canvas(page)).to_be_visible()
    # The page and JupyterLab have found each other.
    expect(lyre(page).locator("html[data-host]")).to_be_attached()


def canvas(page):
    return lyre(page).locator(".editor .canvas-svg:visible")


def drag_file(page, name):
    """Drags a file from JupyterLab's file browser to the middle of the canvas."""
    start, end = file_item(page, name).bounding_box(), canvas(page).bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 40, steps=5)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=10)
    page.mouse.up()


def test_a_pipeline_is_opened_edited_and_saved(lab, open_page):
    page = open_page(lab)
    opened(page)
    drag_file(page, "step.py")
    expect(lyre(page).locator(".node")).to_have_count(1)
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_text("demo.pipeline")
    assert nodes(lab.root / "demo.pipeline") == []
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    assert nodes(lab.root / "demo.pipeline") == ["step.py"]
    # By the menu of JupyterLab, too.
    drag_file(page, "load.ipynb")
    expect(lyre(page).locator(".node")).to_have_count(2)
    menu(page, "File", "Save Pipeline")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    assert nodes(lab.root / "demo.pipeline") == ["step.py", "load.ipynb"]


def test_a_file_of_a_node_is_opened_in_jupyterlab(lab, open_page):
    page = open_page(lab)
    opened(page)
    drag_file(page, "step.py")
    lyre(page).locator(".node").dblclick()
    expect(page.locator(".jp-FileEditor")).to_be_visible()
    expect(tab(page, "step.py")).to_be_visible()


def test_jupyterlab_asks_before_a_tab_with_changes_is_closed(lab, open_page):
    page = open_page(lab)
    opened(page)
    drag_file(page, "step.py")
    changed = page.locator(".lm-TabBar-tab.jp-mod-dirty")
    expect(changed).to_have_count(1)
    close = tab(page, "demo.pipeline").locator(".lm-TabBar-tabCloseIcon")
    close.click()
    expect(page.locator(".jp-Dialog")).to_contain_text("demo.pipeline")
    page.locator('.jp-Dialog button:has-text("Discard")').click()
    expect(tab(page, "demo.pipeline")).to_have_count(0)
    # What was discarded does not come back.
    opened(page)
    expect(lyre(page).locator(".save-state:visible")).not_to_be_empty()
    expect(lyre(page).locator(".node")).to_have_count(0)
    drag_file(page, "step.py")
    expect(changed).to_have_count(1)
    close.click()
    page.locator('.jp-Dialog button:has-text("Save")').click()
    expect(tab(page, "demo.pipeline")).to_have_count(0)
    assert nodes(lab.root / "demo.pipeline") == ["step.py"]


def test_unsaved_changes_follow_a_file_that_is_renamed(lab, open_page):
    page = open_page(lab)
    opened(page)
    drag_file(page, "step.py")
    expect(lyre(page).locator(".node")).to_have_count(1)
    file_item(page, "demo.pipeline").click()
    page.keyboard.press("F2")
    page.keyboard.type("other")
    page.keyboard.press("Enter")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_text("other.pipeline")
    menu(page, "File", "Save Pipeline")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    assert nodes(lab.root / "other.pipeline") == ["step.py"] and not (lab.root / "demo.pipeline").exists()


def test_save_as_writes_a_copy_with_all_changes(lab, open_page):
    page = open_page(lab)
    opened(page)
    drag_file(page, "step.py")
    expect(lyre(page).locator(".node")).to_have_count(1)
    menu(page, "File", "Save Pipeline As")
    page.locator(".jp-Dialog input").fill("copy.pipeline")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    copy = lab.root / "copy.pipeline"
    # Jupyter's server creates a new file, and then writes it.
    assert eventually(lambda: copy.exists() and copy.stat().st_size > 0) and nodes(copy) == ["step.py"]
    assert nodes(lab.root / "demo.pipeline") == []


def test_the_colours_are_those_of_jupyterlab(lab, open_page):
    page = open_page(lab)
    opened(page)
    colour = "getComputedStyle(document.body).getPropertyValue"
    for theme, scheme in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        menu(page, "Settings", "Theme", theme)
        expect(lyre(page).locator("html")).to_have_attribute("data-theme", scheme)
        wanted = page.evaluate(f"{colour}('--jp-layout-color1')").strip()
        assert lyre(page).locator("html").evaluate(f"() => {colour}('--bg')").strip() == wanted


def test_tiles_and_commands_open_new_pipelines_the_folder_and_runs(lab, open_page):
    page = open_page(lab)
    page.locator('.jp-LauncherCard:has-text("New Pipeline")').click()
    shown(page)
    assert nodes(lab.root / "untitled.pipeline") == []
    command(page, "lyre: new", "Lyre: new pipeline")
    expect(tab(page, "untitled1.pipeline")).to_be_visible()
    shown(page)
    command(page, "lyre: open", "Lyre: open the pipeline editor")
    expect(lyre(page).get_by_role("link", name="demo.pipeline")).to_be_visible()
    expect(lyre(page).locator("html[data-host]")).to_be_attached()
    command(page, "lyre: runs", "Lyre: runs")
    expect(tab(page, "Lyre Runs")).to_be_visible()
    expect(lyre(page).locator('[aria-current="page"]')).to_contain_text("Runs")


def test_tabs_are_there_again_after_a_reload(lab, open_page):
    page = open_page(lab)
    file_item(page, "folder with ä#?").dblclick()
    opened(page, "50% done.pipeline")
    expect(lyre(page).locator(".tab-name")).to_have_text("50% done.pipeline")
    command(page, "lyre: runs", "Lyre: runs")
    expect(lyre(page).locator('[aria-current="page"]')).to_contain_text("Runs")
    # JupyterLab writes its layout a second after the last change.
    saved = lab.home / "workspaces"
    assert eventually(lambda: any("lyre-runs" in file.read_text() for file in saved.glob("*")), PATIENCE / 1000)
    page.reload()
    tab(page, "50% done.pipeline").click()
    expect(canvas(page)).to_be_visible()
    tab(page, "Lyre Runs").click()
    expect(lyre(page).locator('[aria-current="page"]')).to_contain_text("Runs")


def test_keys_menus_and_presses_pass_the_frame(lab, open_page):
    page = open_page(lab)
    opened(page)
    canvas(page).click()
    page.keyboard.press("Control+Shift+c")  # a key of JupyterLab that the page has no use for
    expect(page.locator(".jp-ModalCommandPalette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".jp-ModalCommandPalette")).to_be_hidden()
    page.locator('.lm-MenuBar-item:has-text("File")').click()
    expect(page.locator(".lm-Menu").first).to_be_visible()
    canvas(page).click()
    expect(page.locator(".lm-Menu")).to_have_count(0)


def test_without_login_nothing_is_shown(lab):
    for path in ("lyre/", "lyre/api/session", "lyre/app.js"):
        status, headers, _ = lab.get(path, token=None)
        assert status == 302 and headers["Location"].startswith(f"{BASE}login?"), path
    assert not lab.pages()
    status, _, content = lab.get("lyre/api/session")
    assert status == 200 and json.loads(content)["path"] == str(lab.root)
    assert "python3" in {kernel["name"] for kernel in json.loads(content)["kernels"]}


def test_events_pass_the_proxy_as_they_come(lab):
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=PATIENCE / 1000)
    headers = {"Authorization": f"token {TOKEN}", "Accept": "text/event-stream"}
    connection.request("GET", f"{BASE}lyre/api/watch?path=demo.pipeline", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/event-stream")
    (lab.root / "demo.pipeline").write_text(json.dumps({**EMPTY, "id": "changed"}))
    lines = iter(answer.readline, b"")
    assert any(line.strip() == b"event: changed" for line in lines)
    connection.close()


def test_each_server_has_a_socket_that_others_cannot_reach_and_leaves_no_process(jupyter):
    servers = [jupyter(), jupyter()]
    found = {}
    for server in servers:
        assert json.loads(server.get("lyre/api/session")[2])["path"] == str(server.root)
        found.update(server.pages())
    assert len(set(found.values())) == 2
    for path in found.values():
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700 and path.parent.stat().st_uid == os.getuid()
    servers[0].process.terminate()
    servers[1].process.send_signal(signal.SIGKILL)
    for server in servers:
        assert eventually(lambda: not server.pages()), server.pages()


def test_without_the_proxy_the_tab_says_what_to_install(jupyter, open_page):
    server = jupyter("lab", '--ServerApp.jpserver_extensions={"jupyter_server_proxy": False}')
    fill(server.root)
    page = open_page(server)
    file_item(page, "demo.pipeline").dblclick()
    expect(page.get_by_role("alert")).to_contain_text('pip install "lyre-notebook[lab]"')
    # The file can still be opened as text.
    file_item(page, "demo.pipeline").click(button="right")
    page.locator('.lm-Menu-item:has-text("Open With")').hover()
    page.locator('.lm-Menu-item:has-text("Editor")').last.click()
    expect(page.locator(".jp-FileEditor")).to_be_visible()


def test_a_program_that_is_not_there_is_reported(jupyter, open_page):
    server = jupyter(LYRE="/no/such/lyre")
    fill(server.root)
    page = open_page(server)
    file_item(page, "demo.pipeline").dblclick()
    expect(page.get_by_role("alert")).to_contain_text("LYRE=/no/such/lyre: this file does not exist")
    expect(page.get_by_role("button", name="Try Again")).to_be_visible()


def test_notebook_7_opens_pipelines_too(jupyter, open_page):
    server = jupyter("notebook")
    fill(server.root)
    page = open_page(server, "tree")
    with page.context.expect_page() as info:
        file_item(page, "demo.pipeline").dblclick()
    expect(canvas(info.value)).to_be_visible()
    with page.context.expect_page() as info:
        page.bring_to_front()
        command(page, "lyre: runs", "Lyre: runs")
    expect(info.value.locator('[aria-current="page"]')).to_contain_text("Runs")
