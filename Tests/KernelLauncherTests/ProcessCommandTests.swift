import Glibc
import JSONCore
import KernelLauncher
import KernelTesting
import Processes
import RealKernels
import SystemSupport
import Testing

@Suite("The command of a kernel")
struct KernelCommandTests {
  private func make(
    _ spec: KernelSpec, _ environment: [String: String] = [:], extra: [String] = [],
    additional: [String: String] = [:]
  ) throws -> ProcessCommand {
    let all = environment.merging(["PATH": "/usr/bin:/bin", "HOME": "/home/me"]) { own, _ in own }
    return try ProcessCommand(
      spec, connectionFile: "/run/c.json", extraArguments: extra, environment: additional,
      paths: JupyterPaths(environment: all))
  }

  @Test("placeholders are replaced once in every argument; unknown names and other braces stay")
  func arguments() throws {
    let command = try make(
      spec(
        [
          "sh", "{connection_file}", "--file={connection_file}", "{resource_dir}/x", "{unknown}",
          "{", "}", "{a{resource_dir}}", "~/bin", "~", "a~", "{{connection_file}}",
        ], in: "/k/{prefix}"), extra: ["--more", "{connection_file}"])
    #expect(
      command.arguments == [
        "sh", "/run/c.json", "--file=/run/c.json", "/k/{prefix}/x", "{unknown}", "{", "}",
        "{a/k/{prefix}}", "/home/me/bin", "/home/me", "a~", "{/run/c.json}", "--more",
        "/run/c.json",
      ])
    #expect(command.executable == "/usr/bin/sh")
  }

  @Test(
    "the time to fill in an argument or a variable grows in proportion to it",
    arguments: ["{", "a{b}", "$", "${a", "{prefix}"])
  func growth(_ piece: String) throws {
    let factor = try Growth.factor(from: 4000) { count in
      let text = String(repeating: piece, count: count)
      let json: JSONValue = ["argv": ["sh", .init(text)], "env": ["A": .init(text)]]
      let spec = try KernelSpec(json.serialized(), name: "x", resourceDirectory: "/k")
      _ = try make(spec)
    }
    #expect(factor < Growth.proportional)
  }

  @Test("variables are put into the kernelspec's variables as Python's Template does")
  func variables() throws {
    let spec = try spec(
      ["sh"],
      environment: [
        "A": "${HOME}/x:$HOME", "B": "$$HOME", "C": "$unknown ${unknown}", "D": "$A", "E": "$1 ${",
        "PATH": "/opt/bin:${PATH}", "F": "ends with $", "G": "${HOME",
      ])
    let command = try make(spec, ["A": "outer"])
    let environment = command.environment
    #expect(environment["A"] == "/home/me/x:/home/me")
    #expect(environment["B"] == "$HOME")
    #expect(environment["C"] == "$unknown ${unknown}")
    #expect(environment["D"] == "outer")
    #expect(environment["E"] == "$1 ${")
    #expect(environment["PATH"] == "/opt/bin:/usr/bin:/bin")
    #expect(environment["F"] == "ends with $")
    #expect(environment["G"] == "${HOME")
  }

  @Test("the kernel gets its parent's process ID, and the caller's variables take precedence")
  func callersVariables() throws {
    let command = try make(
      spec(["sh"], environment: ["X": "spec"]), ["X": "outer", "Y": "kept"],
      additional: ["X": "caller"])
    #expect(command.environment["JPY_PARENT_PID"] == "\(getpid())")
    #expect(command.environment["X"] == "caller")
    #expect(command.environment["Y"] == "kept")
  }

  @Test("PYTHONEXECUTABLE is removed for Python only")
  func pythonExecutable() throws {
    let outer = ["PYTHONEXECUTABLE": "/other/python"]
    #expect(try make(spec(["python3"]), outer).environment["PYTHONEXECUTABLE"] == nil)
    #expect(try make(spec(["sh"]), outer).environment["PYTHONEXECUTABLE"] == "/other/python")
  }

  @Test("a program is taken from the kernelspec's environment if it exists there")
  func ownEnvironment() throws {
    try TemporaryDirectory.with { directory in
      for name in ["own/bin/python3", "own/bin/tool", "active/bin/python", "active/bin/tool"] {
        try directory.write("#!/bin/sh\n", to: name, mode: 0o755)
      }
      let lies = directory.path("own/share/jupyter/kernels/test")
      let active = ["VIRTUAL_ENV": directory.path("active")]
      func executable(_ argv: String, in place: String) throws -> String {
        try make(spec([argv], in: place), active).executable
      }
      #expect(try executable("python3", in: lies) == directory.path("own/bin/python3"))
      #expect(try executable("python", in: lies) == directory.path("own/bin/python3"))
      #expect(try executable("tool", in: lies) == directory.path("own/bin/tool"))
      #expect(try executable("sh", in: lies) == "/usr/bin/sh")
      #expect(try executable("python", in: "/else") == directory.path("active/bin/python"))
      #expect(try executable("/bin/sh", in: lies) == "/bin/sh")
      let command = try make(spec(["python", "{prefix}"], in: lies), active)
      #expect(command.arguments == [directory.path("own/bin/python3"), directory.path("own")])
    }
  }

  @Test("a missing program is reported with its kernelspec and the searched places")
  func notFound() throws {
    let error = #expect(throws: LaunchError.self) {
      try make(spec(["no-such-program"], in: "/k/test"))
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("kernel 'test' (/k/test/kernel.json) runs 'no-such-program', which "))
    #expect(text.hasSuffix("PATH (/usr/bin:/bin)"))
    #expect(error?.code == .programNotFound)
  }

  @Test("a kernelspec without arguments is an error that names it")
  func noArguments() throws {
    var empty = try spec(["sh"], in: "/k/test")
    empty.argv = []
    let error = #expect(throws: LaunchError.self) { try make(empty) }
    #expect(error?.code == .invalidKernelSpec)
    #expect(
      error?.message
        == "kernel 'test' (/k/test/kernel.json) does not name a program: its argv is empty")
    #expect(!empty.speaksIPC)
  }

  @Test("a program of a relative PATH entry is found from every directory")
  func relativePath() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write("#!/bin/sh\npwd -P\n", to: "bin/tool", mode: 0o755)
      let here = try #require(FilePath.real("."))
      // A relative path through the root directory.
      let up = here.split(separator: "/").map { _ in ".." }.joined(separator: "/")
      let command = try make(
        spec(["tool"]), ["PATH": "\(up)\(directory.path)/bin:/usr/bin:/bin"])
      #expect(command.executable.hasPrefix("/"))
      let result = try await run(command, workingDirectory: directory.path)
      #expect(result.output.text() == "\(directory.path)\n")
    }
  }
}
