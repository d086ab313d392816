"""The canvas: adding, linking, moving, selecting, arranging, looking."""

import re

import pytest
from conftest import pipeline
from editing import Editor, fill
from playwright.sync_api import expect


@pytest.fixture
def editor(folder, page, server):
    fill(folder)
    return Editor(page, server).create()


@pytest.fixture
def chain(folder, page, server):
    """load → clean → plot, and a report beside them."""
    fill(folder)
    editor = Editor(page, server).create()
    editor.drop("load.ipynb", 110, 120).has(nodes=1)
    editor.drop("clean.ipynb", 360, 120).has(nodes=2)
    editor.drop("plot.ipynb", 600, 120).has(nodes=3)
    editor.drop("report.py", 360, 320).has(nodes=4)
    return editor.connect("load.ipynb", "clean.ipynb").connect("clean.ipynb", "plot.ipynb")


def position(locator):
    return [round(float(value)) for value in re.findall(r"-?[\d.]+", locator.get_attribute("transform"))]


# Adding


def test_a_double_click_in_the_palette_and_enter_add_a_file(editor):
    editor.row("load.ipynb").dblclick()
    editor.has(nodes=1)
    editor.row("report.py").click()
    editor.press("Enter").has(nodes=2)


def test_several_files_and_a_folder_are_dropped_at_once(editor):
    editor.row("clean.ipynb").click()
    editor.row("load.ipynb").click(modifiers=["Control"])
    editor.drop("load.ipynb", 200, 150).has(nodes=2)
    editor.drop("etl", 450, 150).has(nodes=4)
    editor.saved()
    files = [node["app_data"]["component_parameters"]["filename"] for node in editor.flow()["nodes"]]
    assert sorted(files) == ["clean.ipynb", "etl/first.ipynb", "etl/second.py", "load.ipynb"]


def test_the_palette_finds_files_in_all_folders(editor):
    editor.page.get_by_role("searchbox", name="Search the palette").fill("sec")
    expect(editor.row("second.py")).to_be_visible()
    expect(editor.palette.get_by_role("treeitem", name="load.ipynb")).to_have_count(0)
    editor.press("Enter").has(nodes=1)
    expect(editor.node("second.py")).to_be_visible()


def test_enter_in_the_palette_adds_what_was_typed_at_once(editor):
    editor.page.get_by_role("searchbox", name="Search the palette").fill("sec")
    editor.press("Enter").has(nodes=1)
    expect(editor.node("second.py")).to_be_visible()


def test_a_node_lies_where_its_file_was_dropped(editor):
    editor.drop("load.ipynb", 300, 240).has(nodes=1)
    x, y = editor.point(editor.node("load.ipynb").locator(".node-box"))
    wanted = editor.at(300, 240)
    assert abs(x - wanted[0]) < 4 and abs(y - wanted[1]) < 4


@pytest.mark.parametrize("way", ["double click", "tab", "key", "button"])
def test_quick_add_finds_a_file_by_its_letters(editor, way):
    page = editor.page
    if way == "double click":
        page.mouse.dblclick(*editor.at(80, 500))
    elif way == "button":
        page.get_by_role("button", name="Add a node…").click()
    else:
        page.mouse.click(*editor.at(80, 500))
        editor.press({"tab": "Tab", "key": "n"}[way])
    page.keyboard.type("rep")
    expect(editor.choices.first).to_contain_text("report.py")
    editor.press("Enter").has(nodes=1)


def test_tab_goes_on_for_those_who_came_by_keyboard(editor):
    editor.drop("load.ipynb", 200, 200).has(nodes=1)
    editor.page.get_by_role("searchbox", name="Search the palette").focus()
    for _ in range(4):
        editor.press("Tab")
        if editor.page.evaluate("() => document.activeElement.matches('.canvas-svg')"):
            break
    editor.press("Tab")
    expect(editor.node("load.ipynb")).to_be_focused()


def test_variables_in_a_file_become_rows_of_a_new_node(editor):
    editor.drop("load.ipynb", 200, 200).has(nodes=1).saved()
    assert editor.parameters("load.ipynb")["env_vars"] == [{"env_var": "DATA_FOLDER", "value": ""}]


# Linking


def test_a_link_dropped_on_nothing_asks_what_to_add(editor):
    editor.drop("load.ipynb", 150, 200).has(nodes=1)
    port = editor.node("load.ipynb").locator(".port.output .port-dot")
    editor.drag(editor.point(port), editor.at(450, 300))
    editor.page.keyboard.type("plot")
    expect(editor.choices.first).to_contain_text("plot.ipynb")
    editor.press("Enter").has(nodes=2, links=1)
    expect(editor.link("load.ipynb", "plot.ipynb")).to_have_count(1)


def test_escape_gives_up_a_link_that_is_being_drawn(chain):
    port = chain.node("report.py").locator(".port.output .port-dot")
    chain.page.mouse.move(*chain.point(port))
    chain.page.mouse.down()
    chain.page.mouse.move(*chain.at(500, 400), steps=4)
    chain.press("Escape")
    chain.page.mouse.up()
    chain.has(nodes=4, links=2)
    expect(chain.page.get_by_role("dialog")).to_have_count(0)


def test_a_node_dropped_on_a_link_is_inserted_there(chain):
    chain.drag(chain.point(chain.node("report.py"), 0.4), chain.at(485, 121))
    chain.has(links=3)
    expect(chain.link("clean.ipynb", "report.py")).to_have_count(1)
    expect(chain.link("report.py", "plot.ipynb")).to_have_count(1)
    chain.press("Control+z").has(links=2)
    expect(chain.link("clean.ipynb", "plot.ipynb")).to_have_count(1)


def test_a_file_dropped_on_a_link_is_inserted_there(chain):
    chain.drop("tools.R", 482, 120)
    chain.has(nodes=5, links=3)
    expect(chain.link("clean.ipynb", "tools.R")).to_have_count(1)


def test_a_narrow_window_shows_the_canvas_and_a_key_the_panels(make_page, folder, server):
    fill(folder)
    pipeline(folder, "demo.pipeline", "load.ipynb")
    page = make_page(viewport={"width": 480, "height": 800})
    page.goto(f"{server.address}#/edit/demo.pipeline")
    editor = Editor(page, server).has(nodes=1)
    assert editor.svg.bounding_box()["width"] > 470
    editor.press("Control+b")
    expect(editor.palette).to_be_visible()
    page.reload()
    expect(editor.palette).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_links_of_a_cycle_are_dashed_and_reported(chain):
    chain.node("plot.ipynb").click()
    chain.press("Control+Shift+L")
    chain.page.keyboard.type("load")
    chain.press("Enter").has(links=3)
    expect(chain.svg.locator(".link.cycle")).to_have_count(3)
    assert chain.svg.locator(".link.cycle .link-line").first.evaluate("e => getComputedStyle(e).strokeDasharray") != "none"
    expect(chain.page.locator(".findings .count.error")).to_be_visible()


def test_a_link_is_selected_and_deleted_by_mouse_and_by_key(chain):
    chain.link("load.ipynb", "clean.ipynb").locator(".link-hit").click(force=True)
    chain.press("Delete").has(links=1)
    chain.node("clean.ipynb").click()
    chain.press("ArrowRight")
    expect(chain.link("clean.ipynb", "plot.ipynb")).to_be_focused()
    chain.press("Delete").has(links=0, nodes=4)


def test_disconnect_removes_all_links_of_a_node(chain):
    chain.node("clean.ipynb").click(button="right")
    chain.menu("Disconnect").has(links=0, nodes=4)


# Moving and selecting


def test_a_drag_moves_nodes_with_their_links_and_writes_one_step(chain):
    before = position(chain.node("clean.ipynb"))
    route = chain.link("load.ipynb", "clean.ipynb").locator(".link-line").get_attribute("d")
    chain.page.mouse.move(*chain.point(chain.node("clean.ipynb"), 0.4))
    chain.page.mouse.down()
    x, y = chain.point(chain.node("clean.ipynb"), 0.4)
    chain.page.mouse.move(x + 30, y + 100, steps=5)
    expect(chain.link("load.ipynb", "clean.ipynb").locator(".link-line")).not_to_have_attribute("d", route)
    chain.page.mouse.up()
    expect(chain.page.get_by_role("button", name="Undo: move “clean.ipynb”")).to_be_enabled()
    after = position(chain.node("clean.ipynb"))
    assert [after[0] - before[0], after[1] - before[1]] == [30, 100]
    chain.press("Control+z")
    expect(chain.node("clean.ipynb")).to_have_attribute("transform", f"translate({before[0]} {before[1]})")


def test_a_rectangle_selects_what_it_touches_and_shift_adds(chain):
    chain.drag(chain.at(10, 60), chain.at(400, 160))
    expect(chain.svg.locator(".node.selected")).to_have_count(2)
    chain.node("report.py").click(modifiers=["Shift"])
    expect(chain.svg.locator(".node.selected")).to_have_count(3)
    chain.node("report.py").click(modifiers=["Control"])
    expect(chain.svg.locator(".node.selected")).to_have_count(2)
    chain.press("Control+a")
    expect(chain.svg.locator(".node.selected")).to_have_count(4)
    chain.press("Control+Shift+a")
    expect(chain.svg.locator(".node.selected")).to_have_count(0)


def test_several_nodes_are_moved_aligned_distributed_and_arranged(chain):
    chain.press("Escape")
    chain.svg.focus()
    chain.press("Control+a", "Alt+Shift+ArrowLeft")
    expect(chain.page.get_by_role("button", name="Undo: align 4 nodes")).to_be_enabled()
    assert len({position(chain.nodes.nth(i))[0] for i in range(4)}) == 1
    chain.press("Alt+Shift+v")
    expect(chain.page.get_by_role("button", name="Undo: distribute 4 nodes")).to_be_enabled()
    heights = sorted(position(chain.nodes.nth(i))[1] for i in range(4))
    steps = [b - a for a, b in zip(heights, heights[1:])]
    assert max(steps) - min(steps) <= 1
    chain.press("Escape", "l")
    expect(chain.page.get_by_role("button", name="Undo: arrange horizontally")).to_be_enabled()
    xs = [position(chain.node(name))[0] for name in ("load.ipynb", "clean.ipynb", "plot.ipynb")]
    assert xs == sorted(set(xs))
    chain.press("Shift+L")
    expect(chain.page.get_by_role("button", name="Undo: arrange vertically")).to_be_enabled()
    ys = [position(chain.node(name))[1] for name in ("load.ipynb", "clean.ipynb", "plot.ipynb")]
    assert ys == sorted(set(ys))


def test_arrows_walk_along_links_and_move_with_ctrl(chain):
    chain.node("load.ipynb").click()
    chain.press("ArrowRight")
    expect(chain.link("load.ipynb", "clean.ipynb")).to_be_focused()
    chain.press("ArrowRight")
    expect(chain.node("clean.ipynb")).to_be_focused()
    chain.press("ArrowDown")
    expect(chain.node("report.py")).to_be_focused()
    before = position(chain.node("report.py"))
    chain.press("Control+ArrowRight", "Control+ArrowRight", "Control+ArrowDown")
    expect(chain.node("report.py")).to_have_attribute("transform", f"translate({before[0] + 20} {before[1] + 10})")
    chain.press("Control+z")
    expect(chain.node("report.py")).to_have_attribute("transform", f"translate({before[0]} {before[1]})")


def test_enter_selects_then_opens_and_space_adds(chain):
    chain.node("load.ipynb").click()
    chain.press("Escape", "ArrowRight", "ArrowRight")
    expect(chain.svg.locator(".node.selected")).to_have_count(0)
    chain.press("Enter")
    expect(chain.node("clean.ipynb")).to_have_attribute("aria-pressed", "true")
    chain.press("ArrowDown", " ")
    expect(chain.svg.locator(".node.selected")).to_have_count(2)
    chain.press("Enter", "Enter")
    expect(chain.page.get_by_role("dialog").locator("iframe")).to_have_attribute("title", "report.py")


# Looking


def test_the_wheel_moves_and_with_ctrl_zooms_at_the_pointer(chain):
    mouse = chain.page.mouse
    x, y = chain.point(chain.node("clean.ipynb"))
    mouse.move(x, y)
    mouse.wheel(0, 50)
    assert abs(chain.point(chain.node("clean.ipynb"))[1] - (y - 50)) < 2
    mouse.move(*chain.point(chain.node("clean.ipynb")))
    at = chain.point(chain.node("clean.ipynb"))
    chain.page.keyboard.down("Control")
    mouse.wheel(0, -60)
    chain.page.keyboard.up("Control")
    expect(chain.page.locator(".zoom-label:visible")).not_to_have_text("100 %")
    after = chain.point(chain.node("clean.ipynb"))
    assert abs(after[0] - at[0]) < 2 and abs(after[1] - at[1]) < 2
    chain.press("Control+1")
    expect(chain.page.locator(".zoom-label:visible")).to_have_text("100 %")


def test_the_keys_zoom_fit_and_move_the_view(chain):
    chain.node("load.ipynb").click()
    label = chain.page.locator(".zoom-label:visible")
    chain.press("Control+Shift+8")
    expect(label).to_have_text("125 %")
    chain.press("Control+Shift+9", "Control+Shift+9")
    expect(label).to_have_text("80 %")
    before = chain.point(chain.node("load.ipynb"))
    chain.press("Control+Shift+ArrowRight")
    assert chain.point(chain.node("load.ipynb"))[0] == pytest.approx(before[0] - 40, abs=1)
    chain.press("Control+Shift+0")
    for index in range(4):
        box = chain.nodes.nth(index).bounding_box()
        outer = chain.svg.bounding_box()
        assert box["x"] >= outer["x"] and box["x"] + box["width"] <= outer["x"] + outer["width"]


def test_the_overview_appears_when_something_is_out_of_sight_and_leads_there(chain):
    overview = chain.page.get_by_role("img", name="Overview of the pipeline")
    expect(overview).to_have_count(0)
    chain.page.mouse.move(*chain.at(300, 300))
    chain.page.mouse.wheel(0, 1500)
    expect(overview).to_be_visible()
    box = overview.bounding_box()
    chain.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 12)
    expect(overview).to_have_count(0)


def test_find_goes_to_a_node_wherever_it_is(chain):
    chain.page.mouse.move(*chain.at(300, 300))
    chain.page.mouse.wheel(0, 3000)
    chain.press("Control+f")
    chain.page.keyboard.type("plt")
    expect(chain.choices.first).to_contain_text("plot.ipynb")
    chain.press("Enter")
    expect(chain.node("plot.ipynb")).to_be_focused()
    expect(chain.node("plot.ipynb")).to_be_in_viewport()


def test_the_tip_of_a_node_shows_what_is_set(chain):
    chain.node("load.ipynb").hover()
    tip = chain.page.get_by_role("tooltip")
    expect(tip).to_contain_text("load.ipynb")
    expect(tip).to_contain_text("Notebook")


def test_a_file_is_read_in_a_frame_without_rights(chain):
    chain.node("report.py").dblclick()
    frame = chain.page.get_by_role("dialog").locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts allow-popups")
    expect(chain.page.frame_locator("iframe").locator("body")).to_contain_text("report")
    chain.page.get_by_role("button", name="Close", exact=True).click()
    expect(frame).to_have_count(0)


MENUS = {
    "node": ("report.py", ["Open the file", "Properties", "Run this…", "Run from here…", "Run up to here…", "Connect to…",
                           "Add a comment", "Rename", "Make a super node", "Cut", "Copy", "Duplicate", "Disconnect", "Delete"]),
    "canvas": (None, ["Add a node…", "Add a comment", "Paste", "Select everything", "Arrange horizontally",
                      "Arrange vertically", "Back to the flow around it", "Properties"]),
}


@pytest.mark.parametrize("kind", MENUS)
def test_menus_open_by_mouse_and_by_key(chain, kind):
    label, names = MENUS[kind]
    if label:
        chain.node(label).click(button="right")
    else:
        chain.page.mouse.click(*chain.at(60, 520), button="right")
    shown = [text.split("\n")[0] for text in chain.page.get_by_role("menuitem").all_inner_texts()]
    assert shown == names
    chain.press("Escape")
    expect(chain.page.get_by_role("menu")).to_have_count(0)
    if label:
        expect(chain.node(label)).to_be_focused()
    chain.press("Shift+F10")
    expect(chain.page.get_by_role("menuitem").first).to_be_visible()
    chain.press("End", "Enter")
    expect(chain.page.get_by_role("menu")).to_have_count(0)


def test_the_question_mark_lists_the_keys(chain):
    chain.node("load.ipynb").click()
    chain.press("?")
    dialog = chain.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Connect to…")
    expect(dialog).to_contain_text("Ctrl+Shift+L")


def test_a_pipeline_of_the_command_line_is_drawn_with_names_for_screen_readers(folder, page, server):
    fill(folder)
    pipeline(folder, "shop.pipeline", "load.ipynb", "clean.ipynb", "report.py")
    editor = Editor(page, server).open("shop.pipeline").has(nodes=3, links=2)
    expect(editor.svg).to_match_aria_snapshot("""
- 'group "shop.pipeline: 3 nodes, 2 links, 0 comments"':
  - button "Link from load.ipynb to clean.ipynb"
  - button "Link from clean.ipynb to report.py"
  - button "Notebook load.ipynb"
  - button "Notebook clean.ipynb, after load.ipynb"
  - button "Python script report.py, after clean.ipynb"
""")
