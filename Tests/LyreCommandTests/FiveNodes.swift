import JSONCore
import KernelTesting
import RealKernels
import SystemSupport

/// A pipeline of five nodes, scripts and notebooks, with files, patterns and folders between them.
///
/// Wherever its nodes run, it leaves the same files and notebooks.
struct FiveNodes {
  /// The nodes, parents first.
  static let nodes: [PipelineFileNode] = [
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
