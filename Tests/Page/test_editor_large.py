"""Large pipelines, real ones, and the accessibility of each page."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import PATIENCE, is_without_findings, pipeline
from editing import Editor, fill
from playwright.sync_api import expect

CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/pipelines"

# Times each frame's work during a drag: the page's own code, and the layout that follows from it.
MEASURE = """() => {
  window.frames_ = [];
  const next = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => next((time) => {
    const begin = performance.now();
    callback(time);
    document.querySelector('.canvas-svg .node').getBoundingClientRect();
    window.frames_.push(performance.now() - begin);
  });
}"""


def large(folder, count, name="large.pipeline"):
    """A pipeline of a grid of nodes, each linked to the one before it and the one above."""
    fill(folder)
    (folder / "demo.pipeline").unlink(missing_ok=True)
    pipeline(folder, "demo.pipeline", "load.ipynb")
    document = json.loads((folder / "demo.pipeline").read_text())
    flow = document["pipelines"][0]
    (first,) = flow["nodes"]
    nodes = []
    for index in range(count):
        node = json.loads(json.dumps(first))
        node["id"] = f"node-{index}"
        node["app_data"]["ui_data"] |= {"label": f"node {index}", "x_pos": 40 + index % 25 * 220, "y_pos": 40 + index // 25 * 90}
        sources = [index - 1] if index % 25 else []
        sources += [index - 25] if index >= 25 else []
        node["inputs"][0]["links"] = [
            {"id": f"link-{source}-{index}", "node_id_ref": f"node-{source}", "port_id_ref": "outPort"} for source in sources]
        nodes.append(node)
    flow["nodes"] = nodes
    (folder / name).write_text(json.dumps(document, indent=2))


@pytest.mark.parametrize("selected", [1, 500], ids=["one", "all"])
def test_a_drag_among_500_nodes_takes_less_than_a_frame(folder, page, server, selected):
    large(folder, 500)
    editor = Editor(page, server).open("large.pipeline").has(nodes=500)
    node = editor.node("node 262")
    node.click()
    if selected > 1:
        editor.press("Control+a")
        expect(editor.svg.locator(".node.selected")).to_have_count(500)
    page.evaluate(MEASURE)
    x, y = editor.point(node, 0.4)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + 2 * step, y + step)
    page.mouse.up()
    times = sorted(page.evaluate("() => window.frames_"))
    assert len(times) > 10
    median, worst = times[len(times) // 2], times[-1]
    print(f"\ndrag of {selected} among 500 nodes: {len(times)} frames, median {median:.1f} ms, worst {worst:.1f} ms")
    assert median < 16


def test_a_pipeline_of_5000_nodes_opens_and_is_edited(folder, page, server):
    large(folder, 5000)
    page.set_default_timeout(4 * PATIENCE)
    page.goto(f"{server.address}#/edit/large.pipeline")
    editor = Editor(page, server)
    expect(editor.nodes).to_have_count(5000, timeout=4 * PATIENCE)
    # From far away there are outlines, each with its name.
    expect(editor.node("node 4321")).to_have_count(1)
    assert page.locator(".node-label").count() == 0
    editor.press("Control+f")
    page.keyboard.type("node 4321")
    editor.press("Enter")
    expect(editor.node("node 4321")).to_be_in_viewport()
    # What is in sight is whole, and not much more.
    expect(editor.node("node 4321").locator(".node-label")).to_have_text("node 4321")
    expect(editor.node("node 4321").locator(".port")).to_have_count(2)
    assert page.locator(".node-label").count() < 200
    editor.press("Delete").has(nodes=4999)
    editor.press("Control+z").has(nodes=5000)


def corpus():
    return sorted(CORPUS.rglob("*.pipeline")) if CORPUS.exists() else []


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_real_pipelines_open_and_are_unchanged_after_closing(tmp_path, folder, page, server):
    shutil.copytree(CORPUS, folder, dirs_exist_ok=True)
    editor = Editor(page, server)
    opened = 0
    for file in corpus():
        path = file.relative_to(CORPUS)
        copy = folder / path
        before = (copy.read_bytes(), copy.stat().st_mtime_ns)
        page.goto(f"{server.address}#/edit/{path}")
        shown = page.locator(".unreadable:visible, .save-state:visible:not(:empty)")
        expect(shown.first).to_be_visible()
        if page.locator(".unreadable:visible").count() == 0:
            opened += 1
        page.get_by_role("button", name=f"Close {path.name}", exact=True).last.click()
        assert (copy.read_bytes(), copy.stat().st_mtime_ns) == before, path
    print(f"\n{opened} of {len(corpus())} real pipelines were opened and closed; no file was changed")
    assert opened > 0.8 * len(corpus())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editor_its_menus_and_dialogs(folder, make_page, server, scheme):
    fill(folder)
    pipeline(folder, "demo.pipeline", "load.ipynb", "clean.ipynb", "plot.ipynb")
    page = make_page(color_scheme=scheme)
    page.goto(f"{server.address}#/")
    expect(page.get_by_role("link", name="demo.pipeline")).to_be_visible()
    is_without_findings(page, "folder")
    editor = Editor(page, server).open().has(nodes=3)
    is_without_findings(page, "nothing selected")
    editor.node("load.ipynb").click()
    for title in ("Outputs", "Environment", "Container and Resources", "Kubernetes", "Time Limit and Retries"):
        editor.section(title)
    for name in ("dependencies", "kubernetes_tolerations", "env_vars"):
        editor.field(name).get_by_role("button", name="Add", exact=True).click()
    editor.field("cpu").get_by_role("button", name="Help: CPU request").click()
    is_without_findings(page, "node")
    editor.node("load.ipynb").click()
    editor.press("m")
    page.keyboard.type("A **comment**")
    is_without_findings(page, "comment that is written")
    editor.press("Shift+Enter")
    editor.node("clean.ipynb").click()
    editor.press("Control+g")
    expect(editor.page.locator(".label-editor")).to_be_focused()
    editor.press("Enter")
    is_without_findings(page, "super node")
    editor.node("load.ipynb").click(button="right")
    is_without_findings(page, "menu")
    editor.press("Escape", "n")
    is_without_findings(page, "quick add")
    editor.press("Escape", "?")
    is_without_findings(page, "keys")


def test_nothing_moves_by_itself_where_that_is_unwanted(folder, make_page, server):
    fill(folder)
    pipeline(folder, "demo.pipeline", "load.ipynb")
    page = make_page(reduced_motion="reduce")
    Editor(page, server).open().has(nodes=1)
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter((e) => {
      const style = getComputedStyle(e);
      return style.animationName !== 'none' || style.transitionDuration.split(', ').some((each) => parseFloat(each) > 0);
    }).length""")
    assert moving == 0
