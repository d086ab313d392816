"""Elyra's tutorial pipeline, from an empty canvas: with the mouse alone, and with the keyboard alone."""

import re
import subprocess

import pytest
from conftest import LYRE, PATIENCE, is_without_findings, notebook
from editing import FILES, Editor, fill
from playwright.sync_api import expect

PLOT = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 4, 2, 8]);"


@pytest.fixture
def editor(folder, page, server):
    fill(folder, FILES | {"plot.ipynb": notebook(PLOT)})
    return Editor(page, server).create()


def is_tutorial(editor):
    """What both ways must lead to, as the file on disk has it, and as the command line sees it."""
    flow = editor.flow()
    nodes = {node["app_data"]["component_parameters"]["filename"]: node for node in flow["nodes"]}
    assert sorted(nodes) == ["clean.ipynb", "load.ipynb", "plot.ipynb", "report.py"]
    names = {node["id"]: file for file, node in nodes.items()}
    links = {
        (names[link["node_id_ref"]], file)
        for file, node in nodes.items() for port in node["inputs"] for link in port.get("links", [])
        if link["node_id_ref"] in names
    }
    assert links == {("load.ipynb", "clean.ipynb"), ("clean.ipynb", "plot.ipynb"), ("clean.ipynb", "report.py")}
    parameters = editor.parameters("load.ipynb")
    assert parameters["dependencies"] == ["helper.csv"]
    assert {"env_var": "DATA_FOLDER", "value": "data"} in parameters["env_vars"]
    comments = flow["app_data"]["ui_data"]["comments"]
    assert [comment["content"] for comment in comments] == ["Loads **all** data"]
    done = subprocess.run([LYRE, "pipeline", "validate", "demo.pipeline"], cwd=editor.server.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tutorial_is_made_with_the_mouse_alone(editor):
    page = editor.page
    editor.drop("load.ipynb", 130, 200).has(nodes=1)
    editor.drop("clean.ipynb", 380, 200).has(nodes=2)
    editor.drop("plot.ipynb", 600, 120).has(nodes=3)
    editor.drop("report.py", 600, 290).has(nodes=4)
    editor.connect("load.ipynb", "clean.ipynb").connect("clean.ipynb", "plot.ipynb").connect("clean.ipynb", "report.py")

    editor.node("load.ipynb").click()
    dependencies = editor.field("dependencies")
    dependencies.get_by_role("button", name="Browse…").click()
    editor.choices.filter(has_text="helper.csv").click()
    expect(dependencies.get_by_role("textbox")).to_have_value("helper.csv")
    expect(dependencies.locator(".match-count")).to_have_text("1 file")

    editor.section("Environment")
    value = editor.field("env_vars").get_by_role("textbox", name="Value, row 1")
    expect(editor.field("env_vars").get_by_role("textbox", name="Environment Variable, row 1")).to_have_value("DATA_FOLDER")
    value.click()
    page.keyboard.type("data")

    page.get_by_role("button", name="Add a comment").click()
    page.keyboard.type("Loads **all** data")
    page.mouse.click(*editor.at(300, 560))
    expect(editor.comments.locator("strong")).to_have_text("all")

    page.get_by_role("button", name="Save", exact=True).click()
    expect(editor.state).to_have_text("Saved")
    is_tutorial(editor)
    is_without_findings(page, "the tutorial")

    page.get_by_role("button", name="Run…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    ended(page, "ok")
    row(page, "plot.ipynb").click()
    page.get_by_role("tab", name="Notebook").click()
    image = page.frame_locator("iframe.notebook-frame:not(.coming)").locator(".output img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 100

    # A cell is broken: the run says which node failed, and offers to go on from there.
    clean = editor.server.folder / "clean.ipynb"
    clean.write_text(notebook("print('clean')", "assert False, 'broken'"))
    page.get_by_role("navigation", name="Open pages").get_by_role("link", name="demo.pipeline").click()
    page.get_by_role("button", name="Run…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    ended(page, "failed")
    expect(row(page, "clean.ipynb")).to_have_accessible_name(re.compile("failed"))
    # The rerun from there is in test_runs.py.
    expect(page.get_by_role("button", name="Rerun from failure")).to_be_visible()


def test_the_tutorial_is_made_with_the_keyboard_alone(editor):
    page = editor.page
    # Files are added by name, each after the one that has the focus.
    editor.svg.focus()
    editor.press("n")
    page.keyboard.type("load")
    editor.press("Enter")
    expect(editor.node("load.ipynb")).to_be_focused()
    for name in ("clean", "plot", "report"):
        editor.press("n")
        expect(page.get_by_role("combobox", name="Add a node")).to_be_focused()
        page.keyboard.type(name)
        expect(editor.choices.first).to_contain_text(name)
        editor.press("Enter")
        expect(editor.svg.locator(".node:focus")).to_contain_text(name)
    editor.has(nodes=4)

    for source, target in (("load", "clean"), ("clean", "plot"), ("clean", "report")):
        find(editor, source)
        editor.press("Control+Shift+L")
        page.keyboard.type(target)
        editor.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
    editor.has(links=3)
    editor.press("l")

    find(editor, "load")
    editor.press("p")
    expect(editor.panel.get_by_role("textbox", name="Label")).to_be_focused()
    tab_to(page, "Browse…")
    editor.press("Enter")
    page.keyboard.type("helper")
    editor.press("Enter")
    expect(editor.field("dependencies").get_by_role("textbox")).to_have_value("helper.csv")
    tab_to(page, "Environment")
    if page.locator(":focus").locator("..").get_attribute("open") is None:
        editor.press("Enter")
    tab_to(page, "Value, row 1")
    page.keyboard.type("data")

    find(editor, "load")
    editor.press("m")
    page.keyboard.type("Loads **all** data")
    editor.press("Shift+Enter")
    expect(editor.comments.locator("strong")).to_have_text("all")
    editor.saved()
    is_tutorial(editor)

    editor.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Run demo.pipeline")
    expect(dialog).to_be_visible()
    tab_to(page, "Run")
    editor.press("Enter")
    ended(page, "ok")


def row(page, label):
    """The node in the list of a run."""
    return page.get_by_role("option", name=re.compile(f"^{re.escape(label)}, "))


def ended(page, status):
    expect(page.locator(".run-head-badge")).to_have_text(re.compile(status), timeout=3 * PATIENCE)


def find(editor, label):
    """Goes to a node by Ctrl+F."""
    editor.press("Control+f")
    editor.page.keyboard.type(label)
    editor.press("Enter")
    expect(editor.svg.locator(".node:focus")).to_contain_text(label)


def tab_to(page, name):
    """Presses Tab until the element with this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => (document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').trim()")
        if found.split("\n")[0] == name:
            return
    raise AssertionError(f"Tab does not lead to {name}")
