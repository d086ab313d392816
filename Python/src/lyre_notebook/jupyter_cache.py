"""jupyter-cache's executors: `jcache project execute --executor lyre`, or `lyre-parallel` for several at once."""

from __future__ import annotations

import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any, List, NamedTuple, Optional

from jupyter_cache.base import ProjectNb
from jupyter_cache.cache.db import NbProjectRecord
from jupyter_cache.executors.base import ExecutorRunResult, JupyterExecutorAbstract
from jupyter_cache.executors.utils import create_cache_bundle
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from ._hosts import require
from .nbclient import LyreClient


class _Ended(NamedTuple):
    """How a notebook of a project ended."""

    notebook: Optional[ProjectNb]
    seconds: float = 0
    excepted: Optional[str] = None
    """The text of the error of a cell."""
    errored: Optional[str] = None
    """Why there is no result."""


class LyreExecutor(JupyterExecutorAbstract):
    """Runs the notebooks of a project one after another, each in its own folder."""

    jobs = 1

    def run_and_cache(
        self,
        *,
        filter_uris: Optional[List[str]] = None,
        filter_pks: Optional[List[int]] = None,
        timeout: Optional[int] = 30,
        allow_errors: bool = False,
        force: bool = False,
        **options: Any,
    ) -> ExecutorRunResult:
        """Runs the notebooks that are not in the cache, or with `force` all, and puts good results into the cache."""
        require("jupyter-cache")
        records = self.get_records(filter_uris, filter_pks, clear_tracebacks=True, force=force)
        self.logger.info("Executing %s notebook(s) with Lyre, %s at once", len(records), self.jobs)
        result = ExecutorRunResult()
        running: List[LyreClient] = []
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            ended = [pool.submit(self._run, record, timeout, allow_errors, running) for record in records]
            try:
                for record, one in zip(records, ended):
                    self._settle(result, record, one.result())
            except BaseException:  # Ctrl-C: nothing is waited for
                pool.shutdown(wait=False, cancel_futures=True)
                for client in running:
                    client.interrupt()
                raise
        return result

    def _run(self, record: Any, timeout: Optional[int], allow_errors: bool, running: List[LyreClient]) -> _Ended:
        try:
            notebook = self.cache.get_project_notebook(record.pk)
            own = notebook.nb.metadata.get("execution", {})
            self.logger.info("Executing: %s", record.uri)
            client = LyreClient(
                notebook.nb,
                timeout=own.get("timeout", timeout),
                allow_errors=own.get("allow_errors", allow_errors),
                record_timing=False,
                resources={"metadata": {"path": str(Path(notebook.uri).parent)}},
            )
        except Exception as error:
            return _Ended(None, errored=str(error))
        running.append(client)
        began = monotonic()
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError) as error:
            return _Ended(
                notebook, excepted="".join(traceback.format_exception(type(error), error, error.__traceback__))
            )
        except Exception as error:
            return _Ended(None, errored=str(error))
        return _Ended(notebook, monotonic() - began)

    def _settle(self, result: ExecutorRunResult, record: Any, ended: _Ended) -> None:
        if ended.notebook is None:
            result.errored.append(record.uri)
            self.logger.error("Failed Executing: %s: %s", record.uri, ended.errored)
        elif ended.excepted is not None:
            result.excepted.append(record.uri)
            self.logger.warning("Execution Excepted: %s\n%s", record.uri, ended.excepted)
            NbProjectRecord.set_traceback(record.uri, ended.excepted, self.cache.db)
        else:
            bundle = create_cache_bundle(ended.notebook, None, None, ended.seconds, None)
            try:
                self.cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            except Exception:
                result.errored.append(record.uri)
                self.logger.error("Failed Caching: %s", record.uri, exc_info=True)
                return
            result.succeeded.append(record.uri)
            self.logger.info("Execution Successful: %s", record.uri)


class LyreParallelExecutor(LyreExecutor):
    """Runs as many notebooks at once as the machine has processors."""

    jobs = os.cpu_count() or 1
