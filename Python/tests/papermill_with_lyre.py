"""papermill's own tests, with Lyre as its default engine: `pytest -p papermill_with_lyre --pyargs papermill.tests…`."""

import papermill.engines
import pytest
from lyre_notebook.papermill_engine import LyreEngine

#: Those that tell nothing about an engine's behaviour, and why.
LEFT_OUT = {
    "test_start_timeout": "replaces papermill's own client by a mock",
    "test_default_start_timeout": "replaces papermill's own client by a mock",
    "TestBrokenNotebook2": "needs an IPython before version 9, also with papermill's own engine",
}

papermill.engines.papermill_engines.register(None, LyreEngine)


def pytest_collection_modifyitems(items):
    for item in items:
        for name, reason in LEFT_OUT.items():
            if name in item.nodeid.split("::"):
                item.add_marker(pytest.mark.skip(reason=reason))
