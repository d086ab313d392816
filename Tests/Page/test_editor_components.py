"""Components of catalogs: in the palette, as nodes, with inputs that come from other nodes."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import Server
from editing import Editor, fill
from playwright.sync_api import expect

CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/pipelines"
CLAIMED = CORPUS / "claimed-framework-component-library/pipelines/gharchive_kfp.v8.3a211d0.pipeline"

DOWNLOAD = """
name: Download data
description: Downloads data from a URL
inputs:
- {name: URL, type: String, description: Where the data is}
- {name: Max Rows, type: Integer, default: '10', optional: true}
- {name: Unpack, type: Bool, default: 'True'}
outputs:
- {name: Data, type: String}
implementation:
  container:
    image: example/download
    command: [sh, -c, 'curl "$0" > "$1"', {inputValue: URL}, {outputPath: Data}]
"""
FILTER = """
name: Filter text
inputs:
- {name: Text}
- {name: Pattern, type: String, default: '.*'}
outputs:
- {name: Filtered text}
implementation:
  container:
    image: alpine
    command: [sh, -c, 'grep "$0" "$1" > "$2"', {inputValue: Pattern}, {inputPath: Text}, {outputPath: Filtered text}]
"""


def claimed(name, inputs):
    rows = "".join(f"- {{name: {each}, type: String}}\n" for each in inputs)
    return f"name: {name}\ninputs:\n{rows}implementation: {{container: {{image: example/{name}}}}}\n"


@pytest.fixture
def components(tmp_path):
    """A catalog of a directory, as Elyra keeps it; tests may add definitions before they open a page."""
    folder = tmp_path / "components"
    metadata = tmp_path / "jupyter/metadata/component-catalogs"
    metadata.mkdir(parents=True)
    (metadata / "ours.json").write_text(json.dumps({
        "display_name": "Our components", "schema_name": "local-directory-catalog",
        "metadata": {"runtime_type": "KUBEFLOW_PIPELINES", "categories": ["Ours"], "paths": [str(folder)],
                     "include_subdirs": True}}))
    return folder


@pytest.fixture
def server(folder, tmp_path, components, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    server = Server(folder, tmp_path / "state").start()
    yield server
    server.stop()


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_components_are_added_from_the_palette_and_an_input_takes_the_output_of_a_node(folder, components, page, server):
    write(components, {"web/download.yaml": DOWNLOAD, "text/filter.yaml": FILTER})
    fill(folder)
    editor = Editor(page, server).create()
    editor.row("Our components").click()
    editor.drop("Download data", 150, 150).has(nodes=1)
    editor.drop("Filter text", 420, 150).has(nodes=2)
    expect(editor.field("url").get_by_role("textbox")).to_have_count(0)

    # Nothing is before the node yet.
    text = editor.field("text").get_by_role("combobox")
    expect(editor.field("text")).to_contain_text("No node before this one has an output: connect one.")
    editor.connect("Download data", "Filter text")
    text.select_option("Download data: Data")
    source = editor.field("pattern").get_by_role("combobox", name="Where Pattern comes from")
    source.select_option("File")
    expect(editor.field("pattern").get_by_role("textbox")).to_be_focused()
    source.select_option("Value")
    editor.field("pattern").get_by_role("textbox").fill("a+")

    editor.node("Download data").click()
    editor.field("url").get_by_role("textbox").fill("https://example.org/data")
    expect(editor.field("max_rows").get_by_role("textbox")).to_have_value("10")
    editor.field("max_rows").get_by_role("textbox").fill("25")
    editor.field("unpack").get_by_role("checkbox").uncheck()
    editor.saved()
    nodes = {node["app_data"]["ui_data"]["label"]: node for node in editor.flow()["nodes"]}
    first, second = nodes["Download data"], nodes["Filter text"]
    values = first["app_data"]["component_parameters"]
    assert values["url"] == {"widget": "string", "value": "https://example.org/data"}
    assert values["max_rows"] == {"widget": "number", "value": 25}
    assert values["unpack"] == {"widget": "boolean", "value": False}
    values = second["app_data"]["component_parameters"]
    assert values["text"] == {"widget": "inputpath", "value": {"value": first["id"], "option": "output_data"}}
    assert values["pattern"] == {"widget": "string", "value": "a+"}

    # A reload shows the same.
    page.reload()
    editor.shown().node("Filter text").click()
    expect(text.locator("option:checked")).to_have_text("Download data: Data")
    expect(editor.field("pattern").get_by_role("textbox")).to_have_value("a+")


def test_a_parameter_of_the_pipeline_is_the_value_of_an_input(folder, components, page, server):
    write(components, {"download.yaml": DOWNLOAD})
    fill(folder)
    editor = Editor(page, server).create()
    section = editor.section("Parameters")
    section.get_by_role("button", name="Add").click()
    page.keyboard.type("address")
    editor.press("Enter")
    editor.row("Our components").click()
    editor.drop("Download data", 150, 150).has(nodes=1)
    editor.node("Download data").click()
    field = editor.field("url")
    field.get_by_role("combobox", name="Where URL comes from").select_option("Pipeline parameter")
    field.get_by_role("combobox", name="URL", exact=True).select_option("address")
    editor.saved()
    (node,) = editor.flow()["nodes"]
    assert node["app_data"]["component_parameters"]["url"] == {"widget": "parameter", "value": "address"}


@pytest.mark.skipif(not CLAIMED.exists(), reason="the corpus is not here")
@pytest.mark.parametrize("is_known", [True, False], ids=["in-the-catalog", "in-no-catalog"])
def test_a_real_pipeline_of_components_is_edited_and_only_that_changes(folder, components, page, server, is_known):
    if is_known:
        write(components, {
            "input/input-url.yaml": claimed("input-url", ["url", "data_dir"]),
            "transform/spark-json-to-parquet.yaml": claimed("spark-json-to-parquet", ["data_json", "master", "data_dir"]),
            "output/upload-to-cos.yaml": claimed("upload-to-cos", ["access_key_id", "endpoint", "bucket_name"])})
    shutil.copy(CLAIMED, folder / "demo.pipeline")
    before = (folder / "demo.pipeline").read_text()
    editor = Editor(page, server).open().has(nodes=3, links=2)
    editor.node("input-url").click()
    url = editor.field("url").get_by_role("textbox")
    expect(url).to_have_value("https://data.gharchive.org/2015-01-01-15.json.gz")
    url.fill("https://data.gharchive.org/2020.json.gz")
    editor.saved()
    assert (folder / "demo.pipeline").read_text() == before.replace("2015-01-01-15", "2020")
    editor.node("spark-json-to-parquet").click()
    expect(editor.field("master").get_by_role("textbox")).to_have_value("local[*]")
