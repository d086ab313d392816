"""JupyterLab and Notebook with Lyre's page, in a real browser: CHROMIUM names it."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import eventually

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
TOKEN = "token-of-the-tests"
BASE = "/x/y/"
# Builds and other tests may run at the same time.
PATIENCE = 90_000


class Jupyter:
    """A Jupyter server with settings and a root folder of its own."""

    def __init__(self, home, application="lab", options=(), variables=None):
        self.home, self.root = home, home / "project"
        self.root.mkdir(parents=True)
        news = home / "settings" / "@jupyterlab" / "apputils-extension"
        news.mkdir(parents=True)
        (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folders = {"CONFIG": "config", "DATA": "data", "RUNTIME": "runtime"}
        environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            **{f"JUPYTER_{name}_DIR": str(home / folder) for name, folder in folders.items()},
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            **(variables or {}),
        }
        with open(home / "log", "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter", application, "--no-browser", "--allow-root"]
                + [f"--ServerApp.port={self.port}", f"--ServerApp.base_url={BASE}", f"--IdentityProvider.token={TOKEN}"]
                + [f"--ServerApp.root_dir={self.root}", *options],
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        assert eventually(lambda: self.answers(), PATIENCE / 1000), (home / "log").read_text()

    def answers(self):
        assert self.process.poll() is None, (self.home / "log").read_text()
        with contextlib.suppress(OSError):
            return self.get("api")[0] == 200
        return False

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{BASE}{path}"

    def get(self, path, token=TOKEN, **headers):
        """The status, headers and content of an answer; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE / 1000)
        if token:
            headers["Authorization"] = f"token {token}"
        connection.request("GET", BASE + path, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def pages(self):
        """The processes `lyre ui` of this server, with their sockets."""
        found = {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                words = Path("/proc", entry, "cmdline").read_text().split("\0")
                if "ui" in words and str(self.root) in words and "--socket" in words:
                    found[int(entry)] = Path(words[words.index("--socket") + 1])
        return found

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def jupyter(tmp_path):
    """Starts servers, which end with the test."""
    servers = []

    def start(application="lab", *options, **variables):
        server = Jupyter(tmp_path / f"server{len(servers)}", application, options, variables)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens pages of a server as a browser that is logged in; a script error of the extension fails the test."""
    contexts, problems = [], []

    def make(server, path="lab"):
        context = browser.new_context(viewport={"width": 1400, "height": 850})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(error.stack or str(error)))
        page.goto(server.address(f"{path}?token={TOKEN}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not [problem for problem in problems if "lyre" in problem]


def file_item(page, name):
    return page.locator(f'.jp-DirListing-item:has(:text-is("{name}"))')


def tab(page, label):
    return page.locator(f'.lm-TabBar-tab:has-text("{label}")')


def lyre(page):
    """The page in the frame of the tab in front."""
    return page.frame_locator(".lyre-page:visible iframe")


def menu(page, *labels):
    """Chooses an item of the menu bar."""
    page.locator(f'.lm-MenuBar-item:has-text("{labels[0]}")').click()
    for label in labels[1:-1]:
        page.locator(f'.lm-Menu-item:has-text("{label}")').first.hover()
    page.locator(f'.lm-Menu-item:has-text("{labels[-1]}")').first.click()


def command(page, text, label):
    """Chooses a command of the palette."""
    page.keyboard.press("Control+Shift+c")
    page.locator(".jp-ModalCommandPalette .lm-CommandPalette-input").fill(text)
    page.locator(f'.lm-CommandPalette-item:has-text("{label}")').first.click()


def nodes(path):
    """The files of a pipeline's nodes."""
    content = json.loads(path.read_text())
    return [
        node["app_data"]["component_parameters"]["filename"]
        for flow in content["pipelines"]
        for node in flow["nodes"]
        if node["type"] == "execution_node"
    ]
