import Glibc
import KernelLauncher
import KernelTesting
import Testing

@Suite("The active Python")
struct PythonPrefixTests {
  private func program(_ directory: TemporaryDirectory, _ name: String) throws {
    try directory.write("#!/bin/sh\n", to: name, mode: 0o755)
  }

  private func prefixes(_ environment: [String: String]) -> [PythonPrefix] {
    JupyterPaths(environment: ["HOME": "/nowhere"].merging(environment) { $1 }).prefixes
  }

  @Test("a virtual environment on PATH is recognised by its pyvenv.cfg")
  func environmentOnPath() throws {
    try TemporaryDirectory.with { directory in
      try program(directory, "base/bin/python3.11")
      try directory.makeDirectory("env")
      try directory.makeDirectory("env/bin")
      symlink(directory.path("base/bin/python3.11"), directory.path("env/bin/python3"))
      symlink("python3.11", directory.path("base/bin/python3"))
      let onPath = ["PATH": directory.path("env/bin")]
      #expect(prefixes(onPath).map(\.path) == [directory.path("base")])
      #expect(prefixes(onPath).first?.isIsolated == false)
      try directory.write("home = x\n", to: "env/pyvenv.cfg")
      #expect(prefixes(onPath).map(\.path) == [directory.path("env")])
      #expect(prefixes(onPath).first?.isIsolated == true)
      #expect(prefixes(onPath).first?.interpreter == directory.path("env/bin/python3"))
    }
  }

  @Test("VIRTUAL_ENV, CONDA_PREFIX and PATH count in that order, each once")
  func order() throws {
    try TemporaryDirectory.with { directory in
      try program(directory, "path/bin/python3")
      let environment = [
        "VIRTUAL_ENV": "/venv/", "CONDA_PREFIX": "/conda", "PATH": directory.path("path/bin"),
      ]
      #expect(prefixes(environment).map(\.path) == ["/venv", "/conda", directory.path("path")])
      let same = ["VIRTUAL_ENV": directory.path("path"), "PATH": directory.path("path/bin")]
      #expect(prefixes(same).map(\.path) == [directory.path("path")])
    }
  }

  @Test(
    "a conda environment is isolated unless it is the base one",
    arguments: [("base", false), (nil, false), ("work", true)] as [(String?, Bool)])
  func conda(name: String?, isIsolated: Bool) {
    var environment = ["CONDA_PREFIX": "/conda", "PATH": ""]
    environment["CONDA_DEFAULT_ENV"] = name
    #expect(prefixes(environment).map(\.isIsolated) == [isIsolated])
  }

  @Test(
    "pyenv's shims are followed as pyenv follows them, without running them",
    arguments: [
      (["PYENV_VERSION": "3.11.9"], "", "", "3.11.9"),
      (["PYENV_VERSION": "3.12"], "", "", "3.12.10"),
      (["PYENV_VERSION": "missing:3.11.9"], "", "", "3.11.9"),
      ([:], "3.11.9\n", "3.12.2", "3.11.9"), ([:], "# why\n3.12.2 3.11.9\n", "", "3.12.2"),
      ([:], "", "3.12.2\n", "3.12.2"), ([:], "", "system\n", nil),
      // Links out of pyenv's own versions are not followed.
      ([:], "../../project/evil\n", "3.12.2", nil),
      ([:], "../../project/evil 3.11.9", "", "3.11.9"),
      ([:], "..\n.\n", "", nil), (["PYENV_VERSION": "3.11.9/../3.12.2"], "", "", nil),
    ] as [([String: String], String, String, String?)])
  func pyenv(environment: [String: String], local: String, global: String, version: String?)
    throws
  {
    try TemporaryDirectory.with { directory in
      for name in ["3.11.9", "3.12.2", "3.12.10"] {
        try program(directory, "pyenv/versions/\(name)/bin/python3")
      }
      try program(directory, "project/evil/bin/python3")
      try program(directory, "pyenv/bin/python3")
      try program(directory, "pyenv/shims/python3")
      try program(directory, "system/bin/python3")
      try directory.makeDirectory("project")
      if !local.isEmpty { try directory.write(local, to: "project/.python-version") }
      if !global.isEmpty { try directory.write(global, to: "pyenv/version") }
      var all = environment
      all["PATH"] = "\(directory.path("pyenv/shims")):\(directory.path("system/bin"))"
      all["PWD"] = directory.path("project")
      let expected = version.map { "pyenv/versions/\($0)" } ?? "system"
      #expect(prefixes(all).map(\.path) == [directory.path(expected)])
    }
  }

  @Test(
    "a version file that is a pipe or a device does not block",
    .timeLimit(.minutes(1)), arguments: ["pipe", "/dev/zero", "/dev/tty"])
  func oddVersionFile(target: String) throws {
    try TemporaryDirectory.with { directory in
      try program(directory, "pyenv/shims/python3")
      try program(directory, "system/bin/python3")
      #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
      #expect(symlink(target, directory.path(".python-version")) == 0)
      let environment = [
        "PATH": "\(directory.path("pyenv/shims")):\(directory.path("system/bin"))",
        "PWD": directory.path,
      ]
      #expect(prefixes(environment).map(\.path) == [directory.path("system")])
    }
  }

  @Test("without a Python the prefix is nil")
  func none() {
    #expect(prefixes(["PATH": "/nowhere"]).isEmpty)
    #expect(prefixes([:]).isEmpty)
  }
}
