"""Elyra's errors for properties: reads an object with `property` and `value` per line from standard input, and writes a list
of errors for each, or null if Elyra cannot read it.

Used by PropertyDifferentialTests.swift, with the `elyra` environment of scripts/test-env.
"""

import io
import json
import sys
import warnings
from contextlib import redirect_stdout

warnings.simplefilter("ignore")

from elyra.pipeline.properties import ElyraProperty, ElyraPropertyList  # noqa: E402
from elyra.pipeline.validation import PipelineValidationManager, ValidationResponse  # noqa: E402


def answer(name, value):
    if name in ("cpu", "gpu", "memory", "cpu_limit", "memory_limit"):
        if not value:
            return []
        response = ValidationResponse()
        PipelineValidationManager._validate_resource_value(None, "a", "a", name, value, response)
        return [issue["message"] for issue in response.to_json()["issues"]]
    made = ElyraProperty.create_instance(name, value)
    items = made if isinstance(made, ElyraPropertyList) else [made]
    return [error for item in items if item is not None for error in item.get_all_validation_errors()]


for line in sys.stdin.read().splitlines():
    question = json.loads(line)
    with redirect_stdout(io.StringIO()):
        try:
            result = answer(question["property"], question["value"])
        except BaseException as error:  # a failure of Elyra is an error too
            result = [f"{type(error).__name__}: {error}"]
    print(json.dumps(result))
