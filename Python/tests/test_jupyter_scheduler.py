"""jupyter-scheduler's execution manager, with the real Scheduler: jobs in processes of their own, and its database."""

import os
from pathlib import Path

import pytest
from conftest import eventually, processes, read, texts

pytest.importorskip("jupyter_scheduler")
from jupyter_scheduler.environments import CondaEnvironmentManager  # noqa: E402
from jupyter_scheduler.executors import DefaultExecutionManager  # noqa: E402
from jupyter_scheduler.models import CreateJob, Status  # noqa: E402
from jupyter_scheduler.orm import create_tables  # noqa: E402
from jupyter_scheduler.scheduler import Scheduler  # noqa: E402
from traitlets.config import Config  # noqa: E402

ENDED = (Status.COMPLETED, Status.FAILED, Status.STOPPED)


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler as the server's extension makes it, with the one line of configuration."""
    config = Config()
    config.Scheduler.execution_manager_class = "lyre_notebook.jupyter_scheduler.LyreExecutionManager"
    config.Scheduler.staging_path = str(tmp_path / "staging")
    config.Scheduler.task_runner_class = None
    address = f"sqlite:///{tmp_path}/scheduler.sqlite"
    create_tables(address)
    return Scheduler(
        root_dir=str(tmp_path), environments_manager=CondaEnvironmentManager(), db_url=address, config=config
    )


def start(scheduler, path, **more):
    return scheduler.create_job(
        CreateJob(input_uri=path.name, input_filename=path.name, runtime_environment_name="any", name="job", **more)
    )


def ended(scheduler, job_id):
    """The job when it has ended, and its files by their formats."""

    def has_ended():  # a new job is called stopped until it starts
        job = scheduler.get_job(job_id, False)
        return job.start_time is not None and job.status in ENDED

    assert eventually(has_ended, 60)
    job = scheduler.get_job(job_id, False)
    return job, {name: Path(path) for name, path in scheduler.get_staging_paths(job).items() if os.path.exists(path)}


def test_a_job_with_parameters_and_formats(notebook, scheduler):
    path = notebook("year = 1", "print('in', year)\nopen('made.txt', 'w').write('x')", tags={0: "parameters"})
    before = path.read_bytes()
    job, files = ended(scheduler, start(scheduler, path, parameters={"year": "2024"}, output_formats=["ipynb", "html"]))
    assert job.status == Status.COMPLETED, job.status_message
    assert texts(read(files["ipynb"]))[-1] == "in 2024\n"
    assert "in 2024" in files["html"].read_text()
    assert path.read_bytes() == before and not (path.parent / "made.txt").exists()
    assert "made.txt" in job.packaged_files


def test_a_job_that_fails_tells_why_and_has_its_outputs(notebook, scheduler):
    path = notebook("print('kept')", "1/0")
    messages = []
    for manager in (scheduler.execution_manager_class, DefaultExecutionManager):
        scheduler.execution_manager_class = manager
        job, files = ended(scheduler, start(scheduler, path, output_formats=["ipynb"]))
        assert job.status == Status.FAILED
        assert texts(read(files["ipynb"]))[0] == "kept\n"
        messages.append(job.status_message)
    assert messages[0] == messages[1] and "division by zero" in messages[0]


def test_a_program_that_is_missing_is_the_jobs_message(notebook, scheduler, monkeypatch):
    monkeypatch.setenv("LYRE", "/nowhere/lyre")
    job, _ = ended(scheduler, start(scheduler, notebook("1"), output_formats=["ipynb"]))
    assert job.status == Status.FAILED
    assert job.status_message == "LYRE=/nowhere/lyre: this file does not exist or may not be executed"


def test_a_job_that_is_stopped_leaves_no_kernel(notebook, scheduler, tmp_path, monkeypatch):
    monkeypatch.setenv("LYRE_TEST_MARK", f"job of {tmp_path}")
    job_id = start(scheduler, notebook(f"open({str(tmp_path / 'on')!r}, 'w'); import time; time.sleep(60)"))
    assert eventually((tmp_path / "on").exists)
    scheduler.stop_job(job_id)
    monkeypatch.delenv("LYRE_TEST_MARK")
    assert ended(scheduler, job_id)[0].status == Status.STOPPED
    assert eventually(lambda: not set(processes(f"LYRE_TEST_MARK=job of {tmp_path}")) - {os.getpid()})


def test_a_notebook_without_a_kernel_is_refused_as_always(notebook, scheduler):
    path = notebook("1")
    path.write_text(path.read_text().replace('"kernelspec"', '"none"'))
    with pytest.raises(Exception, match="no kernel associated"):
        start(scheduler, path)
