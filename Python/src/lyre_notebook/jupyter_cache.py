"""jupyter-cache's executors: `jcache project execute --executor lyre`, and `lyre-parallel` for several notebooks at once."""
from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any, List, Optional, Tuple

import nbformat
from jupyter_cache.base import ProjectNb
from jupyter_cache.cache.db import NbProjectRecord
from jupyter_cache.executors.base import ExecutorRunResult, JupyterExecutorAbstract
from jupyter_cache.executors.utils import create_cache_bundle

from ._run import Result, run


class LyreExecutor(JupyterExecutorAbstract):
    """Runs the notebooks of a project one after another."""

    jobs = 1

    def run_and_cache(self, *, filter_uris: Optional[List[str]] = None, filter_pks: Optional[List[int]] = None,
                      timeout: Optional[int] = 30, allow_errors: bool = False, force: bool = False,
                      **kwargs: Any) -> ExecutorRunResult:
        records = self.get_records(filter_uris, filter_pks, clear_tracebacks=True, force=force)
        notebooks = [(record, self.cache.get_project_notebook(record.pk)) for record in records]
        result = ExecutorRunResult()
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            ended = pool.map(lambda pair: self._run(pair[1], timeout, allow_errors), notebooks)
            for (record, notebook), (run_result, seconds, error) in zip(notebooks, ended):
                self._settle(result, record, notebook, run_result, seconds, error)
        return result

    def _run(self, notebook: ProjectNb, timeout: Optional[int],
             allow_errors: bool) -> Tuple[Optional[Result], float, Optional[str]]:
        own = notebook.nb.metadata.get("execution", {}).get("timeout", timeout)
        began = time()
        try:
            result = run(notebook.nb, timeout=own if own and own > 0 else None, cwd=os.path.dirname(notebook.uri),
                         allow_errors=allow_errors, check=False)
        except Exception as error:
            return None, time() - began, str(error)
        return result, time() - began, None

    def _settle(self, result: ExecutorRunResult, record: Any, notebook: ProjectNb, run_result: Optional[Result],
                seconds: float, error: Optional[str]) -> None:
        if run_result is None or run_result.notebook is None:
            result.errored.append(notebook.uri)
            self.logger.error("Not run: %s: %s", notebook.uri, error or (run_result.messages if run_result else ""))
            return
        done = nbformat.from_dict(run_result.notebook)
        if not run_result.ok:
            result.excepted.append(notebook.uri)
            NbProjectRecord.set_traceback(record.uri, run_result.messages, self.cache.db)
            self.logger.warning("Execution excepted: %s", notebook.uri)
            return
        notebook.nb.cells, notebook.nb.metadata = done.cells, done.metadata
        bundle = create_cache_bundle(notebook, os.path.dirname(notebook.uri), None, seconds, None)
        self.cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        result.succeeded.append(notebook.uri)
        self.logger.info("Execution Successful: %s", notebook.uri)


class LyreParallelExecutor(LyreExecutor):
    """Runs as many notebooks at once as the machine has processors."""

    jobs = os.cpu_count() or 1
