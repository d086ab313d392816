"""The document: undo, clipboard, comments, super nodes, saving, changes on disk, drafts, a server that goes away."""

import json
import re

import pytest
from conftest import eventually, is_without_findings, pipeline
from editing import Editor, fill
from playwright.sync_api import expect


@pytest.fixture
def editor(folder, page, server):
    fill(folder)
    pipeline(folder, "demo.pipeline", "load.ipynb", "clean.ipynb", "plot.ipynb")
    return Editor(page, server).open().has(nodes=3, links=2)


# Undo


def test_everything_is_undone_and_done_again(editor):
    page = editor.page
    texts = [(editor.server.folder / "demo.pipeline").read_text()]
    steps = [
        (lambda: (editor.svg.focus(), editor.press("Control+a", "Control+ArrowDown")), "move 3 nodes"),
        (lambda: (editor.node("plot.ipynb").click(), editor.press("Delete")), "delete “plot.ipynb”"),
        (lambda: (editor.node("clean.ipynb").click(), editor.press("Control+Shift+k")), "disconnect “clean.ipynb”"),
        (lambda: clear(editor, "Everything"), "clear everything"),
    ]
    for step, name in steps:
        step()
        expect(page.get_by_role("button", name=f"Undo: {name}")).to_be_enabled()
        texts.append(editor.saved() and (editor.server.folder / "demo.pipeline").read_text())
    editor.has(nodes=0)
    for text in reversed(texts[:-1]):
        editor.svg.focus()
        editor.press("Control+z")
        editor.saved()
        assert (editor.server.folder / "demo.pipeline").read_text() == text
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    for text in texts[1:]:
        editor.svg.focus()
        editor.press("Control+y")
        editor.saved()
        assert (editor.server.folder / "demo.pipeline").read_text() == text


def clear(editor, what):
    editor.page.get_by_role("button", name="More", exact=True).click()
    editor.menu("Clear…")
    editor.page.get_by_role("button", name=what, exact=True).click()


# Clipboard


def test_nodes_are_copied_to_another_pipeline_with_links_and_settings(editor):
    editor.node("load.ipynb").click()
    editor.node("clean.ipynb").click(modifiers=["Shift"])
    editor.press("Control+c")
    expect(editor.page.locator("[role=status]", has_text="Copied 2 nodes")).to_have_count(1)
    other = Editor(editor.page, editor.server).create("other.pipeline")
    other.page.mouse.click(*other.at(300, 300))
    other.press("Control+v").has(nodes=2, links=1)
    other.saved()
    assert other.parameters("load.ipynb", "other.pipeline")["filename"] == "load.ipynb"
    other.press("Control+z").has(nodes=0)


def test_cut_and_paste_moves_to_the_pointer_and_duplicate_stands_below(editor):
    editor.node("plot.ipynb").click()
    editor.press("Control+x").has(nodes=2, links=1)
    editor.page.mouse.move(*editor.at(200, 500))
    editor.press("Control+v").has(nodes=3)
    box = editor.node("plot.ipynb").locator(".node-box").bounding_box()
    x, y = editor.at(200, 500)
    assert abs(box["x"] - x) < 5 and abs(box["y"] - y) < 5
    editor.press("Control+d").has(nodes=4)


def test_other_text_on_the_clipboard_is_no_part_of_a_pipeline(editor):
    editor.page.evaluate("() => { localStorage.clear(); return navigator.clipboard.writeText('{\"a\": 1}') }")
    editor.page.mouse.click(*editor.at(60, 500))
    editor.press("Control+v")
    expect(editor.page.get_by_text("There are no nodes on the clipboard.")).to_be_visible()
    editor.has(nodes=3)


# Comments


def test_a_comment_is_written_in_markdown_resized_linked_and_moved(editor):
    page = editor.page
    page.mouse.click(*editor.at(60, 480))
    editor.press("m")
    page.keyboard.type("# Title\nsome ")
    editor.press("Control+b")
    page.keyboard.type("bold")
    page.mouse.click(*editor.at(600, 560))
    expect(editor.comments.locator("h1")).to_have_text("Title")
    expect(editor.comments.locator("strong")).to_have_text("bold")
    editor.comments.click()
    before = editor.comments.locator(".comment-box").bounding_box()
    corner = (before["x"] + before["width"] - 5, before["y"] + before["height"] - 5)
    editor.drag(corner, (corner[0] + 60, corner[1] + 40))
    expect(page.get_by_role("button", name="Undo: resize a comment")).to_be_enabled()
    after = editor.comments.locator(".comment-box").bounding_box()
    assert abs(after["width"] - before["width"] - 60) < 3 and abs(after["height"] - before["height"] - 40) < 3
    editor.comments.click()
    port = editor.comments.locator(".comment-port .port-dot")
    editor.drag(editor.point(port), editor.point(editor.node("load.ipynb"), 0.4))
    expect(editor.svg.locator(".link.comment")).to_have_count(1)
    editor.comments.dblclick()
    editor.press("Control+a")
    page.keyboard.type("other")
    editor.press("Escape")
    expect(editor.comments.locator("h1")).to_have_text("Title")


def test_a_comment_and_a_label_that_are_being_written_are_saved_by_the_key(editor):
    editor.page.mouse.click(*editor.at(60, 480))
    editor.press("m")
    editor.page.keyboard.type("A note")
    editor.press("Control+s").has(comments=1)
    expect(editor.state).to_have_text("Saved")
    (comment,) = editor.flow()["app_data"]["ui_data"]["comments"]
    assert comment["content"] == "A note"
    editor.node("load.ipynb").click()
    editor.press("F2")
    expect(editor.page.locator(".label-editor")).to_be_focused()
    editor.page.keyboard.type("Load!")
    editor.press("Control+s")
    expect(editor.node("Load!")).to_be_visible()
    expect(editor.state).to_have_text("Saved")
    assert "Load!" in json.dumps(editor.document())


def test_html_in_comments_and_labels_is_harmless(folder, page, server):
    fill(folder)
    file = pipeline(folder, "demo.pipeline", "load.ipynb")
    document = json.loads(file.read_text())
    evil = "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script><svg onload=alert(1)> [x](javascript:alert(1))"
    flow = document["pipelines"][0]
    flow["nodes"][0]["app_data"]["ui_data"]["label"] = evil
    flow["app_data"]["ui_data"]["comments"] = [
        {"id": "c", "x_pos": 50, "y_pos": 300, "width": 200, "height": 80, "content": evil, "associated_id_refs": []}]
    file.write_text(json.dumps(document))
    editor = Editor(page, server).open().has(nodes=1, comments=1)
    expect(editor.svg.locator("img[onerror], script, a[href^=javascript]")).to_have_count(0)
    editor.nodes.click()
    expect(editor.panel.get_by_role("heading")).to_have_text(evil)
    assert page.title().endswith("Lyre") and "bad" not in page.title()


# Super nodes


def test_a_super_node_is_made_named_opened_expanded_and_ungrouped(editor):
    page = editor.page
    editor.node("clean.ipynb").click()
    editor.node("plot.ipynb").click(modifiers=["Shift"])
    editor.press("Control+g").has(nodes=2, links=1)
    expect(page.locator(".label-editor")).to_be_focused()
    page.keyboard.type("Cleaning")
    editor.press("Enter")
    expect(editor.node("Cleaning")).to_be_focused()
    editor.node("Cleaning").dblclick()
    crumbs = page.get_by_role("navigation", name="Place in the pipeline")
    expect(crumbs).to_contain_text("Cleaning")
    expect(editor.node("clean.ipynb")).to_be_visible()
    expect(editor.link("clean.ipynb", "plot.ipynb")).to_have_count(1)
    editor.node("plot.ipynb").click()
    editor.press("Delete")
    expect(editor.nodes).to_have_count(1)
    crumbs.get_by_role("button").first.click()
    expect(editor.node("load.ipynb")).to_be_visible()
    editor.node("Cleaning").locator(".node-toggle").click()
    expect(editor.node("clean.ipynb")).to_be_visible()
    expect(editor.node("load.ipynb")).to_be_visible()
    editor.node("Cleaning").locator(".node-toggle").click()
    expect(editor.node("clean.ipynb")).to_have_count(0)
    editor.node("Cleaning").click()
    editor.press("Control+Shift+g").has(nodes=2)
    expect(editor.link("load.ipynb", "clean.ipynb")).to_have_count(1)


def test_nodes_inside_an_expanded_super_node_are_moved_and_added(editor):
    editor.node("plot.ipynb").click()
    editor.press("Control+g")
    expect(editor.page.locator(".label-editor")).to_be_focused()
    editor.press("Enter")
    editor.node("Super node").locator(".node-toggle").click()
    inner = editor.node("plot.ipynb")
    box = inner.bounding_box()
    editor.drag(editor.point(inner, 0.4), (box["x"] + box["width"] * 0.4 + 6, box["y"] + box["height"] / 2 + 8))
    expect(editor.page.get_by_role("button", name="Undo: move “plot.ipynb”")).to_be_enabled()
    frame = editor.node("Super node").locator(".node-box").bounding_box()
    canvas = editor.svg.bounding_box()
    editor.drop("report.py", frame["x"] - canvas["x"] + 40, frame["y"] - canvas["y"] + frame["height"] - 20)
    expect(editor.node("report.py")).to_be_visible()
    editor.saved()
    assert len(editor.flow()["nodes"]) == 3


# Saving, and the file on disk


def test_opening_and_closing_changes_nothing_on_disk(editor):
    file = editor.server.folder / "demo.pipeline"
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    editor.node("load.ipynb").click()
    editor.page.get_by_role("button", name="Close demo.pipeline").click()
    expect(editor.page).to_have_url(f"{editor.server.address}#/")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    expect(editor.page.get_by_role("link", name="demo.pipeline")).to_be_visible()


def test_a_clean_document_follows_its_file(editor):
    file = editor.server.folder / "demo.pipeline"
    file.write_text(file.read_text().replace("plot.ipynb", "report.py"))
    expect(editor.node("report.py")).to_be_visible()
    expect(editor.page.get_by_text("The file was changed on disk; the page shows it as it is now.")).to_be_visible()
    expect(editor.state).to_have_text("Saved")


def test_a_pipeline_behind_another_page_holds_no_connection_and_catches_up(editor):
    page, file = editor.page, editor.server.folder / "demo.pipeline"
    with page.expect_event("requestfailed", lambda request: "/api/watch" in request.url):
        page.goto(f"{editor.server.address}#/")
    file.write_text(file.read_text().replace("plot.ipynb", "report.py"))
    with page.expect_request("**/api/watch*"):
        page.goto(f"{editor.server.address}#/edit/demo.pipeline")
    expect(editor.node("report.py")).to_be_visible()
    edit_here(editor)
    editor.saved()


def rename_on_disk(editor, label="Plot!"):
    """Another program renames a node."""
    file = editor.server.folder / "demo.pipeline"
    document = json.loads(file.read_text())
    for node in document["pipelines"][0]["nodes"]:
        if node["app_data"]["component_parameters"]["filename"] == "plot.ipynb":
            node["app_data"]["ui_data"]["label"] = label
    file.write_text(json.dumps(document, indent=2))
    return file


def test_a_change_on_disk_during_a_drag_is_drawn_after_it(editor):
    page = editor.page
    editor.svg.focus()
    editor.press("Control+a")
    x, y = editor.point(editor.node("clean.ipynb"), 0.4)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 50, steps=5)
    rename_on_disk(editor)
    expect(page.get_by_text("The file was changed on disk; the page shows it as it is now.")).to_be_visible()
    page.mouse.move(x + 30, y + 100, steps=5)
    expect(editor.node("plot.ipynb")).to_be_visible()
    page.mouse.up()
    expect(editor.node("Plot!")).to_be_visible()
    expect(page.get_by_role("button", name="Undo: move 3 nodes")).to_be_enabled()
    editor.has(nodes=3, links=2)
    editor.saved()
    for node in editor.flow()["nodes"]:
        place = node["app_data"]["ui_data"]
        shown = editor.svg.locator(f".node[data-id='{node['id']}']")
        expect(shown).to_have_attribute("transform", f"translate({place['x_pos']} {place['y_pos']})")


def edit_here(editor, label="Load!"):
    editor.node("load.ipynb").click()
    editor.field("label").get_by_role("textbox").fill(label)
    expect(editor.node(label)).to_be_visible()


def test_both_sides_changed_nothing_is_overwritten_and_a_merge_keeps_both(editor):
    edit_here(editor)
    file = rename_on_disk(editor)
    text = file.read_text()
    notice = editor.page.get_by_text("The file was changed on disk while you edit. Nothing was overwritten.")
    expect(notice).to_be_visible()
    editor.press("Control+s")
    expect(notice).to_be_visible()
    assert file.read_text() == text
    editor.page.get_by_role("button", name="Merge both").click()
    expect(editor.node("Plot!")).to_be_visible()
    expect(editor.node("Load!")).to_be_visible()
    editor.saved()
    assert "Plot!" in file.read_text() and "Load!" in file.read_text()


def test_the_files_version_can_be_taken_and_undone(editor):
    edit_here(editor)
    rename_on_disk(editor)
    editor.page.get_by_role("button", name="Take the file's version").click()
    expect(editor.node("Plot!")).to_be_visible()
    expect(editor.node("load.ipynb")).to_be_visible()
    editor.svg.focus()
    editor.press("Control+z")
    expect(editor.node("Load!")).to_be_visible()


def test_a_deleted_file_is_reported_and_saved_again_on_demand(editor):
    file = editor.server.folder / "demo.pipeline"
    file.unlink()
    expect(editor.page.get_by_text("The file was deleted or moved on disk.")).to_be_visible()
    assert not file.exists()
    editor.page.get_by_role("button", name="Save it again").click()
    expect(editor.state).to_have_text("Saved")
    assert file.exists()


def test_a_file_that_becomes_unreadable_is_reported_and_can_be_saved_over(editor):
    file = editor.server.folder / "demo.pipeline"
    good = file.read_text()
    file.write_text(good[: len(good) // 2])
    notice = editor.page.get_by_text("The file on disk cannot be read as a pipeline any more.")
    expect(notice).to_be_visible()
    editor.has(nodes=3)
    expect(editor.page.locator("#toasts")).to_be_empty()
    file.write_text(good.replace("plot.ipynb", "report.py"))
    expect(editor.node("report.py")).to_be_visible()
    expect(notice).to_have_count(0)
    file.write_text("{")
    editor.page.get_by_role("button", name="Save this over it").click()
    expect(editor.state).to_have_text("Saved")
    assert json.loads(file.read_text())["doc_type"] == "pipeline"


def test_two_browsers_do_not_overwrite_each_other(editor, make_page):
    other = Editor(make_page(), editor.server).open().has(nodes=3)
    edit_here(editor)
    edit_here(other, "Mine")
    editor.saved()
    expect(other.page.get_by_role("button", name="Merge both")).to_be_visible()
    other.press("Control+s")
    assert "Load!" in (editor.server.folder / "demo.pipeline").read_text()
    assert "Mine" not in (editor.server.folder / "demo.pipeline").read_text()


def test_unsaved_edits_are_offered_after_a_reload(editor):
    edit_here(editor)
    editor.page.reload()
    editor.shown().has(nodes=3)
    expect(editor.node("load.ipynb")).to_be_visible()
    editor.page.get_by_role("button", name="Bring them back").click()
    expect(editor.node("Load!")).to_be_visible()
    editor.saved()
    editor.page.reload()
    editor.shown()
    expect(editor.page.get_by_role("button", name="Bring them back")).to_have_count(0)


def test_a_killed_server_loses_nothing_and_the_page_goes_on(editor):
    edit_here(editor)
    editor.server.kill()
    editor.node("clean.ipynb").click()
    editor.press("Delete")
    notice = editor.page.get_by_text("Connection lost")
    expect(notice).to_be_visible()
    expect(editor.state).to_contain_text("edits wait for the server")
    editor.server.start()
    expect(notice).to_be_hidden()
    editor.has(nodes=2)
    editor.saved()
    text = (editor.server.folder / "demo.pipeline").read_text()
    assert "Load!" in text and "clean.ipynb" not in text


def test_a_page_that_takes_long_says_that_it_loads(page, server):
    held = []
    page.route("**/editor/start.js", lambda route: held.append(route))
    page.reload()
    loading = page.get_by_role("status").filter(has_text="Lyre is loading …")
    expect(loading).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("heading", name="Pipelines")).to_be_visible()
    expect(loading).to_have_count(0)


def test_a_file_that_takes_long_is_announced_and_then_shown(folder, page, server):
    fill(folder)
    pipeline(folder, "demo.pipeline", "load.ipynb")
    held = []
    page.route(re.compile(r"/api/pipeline\?"), lambda route: route.continue_() if held else held.append(route))
    page.goto(f"{server.address}#/edit/demo.pipeline")
    loading = page.get_by_role("status").filter(has_text="demo.pipeline is loading …")
    expect(loading).to_be_visible()
    expect(page.get_by_text("This pipeline is empty")).to_be_hidden()
    is_without_findings(page, "loading")
    held[0].continue_()
    Editor(page, server).has(nodes=1)
    expect(loading).to_have_count(0)


def test_a_pipeline_opened_while_the_server_is_away_is_shown_when_it_is_back(editor):
    editor.page.goto(f"{editor.server.address}#/")
    editor.page.get_by_role("button", name="Close demo.pipeline").click()
    editor.server.kill()
    editor.page.get_by_role("link", name="demo.pipeline").click()
    expect(editor.page.get_by_text("Connection lost")).to_be_visible()
    editor.server.start()
    editor.shown().has(nodes=3)
    expect(editor.page.get_by_text("Connection lost")).to_be_hidden()


def test_another_folder_at_the_same_address_is_not_written_to(editor, tmp_path):
    edit_here(editor)
    other = tmp_path / "other"
    other.mkdir()
    text = (editor.server.folder / "demo.pipeline").read_text()
    (other / "demo.pipeline").write_text(text)
    editor.server.kill()
    editor.server.folder = other
    editor.server.start()
    expect(editor.page.get_by_text("Another folder is served at this address now.")).to_be_visible()
    editor.press("Control+s")
    expect(editor.state).to_contain_text("Not saved")
    assert (other / "demo.pipeline").read_text() == text


def test_a_search_without_a_server_says_so_and_goes_on_later(editor):
    page = editor.page
    editor.server.kill()
    editor.svg.focus()
    editor.press("n")
    expect(page.get_by_role("option", name="The server of this page does not answer.")).to_be_visible()
    editor.server.start()
    expect(page.get_by_text("Connection lost")).to_be_hidden()
    page.keyboard.type("report")
    editor.press("Enter").has(nodes=4)


def test_a_selected_text_is_copied_rather_than_the_selected_node(editor):
    page = editor.page
    editor.node("load.ipynb").click()
    editor.press("Control+c")
    field = editor.field("runtime_image")
    editor.section("Container and Resources")
    field.get_by_role("button", name="Help").click()
    field.locator(".field-help").click(click_count=3)
    editor.press("Control+c")
    copied = eventually(lambda: (text := page.evaluate("navigator.clipboard.readText()")) and "{" not in text and text, "a text")
    assert copied.strip() in field.locator(".field-help").inner_text()


def test_a_file_that_is_no_pipeline_is_explained(folder, page, server):
    (folder / "broken.pipeline").write_text('{"doc_type": "pipeline"')
    page.goto(f"{server.address}#/edit/broken.pipeline")
    expect(page.get_by_role("heading", name="broken.pipeline could not be opened")).to_be_visible()
    page.goto(f"{server.address}#/edit/none.pipeline")
    expect(page.get_by_role("heading", name="none.pipeline could not be opened")).to_be_visible()


def test_reading_only_changes_nothing(editor):
    editor.open(query="?read").has(nodes=3)
    expect(editor.state).to_have_text("Read only")
    editor.node("load.ipynb").click()
    before = editor.node("load.ipynb").get_attribute("transform")
    editor.drag(editor.point(editor.node("load.ipynb"), 0.4), editor.at(300, 500))
    editor.press("Delete").has(nodes=3)
    assert editor.node("load.ipynb").get_attribute("transform") == before
    expect(editor.field("label").get_by_role("textbox")).not_to_be_editable()


def test_an_old_version_is_shown_as_the_present_one_and_written_only_when_saved(folder, page, server):
    fill(folder)
    file = pipeline(folder, "demo.pipeline", "load.ipynb", "clean.ipynb")
    document = json.loads(file.read_text())
    document["pipelines"][0]["app_data"]["version"] = 7
    file.write_text(json.dumps(document, indent=2))
    before = file.read_text()
    editor = Editor(page, server).open().has(nodes=2)
    expect(page.get_by_text("The file has version 7 of the format.")).to_be_visible()
    assert file.read_text() == before
    editor.saved()
    assert json.loads(file.read_text())["pipelines"][0]["app_data"]["version"] == 8
