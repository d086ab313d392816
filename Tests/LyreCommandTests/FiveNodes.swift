import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

/// A pipeline of five nodes, scripts and notebooks, with files, patterns and folders between them.
///
/// Wherever its nodes run, it leaves the same files and notebooks.
struct FiveNodes {
  /// The nodes, parents first, each with an image in which it runs.
  static let nodes: [PipelineFileNode] = plainNodes.map { node in
    var node = node
    node.image = node.file.hasSuffix(".sh") ? Elsewhere.shell : Elsewhere.python
    return node
  }

  private static let plainNodes: [PipelineFileNode] = [
    .init(
      file: "steps/load.sh", dependencies: ["seed.txt"],
      outputs: ["data.csv", "parts/*.csv", "tables/"]),
    .init(
      file: "steps/clean.py", parents: ["steps/load.sh"], dependencies: ["parts/*.csv"],
      outputs: ["clean-*.csv"], environment: ["UNIT": "mm"]),
    .init(
      file: "steps/fit.ipynb", parents: ["steps/clean.py", "steps/load.sh"],
      dependencies: ["clean-*.csv", "tables"], outputs: ["model/"]),
    .init(
      file: "steps/plot.ipynb", parents: ["steps/load.sh"], dependencies: ["data.csv"],
      outputs: ["plot-?.svg"]),
    .init(
      file: "steps/report.sh", parents: ["steps/fit.ipynb", "steps/plot.ipynb"],
      dependencies: ["model/", "plot-*.svg", "tables"], outputs: ["report.txt"]),
  ]

  /// The parameters of the run.
  static let parameters: JSONObject = ["year": 2026]

  /// Writes the files and the pipeline `p.pipeline` to a folder of a test's directory.
  static func write(to folder: String, of lyre: Lyre) throws {
    func write(_ text: String, _ name: String, mode: UInt32 = 0o644) throws {
      try lyre.directory.write(text, to: "\(folder)/steps/\(name)", mode: mode)
    }
    try write("3\n", "seed.txt")
    try write(
      """
      #!/bin/sh
      set -e
      echo "loading $year"
      mkdir -p parts tables/deep
      for i in 1 2 3; do echo "$i,$((i * $(cat seed.txt)))" > "parts/$i.csv"; done
      cat parts/*.csv > data.csv
      echo a > tables/a.txt
      echo b > tables/deep/b.txt

      """, "load.sh")
    try write(
      """
      import glob, os
      rows = sorted(line for name in glob.glob("parts/*.csv") for line in open(name))
      open("clean-1.csv", "w").write("".join(rows))
      open("clean-2.csv", "w").write(os.environ["UNIT"] + "\\n")
      print(len(rows), "rows")

      """, "clean.py")
    try notebook(
      "fit.ipynb", in: folder, lyre,
      [
        ("year = 2000", "parameters"),
        (
          "rows = [int(line.split(',')[1]) for line in open('clean-1.csv')]\n"
            + "unit = open('clean-2.csv').read().strip()\nprint(year, sum(rows), unit)", nil
        ),
        (
          "import os\nos.makedirs('model/x', exist_ok=True)\n"
            + "open('model/x/sum.txt', 'w').write(f'{sum(rows)} {unit} {year}\\n')\n"
            + "sorted(os.listdir('tables'))", nil
        ),
      ])
    try notebook(
      "plot.ipynb", in: folder, lyre,
      [
        (
          "lines = open('data.csv').read().split()\n"
            + "for i in (1, 2):\n    open(f'plot-{i}.svg', 'w').write(f'<svg>{lines[i]}</svg>')\nlen(lines)",
          nil
        )
      ])
    try write(
      "#!/bin/sh\ncat model/x/sum.txt plot-1.svg plot-2.svg tables/deep/b.txt > report.txt\n"
        + "echo reported\n", "report.sh")
    try lyre.pipeline(nodes, to: "\(folder)/p.pipeline")
  }

  private static func notebook(
    _ name: String, in folder: String, _ lyre: Lyre, _ cells: [(String, tag: String?)]
  ) throws {
    let tags = cells.enumerated().compactMap { index, cell in cell.tag.map { (index, $0) } }
    try lyre.notebook(
      cells.map(\.0), to: "\(folder)/steps/\(name)", tags: Dictionary(uniqueKeysWithValues: tags),
      kernel: "python3", language: "python")
  }

  /// Runs the pipeline as processes and in other ways, and expects equal output, files and notebooks.
  ///
  /// - Parameters:
  ///   - ways: the options of each other way.
  ///   - variables: further variables of `lyre`.
  /// - Returns: the events of each.
  @discardableResult
  static func expectEqual(
    _ lyre: Lyre, _ ways: [[String]], _ variables: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    let directory = lyre.directory
    func run(_ name: String, _ options: [String]) async throws -> Lyre.Outcome {
      try FiveNodes.write(to: name, of: lyre)
      let arguments = [
        "pipeline", "run", "\(name)/p.pipeline", "-p", "year", "2026", "-j", "1", "--events",
        "\(name).ndjson",
      ]
      let outcome = try await lyre.runElsewhere(arguments + options, variables)
      try #require(outcome.code == 0, "\(options): \(outcome)", sourceLocation: sourceLocation)
      return outcome
    }
    let local = try await run("local", [])
    let expected = try content(of: directory.path("local"))
    #expect(expected["steps/report.txt"] == "18 mm 2026\n<svg>2,6</svg><svg>3,9</svg>b\n")
    var events: [String] = []
    for (number, options) in ways.enumerated() {
      let outcome = try await run("way-\(number)", options)
      #expect(outcome.output == local.output, "\(options)", sourceLocation: sourceLocation)
      let found = try content(of: directory.path("way-\(number)"))
      #expect(
        Set(found.keys) == Set(expected.keys), "\(options)", sourceLocation: sourceLocation)
      for (name, content) in expected {
        #expect(found[name] == content, "\(options): \(name)", sourceLocation: sourceLocation)
      }
      let log = try lyre.text(of: "way-\(number).ndjson")
      for kind in ["kernel_ready", "cell_started", "cell_finished", "\"line\"", "node_finished"] {
        #expect(log.contains(kind), "\(options): \(kind)", sourceLocation: sourceLocation)
      }
      events.append(log)
    }
    #expect(lyre.nodeFolders() == [], sourceLocation: sourceLocation)
    return events
  }

  /// The files below a folder with their contents; of notebooks without what differs in every run.
  static func content(of folder: String) throws -> [String: String] {
    var content: [String: String] = [:]
    var paths: [String] = []
    FilePath.forEachFile(below: folder) { path in
      paths.append(path)
      return true
    }
    for path in paths {
      let bytes = try readFile(path)
      let name = String(path.dropFirst(folder.count + 1))
      content[name] =
        name.hasSuffix(".ipynb")
        ? "\(withoutTimes(try JSONValue(parsing: bytes)))" : String(decoding: bytes, as: UTF8.self)
    }
    return content
  }

  private static func withoutTimes(_ notebook: JSONValue) -> JSONValue {
    var notebook = notebook
    notebook.updateObject { object in
      object.update("cells") { cells in
        cells.updateArray { cells in
          for place in cells.indices {
            cells[place].updateObject {
              $0.update("metadata") { $0.updateObject { $0["execution"] = nil } }
            }
          }
        }
      }
    }
    return notebook
  }
}
