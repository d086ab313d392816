"""nbconvert's preprocessor that runs a notebook with Lyre before it is converted.

    jupyter nbconvert --to html --Exporter.preprocessors=lyre_notebook.nbconvert.LyrePreprocessor n.ipynb
"""
from __future__ import annotations

from typing import Any, Tuple

from nbconvert.preprocessors import Preprocessor
from traitlets import Bool, Integer, Unicode

from .nbclient import LyreClient


class LyrePreprocessor(Preprocessor):
    """Takes the place of ExecutePreprocessor; leave out `--execute`."""

    enabled = Bool(True).tag(config=True)
    timeout = Integer(None, allow_none=True, help="Seconds for each cell.").tag(config=True)
    kernel_name = Unicode("", help="The kernel to use; the notebook's where it is empty.").tag(config=True)
    allow_errors = Bool(False, help="Go on after an error.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Tuple[Any, Any]:
        client = LyreClient(nb, timeout=self.timeout, kernel_name=self.kernel_name, allow_errors=self.allow_errors,
                            resources=resources)
        return client.execute(), resources
