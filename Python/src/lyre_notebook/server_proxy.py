"""Lyre's page in JupyterLab and Notebook: what jupyter-server-proxy needs to know to start `lyre ui`, and to reach it.

Nothing of Jupyter is imported here: the server loads this module by its entry point, and calls what it finds.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any, Dict, List, Union

#: What a socket's path may have, with the byte that ends it.
_LONGEST_PATH = 107


def lyre_ui() -> Dict[str, Any]:
    """The entry `lyre` of jupyter-server-proxy: the page is at BASE/lyre/, and the process starts at the first request."""
    return {
        "command": _command,
        "unix_socket": _socket(),
        "timeout": 30,
        "new_browser_tab": False,
        # The tiles are those of the extension of JupyterLab, which follow its theme and its folder.
        "launcher_entry": {"enabled": False, "title": "Lyre"},
    }


def _socket() -> Union[bool, str]:
    """A socket in a new folder of this user, made by jupyter-server-proxy; by us where its folder's path is too long."""
    usual = os.path.join(tempfile.gettempdir(), "jupyter-server-proxy-12345678", "socket")
    if len(os.fsencode(usual)) <= _LONGEST_PATH:
        return True
    return os.path.join(tempfile.mkdtemp(prefix="lyre-", dir="/tmp"), "socket")


def _command(unix_socket: str) -> List[str]:
    """The command, when the page is opened for the first time. Its texts are templates: braces are doubled."""
    from tornado.web import HTTPError

    from . import LyreNotFoundError, VersionMismatchError, __version__
    from ._binary import checked, find_lyre

    try:
        program = checked(find_lyre(), __version__)
    except (LyreNotFoundError, VersionMismatchError) as error:
        raise HTTPError(500, str(error)) from error
    ui = [program, "ui", _folder(), "--socket", unix_socket, "--no-token"]  # Jupyter has asked for its own token
    words = [sys.executable, "-m", "lyre_notebook._ui", *ui]
    return [word.replace("{", "{{").replace("}", "}}") for word in words]


def _folder() -> str:
    """The folder whose files the file browser shows."""
    from jupyter_server.serverapp import ServerApp

    if not ServerApp.initialized():
        return os.getcwd()  # jupyter standaloneproxy
    server = ServerApp.instance()
    folder = getattr(server.contents_manager, "root_dir", "") or server.root_dir
    return os.path.abspath(os.path.expanduser(folder))
