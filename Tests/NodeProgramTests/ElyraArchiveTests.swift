import Glibc
import JSONCore
import KernelTesting
import Pipelines
import RealKernels
import Testing

@testable import NodeProgram

@Suite("Archives of Elyra")
struct ElyraArchiveTests {
  private func node(_ dependencies: [String], isRecursive: Bool = false) throws -> PipelineNode {
    var document = PipelineDocument(name: "p")
    try document.addNode(
      file: "steps/a.ipynb",
      properties: [
        "dependencies": .array(dependencies.map { .init($0) }),
        "include_subdirectories": .init(isRecursive),
      ])
    return try #require(document.pipeline.executableNodes.first)
  }

  /// Writes the files of the tests to `steps`.
  private func write(to directory: TemporaryDirectory) throws {
    let files = [
      "a.ipynb", "b.py", "x1.txt", "x2.txt", ".env", "sub/c.py", "sub/deep/w.py", "sub/data.csv",
      "pkg/__init__.py", ".git/config", ".hidden/h.py", "other/d.txt", "é.txt",
    ]
    for file in files { try directory.write(file, to: "steps/\(file)") }
  }

  /// The dependencies of a node, and whether they are looked for in subfolders.
  static let cases: [([String], Bool)] = [
    ([], false), (["b.py"], false), (["*.py"], false), (["*.py"], true), (["sub/*"], false),
    (["*"], false), (["*"], true), (["sub/c.py", "x?.txt"], false), (["x[12].txt"], false),
    (["*.txt"], true), (["é.txt"], false), (["*.r"], false),
  ]

  @Test(
    "have the files that Elyra puts into them",
    .enabled(if: access(RealKernels.folder + "/elyra", F_OK) == 0, "needs the test environment"))
  func likeElyra() async throws {
    try await TemporaryDirectory.with { directory in
      try write(to: directory)
      let questions = Self.cases.map { dependencies, isRecursive -> JSONValue in
        [.array((["a.ipynb"] + dependencies).map { .init($0) }), .init(isRecursive)]
      }
      let script = """
        import json, sys, tarfile
        from elyra.util.archive import create_temp_archive
        for names, recursive in json.load(sys.stdin):
            path = create_temp_archive("x.tar.gz", "steps", names, recursive, True)
            print(json.dumps(sorted(m.name for m in tarfile.open(path) if m.isfile())))
        """
      var environment = RealKernels.environment
      environment["TMPDIR"] = directory.path
      let command = try RunningCommand(
        RealKernels.folder + "/elyra/bin/python", ["-c", script], environment: environment,
        directory: directory.path, input: JSONValue.array(questions).serialized())
      let result = await command.result()
      try #require(result.ending == .exited(0), "\(result.errorText)")
      let answers = result.outputText.split(separator: "\n")
      try #require(answers.count == Self.cases.count)
      for ((dependencies, isRecursive), answer) in zip(Self.cases, answers) {
        let theirs = try JSONValue(parsing: Array(answer.utf8)).array?.compactMap(\.string)
        let node = try node(dependencies, isRecursive: isRecursive)
        // Elyra tolerates a single pattern without files if it is for scripts.
        let ours = try ElyraArchive(node, in: directory.path)
          .paths(made: dependencies == ["*.r"] ? dependencies : [])
        #expect(Set(ours) == Set(theirs ?? []), "\(dependencies) \(isRecursive)")
      }
    }
  }

  @Test("have folders, too, and miss nothing silently")
  func mended() throws {
    try TemporaryDirectory.with { directory in
      try write(to: directory)
      let folder = try ElyraArchive(node(["sub", "pkg/"]), in: directory.path)
      #expect(folder.name.hasPrefix("a-") && folder.name.hasSuffix(".tar.gz"))
      #expect(
        try folder.paths() == [
          "a.ipynb", "pkg/__init__.py", "sub/c.py", "sub/data.csv", "sub/deep/w.py",
        ])
      let missing = try ElyraArchive(node(["none.csv"]), in: directory.path)
      let error = #expect(throws: TransferProblem.self) { try missing.paths() }
      #expect(
        error?.description.contains("has the dependency 'none.csv', and there is no such") == true)
      #expect(try missing.paths(made: ["none.csv"]) == ["a.ipynb"])
      let outside = try ElyraArchive(node(["../shared.csv"]), in: directory.path)
      #expect(throws: TransferProblem.self) { try outside.paths() }
    }
  }

  @Test("begin at the folder around all dependencies, if those may be outside")
  func outside() throws {
    try TemporaryDirectory.with { directory in
      try write(to: directory)
      try directory.write("s", to: "shared.csv")
      let node = try node(["../shared.csv", "sub/*.csv"])
      let archive = ElyraArchive(node, in: directory.path, reachesOutside: true)
      let folder = try #require(node.file.map(PipelinePath.folder))
      #expect(archive.file == "\(folder)/a.ipynb")
      #expect(
        try archive.paths() == ["shared.csv", "\(folder)/a.ipynb", "\(folder)/sub/data.csv"])
      let inside = ElyraArchive(try self.node(["sub"]), in: directory.path, reachesOutside: true)
      #expect(inside.file == "a.ipynb")
    }
  }

  @Test("a description for Elyra's bucket asks for nothing by a literal star")
  func description() throws {
    var document = PipelineDocument(name: "p")
    try document.addNode(file: "x/load.py", properties: ["outputs": ["*.csv", "dir"]])
    try document.addNode(file: "y/fit.ipynb", properties: ["outputs": ["model"]])
    let nodes = document.pipeline.executableNodes
    let layout = ElyraLayout(.object(bucket: "b", key: "runs/p-1129"))
    let description = layout.description(
      .init(node: nodes[1].id, name: "fit"), nodes[1], ancestors: [nodes[0]],
      results: .path("/r"))
    #expect(
      description.files == [
        .archive(.object(bucket: "b", key: "runs/p-1129/fit-\(nodes[1].id).tar.gz"), sha256: nil)
      ])
    #expect(description.node.file == "fit.ipynb")
    #expect(description.inputs?.patterns == ["*.csv", "dir"])
    #expect(description.inputs?.isElyra == true)
    #expect(description.outputs?.patterns == ["model"])
    #expect(try NodeDescription(json: description.json) == description)
  }
}
