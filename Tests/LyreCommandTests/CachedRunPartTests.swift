import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Each part of what the result of a notebook depends on is changed alone.
@Suite("Comparisons of lyre run --cached")
struct CachedRunPartTests {
  /// Changes a JSON file.
  private static func edit(
    _ lyre: Lyre, _ name: String = "nb.ipynb", _ change: (inout JSONObject) -> Void
  ) throws {
    var object = try #require(JSONValue(parsing: lyre.directory.read(name)).object)
    change(&object)
    try lyre.directory.write(JSONValue.object(object).serialized(.jupyter), to: name)
  }

  private static func setMetadata(_ name: String, _ value: JSONValue, _ lyre: Lyre) throws {
    try edit(lyre) { notebook in
      var metadata = notebook["metadata"]?.object ?? [:]
      metadata[name] = value
      notebook["metadata"] = .object(metadata)
    }
  }

  private static func editCell(
    _ place: Int, _ lyre: Lyre, _ name: String = "nb.ipynb",
    _ change: (inout JSONObject) -> Void
  ) throws {
    try edit(lyre, name) { notebook in
      var cells = notebook["cells"]?.array ?? []
      guard cells.indices.contains(place), var cell = cells[place].object else { return }
      change(&cell)
      cells[place] = .object(cell)
      notebook["cells"] = .array(cells)
    }
  }

  private static func insert(_ cell: JSONValue, at place: Int, _ lyre: Lyre) throws {
    try edit(lyre) { notebook in
      var cells = notebook["cells"]?.array ?? []
      cells.insert(cell, at: place)
      notebook["cells"] = .array(cells)
    }
  }

  private static func code(_ source: String) -> JSONValue {
    [
      "cell_type": "code", "execution_count": nil, "id": "new", "metadata": [:], "outputs": [],
      "source": [.init(source)],
    ]
  }

  private static let markdown: JSONValue = [
    "cell_type": "markdown", "id": "text", "metadata": [:], "source": ["text"],
  ]

  private static func part(
    _ description: String, _ reason: String?, options: [String] = [],
    _ change: @escaping @Sendable (Lyre) throws -> Void
  ) -> ChangedPart {
    ChangedPart(testDescription: description, reason: reason, options: options, change: change)
  }

  // MARK: The notebook

  static let cells: [ChangedPart] = [
    .init(testDescription: "nothing", reason: nil),
    part("a cell", "cell 2 changed") { lyre in
      try editCell(1, lyre) { $0["source"] = ["print other"] }
    },
    part("two cells", "cells 1, 3 changed") { lyre in
      for place in [0, 2] { try editCell(place, lyre) { $0["source"] = ["print other"] } }
    },
    part("a new cell between others", "cell 2 is new") { lyre in
      try insert(code("print new"), at: 1, lyre)
    },
    part("a cell less", "cell 3 is gone") { lyre in
      try edit(lyre) { $0["cells"] = .array(Array(($0["cells"]?.array ?? []).dropLast())) }
    },
    part("the order of cells", "cells 1-3 are in another order") { lyre in
      try edit(lyre) { $0["cells"] = .array(($0["cells"]?.array ?? []).reversed()) }
    },
    part("a tag", "cell 1 changed") { lyre in
      try editCell(0, lyre) { $0["metadata"] = ["tags": ["raises-exception"]] }
    },
    part("a text cell, and the numbers of cells", nil) { lyre in
      try insert(markdown, at: 0, lyre)
    },
    part("a cell after a text cell", "cell 3 changed") { lyre in
      try insert(markdown, at: 0, lyre)
      try editCell(2, lyre) { $0["source"] = ["print other"] }
    },
    part("execution counts, times and metadata", nil) { lyre in
      try editCell(0, lyre) { cell in
        cell["execution_count"] = 17
        cell["metadata"] = ["collapsed": true]
      }
      try setMetadata("x", 1, lyre)
    },
    part("an output by hand", "its outputs changed") { lyre in
      let text = try lyre.text(of: "nb.ipynb")
      let changed = text.replacing("\"one\\n\"", with: "\"One\\n\"")
      #expect(changed != text)
      try lyre.directory.write(changed, to: "nb.ipynb")
    },
    part("an output that was cleared", "its outputs changed") { lyre in
      try editCell(2, lyre) { $0["outputs"] = [] }
    },
    part("the form of the file", nil) { lyre in
      let value = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      try lyre.directory.write(value.serialized(.pretty), to: "nb.ipynb")
    },
  ]

  // MARK: Results in other files

  private static func elsewhere(
    _ description: String, _ reason: String?, _ change: @escaping @Sendable (Lyre) throws -> Void
  ) -> ChangedPart {
    ChangedPart(
      testDescription: "result elsewhere: \(description)", reason: reason,
      options: ["-o", "out.ipynb"],
      prepare: { try insert(markdown, at: 3, $0) }, change: change)
  }

  static let results: [ChangedPart] = [
    elsewhere("nothing", nil) { _ in },
    elsewhere("it is missing", "its result 'out.ipynb' does not exist") {
      unlink($0.directory.path("out.ipynb"))
    },
    elsewhere("its output", "its outputs changed") { lyre in
      try editCell(0, lyre, "out.ipynb") { $0["outputs"] = [] }
    },
    elsewhere("its code", "the cells of the result changed") { lyre in
      try editCell(0, lyre, "out.ipynb") { $0["source"] = ["print x"] }
    },
    elsewhere("it is not a notebook", "its outputs cannot be compared: the result cannot be read") {
      try $0.directory.write("?", to: "out.ipynb")
    },
    elsewhere("a text cell of the notebook", "cell 4 changed") { lyre in
      try editCell(3, lyre) { $0["source"] = ["other text"] }
    },
    elsewhere("metadata of the notebook", "its metadata changed") { lyre in
      try setMetadata("title", "x", lyre)
    },
    elsewhere("metadata of a cell", "cell 1 changed") { lyre in
      try editCell(0, lyre) { $0["metadata"] = ["slideshow": [:]] }
    },
    elsewhere("outputs of the notebook, which the run replaces", nil) { lyre in
      try editCell(0, lyre) { cell in
        cell["execution_count"] = 1
        cell["metadata"] = ["execution": ["iopub.status.idle": "x"]]
        cell["outputs"] = [["name": "stdout", "output_type": "stream", "text": ["x"]]]
      }
    },
    .init(
      testDescription: "result elsewhere: outputs of cells that do not run",
      reason: "the output of skipped cells changed",
      options: ["-o", "out.ipynb", "--cells", "2-"],
      change: { lyre in
        try editCell(0, lyre) {
          $0["outputs"] = [["name": "stdout", "output_type": "stream", "text": ["x"]]]
        }
      }),
    .init(
      testDescription: "result elsewhere: another place", reason: "no earlier run to compare with",
      options: ["-o", "out.ipynb"], laterOptions: ["-o", "other.ipynb"]),
    part(
      "result nowhere: nothing, and outputs that the run does not write", nil,
      options: ["--no-save"]
    ) { lyre in
      try editCell(0, lyre) {
        $0["outputs"] = [["name": "stdout", "output_type": "stream", "text": ["x"]]]
      }
    },
  ]

  // MARK: Options

  private static func option(_ options: String, _ reason: String?, first: String = "")
    -> ChangedPart
  {
    .option(options, reason, first: first) { lyre in
      try lyre.directory.write("1\n", to: "answers")
      try lyre.directory.makeDirectory("elsewhere")
    }
  }

  static let options: [ChangedPart] = [
    option("--cells 1-2", "option --cells is new"),
    option("--cells 2-3", "option --cells changed", first: "--cells 1-3"),
    option("", "option --cells is gone", first: "--cells 1"),
    option("--skip-tag slow", "option --skip-tag is new"),
    option("--allow-errors", "option --allow-errors is new"),
    option("--allow-error B", "option --allow-error changed", first: "--allow-error A"),
    option(
      "--allow-error B --allow-error A", nil, first: "--allow-error A --allow-error B"),
    option("--force-raise-errors", "option --force-raise-errors is new"),
    option("--strict", "option --strict is new"),
    option("--max-output 10", "option --max-output is new"),
    option("--report-mode", "option --report-mode is new"),
    option("--papermill-metadata", "option --papermill-metadata is new"),
    option("--no-record-timing", "option --no-record-timing is new"),
    option("--stdin answers", "option --stdin is new"),
    option(
      "--kernel-arg=--slow-start --kernel-arg=1", "option --kernel-arg is new"),
    option("--cwd elsewhere", "its working directory changed"),
    option("--timeout 60 --total-timeout 60 --startup-timeout 50 --shutdown-timeout 3", nil),
    option("--save-every 1 --keep-old-outputs --transport tcp --no-warm-start", nil),
    option("-v --events e.jsonl --report r.xml", nil),
    option("-k scripted", nil),
    .init(
      testDescription: "option: the answers of --stdin", reason: "option --stdin changed",
      options: ["--stdin", "answers"],
      prepare: { try $0.directory.write("1\n", to: "answers") },
      change: { try $0.directory.write("2\n", to: "answers") }),
  ]

  // MARK: Files and variables

  private static func depends(
    _ description: String, _ reason: String?, on pattern: String,
    _ change: @escaping @Sendable (Lyre) throws -> Void
  ) -> ChangedPart {
    ChangedPart(
      testDescription: "file: \(description)", reason: reason,
      options: ["--depends", pattern],
      prepare: { lyre in
        try lyre.directory.write("1", to: "data/a.csv")
        try lyre.directory.write("1", to: "data/deep/down/b.csv")
        try lyre.directory.write("1", to: "data/c.txt")
        try lyre.directory.write("1", to: "data/.hidden.csv")
        try lyre.directory.write([UInt8](repeating: 1, count: 2 << 20), to: "data/large.bin")
      }, change: change)
  }

  static let files: [ChangedPart] = [
    depends("its content", "file data/a.csv changed", on: "data/a.csv") {
      try $0.directory.write("2", to: "data/a.csv")
    },
    depends("the content of a large one", "file data/large.bin changed", on: "data/large.bin") {
      try $0.directory.write([UInt8](repeating: 2, count: 2 << 20), to: "data/large.bin")
    },
    depends("the time of a large one", nil, on: "data/large.bin") {
      try $0.directory.write([UInt8](repeating: 1, count: 2 << 20), to: "data/large.bin")
    },
    depends("one more match", "file data/d.csv is new", on: "data/*.csv") {
      try $0.directory.write("2", to: "data/d.csv")
    },
    depends("no match", nil, on: "data/*.csv") { lyre in
      for name in ["data/c.txt", "data/.hidden.csv", "data/deep/down/b.csv"] {
        try lyre.directory.write("2", to: name)
      }
    },
    depends("a match in any folder", "file data/deep/down/b.csv changed", on: "data/**/*.csv") {
      try $0.directory.write("2", to: "data/deep/down/b.csv")
    },
    depends("a match in no folder", "file data/a.csv changed", on: "data/**/*.csv") {
      try $0.directory.write("2", to: "data/a.csv")
    },
    depends("one less", "file data/deep/down/b.csv is gone", on: "**/[ab].csv") {
      unlink($0.directory.path("data/deep/down/b.csv"))
    },
    depends("something in a folder", "file data changed", on: "data") {
      try $0.directory.write("2", to: "data/deep/new")
    },
    .init(
      testDescription: "file: the result in a folder",
      options: ["-o", "data/out.ipynb", "--depends", "data"],
      prepare: { try $0.directory.write("1", to: "data/a.csv") }),
    .init(
      testDescription: "file: the option itself", reason: "file nb.txt is new",
      options: [], laterOptions: ["--depends", "nb.txt"],
      prepare: { try $0.directory.write("1", to: "nb.txt") }),
  ]

  static let variables: [ChangedPart] = [
    .init(
      testDescription: "a variable that is named", reason: "variable WHO changed",
      options: ["--depends-variable", "WHO"], environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable that is named and comes to be set",
      reason: "variable WHO is new", options: ["--depends-variable", "WHO"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable that is not named", environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable that programs heed", reason: "variable TZ changed",
      environment: ["TZ": "UTC"], laterEnvironment: ["TZ": "CET"]),
  ]

  // MARK: Kernels

  private static func kernel(
    _ description: String, _ reason: String?, _ change: @escaping @Sendable (Lyre) throws -> Void
  ) -> ChangedPart {
    ChangedPart(
      testDescription: "kernel: \(description)", reason: reason,
      prepare: { lyre in
        try lyre.script("start.sh", "exec \"$@\"")
        try edit(lyre, "kernels/scripted/kernel.json") { spec in
          let start = JSONValue(lyre.directory.path("start.sh"))
          spec["argv"] = .array(["/bin/sh", start] + (spec["argv"]?.array ?? []))
        }
      }, change: change)
  }

  static let kernels: [ChangedPart] = [
    kernel("its kernelspec", "its kernel changed") { lyre in
      try edit(lyre, "kernels/scripted/kernel.json") { $0["env"] = ["X": "1"] }
    },
    kernel("the program that it runs", "the program that runs it changed") {
      try $0.script("start.sh", "# newer\nexec \"$@\"")
    },
    kernel("another kernel in the notebook", "its kernel changed") { lyre in
      let spec = try lyre.directory.read("kernels/scripted/kernel.json")
      try lyre.directory.write(spec, to: "kernels/other/kernel.json")
      try setMetadata("kernelspec", ["display_name": "Other", "name": "other"], lyre)
    },
  ]

  @Test(
    "a change of one part makes the notebook run with that reason; ignored changes do not",
    arguments: Sample.of(cells + results + options + files + variables + kernels))
  func part(_ part: ChangedPart) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one", "print two", "print three"])
      try part.prepare(lyre)
      func run(_ options: [String], _ environment: [String: String]) async throws -> Lyre.Outcome {
        try await lyre.run(
          ["run", "nb.ipynb", "--cached", "--progress", "plain"] + options,
          environment: environment)
      }
      let first = try await run(part.options, part.environment)
      #expect(first.code == 0 && !first.output.isEmpty, "\(first)")
      #expect(
        first.errors.hasPrefix("nb.ipynb: started (no earlier run to compare with)\n"), "\(first)")
      let same = try await run(part.options, part.environment)
      #expect(same.isUnchanged, "\(same)")
      try part.change(lyre)
      let later = try await run(
        part.laterOptions ?? part.options, part.laterEnvironment ?? part.environment)
      #expect(later.code == 0, "\(later)")
      if let reason = part.reason {
        #expect(later.errors.hasPrefix("nb.ipynb: started (\(reason)"), "\(later)")
      } else {
        #expect(later.isUnchanged, "\(later)")
      }
    }
  }
}

extension Lyre.Outcome {
  /// Whether nothing ran and nothing was printed but that.
  var isUnchanged: Bool {
    code == 0 && output == ""
      && errors.wholeMatch(of: /nb\.ipynb: unchanged, as in run [0-9a-f]{8}\n/) != nil
  }
}
