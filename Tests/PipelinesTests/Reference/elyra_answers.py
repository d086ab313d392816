"""The results of Elyra for pipelines: reads a path per line from standard input, and writes a line of JSON for each.

Used by ElyraReference.swift, with the `elyra` environment of scripts/test-env.
"""

import asyncio
import io
import json
import os
import sys
import warnings
from contextlib import redirect_stdout

warnings.simplefilter("ignore")

from elyra.cli.pipeline_app import _preprocess_pipeline  # noqa: E402
from elyra.pipeline.parser import PipelineParser  # noqa: E402
from elyra.pipeline.processor import PipelineProcessor  # noqa: E402
from elyra.pipeline.validation import PipelineValidationManager  # noqa: E402


def answer(path):
    folder = os.path.dirname(path)
    os.chdir(folder)
    result = {"issues": [], "failure": None, "operations": None}
    try:
        definition = _preprocess_pipeline(path, runtime="local")
        manager = PipelineValidationManager(root_dir=folder)
        response = asyncio.run(manager.validate(pipeline=definition))
        for issue in response.to_json().get("issues"):
            data = issue.get("data") or {}
            result["issues"].append(
                {
                    "severity": issue["severity"],
                    "type": issue["type"],
                    "node": data.get("nodeID"),
                    "message": issue["message"],
                }
            )
        pipeline = PipelineParser(root_dir=folder).parse(definition)
        operations = PipelineProcessor._sort_operations(pipeline.operations)
        result["operations"] = [
            {
                "id": operation.id,
                "parents": list(operation.parent_operation_ids),
                "file": os.path.relpath(operation.filename, folder),
                "env": operation.env_vars.to_dict(),
                "dependencies": list(operation.dependencies or []),
                "outputs": list(operation.outputs or []),
                "image": operation.runtime_image,
            }
            for operation in operations
        ]
    except BaseException as error:  # any failure of Elyra is an answer
        result["failure"] = f"{type(error).__name__}: {error}"
    return result


for line in sys.stdin.read().splitlines():
    with redirect_stdout(io.StringIO()):
        result = answer(line)
    print(json.dumps(result), flush=True)
