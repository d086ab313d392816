import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Outputs after a cell's reply")
struct OutputIncompleteTests {
  private func events(_ lyre: Lyre, _ name: String) throws -> [JSONValue] {
    try lyre.directory.read("events").split(separator: 0x0A)
      .map { try JSONValue(parsing: Array($0)) }.filter { $0["event"]?.string == name }
  }

  @Test("fail the cell if they never arrive, in every report, even if errors are allowed")
  func incomplete() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first\nreply\nhang", "print second"])
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "--timeout", "1", "--allow-errors", "--events", "events",
        "--report", "r.xml",
      ])
      #expect(outcome.code == 1)
      let message =
        "the kernel replied, but did not report that it is idle and sent nothing more; outputs are "
        + "missing"
      #expect(outcome.errors.contains("OutputIncomplete: \(message)"), "\(outcome)")
      let outputs = try lyre.cells()[0]["outputs"]?.array ?? []
      #expect(outputs.count == 2)
      #expect(outputs.first?["text"] == ["first\n"])
      #expect(
        outputs.last == [
          "ename": "OutputIncomplete", "evalue": .init(message), "output_type": "error",
          "traceback": [.init("OutputIncomplete: \(message)")],
        ])
      #expect(try lyre.cells()[1]["outputs"] == [])
      let finished = try #require(try events(lyre, "cell_finished").first)
      #expect(finished["status"]?.string == "failed")
      #expect(finished["error"]?["ename"]?.string == "OutputIncomplete")
      #expect(finished["error"]?["allowed"] == false)
      #expect(try events(lyre, "cell_not_run").count == 1)
      #expect(try events(lyre, "run_finished").first?["outcome"]?.string == "failed")
      let report = try lyre.text(of: "r.xml")
      #expect(report.contains(#"tests="2" failures="1" errors="0" skipped="1""#), "\(report)")
      #expect(report.contains(#"<failure type="OutputIncomplete" message="the kernel replied"#))
    }
  }

  @Test("are received as long as they arrive, even after the cell's time limit")
  func late() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first\nreply\nsleep 2000\nprint second\nsleep 2000\nprint third"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--timeout", "1"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(0) == "first\nsecond\nthird\n")
    }
  }

  @Test("in one message of 100 MB are complete even if all cores are busy")
  func largeMessage() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["reply\nflood 1 100000000", "print after"])
      let load = try (0..<4).map { _ in
        try RunningCommand(
          "/bin/sh", ["-c", "while :; do :; done"], environment: [:],
          directory: lyre.directory.path, limit: .seconds(60))
      }
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--timeout", "1"])
      for command in load {
        command.send(signal: SIGKILL)
        _ = await command.result()
      }
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(0).utf8.count == 100_000_000)
      #expect(try lyre.text(1) == "after\n")
    }
  }

  @Test(
    "a kernel's exit may take the time of --shutdown-timeout, and cutting it short is reported",
    arguments: [("30", false), ("0.2", true)])
  func shutdownTimeout(seconds: String, isCut: Bool) async throws {
    try await Lyre.with(kernel: ["--slow-exit", isCut ? "60000" : "2500"]) { lyre in
      try lyre.notebook(["print x"])
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "--shutdown-timeout", seconds, "--events", "events",
      ])
      #expect(outcome.code == 0)
      #expect(try lyre.text(0) == "x\n")
      let start = "the kernel did not exit within \(seconds) s after it was asked to shut down"
      let warnings = try events(lyre, "warning").compactMap { $0["message"]?.string }
      #expect(warnings.contains { $0.hasPrefix(start) } == isCut, "\(warnings)")
      #expect(
        warnings.contains { $0.contains("use --shutdown-timeout SECONDS") } == isCut)
    }
  }
}
