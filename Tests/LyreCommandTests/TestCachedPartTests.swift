import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Each part of what the verdict on a notebook depends on is changed alone.
@Suite("Comparisons of lyre test --cached")
struct TestCachedPartTests {
  private static let stored = [
    StoredCell("print one", "one\n"), StoredCell("print two", "two\n"),
    StoredCell("print three", "three\n"),
  ]

  // MARK: The notebook

  /// The same cells, but for the second one.
  private static func cell(
    _ description: String, _ reason: String?, _ cell: StoredCell, options: [String] = [],
    before: StoredCell? = nil
  ) -> ChangedPart {
    let cells = before.map { [stored[0], $0, stored[2]] } ?? stored
    return ChangedPart(
      testDescription: description, reason: reason, options: options,
      prepare: { try $0.write(cells) }, change: { try $0.write([cells[0], cell, cells[2]]) })
  }

  private static let ignored = "# NBVAL_IGNORE_OUTPUT\nprint two"
  private static let checked = "# NBVAL_CHECK_OUTPUT\nprint two"

  static let notebook: [ChangedPart] = [
    .init(testDescription: "nothing"),
    cell("its code", "cell 2 changed", StoredCell("print zwei", "two\n")),
    cell("a mark", "cell 2 changed", StoredCell("# NBVAL_SKIP\nprint two", "two\n")),
    cell("a tag", "cell 2 changed", StoredCell("print two", "two\n", tags: ["raises-exception"])),
    cell(
      "nbmake's metadata of a cell", "cell 2 changed",
      StoredCell("print two", "two\n", metadata: ["nbmake": ["post_cell_execute": "print x"]])),
    cell(
      "the time limit of a cell", "cell 2 changed",
      StoredCell("print two", "two\n", metadata: ["lyre": ["timeout": 50]])),
    cell(
      "other metadata of a cell", nil,
      StoredCell("print two", "two\n", metadata: ["collapsed": true])),
    .init(
      testDescription: "a cell less", reason: "cell 3 is gone",
      change: { try $0.write(Array(stored.dropLast())) }),
    .init(
      testDescription: "the notebook's time limit", reason: "its metadata 'execution' is new",
      change: { try $0.write(stored, metadata: ["execution": ["timeout": 50]]) }),
    .init(
      testDescription: "other metadata of the notebook",
      change: { try $0.write(stored, metadata: ["title": "x"]) }),
    cell("a stored output, which is not compared", nil, StoredCell("print two", "zwei\n")),
    cell(
      "a stored output", "the stored outputs changed", StoredCell("print two", "zwei\n"),
      options: ["--outputs"]),
    cell(
      "a stored output of a cell that is not compared", nil, StoredCell(ignored, "zwei\n"),
      options: ["--outputs"], before: StoredCell(ignored, "two\n")),
    cell(
      "a stored output of a cell that is not marked", nil, StoredCell("print two", "zwei\n"),
      options: ["--marked-outputs"]),
    cell(
      "a stored output of a marked cell", "the stored outputs changed",
      StoredCell(checked, "zwei\n"), options: ["--marked-outputs"],
      before: StoredCell(checked, "two\n")),
    cell(
      "a cell that counts as run from now on", "the stored outputs changed",
      StoredCell("print two", ""), options: ["--outputs"], before: StoredCell("print two")),
  ]

  // MARK: Options

  private static func option(_ options: String, _ reason: String?, first: String = "")
    -> ChangedPart
  {
    .option(options, reason, first: first) { lyre in
      try lyre.directory.write("regex: a\nreplace: b\n", to: "a.cfg")
      try lyre.directory.write("regex: a\nreplace: b\n", to: "b.cfg")
      try lyre.directory.makeDirectory("elsewhere")
    }
  }

  static let options: [ChangedPart] = [
    option("--outputs", "option --outputs is new, and 1 more"),
    option("", "option --outputs is gone, and 1 more", first: "--outputs"),
    option(
      "--marked-outputs", "option --marked-outputs is new, and 2 more", first: "--outputs"),
    option("--update", nil, first: "--outputs"),
    option("--outputs --ignore stderr", "option --ignore is new", first: "--outputs"),
    option(
      "--outputs --ignore stderr --ignore images", nil,
      first: "--outputs --ignore images --ignore stderr"),
    option(
      "--outputs --no-built-in-masks", "option --no-built-in-masks is new", first: "--outputs"),
    option(
      "--outputs --image-tolerance 3", "option --image-tolerance is new", first: "--outputs"),
    option("--outputs --image-tolerance 2", nil, first: "--outputs"),
    option("--outputs --mask a.cfg", "option --mask is new", first: "--outputs"),
    option("--outputs --mask b.cfg", nil, first: "--outputs --mask a.cfg"),
    option("--timeout 50", "option --timeout changed", first: "--timeout 60"),
    option("--total-timeout 60", "option --total-timeout is new"),
    option("--allow-errors", "option --allow-errors is new"),
    option("--strict", "option --strict is new"),
    option("--kernel-arg=--slow-start --kernel-arg=1", "option --kernel-arg is new"),
    option("--cwd elsewhere", "its working directory changed"),
    option("-k scripted -j 2 -x -v --report r.xml --events e.jsonl --no-warm-start", nil),
    .init(
      testDescription: "option: the content of a mask file", reason: "option --mask changed",
      options: ["--outputs", "--mask", "m.cfg"],
      prepare: { try $0.directory.write("regex: a\nreplace: b\n", to: "m.cfg") },
      change: { try $0.directory.write("regex: a\nreplace: c\n", to: "m.cfg") }),
  ]

  // MARK: Files, variables, kernels

  static let others: [ChangedPart] = [
    .init(
      testDescription: "a file", reason: "file data/a.csv changed",
      options: ["--depends", "data/*.csv"],
      prepare: { try $0.directory.write("1", to: "data/a.csv") },
      change: { try $0.directory.write("2", to: "data/a.csv") }),
    .init(
      testDescription: "a file that is not named", options: ["--depends", "data/*.csv"],
      prepare: {
        try $0.directory.write("1", to: "data/a.csv")
        try $0.directory.write("1", to: "data/a.txt")
      },
      change: { try $0.directory.write("2", to: "data/a.txt") }),
    .init(
      testDescription: "a variable", reason: "variable WHO changed",
      options: ["--depends-variable", "WHO"], environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "a variable that is not named", environment: ["WHO": "me"],
      laterEnvironment: ["WHO": "you"]),
    .init(
      testDescription: "the kernel", reason: "its kernel changed",
      change: { lyre in
        let name = "kernels/scripted/kernel.json"
        var spec = try #require(JSONValue(parsing: lyre.directory.read(name)).object)
        spec["env"] = ["X": "1"]
        try lyre.directory.write(JSONValue.object(spec).serialized(), to: name)
      }),
  ]

  @Test(
    "a change of one part makes the notebook run with that reason; ignored changes do not",
    arguments: Sample.of(notebook + options + others))
  func part(_ part: ChangedPart) async throws {
    try await Lyre.with { lyre in
      try lyre.write(TestCachedPartTests.stored)
      try part.prepare(lyre)
      let first = try await lyre.cachedTest(
        ["nb.ipynb"] + part.options, environment: part.environment)
      #expect(first.code == 0, "\(first)")
      #expect(
        first.errors == "nb.ipynb: started (no earlier test to compare with)\n", "\(first)")
      let same = try await lyre.cachedTest(
        ["nb.ipynb"] + part.options, environment: part.environment)
      #expect(same.isUnchangedTest && same.errors == "", "\(same)")
      try part.change(lyre)
      let later = try await lyre.cachedTest(
        ["nb.ipynb"] + (part.laterOptions ?? part.options),
        environment: part.laterEnvironment ?? part.environment)
      if let reason = part.reason {
        #expect(later.errors == "nb.ipynb: started (\(reason))\n", "\(later)")
      } else {
        #expect(later.isUnchangedTest, "\(later)")
      }
    }
  }
}
