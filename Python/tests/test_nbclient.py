"""nbclient's interface, beside the real nbclient."""

import asyncio
import inspect

import nbclient
import pytest
from conftest import read, texts
from lyre_notebook.nbclient import LyreClient, execute
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

HOOKS = (
    "on_notebook_start",
    "on_notebook_complete",
    "on_notebook_error",
    "on_cell_start",
    "on_cell_execute",
    "on_cell_complete",
    "on_cell_executed",
    "on_cell_error",
)


def calls(client, path, **options):
    """The hooks that a client calls, with the cell, and the outputs that it has then."""
    called = []

    def hook(name):
        def call(notebook=None, cell=None, cell_index=None, execute_reply=None):
            status = execute_reply["content"]["status"] if execute_reply else None
            if execute_reply and status == "error":
                status = [execute_reply["content"][key] for key in ("ename", "evalue")]
            outputs = [output.output_type for output in cell.get("outputs", [])] if name == "on_cell_executed" else None
            called.append((name, cell_index, status, outputs))

        return call

    try:
        client(read(path), **{name: hook(name) for name in HOOKS}, **options).execute()
    except Exception as error:
        called.append(type(error))
    return called


@pytest.mark.parametrize(
    "sources",
    [
        ["#md text", "print('one')\n1", "", "print('two')", "#md end"],
        ["print('one')", "1/0", "print('never')"],
        ["raise ValueError('allowed')", "print('on')"],
        ["import os; os._exit(1)"],
    ],
    ids=["good", "error", "allowed", "dead"],
)
def test_hooks_are_called_as_nbclient_calls_them(notebook, sources):
    path = notebook(*sources, tags={0: "raises-exception"} if "allowed" in sources[0] else None)
    assert calls(LyreClient, path) == calls(nbclient.NotebookClient, path)


def test_coroutines_as_hooks(notebook):
    called = []

    async def hook(cell, cell_index):
        await asyncio.sleep(0)
        called.append(cell_index)

    node = read(notebook("1", "2"))
    LyreClient(node, on_cell_start=hook).execute()

    async def inside():
        LyreClient(node, on_cell_start=hook).execute()  # as in Jupyter, where a loop runs already
        await LyreClient(node, on_cell_start=hook).async_execute()

    asyncio.run(inside())
    assert called == [0, 1] * 3


def test_the_notebook_is_changed_and_returned(notebook):
    node = read(notebook("print('one')"))
    client = LyreClient(node, timeout=60)
    assert client.execute() is node and client.code_cells_executed == 1
    assert node.cells[0].outputs[0].text == "one\n" and node.cells[0].execution_count == 1
    assert node.metadata.language_info.name == "python"
    assert set(node.cells[0].metadata.execution) >= {"iopub.execute_input", "shell.execute_reply"}
    assert execute(read(notebook("print('one')"))).cells[0].outputs[0].text == "one\n"


def test_the_constructor_is_that_of_notebook_client(notebook):
    assert issubclass(LyreClient, nbclient.NotebookClient)
    assert list(inspect.signature(LyreClient.__init__).parameters)[:3] == ["self", "nb", "km"]


@pytest.mark.parametrize(
    "source, options",
    [
        ("print('x'); 1/0", {}),
        ("import time; time.sleep(9)", {"timeout": 1}),
        ("import time; time.sleep(9)", {"timeout_func": lambda cell: 1}),
        ("import os; os._exit(1)", {}),
        ("1", {"kernel_name": "no-such-kernel"}),
        ("1/0", {"force_raise_errors": True, "allow_errors": True}),
    ],
    ids=["error", "timeout", "timeout of a function", "dead", "no kernel", "forced"],
)
def test_errors_are_those_of_nbclient(notebook, source, options):
    raised = []
    for client in (nbclient.NotebookClient, LyreClient):
        with pytest.raises(Exception) as error:
            client(read(notebook(source)), **options).execute()
        raised.append(error.value)
    assert type(raised[0]) is type(raised[1])
    if isinstance(raised[1], CellExecutionError):
        assert (raised[0].ename, raised[0].evalue) == (raised[1].ename, raised[1].evalue)
        assert str(raised[0]) == str(raised[1])
    if isinstance(raised[1], CellTimeoutError):
        # nbclient tells where it waited; the cell and the limit are the same.
        assert str(raised[1]).splitlines()[0] == str(raised[0]).splitlines()[0]
        assert "time.sleep(9)" in str(raised[1])


def test_options(notebook, tmp_path):
    def ran(*sources, tags=None, start=None, **options):
        return texts(LyreClient(read(notebook(*sources, tags=tags)), **options).execute(**(start or {})))

    assert ran("1/0", "print('on')", allow_errors=True)[1] == "on\n"
    assert ran("1/0", "print('on')", allow_error_names=["ZeroDivisionError"])[1] == "on\n"
    assert ran("print(1)", "print(2)", tags={0: "mine"}, skip_cells_with_tag="mine") == ["", "2\n"]
    assert ran("import os; print(os.getcwd())", resources={"metadata": {"path": str(tmp_path)}}) == [f"{tmp_path}\n"]
    assert ran("import os; print(os.getcwd())", start={"cwd": str(tmp_path)}) == [f"{tmp_path}\n"]
    assert ran("import time; time.sleep(9)", "print('on')", timeout=1, interrupt_on_timeout=True)[1] == "on\n"
    for more in (
        {"extra_arguments": ["--IPKernelApp.exec_lines=given=7"]},
        {"start": {"extra_arguments": ["--IPKernelApp.exec_lines=given=7"]}},
    ):
        assert ran("print(given)", **more) == ["7\n"]
    node = LyreClient(read(notebook("1")), record_timing=False).execute()
    assert "execution" not in node.cells[0].metadata
    with pytest.raises(TypeError, match="no_such_option"):
        LyreClient(read(notebook("1"))).execute(no_such_option=1)


def test_coalesced_streams_are_those_of_nbclient(notebook):
    source = """import sys
for name in "abc":
    print(name, file=sys.stderr, flush=True); print(name.upper(), flush=True)
1"""
    shown = []
    for client in (nbclient.NotebookClient, LyreClient):
        node = client(read(notebook(source)), coalesce_streams=True).execute()
        shown.append([(output.get("name"), output.get("text")) for output in node.cells[0].outputs])
    assert shown[0] == shown[1] == [("stdout", "A\nB\nC\n"), ("stderr", "a\nb\nc\n"), (None, None)]


def test_a_kernel_that_runs_is_used_and_left_running(notebook):
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3")
    try:
        client.execute_interactive("given = 42")
        assert texts(LyreClient(read(notebook("print(given)")), km=manager).execute()) == ["42\n"]
        assert manager.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_manager_of_kernels_elsewhere_is_refused(notebook):
    from jupyter_client import AsyncKernelManager

    class Remote(AsyncKernelManager):
        __module__ = "somewhere"

    with pytest.raises(NotImplementedError, match="cannot use somewhere.*Remote"):
        LyreClient(read(notebook("1")), kernel_manager_class=Remote).execute()


def test_a_cancelled_task_stops_the_run(notebook, tmp_path):
    node = read(notebook("open('on', 'w'); import time; time.sleep(60)"))

    async def cancelled():
        client = LyreClient(node, resources={"metadata": {"path": str(tmp_path)}})
        task = asyncio.ensure_future(client.async_execute())
        while not (tmp_path / "on").exists():
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(cancelled(), 30))


def test_deadkernel_is_a_runtime_error(notebook):
    with pytest.raises(RuntimeError) as raised:
        LyreClient(read(notebook("import os; os._exit(1)"))).execute()
    assert isinstance(raised.value, DeadKernelError)
