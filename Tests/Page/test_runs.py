"""Runs on the page: started, watched, stopped and started again, with real kernels."""

import json
import os
import re
import signal

import pytest
from conftest import eventually, is_without_findings, notebook, pipeline
from playwright.sync_api import expect

GATE = """
import pathlib, time
while not pathlib.Path("{name}").exists():
    time.sleep(0.02)
"""
PLOT = """
%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 4, 2, 8]);
"""


def gate(name):
    """Code that waits until the test makes a file."""
    return GATE.format(name=name)


def fill(folder):
    """A pipeline: a script, a notebook with a plot that waits, one that fails until it is mended, one after it."""
    (folder / "load.py").write_text("import sys\nfor i in range(3):\n    print('row', i)\nprint('careful', file=sys.stderr)\n")
    (folder / "plot.ipynb").write_text(notebook("a = 1", PLOT, gate("go"), "print('the end')"))
    (folder / "fit.ipynb").write_text(notebook(
        "x = 1", "import pathlib\nassert pathlib.Path('mended').exists(), 'not mended'", "print('fitted')"))
    (folder / "report.py").write_text("print('reported')\n")
    return pipeline(folder, "shop.pipeline", "load.py", "plot.ipynb", "fit.ipynb", "report.py")


def row(page, label):
    return page.get_by_role("option", name=re.compile(f"^{re.escape(label)}, "))


def status(page, label, word):
    """Waits for the status of a node in the list."""
    expect(page.get_by_role("option", name=re.compile(f"^{re.escape(label)}, {word}"))).to_be_visible()


def run_status(page, word):
    expect(page.locator(".run-head-badge")).to_have_text(re.compile(word))


def start(page, server, name="shop.pipeline"):
    page.goto(f"{server.address}#/history/{name}")
    page.get_by_role("button", name="Run…").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".run-number")).to_be_visible()


def canvas_node(page, label):
    return page.locator(".run-graph .node", has_text=label)


def test_a_run_from_the_form_to_the_plot_the_failure_and_the_rerun(page, server, folder):
    fill(folder)
    start(page, server)
    status(page, "load.py", "ok")
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    status(page, "fit.ipynb", "waiting")
    run_status(page, "running")
    # The same states on the graph and in the counts.
    expect(canvas_node(page, "plot")).to_have_attribute("data-status", "running")
    expect(canvas_node(page, "load")).to_have_attribute("data-status", "succeeded")
    expect(page.get_by_role("group", name="Filter by status")).to_contain_text("1 running")

    # The notebook of a node that runs, with the plot that is already there.
    row(page, "plot.ipynb").click()
    page.get_by_role("tab", name="Notebook").click()
    frame = page.frame_locator("iframe.notebook-frame:not(.coming)")
    image = frame.locator(".output img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 100
    expect(frame.get_by_text("the end", exact=True)).to_have_count(0)
    (folder / "go").touch()
    expect(frame.locator(".output", has_text="the end")).to_be_visible()

    # The cell that failed.
    status(page, "fit.ipynb", "failed")
    status(page, "report.py", "(blocked|not run)")
    run_status(page, "failed")
    row(page, "fit.ipynb").click()
    page.get_by_role("tab", name="Notebook").click()
    page.get_by_role("button", name="Cell 2 failed").click()
    assert page.url.endswith("/cell/2")
    expect(page.frame_locator("iframe.notebook-frame:not(.coming)").locator("#cell-2")).to_contain_text("AssertionError")
    page.get_by_role("tab", name="Details").click()
    expect(page.locator(".details")).to_contain_text("not mended")

    first = page.url
    (folder / "mended").touch()
    page.get_by_role("button", name="Rerun from failure").click()
    expect(page).not_to_have_url(first)
    run_status(page, "ok")
    status(page, "fit.ipynb", "ok")
    status(page, "report.py", "ok")
    # The results of the other nodes are kept.
    status(page, "load.py", "(unchanged|skipped)")


def test_a_reload_in_the_middle_shows_the_same_run(page, server, folder):
    fill(folder)
    start(page, server)
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    row(page, "plot.ipynb").click()
    page.get_by_role("button", name="Timeline").click()
    page.reload()
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    expect(row(page, "plot.ipynb")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("button", name="Timeline")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".node-bar[data-tone=active]")).to_have_count(1)
    (folder / "go").touch()
    run_status(page, "failed")


def test_stop_interrupts_the_run_and_keeps_what_it_has(page, server, folder):
    fill(folder)
    start(page, server)
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    page.get_by_role("button", name="Stop", exact=True).click()
    run_status(page, "interrupted")
    status(page, "plot.ipynb", "interrupted")
    status(page, "load.py", "ok")
    expect(page.get_by_role("button", name="Rerun from failure")).to_be_visible()


def test_a_second_stop_ends_what_ignores_the_first(page, server, folder):
    (folder / "stubborn.py").write_text(
        "import pathlib, signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(600)\n")
    pipeline(folder, "stubborn.pipeline", "stubborn.py")
    start(page, server, "stubborn.pipeline")
    row(page, "stubborn.py").click()
    expect(page.locator(".log-text", has_text="deaf")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop at once").click()
    run_status(page, "interrupted")


def test_a_run_of_a_terminal_appears_and_goes_on_live(page, server, folder):
    fill(folder)
    (folder / "mended").touch()
    page.goto(f"{server.address}#/runs")
    expect(page.get_by_text("Nothing ran yet.")).to_be_visible()
    command = server.lyre("pipeline", "run", "shop.pipeline")
    line = page.get_by_role("row", name=re.compile("running"))
    expect(line).to_be_visible()
    line.click()
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    (folder / "go").touch()
    run_status(page, "ok")
    assert command.wait(60) == 0
    page.go_back()
    expect(page.get_by_role("row", name=re.compile("ok.*shop.pipeline"))).to_be_visible()


def test_the_page_goes_on_when_a_killed_server_is_back(page, server, folder):
    fill(folder)
    (folder / "mended").touch()
    page.goto(f"{server.address}#/runs")
    command = server.lyre("pipeline", "run", "shop.pipeline")
    page.get_by_role("row", name=re.compile("running")).click()
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    server.kill()
    expect(page.get_by_role("alert").filter(has_text="Connection lost")).to_be_visible()
    (folder / "go").touch()
    assert command.wait(60) == 0
    server.start()
    run_status(page, "ok")
    expect(page.get_by_role("alert").filter(has_text="Connection lost")).to_be_hidden()


def test_a_killed_run_and_an_unknown_run_are_reported_plainly(page, server, folder):
    fill(folder)
    command = server.lyre("pipeline", "run", "shop.pipeline", start_new_session=True)
    page.goto(f"{server.address}#/runs")
    page.get_by_role("row", name=re.compile("running")).click()
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    run_status(page, "killed")
    status(page, "plot.ipynb", "killed")
    status(page, "fit.ipynb", "not run")
    expect(page.locator(".run-message")).to_contain_text("was killed")
    page.goto(f"{server.address}#/runs/4711")
    expect(page.get_by_text("There is no run 4711 in the record.")).to_be_visible()
    page.get_by_role("link", name="All runs").click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()


def test_the_output_is_searched_filtered_copied_and_downloaded(page, server, folder, tmp_path):
    (folder / "talk.py").write_text(
        "import sys\nprint('trouble', file=sys.stderr, flush=True)\n"
        "for i in range(30000):\n    print(f'line {i} ' + ('needle' if i % 10000 == 77 else 'hay'))\n")
    pipeline(folder, "talk.pipeline", "talk.py")
    start(page, server, "talk.pipeline")
    run_status(page, "ok")
    row(page, "talk.py").click()
    expect(page.locator(".log-state")).to_contain_text("30,001 lines")
    # Only the lines in the window exist.
    assert page.locator(".log-line").count() < 120
    search = page.get_by_role("searchbox", name="Search the output")
    search.press_sequentially("NEEDLE")
    expect(page.locator(".log-count")).to_have_text(re.compile("of 3"))
    expect(page.locator("mark.current")).to_have_text("needle")
    current = page.locator(".log-line:has(mark.current) .log-text")
    seen = set()
    for _ in range(3):
        count = page.locator(".log-count").inner_text()
        number = int(count.split(" ")[0])
        seen.add(number)
        expect(current).to_have_text(f"line {10_000 * (number - 1) + 77} needle")
        search.press("Enter")
        expect(page.locator(".log-count")).not_to_have_text(count)
    assert seen == {1, 2, 3}
    page.get_by_role("button", name="Match case").click()
    expect(page.locator(".log-count")).to_have_text("no match")
    search.fill("")

    page.get_by_role("combobox", name="Stream").select_option("stderr")
    expect(page.locator(".log-line")).to_have_count(1)
    expect(page.locator(".log-text")).to_have_text("trouble")
    page.get_by_role("button", name="Copy the output").click()
    assert eventually(lambda: page.evaluate("navigator.clipboard.readText()"), "a copied text") == "trouble\n"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the whole log").click()
    download.value.save_as(tmp_path / "log.txt")
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert len(lines) == 30_001 and "line 20077 needle" in lines


def test_a_long_output_follows_its_end_until_somebody_scrolls(page, server, folder):
    (folder / "stream.py").write_text(
        "import pathlib, time\nfor i in range(400):\n    print('early', i, flush=True)\n"
        "while not pathlib.Path('go').exists():\n    time.sleep(0.02)\n"
        "for i in range(400):\n    print('late', i, flush=True)\n")
    pipeline(folder, "stream.pipeline", "stream.py")
    start(page, server, "stream.pipeline")
    row(page, "stream.py").click()
    expect(page.locator(".log-text", has_text="early 399")).to_be_visible()
    page.locator(".log-body").hover()
    page.mouse.wheel(0, -3000)
    expect(page.get_by_role("button", name="Follow the end")).to_have_attribute("aria-pressed", "false")
    (folder / "go").touch()
    expect(page.locator(".log-state")).to_contain_text("800 lines")
    expect(page.locator(".log-text", has_text="late 399")).to_have_count(0)
    page.get_by_role("button", name="Follow the end").click()
    expect(page.locator(".log-text", has_text="late 399")).to_be_visible()


def test_hostile_labels_outputs_and_escapes_stay_text(page, server, folder):
    evil = "<img src=x onerror=alert(1)> \u202e evil"
    (folder / "evil.py").write_text(
        "print('\\x1b[31mred\\x1b[0m <script>alert(2)</script> \\x1b]0;title\\x07 \\x1b[2J \\x1b[999999999999m end')\n"
        "raise SystemExit('<b>bold</b>')\n")
    path = pipeline(folder, "evil.pipeline", "evil.py")
    text = path.read_text()
    assert text.count('"label": "evil.py"') or text.count('"label": ""')
    path.write_text(text.replace('"label": "evil.py"', f'"label": "{evil}"').replace('"label": ""', f'"label": "{evil}"'))
    start(page, server, "evil.pipeline")
    run_status(page, "failed")
    page.locator(".node-row").click()
    line = page.locator(".log-text").first
    expect(line).to_contain_text("red <script>alert(2)</script>")
    expect(line).to_contain_text("end")
    expect(line.locator(".ansi-1")).to_have_text("red")
    expect(page.locator(".run-panel-title")).to_contain_text("<img src=x onerror=alert(1)>")
    page.get_by_role("tab", name="Details").click()
    expect(page.locator(".details-tail")).to_contain_text("<b>bold</b>")
    page.goto(f"{server.address}#/history/evil.pipeline")
    expect(page.locator(".history-label")).to_contain_text("<img src=x")
    assert page.locator("main img, main script").count() == 0


def test_the_run_of_a_notebook_has_the_same_panel_and_links_to_its_cells(page, server, folder):
    (folder / "alone.ipynb").write_text(notebook("print('one')", PLOT, "1/0", "print('never')"))
    assert server.lyre("run", "alone.ipynb").wait(120) == 1
    page.goto(f"{server.address}#/runs")
    page.get_by_role("row", name=re.compile("alone.ipynb")).click()
    run_status(page, "failed")
    expect(page.locator(".log-text", has_text="one")).to_be_visible()
    page.get_by_role("tab", name="Notebook").click()
    page.get_by_role("button", name="Cell 3 failed").click()
    frame = page.frame_locator("iframe.notebook-frame:not(.coming)")
    expect(frame.locator("#cell-3")).to_contain_text("ZeroDivisionError")
    expect(frame.locator("#cell-3")).to_be_in_viewport()
    # The link can be sent to somebody else.
    page.get_by_role("button", name="Copy a link to this run").click()
    link = page.url
    assert link.endswith("/0/cell/3")
    page.goto(f"{server.address}#/runs")
    page.goto(link)
    expect(page.frame_locator("iframe.notebook-frame:not(.coming)").locator("#cell-3")).to_be_in_viewport()
    page.get_by_role("tab", name="Details").click()
    expect(page.locator(".cell-table")).to_contain_text("ZeroDivisionError")


def test_the_history_is_read_by_keyboard_and_two_runs_are_compared(page, server, folder):
    fill(folder)
    (folder / "go").touch()
    assert server.lyre("pipeline", "run", "shop.pipeline").wait(120) == 1
    (folder / "mended").touch()
    assert server.lyre("pipeline", "run", "shop.pipeline").wait(120) == 0
    page.goto(f"{server.address}#/history/shop.pipeline")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("row")).to_have_count(5)
    is_without_findings(page, "history")
    failed = page.get_by_role("gridcell", name=re.compile("fit.ipynb: failed"))
    expect(failed).to_be_visible()
    # The newest run is selected: three down is its third node, then one to the left.
    page.get_by_role("columnheader", name=re.compile("Run 2")).click()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(failed).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/runs/1/2$"))
    page.go_back()
    page.get_by_role("columnheader", name=re.compile("Run 2")).click()
    page.get_by_role("button", name="Compare with run 1").click()
    line = page.get_by_role("row", name=re.compile("fit.ipynb"))
    expect(line).to_contain_text("failed")
    expect(line).to_have_class(re.compile("differs"))
    page.get_by_role("button", name="fit.ipynb").click()
    expect(page.frame_locator("iframe").nth(0).get_by_text("AssertionError").first).to_be_visible()
    expect(page.frame_locator("iframe").nth(1).locator(".output", has_text="fitted")).to_be_visible()
    is_without_findings(page, "comparison")
    page.get_by_role("button", name="Cell times").click()
    expect(page.locator(".compare-outputs").get_by_role("row")).to_have_count(4)


def test_the_form_previews_the_run_checks_values_and_remembers_them(page, server, folder):
    (folder / "ask.py").write_text("import os\nprint('YEAR is', os.environ.get('YEAR'))\n")
    (folder / "next.py").write_text("print(1)\n")
    path = pipeline(folder, "ask.pipeline", "ask.py", "next.py")
    page.goto(f"{server.address}#/history/ask.pipeline")
    page.get_by_role("button", name="Run…").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".form-plan")).to_contain_text("2 nodes run")
    is_without_findings(page, "form")
    dialog.get_by_role("radio", name=re.compile("Only these")).check()
    expect(dialog.locator(".form-plan")).to_contain_text("Choose the nodes")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(dialog.get_by_role("alert").filter(has_text="at least one node")).to_be_visible()
    dialog.get_by_role("checkbox", name="ask.py").check()
    expect(dialog.locator(".form-plan")).to_contain_text("1 node runs")
    dialog.get_by_role("radio", name=re.compile("From here")).check()
    expect(dialog.locator(".form-plan")).to_contain_text("2 nodes run")
    dialog.get_by_role("radio", name=re.compile("Up to here")).check()
    expect(dialog.locator(".form-plan")).to_contain_text("1 node runs")
    dialog.get_by_text("Environment variables and options").click()
    dialog.get_by_role("button", name="Add variable").click()
    dialog.get_by_role("combobox", name="Name of the variable").fill("YEAR")
    dialog.get_by_role("textbox", name="Value").fill("1789")
    dialog.get_by_role("button", name="Run", exact=True).click()
    run_status(page, "ok")
    row(page, "ask.py").click()
    expect(page.locator(".log-text", has_text="YEAR is 1789")).to_be_visible()

    # The choice is there the next time, but no value that may be a secret.
    page.goto(f"{server.address}#/history/ask.pipeline")
    page.get_by_role("button", name="Run…").first.click()
    dialog.get_by_text("Environment variables and options").click()
    expect(dialog.get_by_role("combobox", name="Name of the variable")).to_have_value("YEAR")
    expect(dialog.get_by_role("textbox", name="Value of YEAR")).to_have_value("")
    dialog.get_by_role("button", name="Cancel").click()

    # An error in the pipeline prevents the run, with a link to it.
    path.write_text(path.read_text().replace("next.py", "gone.py"))
    page.get_by_role("button", name="Run…").first.click()
    expect(dialog.get_by_role("alert").filter(has_text="gone.py")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1360), ("dark", 1360), ("light", 480)])
def test_the_pages_are_accessible(make_page, server, folder, scheme, width):
    fill(folder)
    (folder / "go").touch()
    assert server.lyre("pipeline", "run", "shop.pipeline").wait(120) == 1
    page = make_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(f"{server.address}#/runs")
    expect(page.get_by_role("row", name=re.compile("failed"))).to_be_visible()
    is_without_findings(page, "runs")
    page.goto(f"{server.address}#/runs/1/2")
    expect(page.locator(".log-state")).not_to_be_empty()
    is_without_findings(page, "output")
    page.get_by_role("button", name="Timeline").click()
    page.get_by_role("tab", name="Details").click()
    expect(page.locator(".cell-table")).to_be_visible()
    is_without_findings(page, "details")
    page.get_by_role("tab", name="Notebook").click()
    expect(page.locator("iframe.notebook-frame:not(.coming)")).to_be_visible()
    is_without_findings(page, "notebook")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_tip_of_a_node_stays_while_its_run_goes_on(page, server, folder):
    fill(folder)
    start(page, server)
    status(page, "plot.ipynb", "running, .*cell 3 of 4")
    canvas_node(page, "plot").hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("cell 3 of 4")
    # The drawing of the node counts its seconds.
    text = canvas_node(page, "plot").locator(".node-status")
    first = text.text_content()
    expect(text).not_to_have_text(first)
    expect(tip).to_be_visible()
    (folder / "go").touch()
    expect(tip).to_contain_text("ok")
    run_status(page, "failed")


def test_a_long_message_and_a_long_name_leave_room_in_a_narrow_window(make_page, server, folder):
    (folder / "loud.py").write_text("raise SystemExit('no ' * 3000)\n")
    path = pipeline(folder, "loud.pipeline", "loud.py")
    document = json.loads(path.read_text())
    document["pipelines"][0]["nodes"][0]["app_data"]["ui_data"]["label"] = "x" * 400
    document["pipelines"][0]["app_data"].setdefault("ui_data", {})["comments"] = [
        {"id": "c", "x_pos": 40, "y_pos": 200, "width": 160, "height": 60, "content": "Mind the <b>gap</b>", "associated_id_refs": []}]
    path.write_text(json.dumps(document))
    assert server.lyre("pipeline", "run", "loud.pipeline").wait(120) == 1
    page = make_page(viewport={"width": 480, "height": 700})
    page.goto(f"{server.address}#/runs/1")
    run_status(page, "failed")
    # As in the editor, comments are Markdown.
    expect(page.locator(".run-graph .comment")).to_have_text("Mind the gap")
    message = page.get_by_role("region", name="Message")
    assert message.bounding_box()["height"] < 120
    message.get_by_role("button").click()
    page.get_by_role("tab", name="Details").click()
    expect(page.locator(".details")).to_be_in_viewport()
    is_without_findings(page, "long message")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_graph_of_a_run_shows_the_inside_of_super_nodes(page, server, folder):
    fill(folder)
    (folder / "go").touch()
    page.goto(f"{server.address}#/edit/shop.pipeline")
    page.locator(".canvas-svg .node", has_text="plot").click()
    page.keyboard.press("Control+g")
    page.locator(".label-editor").press("Enter")
    page.keyboard.press("Control+s")
    expect(page.locator(".save-state:visible")).to_have_text("Saved")
    assert server.lyre("pipeline", "run", "shop.pipeline").wait(120) == 1
    page.goto(f"{server.address}#/runs/1")
    group = canvas_node(page, "Super node")
    expect(group).to_have_attribute("data-status", "succeeded")
    group.locator(".node-toggle").click()
    expect(canvas_node(page, "plot")).to_have_attribute("data-status", "succeeded")
    expect(canvas_node(page, "load")).to_be_visible()
    group.locator(".node-toggle").click()
    expect(canvas_node(page, "plot")).to_have_count(0)
    group.dblclick()
    expect(canvas_node(page, "plot")).to_have_attribute("data-status", "succeeded")
    expect(canvas_node(page, "load")).to_have_count(0)
    page.get_by_role("navigation", name="Place in the pipeline").get_by_role("button").click()
    expect(canvas_node(page, "load")).to_be_visible()


def test_the_board_is_operated_by_keys_alone(page, server, folder):
    fill(folder)
    (folder / "go").touch()
    assert server.lyre("pipeline", "run", "shop.pipeline").wait(120) == 1
    page.goto(f"{server.address}#/runs/1")
    status(page, "fit.ipynb", "failed")
    page.keyboard.press("/")
    page.keyboard.type("fit")
    expect(page.locator(".node-row")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".node-row")).to_have_count(4)
    page.get_by_role("listbox", name="Nodes").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("tab", name="Output")).to_be_focused()
    expect(page.locator(".run-panel-title")).to_have_text("fit.ipynb")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Notebook")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Timeline")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".run-panel")).to_be_hidden()
    expect(page.get_by_role("listbox", name="Nodes")).to_be_focused()


def test_states_do_not_wait_for_a_flood_of_output(page, server, folder):
    (folder / "flood.py").write_text(
        "import pathlib, sys\nwhile not pathlib.Path('dry').exists():\n    sys.stdout.write('drop ' * 2000 + '\\n')\n")
    (folder / "quick.py").write_text(gate("go") + "print('quick')\n")
    pipeline(folder, "flood.pipeline", "flood.py", "quick.py", chain=False)
    start(page, server, "flood.pipeline")
    row(page, "flood.py").click()
    expect(page.locator(".log-state")).to_contain_text("following")
    status(page, "quick.py", "running")
    (folder / "go").touch()
    status(page, "quick.py", "ok")
    status(page, "flood.py", "running")
    (folder / "dry").touch()
    run_status(page, "ok")


def test_the_form_leads_to_a_run_that_is_on_already(page, server, folder):
    fill(folder)
    command = server.lyre("pipeline", "run", "shop.pipeline")
    page.goto(f"{server.address}#/runs")
    expect(page.get_by_role("row", name=re.compile("running"))).to_be_visible()
    # A preview that is slower than the run's refusal.
    previews = []
    page.route("**/api/plan*", lambda route: previews.append(route))
    page.goto(f"{server.address}#/history/shop.pipeline")
    page.get_by_role("button", name="Run…").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Checking what would run")
    dialog.get_by_role("button", name="Run", exact=True).click()
    other = dialog.get_by_role("link", name="show run 1")
    expect(other).to_be_visible()
    assert len(previews) == 1
    previews[0].continue_()
    if answer := previews[0].request.response():
        answer.finished()
    page.evaluate("fetch('api/runs').then(answer => answer.text())")
    other.click(timeout=5000)
    expect(dialog).to_be_hidden()
    status(page, "plot.ipynb", "running")
    (folder / "go").touch()
    assert command.wait(60) == 1
