import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Repeated runs of pipelines")
struct PipelineCacheTests {
  /// A change, and the nodes that run after it.
  struct Change: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var runs: Set<String>
    var options: [String] = []
    var make: @Sendable (Lyre) throws -> Void
  }

  private static func nodes(
    greeting: String = "hi", link: [String] = [], limit: JSONObject = [:]
  ) -> [PipelineFileNode] {
    [
      .init(file: "a.sh", dependencies: ["in.txt"], outputs: ["a.txt"]),
      .init(file: "b.sh", parents: ["a.sh"], dependencies: ["a.txt"], outputs: ["b.txt"]),
      .init(file: "nb.ipynb", parents: ["b.sh"] + link, properties: limit),
      .init(file: "d.sh", environment: ["GREETING": greeting]),
      .init(file: "e.sh", dependencies: ["data/*.csv", "folder"]),
    ]
  }

  private static func write(_ lyre: Lyre) throws {
    try lyre.directory.write("1\n", to: "in.txt")
    try lyre.script("a.sh", "cat in.txt > a.txt")
    try lyre.script("b.sh", "wc -l < a.txt > b.txt")
    try lyre.script("d.sh", "echo $GREETING")
    try lyre.script("e.sh", "cat data/*.csv")
    try lyre.directory.write("1", to: "data/1.csv")
    try lyre.directory.write("1", to: "folder/deep/1.csv")
    try lyre.notebook(["print result"])
    try lyre.pipeline(nodes())
  }

  static let changes: [Change] = [
    .init(testDescription: "nothing", runs: []) { _ in },
    .init(testDescription: "a new time of a file", runs: []) { lyre in
      try lyre.directory.write("1\n", to: "in.txt")
    },
    .init(
      testDescription: "a dependency, with other results all the way",
      runs: ["a.sh", "b.sh", "nb.ipynb"]
    ) {
      try $0.directory.write("1\n2\n", to: "in.txt")
    },
    .init(
      testDescription: "a dependency, with the same result of the second node",
      runs: ["a.sh", "b.sh"]
    ) {
      try $0.directory.write("2\n", to: "in.txt")
    },
    .init(testDescription: "a script, with the same result", runs: ["a.sh"]) {
      try $0.script("a.sh", "# the same\ncat in.txt > a.txt")
    },
    .init(testDescription: "the code of a notebook", runs: ["nb.ipynb"]) {
      try $0.notebook(["print other"])
    },
    .init(testDescription: "the outputs of a notebook", runs: ["nb.ipynb"]) {
      try $0.notebook(["print result"])
    },
    .init(testDescription: "a variable", runs: ["d.sh"]) {
      try $0.pipeline(nodes(greeting: "hello"))
    },
    .init(testDescription: "another file that fits a pattern", runs: ["e.sh"]) {
      try $0.directory.write("2", to: "data/2.csv")
    },
    .init(testDescription: "a file that fits no pattern", runs: []) {
      try $0.directory.write("2", to: "data/2.txt")
    },
    .init(testDescription: "a file within a folder", runs: ["e.sh"]) {
      try $0.directory.write("2", to: "folder/deep/1.csv")
    },
    .init(testDescription: "a link between nodes", runs: ["nb.ipynb"]) {
      try $0.pipeline(nodes(link: ["d.sh"]))
    },
    .init(testDescription: "a limit", runs: []) { try $0.pipeline(nodes(limit: ["timeout": 99])) },
    .init(testDescription: "the metadata of a notebook", runs: []) {
      let text = try $0.text(of: "nb.ipynb")
      try $0.directory.write(text.replacing("\"Scripted\"", with: "\"Other\""), to: "nb.ipynb")
    },
    .init(testDescription: "the kernel", runs: ["nb.ipynb"]) { lyre in
      let spec = "kernels/scripted/kernel.json"
      let text = try lyre.text(of: spec)
      let changed = text.replacing(/"argv": *\[/, with: #""argv": ["/usr/bin/env","#)
      #expect(changed != text)
      try lyre.directory.write(changed, to: spec)
    },
    .init(testDescription: "an output was removed", runs: ["b.sh"]) {
      unlink($0.directory.path("b.txt"))
    },
    .init(testDescription: "an output was changed", runs: ["a.sh"]) {
      try $0.directory.write("other", to: "a.txt")
    },
    .init(
      testDescription: "a parameter", runs: ["a.sh", "b.sh", "nb.ipynb", "d.sh", "e.sh"],
      options: ["-p", "x", "1"]
    ) { _ in },
  ]

  @Test("--cached runs exactly the nodes that a change affects", arguments: changes)
  func cached(change: Change) async throws {
    try await Lyre.with { lyre in
      try PipelineCacheTests.write(lyre)
      let first = try await lyre.statuses(["--cached"])
      #expect(Set(first.statuses.values) == ["succeeded"])
      #expect(Set(first.reasons.values) == ["it never ran"])
      try change.make(lyre)
      let second = try await lyre.statuses(["--cached"] + change.options)
      #expect(second.code == 0)
      let ran = second.statuses.filter { $0.value == "succeeded" }.keys
      #expect(Set(ran) == change.runs, "\(second.reasons)")
      #expect(Set(second.reasons.keys) == change.runs)
      // Afterwards everything is up to date again.
      let third = try await lyre.statuses(["--cached"] + change.options)
      #expect(Set(third.statuses.values) == ["cached"], "\(third.reasons)")
    }
  }

  @Test(
    "results that a run writes into notebooks of a folder do not affect nodes that depend on it")
  func notebooksInFolder() async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b"] { try lyre.notebook(["print \(name)"], to: "in/\(name).ipynb") }
      try lyre.directory.write("1", to: "in/data")
      try lyre.pipeline(["a", "b"].map { .init(file: "in/\($0).ipynb", dependencies: ["."]) })
      // The run adds results to both after the first one was compared.
      #expect(try await lyre.statuses(["-j", "1"]).code == 0)
      let both = ["in/a.ipynb", "in/b.ipynb"]
      func expect(_ status: String, _ what: String) async throws {
        let (_, statuses, reasons) = try await lyre.statuses(["--cached"])
        #expect(
          statuses == Dictionary(uniqueKeysWithValues: both.map { ($0, status) }),
          "\(what): \(reasons)")
        if status == "succeeded" { #expect(reasons.count == 2, "\(reasons)") }
      }
      try await expect("cached", "nothing changed")
      try lyre.directory.write("2", to: "in/data")
      try await expect("succeeded", "another file of the folder")
      try await expect("cached", "nothing changed")
      try lyre.notebook(["print c"], to: "in/a.ipynb")
      try await expect("succeeded", "the code of one of them")
      try await expect("cached", "nothing changed")
    }
  }

  @Test("--cached distinguishes parents with the same label")
  func sameLabels() async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b"] { try lyre.script("\(name).sh", "echo 1 > \(name).txt") }
      try lyre.script("c.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh", outputs: ["a.txt"]), .init(file: "b.sh", outputs: ["b.txt"]),
        .init(file: "c.sh", parents: ["a.sh", "b.sh"]),
      ])
      let text = try lyre.text(of: "p.pipeline")
      let changed = text.replacing(/"label": "[ab].sh"/, with: #""label": "same""#)
      #expect(changed != text)
      try lyre.directory.write(changed, to: "p.pipeline")
      #expect(try await lyre.statuses().code == 0)
      for name in ["a", "b"] {
        try lyre.script("\(name).sh", "echo 2 > \(name).txt")
        #expect(try await lyre.statuses(["--cached"]).statuses["c.sh"] == "succeeded")
        #expect(try await lyre.statuses(["--cached"]).statuses["c.sh"] == "cached")
      }
    }
  }

  @Test("--resume continues where the last run failed")
  func resume() async throws {
    try await Lyre.with { lyre in
      try PipelineCacheTests.write(lyre)
      try lyre.script("b.sh", "exit 1")
      let first = try await lyre.statuses(["-j", "1"])
      #expect(first.code == 1)
      try lyre.script("b.sh", "wc -l < a.txt > b.txt")
      let second = try await lyre.statuses(["--resume", "-j", "1"])
      #expect(second.code == 0)
      #expect(
        second.statuses == [
          "a.sh": "cached", "b.sh": "succeeded", "nb.ipynb": "succeeded", "d.sh": "succeeded",
          "e.sh": "succeeded",
        ])
      let third = try await lyre.statuses(["--resume"])
      #expect(Set(third.statuses.values) == ["cached"])
    }
  }

  @Test("--resume continues after Lyre was killed, and no process was left running")
  func killed() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo done > a.txt")
      try lyre.script("b.sh", "test -e go && exit 0; echo $$ > pid; echo ready; sleep 600")
      try lyre.script("c.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh", outputs: ["a.txt"]), .init(file: "b.sh", parents: ["a.sh"]),
        .init(file: "c.sh", parents: ["b.sh"]),
      ])
      let command = try lyre.start(["pipeline", "run", "p.pipeline"])
      #expect(await command.hasPrinted("ready"))
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      let script = try #require(Int32(lyre.text(of: "pid").filter(\.isNumber)))
      #expect(await eventually { kill(script, 0) != 0 })

      try lyre.directory.write("", to: "go")
      let second = try await lyre.statuses(["--resume"])
      #expect(second.code == 0)
      #expect(
        second.statuses == ["a.sh": "cached", "b.sh": "succeeded", "c.sh": "succeeded"])
      let history = try await lyre.run(["pipeline", "history", "p.pipeline", "--json"])
      let runs = try JSONValue(parsing: Array(history.output.utf8)).array ?? []
      #expect(runs.map { $0["status"]?.string } == ["succeeded", "killed"])
      #expect(runs.last?["nodes"]?[1]?["status"] == "killed")
    }
  }

  @Test("a run without a record continues, unless it needs one")
  func noRecord() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ran")
      try lyre.pipeline([.init(file: "a.sh")])
      try lyre.directory.write("a file", to: "state")
      let plain = try await lyre.run(["pipeline", "run", "p.pipeline", "--state", "state/x"])
      #expect(plain.code == 0)
      #expect(plain.errors.contains("this run is not recorded"))
      let cached = try await lyre.run(
        ["pipeline", "run", "p.pipeline", "--state", "state/x", "--cached"])
      #expect(cached.code == 2)
    }
  }
}
