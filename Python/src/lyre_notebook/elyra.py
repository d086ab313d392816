"""Elyra's processor for local runs: Run in Elyra's editor, and `elyra-pipeline run`, use Lyre's runner.

It is switched off until it is chosen, by ELYRA_PROCESSOR_RUNTIMES=lyre,kfp,airflow; then it takes the place of `local`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import sys
import tempfile
import threading
import time
from typing import Any, Dict, List, Optional

from elyra.pipeline.component_catalog import ComponentCache
from elyra.pipeline.pipeline import GenericOperation
from elyra.pipeline.processor import PipelineProcessor, PipelineProcessorResponse
from elyra.pipeline.runtime_type import RuntimeProcessorType
from jupyter_server.gateway.managers import GatewayClient
from traitlets import List as ListTrait, Unicode, default

from ._binary import checked, find_lyre
from ._elyra_pipeline import document, failure
from ._hosts import require
from ._process import Process
from ._results import Event


class LyreProcessorResponse(PipelineProcessorResponse):
    _type = RuntimeProcessorType.LOCAL
    _name = "local"


class LyreProcessor(PipelineProcessor):
    """Runs generic pipelines on this machine with `lyre pipeline run`, independent nodes side by side."""

    _type = RuntimeProcessorType.LOCAL
    _name = "local"

    options = ListTrait(
        Unicode(),
        config=True,
        help="""Options of `lyre pipeline run`, as in ["--cached", "--jobs", "4"]
                        (LYRE_ELYRA_OPTIONS env var, as on a command line)""",
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_chosen = "lyre" in (chosen := self._chosen())
        if self._is_chosen and "local" in chosen:
            raise ValueError("choose one of the runtimes 'lyre' and 'local' (ELYRA_PROCESSOR_RUNTIMES)")

    def _chosen(self) -> List[str]:
        """Elyra's setting of the runtimes to use, which its registry does not hand over; empty if all are used."""
        configured = self.config.get("PipelineProcessorRegistry", {}).get("runtimes")
        if configured:
            return list(configured)
        return os.environ.get("ELYRA_PROCESSOR_RUNTIMES", "").replace(" ", "").split(",")

    @property
    def name(self) -> str:
        """The runtime that the processor stands for: `local` if it is chosen, else one that no pipeline asks for."""
        return "local" if self._is_chosen else "lyre"

    @default("options")
    def _default_options(self) -> List[str]:
        return shlex.split(os.environ.get("LYRE_ELYRA_OPTIONS", ""))

    def get_components(self) -> Any:
        """The generic components: notebooks, and scripts in Python and R."""
        return ComponentCache.get_generic_components()

    def process(self, pipeline: Any) -> LyreProcessorResponse:
        """Runs a pipeline to its end. Raises RuntimeError, in Elyra's words, if a node fails or it cannot be run."""
        from . import LyreNotFoundError, VersionMismatchError, __version__

        require("elyra-server")
        try:
            checked(find_lyre(), __version__)
        except (LyreNotFoundError, VersionMismatchError) as error:
            raise RuntimeError(str(error)) from error
        if GatewayClient.instance().gateway_enabled:
            raise RuntimeError(
                "Lyre runs kernels on this machine, and this server has its kernels on a gateway; "
                "remove 'lyre' from ELYRA_PROCESSOR_RUNTIMES"
            )
        for operation in pipeline.operations.values():
            if not isinstance(operation, GenericOperation):
                raise RuntimeError(f"Error processing operation {operation.name} (it is not a notebook or a script)")
        self.log_pipeline_info(pipeline.name, "processing pipeline")
        began = time.monotonic()
        run = _Run(self, pipeline)
        run.run()
        self.log_pipeline_info(pipeline.name, "pipeline processed", duration=time.monotonic() - began)
        return LyreProcessorResponse()

    def export(self, pipeline: Any, pipeline_export_format: Any, pipeline_export_path: Any, overwrite: Any) -> None:
        """Elyra exports pipelines for Kubeflow Pipelines and Airflow only."""
        raise NotImplementedError("Local pipelines does not support export functionality")


class _Run:
    """One run of a pipeline."""

    def __init__(self, processor: LyreProcessor, pipeline: Any) -> None:
        self.processor, self.pipeline = processor, pipeline
        self.failures: List[Event] = []
        self.files = {operation.id: operation.filename for operation in pipeline.operations.values()}

    def run(self) -> None:
        content = document(self.pipeline, self.processor.root_dir)
        with tempfile.TemporaryDirectory(prefix="lyre-elyra-") as scratch:
            path = os.path.join(
                _folder(self.pipeline, content, scratch), self.pipeline.name.replace("/", "_") + ".pipeline"
            )
            with open(path, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
            process = Process(
                [
                    "pipeline",
                    "run",
                    "--quiet",
                    "--events",
                    "-",
                    "--root",
                    "/",
                    "--python",
                    sys.executable,
                    *self.processor.options,
                    "--",
                    path,
                ],
                self.receive,
            )
            # After Ctrl-C the interpreter waits for this thread, which is not the main one: the run is stopped first.
            at_exit = getattr(threading, "_register_atexit", None)
            if at_exit is not None and threading.current_thread() is not threading.main_thread():
                at_exit(process.interrupt)
            code = process.run()
        self.check(code, process.messages.replace(path, self.pipeline.name))

    def receive(self, event: Event) -> None:
        kind, log = event["event"], self.processor.log
        if kind == "line":
            stream = sys.stdout if event["name"] == "stdout" else sys.stderr
            print(f"{event['label']}: {event['text']}", file=stream, flush=True)
        elif kind == "warning":
            log.warning(f"{event.get('label') or self.pipeline.name}: {event['message']}")
        elif kind == "node_retried":
            log.warning(f"{event['label']}: {event.get('message')}; it is run again")
        elif kind == "node_finished":
            self.finish(event)

    def finish(self, event: Event) -> None:
        file, status = self.files.get(event["node"], ""), event["status"]
        if status in ("succeeded", "cached"):
            done = (
                f"completed {file}"
                if status == "succeeded"
                else f"unchanged {file}, as in run {event.get('cached_run')}"
            )
            self.processor.log_pipeline_info(
                self.pipeline.name, done, operation_name=event["label"], duration=event.get("seconds")
            )
        elif status not in ("blocked", "skipped", "not_run"):
            self.failures.append(event)
            log = f" (its output: {event['log']})" if event.get("log") else ""
            self.processor.log.error(f"Error executing {failure(event, file)}{log}")

    def check(self, code: int, messages: str) -> None:
        if code == 0:
            return
        if self.failures:
            first = self.failures[0]
            text = failure(first, self.files.get(first["node"], ""))
            raise RuntimeError(f"Error processing operation {first['label']} {text}") from RuntimeError(text)
        text = "\n ".join(line for line in messages.strip().splitlines()) or f"lyre ended with code {code}"
        raise RuntimeError(text) from RuntimeError(f"lyre pipeline run ended with code {code}")


def _folder(pipeline: Any, content: Dict[str, Any], scratch: str) -> str:
    """The folder for the pipeline's file: the same for each run of it, because the record belongs to its path."""
    places = [node["app_data"]["component_parameters"]["filename"] for node in content["pipelines"][0]["nodes"]]
    identity = json.dumps(
        [pipeline.name, pipeline.id, os.path.commonpath([os.path.dirname(place) for place in places])]
    )
    state: Optional[str] = os.environ.get("XDG_STATE_HOME")
    if not state and os.path.isdir(os.path.expanduser("~")):
        state = os.path.expanduser("~/.local/state")
    folder = os.path.join(state or scratch, "lyre", "elyra", hashlib.sha256(identity.encode()).hexdigest()[:16])
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        return scratch
    return folder if os.access(folder, os.W_OK) else scratch
