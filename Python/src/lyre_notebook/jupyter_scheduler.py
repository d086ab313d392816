"""jupyter-scheduler's execution manager that runs jobs with Lyre.

jupyter lab --Scheduler.execution_manager_class=lyre_notebook.jupyter_scheduler.LyreExecutionManager
"""

from __future__ import annotations

import os

import nbformat
from jupyter_scheduler.executors import DefaultExecutionManager
from jupyter_scheduler.parameterize import add_parameters

from ._hosts import require
from .nbclient import LyreClient


class LyreExecutionManager(DefaultExecutionManager):
    """Executes a job's notebook with Lyre; parameters, output formats, files and errors are jupyter-scheduler's own."""

    def execute(self) -> None:
        """Executes the job's copy of the notebook in its own folder, and writes the outputs, also after an error."""
        require("jupyter-scheduler")
        job = self.model
        with open(self.staging_paths["input"], encoding="utf-8") as file:
            nb = nbformat.read(file, as_version=4)
        if job.parameters:
            nb = add_parameters(nb, job.parameters)
        folder = os.path.dirname(self.staging_paths["input"])
        client = LyreClient(nb, kernel_name=nb.metadata.kernelspec["name"], resources={"metadata": {"path": folder}})
        try:
            client.execute()
        finally:
            self.add_side_effects_files(folder)
            self.create_output_files(job, nb)
