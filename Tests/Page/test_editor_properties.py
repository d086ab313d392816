"""The properties of nodes and of the pipeline."""

import json

import pytest
from editing import Editor, fill
from playwright.sync_api import expect


@pytest.fixture
def editor(folder, page, server):
    fill(folder)
    editor = Editor(page, server).create()
    editor.drop("load.ipynb", 130, 150).has(nodes=1)
    editor.drop("clean.ipynb", 400, 150).has(nodes=2)
    return editor


def test_what_is_typed_is_in_the_document_without_any_button(editor):
    editor.node("load.ipynb").click()
    editor.field("label").get_by_role("textbox").click()
    editor.page.keyboard.type("Load the data")
    expect(editor.node("Load the data")).to_be_visible()
    expect(editor.field("label").get_by_role("textbox")).to_be_focused()
    editor.node("clean.ipynb").click()
    expect(editor.field("label").get_by_role("textbox")).to_have_value("")
    editor.saved()
    labels = sorted(node["app_data"]["ui_data"]["label"] for node in editor.flow()["nodes"])
    assert labels == ["Load the data", "clean.ipynb"]


def test_letters_that_are_typed_while_another_node_is_clicked_stay_with_their_node(editor):
    editor.node("load.ipynb").click()
    editor.section("Container and Resources")
    editor.field("cpu").get_by_role("textbox").click()
    editor.page.keyboard.type("4")
    editor.node("clean.ipynb").click()
    expect(editor.panel.get_by_role("heading")).to_have_text("clean.ipynb")
    editor.saved()
    assert editor.parameters("load.ipynb")["cpu"] == 4
    assert "cpu" not in editor.parameters("clean.ipynb")


def test_an_answer_does_not_erase_what_was_typed_after_it_was_asked_for(editor):
    page = editor.page
    editor.node("load.ipynb").click()
    field = editor.field("label").get_by_role("textbox")
    field.click()
    held = []
    page.route("**/api/pipeline/apply", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/api/pipeline/apply"):
        page.keyboard.type("ab")
    page.wait_for_timeout(50)
    page.keyboard.type("c")
    held[0].continue_()
    for letter in "defgh":
        page.keyboard.type(letter)
        page.wait_for_timeout(60)
    expect(field).to_have_value("abcdefgh")
    expect(editor.node("abcdefgh")).to_be_visible()


def test_writing_in_a_field_is_one_step_of_undo_and_undo_shows_the_old_value(editor):
    editor.node("load.ipynb").click()
    field = editor.field("label").get_by_role("textbox")
    field.click()
    for letter in "abc":
        editor.press(letter)
        expect(editor.nodes.locator(f".node-label:text-is('{field.input_value()}')")).to_have_count(1)
    editor.svg.focus()
    editor.press("Control+z")
    expect(field).to_have_value("")
    editor.press("Control+Shift+z")
    expect(field).to_have_value("abc")


def test_a_list_is_added_to_reordered_and_removed_from(editor):
    editor.node("load.ipynb").click()
    field = editor.field("dependencies")
    field.get_by_role("button", name="Add").click()
    editor.page.keyboard.type("*.csv")
    editor.press("Enter")
    editor.page.keyboard.type("etl/*")
    expect(field.locator(".match-count").first).to_have_text("1 file")
    field.get_by_role("button", name="Move up").nth(1).click()
    expect(field.get_by_role("textbox").first).to_have_value("etl/*")
    editor.saved()
    assert editor.parameters("load.ipynb")["dependencies"] == ["etl/*", "*.csv"]
    field.get_by_role("button", name="Remove row 1").click()
    field.get_by_role("button", name="Remove row 1").click()
    editor.saved()
    assert not editor.parameters("load.ipynb").get("dependencies")


def test_an_empty_row_stays_on_the_page_and_never_reaches_the_file(editor):
    editor.node("clean.ipynb").click()
    editor.section("Environment")
    editor.field("env_vars").get_by_role("button", name="Add").click()
    expect(editor.field("env_vars").get_by_role("textbox", name="Environment Variable, row 1")).to_be_focused()
    editor.saved()
    assert not editor.parameters("clean.ipynb").get("env_vars")


def test_a_file_is_dropped_on_a_list(editor):
    editor.node("load.ipynb").click()
    editor.row("report.py").drag_to(editor.field("dependencies").locator(".rows-control"))
    expect(editor.field("dependencies").get_by_role("textbox")).to_have_value("report.py")


def test_variables_that_were_found_in_the_file_are_offered(editor):
    editor.node("load.ipynb").click()
    editor.section("Environment")
    field = editor.field("env_vars")
    field.get_by_role("button", name="Remove row 1").click()
    field.get_by_role("button", name="Add DATA_FOLDER").click()
    expect(field.get_by_role("textbox", name="Environment Variable, row 1")).to_have_value("DATA_FOLDER")
    expect(field.get_by_role("button", name="Add DATA_FOLDER")).to_have_count(0)


def test_a_suggested_variable_is_added_to_the_rows_that_are_there_by_then(editor):
    editor.node("load.ipynb").click()
    editor.section("Environment")
    field = editor.field("env_vars")
    field.get_by_role("button", name="Remove row 1").click()
    expect(field.get_by_role("button", name="Add DATA_FOLDER")).to_be_visible()
    field.get_by_role("button", name="Add", exact=True).click()
    editor.page.keyboard.type("REGION")
    editor.press("Tab")
    editor.page.keyboard.type("eu")
    editor.press("Tab")
    field.get_by_role("button", name="Add DATA_FOLDER").click()
    expect(field.get_by_role("textbox", name="Environment Variable, row 2")).to_have_value("DATA_FOLDER")
    editor.saved()
    rows = editor.parameters("load.ipynb")["env_vars"]
    assert [row["env_var"] for row in rows] == ["REGION", "DATA_FOLDER"]


def test_several_nodes_are_changed_at_once_and_different_values_are_shown_as_such(editor):
    editor.node("load.ipynb").click()
    editor.section("Container and Resources")
    editor.field("cpu").get_by_role("textbox").fill("1")
    editor.press("Tab")
    editor.node("clean.ipynb").click(modifiers=["Shift"])
    expect(editor.panel.get_by_role("heading")).to_have_text("2 objects")
    expect(editor.field("cpu").get_by_role("textbox")).to_have_attribute("placeholder", "Several values")
    editor.field("cpu").get_by_role("textbox").fill("8")
    editor.press("Tab")
    editor.saved()
    assert [editor.parameters(file)["cpu"] for file in ("load.ipynb", "clean.ipynb")] == [8, 8]
    editor.svg.focus()
    editor.press("Control+z")
    editor.saved()
    assert editor.parameters("load.ipynb")["cpu"] == 1
    assert "cpu" not in editor.parameters("clean.ipynb")


def test_defaults_of_the_pipeline_are_shown_overridden_and_reset(editor):
    editor.page.mouse.click(*editor.at(60, 560))
    editor.section("Generic Node Defaults")
    editor.field("runtime_image").get_by_role("combobox").fill("docker.io/team/image:1")
    editor.press("Tab")
    editor.field("env_vars").get_by_role("button", name="Add").click()
    editor.page.keyboard.type("REGION")
    editor.press("Tab")
    editor.page.keyboard.type("eu")
    editor.press("Tab")
    editor.node("clean.ipynb").click()
    editor.section("Environment")
    expect(editor.field("env_vars").locator(".inherited-row")).to_contain_text("REGION = eu")
    editor.section("Container and Resources")
    image = editor.field("runtime_image")
    expect(image.get_by_role("combobox")).to_have_attribute("placeholder", "docker.io/team/image:1")
    image.get_by_role("button", name="Override").click()
    expect(image.get_by_role("combobox")).to_have_value("docker.io/team/image:1")
    image.get_by_role("button", name="Reset").click()
    expect(image.get_by_role("combobox")).to_have_value("")
    expect(image.get_by_role("combobox")).to_have_attribute("placeholder", "docker.io/team/image:1")


def test_the_pipeline_has_a_description_and_parameters_and_nodes_choose_them(editor):
    editor.page.mouse.click(*editor.at(60, 560))
    editor.field("description").get_by_role("textbox").fill("Loads and cleans.")
    editor.press("Tab")
    editor.section("Pipeline Parameters")
    rows = editor.field("pipeline_parameters")
    rows.get_by_role("button", name="Add").click()
    rows.get_by_role("textbox", name="Parameter Name, row 1").fill("year")
    rows.get_by_role("combobox", name="Type, row 1").select_option("Integer")
    rows.get_by_role("textbox", name="Default Value, row 1").fill("2026")
    editor.press("Tab")
    editor.node("load.ipynb").click()
    editor.field("pipeline_parameters").get_by_role("checkbox", name="year").check()
    editor.saved()
    document = json.dumps(editor.document())
    assert '"Loads and cleans."' in document and '"year"' in document and "2026" in document
    assert editor.parameters("load.ipynb")["pipeline_parameters"] == ["year"]


def test_the_file_of_a_node_is_changed_and_its_settings_stay(editor):
    editor.node("load.ipynb").click()
    editor.field("filename").get_by_role("button", name="Choose a file").click()
    editor.page.keyboard.type("plot")
    editor.press("Enter")
    expect(editor.node("plot.ipynb")).to_be_visible()
    editor.saved()
    assert editor.parameters("plot.ipynb")["env_vars"] == [{"env_var": "DATA_FOLDER", "value": ""}]


def test_a_time_limit_and_retries_are_lyres_own(editor):
    editor.node("load.ipynb").click()
    editor.section("Time Limit and Retries")
    editor.field("retries").get_by_role("textbox").fill("3")
    editor.press("Tab")
    editor.saved()
    (node,) = [node for node in editor.flow()["nodes"] if node["app_data"]["component_parameters"]["filename"] == "load.ipynb"]
    assert node["app_data"]["lyre"] == {"retries": 3}


def test_findings_come_with_each_edit_and_lead_to_the_field(editor):
    editor.node("load.ipynb").click()
    editor.field("filename").get_by_role("textbox").fill("gone.ipynb")
    editor.press("Tab")
    expect(editor.svg.locator(".node.has-error .badge")).to_have_count(1)
    editor.node("clean.ipynb").click()
    head = editor.page.locator(".findings-head:visible")
    expect(head).to_contain_text("1 error")
    head.click()
    editor.page.locator(".finding.error:visible").click()
    expect(editor.field("filename").get_by_role("textbox")).to_be_focused()
    expect(editor.field("filename").locator(".field-findings .error")).to_be_visible()
    editor.node("gone.ipynb").click()
    expect(editor.node("gone.ipynb")).to_have_attribute("aria-label", "Notebook gone.ipynb, has an error")
    editor.field("filename").get_by_role("textbox").fill("load.ipynb")
    editor.press("Tab")
    expect(editor.svg.locator(".badge.error")).to_have_count(0)


def test_the_panel_can_be_filtered_and_show_only_what_is_set(editor):
    editor.node("load.ipynb").click()
    editor.page.get_by_role("searchbox", name="Filter the properties").fill("limit")
    expect(editor.panel.locator(".field:visible")).to_have_count(3)
    editor.page.get_by_role("searchbox", name="Filter the properties").fill("")
    editor.panel.get_by_role("button", name="Set", exact=True).click()
    names = editor.panel.locator(".field:visible")
    expect(names).to_have_count(2)
    assert [names.nth(i).get_attribute("data-name") for i in range(2)] == ["filename", "env_vars"]


def test_deleting_the_node_whose_properties_are_open_shows_those_of_the_pipeline(editor):
    editor.node("load.ipynb").click()
    editor.field("label").get_by_role("textbox").fill("x")
    editor.node("x").click()
    editor.press("Delete").has(nodes=1)
    expect(editor.panel.get_by_role("heading")).to_have_text("Pipeline")


def test_a_file_is_dropped_on_the_field_of_the_nodes_file(editor):
    editor.node("clean.ipynb").click()
    editor.row("report.py").drag_to(editor.field("filename").get_by_role("textbox"))
    expect(editor.node("report.py")).to_be_visible()
