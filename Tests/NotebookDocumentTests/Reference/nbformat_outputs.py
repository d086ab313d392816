"""The files that nbformat writes after setting outputs: reads and writes one JSON object per line.

Input: the "path" of a notebook, and "outputs", a list for each code cell. Output: the result of nbformat.write.
"""

import json
import logging
import sys

import nbformat

logging.disable(logging.CRITICAL)


class Text:
    """A file in memory, for nbformat.write."""

    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


for line in sys.stdin:
    task = json.loads(line)
    notebook = nbformat.read(task["path"], as_version=nbformat.NO_CONVERT)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, (cell, outputs) in enumerate(zip(cells, task["outputs"]), 1):
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        cell.execution_count = count
    file = Text()
    nbformat.write(notebook, file)
    sys.stdout.write(json.dumps("".join(file.parts)) + "\n")
    sys.stdout.flush()
