import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre bench")
struct BenchTests {
  @Test("the JSON has all requested measurements, in order and in their units")
  func json() async throws {
    try await Lyre.with { lyre in
      // Everything except large outputs, which are slow in a debug build.
      let wanted = [
        "start", "shutdown", "info", "silent", "value", "print", "pipeline", "streams", "displays",
        "bytes-1k", "interrupt", "control", "memory", "memory-after",
      ]
      let outcome = try await lyre.bench(
        ["--json", "--only", wanted.joined(separator: ",")])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.errors == "")
      let report = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(report["lyre_bench"]?.int == 1)
      #expect((report["machine"]?["processors"]?.int ?? 0) > 0)
      let kernels = report["kernels"]?.array ?? []
      #expect(kernels.compactMap { $0["name"]?.string } == ["scripted", "(ceiling)"])
      #expect(kernels.compactMap { $0["is_ceiling"]?.bool } == [false, true])
      for kernel in kernels {
        #expect(kernel["rounds"]?.int == 1)
        #expect(kernel["implementation"]?.string == "scripted 1.0")
        let measurements = kernel["measurements"]?.object ?? [:]
        #expect(Set(measurements.map(\.key.string)) == Set(wanted))
        for (name, figures) in measurements.map({ ($0.key.string, $0.value) }) {
          #expect(figures["error"] == nil, "\(name): \(figures)")
          let order = ["min", "p25", "p50", "p75", "p90", "p99", "max"]
          let values = order.compactMap { figures[$0]?.double }
          #expect(values.count == order.count && values == values.sorted(), "\(name)")
          #expect((values.first ?? 0) > 0, "\(name)")
          let counted = (figures["distribution"]?.array ?? []).compactMap { $0[1]?.int }
          #expect(counted.reduce(0, +) == figures["count"]?.int, "\(name)")
        }
        #expect(measurements["value"]?["unit"]?.string == "s")
        #expect(measurements["streams"]?["unit"]?.string == "messages/s")
        #expect(measurements["bytes-1k"]?["unit"]?.string == "bytes/s")
        #expect(measurements["memory"]?["unit"]?.string == "bytes")
        #expect((measurements["value"]?["count"]?.int ?? 0) >= 10)
        // A process uses more than a megabyte and less than ten gigabytes.
        #expect((1e6...1e10).contains(measurements["memory"]?["p50"]?.double ?? 0))
        // An answer after a microsecond or a minute would mean a wrong unit.
        #expect((1e-6...60).contains(measurements["value"]?["p50"]?.double ?? 0))
      }
    }
  }

  @Test(
    "the table has a row for each kernel and transport, and a reason for each missing measurement")
  func table() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--only", "value", "displays", "--transport", "both"],
        snippets: ["scripted": ["value": "result 1"]])
      #expect(outcome.code == 0, "\(outcome)")
      let lines = outcome.output.split(separator: "\n").map(String.init)
      let values = lines.drop { !$0.contains("execute `1`") }
      // The scripted kernel is not known to support Unix sockets, so they are not used.
      let rows = ["scripted tcp", "(ceiling) ipc", "(ceiling) tcp"]
      for (line, row) in zip(values, rows) {
        #expect(line.contains(row))
        #expect(line.contains("µs") || line.contains("ms") || line.contains(" s "))
      }
      #expect(values.count >= rows.count)
      #expect(outcome.output.contains("- no snippet 'displays' for script"))
      #expect(!outcome.output.contains("start "))
    }
  }

  @Test(
    "a measurement that breaks a kernel is reported in its row, and the others use a new kernel")
  func deaths() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--no-ceiling", "--json", "--only", "silent,value,print,streams,control"],
        snippets: [
          "script": [
            "value": "error NameError no such thing", "print": "die KILL",
            "streams": "flood {count} 10", "wait": "print lyre",
          ]
        ])
      #expect(outcome.code == 0, "\(outcome)")
      let results = try JSONValue(parsing: Array(outcome.output.utf8))["kernels"]?[0]?[
        "measurements"]
      #expect(
        results?["value"]?["error"]?.string == "the code failed with NameError: no such thing")
      let death = results?["print"]?["error"]?.string ?? ""
      #expect(death.hasPrefix("the kernel was killed by SIGKILL"), "\(death)")
      #expect(results?["control"]?["error"]?.string == "the code ended instead of waiting")
      #expect(results?["streams"]?["p50"]?.double != nil)
      #expect(lyre.kernel.starts.count == 2)
    }
  }

  @Test(
    "the reason why a kernel does not start is reported once, without colours, and the others are measured"
  )
  func startFailure() async throws {
    try await Lyre.with { lyre in
      _ = try ScriptedKernelSpec(
        in: lyre.directory, name: "broken",
        options: [
          "--stderr", "\u{1B}[31mImportError\u{1B}[0m: no module", "--end-at-start", "exit 3",
        ])
      let outcome = try await lyre.run([
        "bench", "broken", "scripted", "--rounds", "2", "--only", "start,info", "--no-ceiling",
      ])
      #expect(outcome.code == 5, "\(outcome)")
      let lines = outcome.output.split(separator: "\n")
      #expect(
        lines.filter { $0.contains("broken") } == [
          "broken over tcp: it did not start: kernel 'broken' exited with code 3 before it was "
            + "ready; it wrote: ImportError: no module"
        ], "\(outcome)")
      #expect(lines.filter { $0.contains("scripted tcp") && $0.contains("s ") }.count >= 2)
    }
  }

  @Test(
    "lost outputs do not delay a measurement until its limit, and the row says how many arrived")
  func losses() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--only", "streams,displays", "--no-ceiling", "--json"],
        snippets: ["script": ["streams": "print lyre", "displays": "display-flood 7 {size}"]])
      #expect(outcome.code == 0, "\(outcome)")
      let results = try JSONValue(parsing: Array(outcome.output.utf8))["kernels"]?[0]?[
        "measurements"]
      #expect(results?["streams"]?["error"]?.string == "only 5 of 249 printed bytes arrived")
      #expect(results?["displays"]?["error"]?.string == "only 7 of 50 displays arrived")
    }
  }

  @Test("a user's code replaces one purpose: by the kernel's name, the language, or Lyre's")
  func mergedSnippets() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--only", "value,print,displays", "--no-ceiling", "--json"],
        snippets: [
          "scripted": ["value": "result 1", "displays": nil],
          "SCRIPT": ["value": "error E wrong", "print": "print lyre"],
        ])
      let results = try JSONValue(parsing: Array(outcome.output.utf8))["kernels"]?[0]?[
        "measurements"]
      #expect(results?["value"]?["p50"]?.double != nil, "\(outcome)")
      #expect(results?["print"]?["p50"]?.double != nil, "\(outcome)")
      #expect(results?["displays"]?["error"]?.string == "no snippet 'displays' for script")
    }
  }

  @Test(
    "the baseline is measured under its name, and a kernel that is named twice is measured once")
  func ceilingAlone() async throws {
    try await Lyre.with { lyre in
      for (kernels, expected) in [
        (["(ceiling)", "--no-ceiling"], ["(ceiling)"]),
        (["scripted", "(ceiling)", "scripted"], ["scripted", "(ceiling)"]),
      ] {
        let outcome = try await lyre.run(
          ["bench"] + kernels + ["--json", "--only", "memory", "--rounds", "1"])
        let report = try JSONValue(parsing: Array(outcome.output.utf8))
        #expect(report["kernels"]?.array?.map { $0["name"]?.string } == expected, "\(outcome)")
      }
    }
  }

  @Test("a measurement that takes too long is stopped, and its kernel leaves nothing behind")
  func limit() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.bench(
        ["--only", "value", "--limit", "1", "--no-ceiling"],
        snippets: ["script": ["value": "hang"]])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.output.contains("- did not finish within 1 s"))
    }
  }

  @Test("an interrupt by the user shows the results so far and leaves nothing running")
  func interrupted() async throws {
    try await Lyre.with { lyre in
      let snippets: JSONValue = ["script": ["value": "hang"]]
      try lyre.directory.write(snippets.serialized(), to: "snippets.json")
      let command = try lyre.start([
        "bench", "scripted", "--only", "start,memory,value", "--snippets", "snippets.json",
        "--no-ceiling",
      ])
      // Four starts; in the last one the code hangs.
      #expect(await eventually { lyre.kernel.starts.count == 4 })
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130, "\(outcome)")
      #expect(outcome.output.contains("scripted tcp"))
      #expect(outcome.output.contains("start"))
    }
  }

  @Test(
    "unusable input is rejected before anything is started",
    arguments: [
      (["nosuch"], 5, "no kernel named 'nosuch'"),
      (["scripted", "--only", "speed"], 2, "unknown measurement 'speed'"),
      (["scripted", "--rounds", "0"], 2, "--rounds must be 1 or more"),
      (["scripted", "--time", "-1"], 2, "--time"),
      (["scripted", "--plot", "x.png"], 2, "--plot writes .svg and .html files"),
      (["scripted", "--compare", "none.json"], 2, "none.json"),
      (["scripted", "--compare", "bad.json"], 2, "bad.json: not a report of `lyre bench --json`"),
      (["scripted", "--snippets", "bad.json"], 2, "bad.json: 'kernels': expected an object"),
      (["scripted", "--transport", "smoke"], 2, "--transport"),
    ] as [([String], Int32, String)])
  func refusals(arguments: [String], code: Int32, message: String) async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(#"{"kernels": []}"#, to: "bad.json")
      let outcome = try await lyre.run(["bench"] + arguments)
      #expect(outcome.code == code, "\(outcome)")
      #expect(outcome.errors.contains(message), "\(outcome)")
      #expect(outcome.output == "")
      #expect(lyre.kernel.starts == [])
    }
  }

  @Test(
    "the snippets that docs/bench.md shows measure Octave",
    .enabled(if: RealKernels.has("octave"), "\(RealKernels.missing)"))
  func documentedSnippets() async throws {
    try await Lyre.with { lyre in
      let page = RealKernels.repositoryRoot + "/docs/bench.md"
      let text = try String(decoding: readFile(page), as: UTF8.self)
      let block = try #require(text.firstMatch(of: /```json\n(\{\n  "octave"[^`]*)```/))
      try lyre.directory.write(String(block.1), to: "octave.json")
      let command = try lyre.start(
        [
          "bench", "octave", "--no-ceiling", "--json", "--rounds", "1", "--snippets",
          "octave.json", "--only", "value,print,streams,interrupt",
        ], environment: RealKernels.environment, limit: .seconds(100))
      let outcome = Lyre.Outcome(await command.result())
      let results = try JSONValue(parsing: Array(outcome.output.utf8))["kernels"]?[0]?[
        "measurements"]?.object
      #expect(results?.compactMap { $0.value["p50"]?.double }.count == 4, "\(outcome)")
    }
  }

  @Test(
    "real kernels side by side",
    .enabled(
      if: RealKernels.has("python3") && RealKernels.has("bash"), "\(RealKernels.missing)"))
  func realKernels() async throws {
    try await Lyre.with { lyre in
      let command = try lyre.start(
        [
          "bench", "python3", "bash", "--json", "--rounds", "1", "--only",
          "value,print,streams,displays,interrupt,control,memory",
        ], environment: RealKernels.environment, limit: .seconds(100))
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 0, "\(outcome)")
      let kernels = try JSONValue(parsing: Array(outcome.output.utf8))["kernels"]?.array ?? []
      let errors = kernels.map { kernel in
        (kernel["measurements"]?.object ?? [:]).compactMap { member in
          member.value["error"]?.string.map { "\(member.key.string): \($0)" }
        }
      }
      #expect(errors == [[], [], []])
    }
  }
}
