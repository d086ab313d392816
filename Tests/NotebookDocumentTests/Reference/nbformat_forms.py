"""The results of nbformat for notebooks: reads paths, one per line, and writes one JSON object per line.

"written": the result of nbformat.write without a change of version, null if it fails;
"upgraded": the file as nbformat 4.5, with masked ids of cells; "is_valid": the result of nbformat.isvalid;
"becomes_valid": whether the file can be read and is valid as nbformat 4.5, apart from unknown members.
Arguments select the results; without arguments, all are written.
"""

import json
import logging
import sys
import warnings

import nbformat
from nbformat.validator import isvalid, validate
from nbformat.v4 import convert

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


class Text:
    """A file in memory, for nbformat.write."""

    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


def written(notebook):
    file = Text()
    nbformat.write(notebook, file)
    return "".join(file.parts)


def upgraded(text):
    notebook = nbformat.reads(text, as_version=4)
    notebook = convert.upgrade(notebook)
    for cell in notebook.cells:
        cell.id = "masked"
    # nbformat.write would replace duplicate ids again.
    return nbformat.v4.writes_json(notebook, ensure_ascii=False) + "\n"


OUTPUTS = {"stream": {"name", "text"}, "error": {"ename", "evalue", "traceback"}}
DISPLAY = {"data", "metadata", "execution_count"}


def known(notebook):
    """The notebook without unknown members."""
    notebook = {name: notebook[name] for name in ("cells", "metadata", "nbformat", "nbformat_minor")}
    notebook["cells"] = [
        {name: cell[name] for name in cell if name in CELL or cell["cell_type"] == "code" and name in CODE}
        for cell in notebook["cells"]
    ]
    for cell in notebook["cells"]:
        cell["outputs"] = [
            {name: value for name, value in output.items()
             if name == "output_type" or name in OUTPUTS.get(output["output_type"], DISPLAY)}
            for output in cell.get("outputs", [])
        ]
        if cell["cell_type"] != "code":
            del cell["outputs"]
    return notebook


CELL = {"id", "cell_type", "metadata", "source"}
CODE = {"outputs", "execution_count"}


def becomes_valid(text):
    try:
        validate(known(nbformat.reads(text, as_version=4)))
    except Exception:
        return False
    return True


def outcome(make):
    try:
        return make()
    except Exception:
        return None


WORK = {
    "written": lambda text: written(nbformat.reads(text, as_version=nbformat.NO_CONVERT)),
    "upgraded": upgraded,
    "is_valid": lambda text: isvalid(json.loads(text)),
    "becomes_valid": becomes_valid,
}
wanted = sys.argv[1:] or WORK

for line in sys.stdin:
    path = line.rstrip("\n")
    with open(path, encoding="utf8", newline="") as file:
        text = file.read()
    result = {name: outcome(lambda: WORK[name](text)) for name in wanted}
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
