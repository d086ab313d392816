"""What a person does in the editor, with the mouse and the keyboard, for the tests of the page."""

import json
import re

from conftest import notebook
from playwright.sync_api import expect

FILES = {
    "load.ipynb": notebook("import os\nprint(os.environ['DATA_FOLDER'])"),
    "clean.ipynb": notebook("print('clean')"),
    "plot.ipynb": notebook("print('plot')"),
    "report.py": "print('report')\n",
    "tools.R": "cat('R')\n",
    "helper.csv": "a,b\n1,2\n",
    "etl/first.ipynb": notebook("1"),
    "etl/second.py": "print(2)\n",
    "etl/notes.txt": "text\n",
}


def fill(folder, files=FILES):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Editor:
    """The editor of one pipeline in a page."""

    def __init__(self, page, server):
        self.page, self.server = page, server

    def create(self, name="demo.pipeline"):
        """A new pipeline, from the folder's page."""
        self.page.goto(f"{self.server.address}#/")
        self.page.get_by_role("button", name="New pipeline").click()
        self.page.keyboard.type(name)
        self.page.keyboard.press("Enter")
        return self.shown()

    def open(self, name="demo.pipeline", query=""):
        self.page.goto(f"{self.server.address}#/edit/{name}{query}")
        return self.shown()

    def shown(self):
        expect(self.svg).to_be_visible()
        expect(self.palette).to_be_visible()
        expect(self.page.locator(".save-state:visible")).not_to_be_empty()
        return self

    @property
    def svg(self):
        return self.page.locator(".editor .canvas-svg:visible")

    @property
    def palette(self):
        return self.page.get_by_role("tree")

    @property
    def panel(self):
        return self.page.get_by_role("region", name="Properties")

    @property
    def choices(self):
        """What the open list offers."""
        return self.page.get_by_role("dialog").get_by_role("option")

    @property
    def state(self):
        return self.page.locator(".save-state:visible")

    @property
    def nodes(self):
        return self.svg.locator(".node:not(.kind-binding)")

    @property
    def links(self):
        return self.svg.locator(".link.data")

    @property
    def comments(self):
        return self.svg.locator(".comment[role=group]")

    def node(self, label):
        return self.svg.get_by_role("button", name=re.compile(f"^(Notebook|Python script|R script|Script|Super node|Component|Node of an unknown kind) {re.escape(label)}(,|$)"))

    def link(self, source, target):
        return self.svg.get_by_role("button", name=re.compile(f"^Link from {re.escape(source)} to {re.escape(target)}"))

    def row(self, name):
        return self.palette.get_by_role("treeitem", name=name, exact=True)

    def has(self, nodes=None, links=None, comments=None):
        for count, found in ((nodes, self.nodes), (links, self.links), (comments, self.comments)):
            if count is not None:
                expect(found).to_have_count(count)
        return self

    def point(self, locator, dx=0.5, dy=0.5):
        box = locator.bounding_box()
        return box["x"] + box["width"] * dx, box["y"] + box["height"] * dy

    def at(self, x, y):
        """A point of the window, from one of the canvas's corner."""
        box = self.svg.bounding_box()
        return box["x"] + x, box["y"] + y

    def drag(self, start, end, steps=8):
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=steps)
        mouse.move(*end, steps=steps)
        mouse.up()

    def drop(self, name, x, y):
        """Drags a file from the palette to a point of the canvas."""
        self.row(name).drag_to(self.svg, target_position={"x": x, "y": y})
        return self

    def connect(self, source, target):
        """Draws a link with the mouse."""
        port = self.node(source).locator(".port.output .port-dot")
        self.drag(self.point(port), self.point(self.node(target), 0.3))
        expect(self.link(source, target)).to_have_count(1)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def menu(self, name):
        self.page.get_by_role("menuitem", name=name, exact=True).click()
        return self

    def field(self, name):
        return self.panel.locator(f".field[data-name='{name}']")

    def section(self, title):
        """Opens a section of the properties."""
        details = self.panel.locator("details.section", has=self.page.locator("summary", has_text=title)).first
        if details.get_attribute("open") is None:
            details.locator("summary").click()
        return details

    def saved(self):
        self.press("Control+s")
        expect(self.state).to_have_text("Saved")
        return self

    def document(self, name="demo.pipeline"):
        return json.loads((self.server.folder / name).read_text())

    def flow(self, name="demo.pipeline"):
        """The primary flow of the file on disk."""
        document = self.document(name)
        return next(flow for flow in document["pipelines"] if flow["id"] == document["primary_pipeline"])

    def parameters(self, file, name="demo.pipeline"):
        """The properties of the node with this file, on disk."""
        for node in self.flow(name)["nodes"]:
            parameters = node.get("app_data", {}).get("component_parameters", {})
            if parameters.get("filename") == file:
                return parameters
        raise AssertionError(f"there is no node with the file {file}")
