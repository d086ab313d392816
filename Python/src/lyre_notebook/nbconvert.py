"""nbconvert's preprocessor that runs a notebook with Lyre before it is converted.

jupyter nbconvert --to html --Exporter.preprocessors=lyre_notebook.nbconvert.LyrePreprocessor n.ipynb
"""

from __future__ import annotations

from typing import Any, Tuple

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from ._hosts import require
from .nbclient import LyreClient


class LyrePreprocessor(Preprocessor, LyreClient):
    """Takes the place of ExecutePreprocessor, with its options, which may also be given under its name.

    `--LyrePreprocessor.timeout=60`, or `--ExecutePreprocessor.timeout=60`.
    """

    def __init__(self, **options: Any) -> None:
        require("nbconvert")
        nb = options.pop("nb", None)
        nb = NotebookNode() if nb is None else nb
        Preprocessor.__init__(self, nb=nb, **options)
        LyreClient.__init__(self, nb, **options)
        other = self.config.get("ExecutePreprocessor", {})
        if other.get("enabled"):
            self.log.warning("--execute also runs the notebook with nbconvert's own preprocessor; leave it out")
        own = self.config.get("LyrePreprocessor", {})
        for name, value in other.items():
            if name != "enabled" and name not in own and self.has_trait(name):
                setattr(self, name, value)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> Tuple[Any, Any]:
        """Executes the notebook, in its own folder, and returns it with its outputs."""
        LyreClient.__init__(self, nb, km)
        self.resources = resources if resources is not None else {}
        return self.execute(), self.resources
