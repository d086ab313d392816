import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("The kernel of the next notebook")
struct KernelAheadTests {
  /// The times of an event by notebook, as texts in sortable form.
  private func times(_ event: String, _ lyre: Lyre) throws -> [String: String] {
    var result: [String: String] = [:]
    for line in try lyre.directory.read("events").split(separator: UInt8(ascii: "\n")) {
      let json = try JSONValue(parsing: Array(line))
      guard json["event"]?.string == event, let name = json["notebook"]?.string else { continue }
      result[name] = json["time"]?.string
    }
    return result
  }

  @Test(
    "is ready before the running notebook ends, unless --no-warm-start is set",
    arguments: [([], true), (["--no-warm-start"], false)])
  func ahead(options: [String], isAhead: Bool) async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b", "c"] {
        try lyre.notebook(["print \(name)\nsleep 700"], to: "\(name).ipynb")
      }
      let outcome = try await lyre.run(
        ["run", "-q", "a.ipynb", "b.ipynb", "c.ipynb", "--events", "events"] + options)
      #expect(outcome == .init(0, output: "a\nb\nc\n"))
      let (ready, finished) = (try times("kernel_ready", lyre), try times("run_finished", lyre))
      for (name, next) in [("a.ipynb", "b.ipynb"), ("b.ipynb", "c.ipynb")] {
        #expect((try #require(ready[next]) < (try #require(finished[name]))) == isAhead)
      }
      #expect(lyre.kernel.starts.count == 3)
    }
  }

  @Test("is started again in its turn if it cannot run beside another kernel")
  func alone() async throws {
    try await Lyre.with { lyre in
      let script =
        "mkdir \(lyre.directory.path("lock")) || exit 0; \"$@\"; "
        + "rmdir \(lyre.directory.path("lock"))"
      let scripted = try JSONValue(parsing: lyre.directory.read("kernels/scripted/kernel.json"))
      let command = try #require(scripted["argv"]?.array)
      let kernel: JSONValue = [
        "argv": .array(["sh", "-c", .init(script), "sh"] + command),
        "display_name": "Alone", "language": "script",
      ]
      try lyre.directory.makeDirectory("kernels/alone")
      try lyre.directory.write(kernel.serialized(), to: "kernels/alone/kernel.json")
      for name in ["a", "b", "c"] {
        try lyre.notebook(["print \(name)\nsleep 300"], to: "\(name).ipynb", kernel: "alone")
      }
      let outcome = try await lyre.run(["run", "-q", "a.ipynb", "b.ipynb", "c.ipynb"])
      #expect(outcome == .init(0, output: "a\nb\nc\n"))
    }
  }

  @Test("ends with a stopped run, and its notebook stays unchanged")
  func stopped() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print running\nhang"], to: "a.ipynb")
      let untouched = try lyre.notebook(["print never"], to: "b.ipynb")
      let command = try lyre.start(["run", "a.ipynb", "b.ipynb"])
      #expect(await command.hasPrinted("running"))
      #expect(await eventually { lyre.kernel.starts.count == 2 })
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130)
      #expect(outcome.output == "running\n")
      #expect(outcome.errors.hasSuffix("b.ipynb: not started; the run was stopped by SIGINT\n"))
      #expect(try lyre.directory.read("b.ipynb") == untouched)
    }
  }

  @Test("is not used if its notebook was changed to another kernel meanwhile")
  func changed() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print running\nsleep 1500"], to: "a.ipynb")
      try lyre.notebook(["print old"], to: "b.ipynb")
      _ = try ScriptedKernelSpec(
        in: lyre.directory, name: "other", options: ["--note-start", lyre.directory.path("other")])
      let command = try lyre.start(["run", "-q", "a.ipynb", "b.ipynb"])
      #expect(await command.hasPrinted("running"))
      #expect(await eventually { lyre.kernel.starts.count == 2 })
      try lyre.notebook(["print new"], to: "b.ipynb", kernel: "other")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome == .init(0, output: "running\nnew\n"))
      #expect(access(lyre.directory.path("other"), F_OK) == 0)
    }
  }

  @Test("is released with its notebook: sixty of them hold no descriptors")
  func flat() async throws {
    try await Lyre.with { lyre in
      let names = (1...60).map { "n\($0).ipynb" }
      for name in names.dropLast() { try lyre.notebook(["print x"], to: name) }
      try lyre.notebook(["print running\nhang"], to: "n60.ipynb")
      let command = try lyre.start(["run", "-q", "-j", "2"] + names, limit: .seconds(180))
      #expect(await command.hasPrinted("running"))
      // The kernel of the notebook before the last may still be ending.
      let isBounded = await eventually {
        (1...80).contains(Self.entries("/proc/\(command.processID)/fd"))
      }
      #expect(isBounded)
      command.send(signal: SIGINT)
      #expect(Lyre.Outcome(await command.result()).code == 130)
    }
  }

  private static func entries(_ directory: String) -> Int {
    guard let stream = opendir(directory) else { return 0 }
    defer { closedir(stream) }
    var count = 0
    while readdir(stream) != nil { count += 1 }
    return count
  }
}
