import Processes
import Testing

@testable import KernelLauncher

@Suite("Commands that can be started warm")
struct WarmCommandTests {
  private func parts(_ argv: [String], environment: [String: String] = [:]) throws -> WarmCommand? {
    var command = try command(["sh"], environment: ["PATH": "/usr/bin:/bin"])
    command.arguments = argv
    command.environment = environment
    return WarmCommand(command)
  }

  @Test(
    "start ipykernel, with supported options before and after the module",
    arguments: [
      (["python", "-m", "ipykernel_launcher", "-f", "c.json"], ["python"], ["-f", "c.json"]),
      (["/v/bin/python3.12", "-m", "ipykernel", "-f", "c"], ["/v/bin/python3.12"], ["-f", "c"]),
      (
        ["python3", "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "c", "--quiet"],
        ["python3", "-Xfrozen_modules=off"], ["-f", "c", "--quiet"]
      ),
      (
        ["python3", "-IB", "-X", "utf8", "-m", "ipykernel_launcher"],
        ["python3", "-IB", "-X", "utf8"], []
      ),
    ])
  func known(argv: [String], interpreter: [String], arguments: [String]) throws {
    let parts = try #require(try parts(argv))
    #expect(parts.interpreter == interpreter)
    #expect(parts.arguments == arguments)
    #expect(argv.contains(parts.module))
  }

  @Test(
    "do not start anything else",
    arguments: [
      ["python", "-m", "bash_kernel", "-f", "c"], ["ipython", "kernel", "-f", "c"],
      ["python", "-c", "import ipykernel", "-m", "ipykernel_launcher"], ["python", "-m"],
      ["python", "script.py", "-m", "ipykernel_launcher"], ["python"], [],
      ["pythonw", "-m", "ipykernel_launcher"], ["python", "-", "-m", "ipykernel_launcher"],
      ["python", "-i", "-m", "ipykernel_launcher"], ["python", "-Werror", "-m", "ipykernel"],
      ["python", "-X", "importtime", "-m", "ipykernel"], ["python", "-X"], ["env", "python"],
      ["python", "-Xdev", "-m", "ipykernel"], ["python", "-S", "-m", "ipykernel_launcher"],
    ])
  func unknown(argv: [String]) throws {
    #expect(try parts(argv) == nil)
  }

  @Test(
    "do not have variables that change what Python imports, or that depend on the directory",
    arguments: [
      (["PYTHONPATH": "/a:lib"], false), (["PYTHONPATH": "/a:"], false),
      (["PYTHONPATH": "/a:/b"], true), (["PYTHONPATH": ""], true),
      (["PYTHONINSPECT": "1"], false), (["PYTHONINSPECT": ""], true),
      (["COVERAGE_PROCESS_START": "/c.rc"], false), (["PYTHONHASHSEED": "0"], true),
    ] as [([String: String], Bool)])
  func variables(environment: [String: String], isWarm: Bool) throws {
    let parts = try parts(
      ["python", "-m", "ipykernel_launcher", "-f", "c"], environment: environment)
    #expect((parts != nil) == isWarm)
  }
}
