"""reference_run.py NOTEBOOK RESULT [KERNEL]: runs a notebook with nbclient, with errors allowed.

The reference for `lyre run`: its results are the files `NAME.expected.ipynb` in Fixtures/.
Run it in the test environment: `scripts/with-test-env python scripts/reference_run.py …`.
"""

import os
import sys

import nbformat
from nbclient import NotebookClient


def main(notebook: str, result: str, kernel: str = "") -> None:
    document = nbformat.read(notebook, as_version=4)
    folder = os.path.dirname(os.path.abspath(notebook))
    NotebookClient(
        document,
        kernel_name=kernel or document.metadata.kernelspec.name,
        allow_errors=True,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": folder}},
    ).execute()
    nbformat.write(document, result)


if __name__ == "__main__":
    main(*sys.argv[1:])
