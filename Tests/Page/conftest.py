"""A real `lyre ui` and a real browser: LYRE names the program, CHROMIUM the browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from playwright.sync_api import expect, sync_playwright

LYRE = os.environ.get("LYRE") or shutil.which("lyre") or ""
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
ASSETS = os.environ.get("LYRE_ASSETS")
TOKEN = "token-of-the-tests-0123456789"
# Builds and other tests may run at the same time.
PATIENCE = 1000 * int(os.environ.get("PATIENCE", "60"))

expect.set_options(timeout=PATIENCE)


def eventually(condition, what, seconds=PATIENCE / 1000):
    """Waits for a state that no event reports."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return value


class Server:
    """A `lyre ui` that can be killed and started again at its address."""

    def __init__(self, folder, state):
        self.folder, self.state, self.port, self.process = folder, state, 0, None
        self.commands = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/"

    def start(self):
        command = [LYRE, "ui", str(self.folder), f"--state={self.state}", f"--port={self.port}", f"--token={TOKEN}"]
        if ASSETS:
            command.append(f"--assets={ASSETS}")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("http://"), f"{line}{self.process.stderr.read() if line == '' else ''}"
        self.port = int(line.split(":")[2].split("/")[0])
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def lyre(self, *arguments, **options):
        """Starts the command in the folder, as a person in a terminal would."""
        command = subprocess.Popen(
            [LYRE, *arguments, f"--state={self.state}"], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, **options)
        self.commands.append(command)
        return command

    def end_commands(self):
        """Ends the commands that a failed test did not wait for."""
        for command in self.commands:
            if command.poll() is None:
                command.terminate()
                command.wait(60)


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    if not LYRE:
        pytest.skip("LYRE does not name the program")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "project"
    path.mkdir()
    return path


@pytest.fixture
def server(folder, tmp_path):
    server = Server(folder, tmp_path / "state").start()
    yield server
    server.end_commands()
    server.stop()


@pytest.fixture
def make_page(browser, server):
    """Opens pages of the server; a script error in one of them fails the test."""
    contexts, problems = [], []

    def answer(dialog):
        # A page with unsaved edits asks before it goes; anything else comes from what should be harmless.
        if dialog.type == "beforeunload":
            return dialog.accept()
        problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def make(**options):
        context = browser.new_context(**{"viewport": {"width": 1360, "height": 820}, **options})
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", answer)
        page.goto(f"{server.address}?token={TOKEN}")
        expect(page.locator("#bar .brand")).to_be_visible()
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(make_page):
    return make_page()


def notebook(*cells, kernel="python3"):
    """The text of a notebook with code cells."""
    return json.dumps({
        "cells": [
            {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "execution_count": None, "outputs": [],
             "source": text.splitlines(keepends=True)}
            for number, text in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        "nbformat": 4, "nbformat_minor": 5,
    })


def pipeline(folder, name, *files, chain=True):
    """Makes a pipeline of files as `lyre pipeline new` does."""
    subprocess.run([LYRE, "pipeline", "new", name, *files, *(["--chain"] if chain else [])], cwd=folder, check=True,
                   capture_output=True)
    return folder / name


def is_without_findings(page, where=""):
    """Checks the accessibility of what is shown."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(where, each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"]) for each in found] == []


if sys.version_info < (3, 9):
    raise SystemExit("the tests of the page require Python 3.9")
