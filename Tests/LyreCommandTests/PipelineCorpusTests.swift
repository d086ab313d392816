import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The pipelines of ../shared/corpus that Elyra ran.
enum RunnablePipelines {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/pipelines"
  static let isThere = access(folder + "/INDEX.md", R_OK) == 0

  /// Real pipelines that the index marks as runnable, by their paths in the folder.
  static func real() throws -> [String] {
    let index = String(decoding: try readFile(folder + "/INDEX.md"), as: UTF8.self)
    return index.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
      guard cells.count > 4, cells.contains(where: { $0.hasPrefix("YES") }) else { return nil }
      return cells[..<2].map { String($0.prefix { $0 != " " }) }.joined(separator: "/")
    }
  }

  /// Generated pipelines that Elyra ran successfully, as recorded.
  static func made() throws -> [String] {
    let path = folder + "/synthetic/elyra-4.1.1-observed.json"
    let observed = try JSONValue(parsing: readFile(path)).object ?? [:]
    return observed.filter { $0.value["run"]?["rc"]?.int == 0 }.map(\.key.string)
  }
}

@Suite(
  "Pipelines of the corpus",
  .enabled(if: RunnablePipelines.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct PipelineCorpusTests {
  /// Pipelines that take too long for a test.
  private static let slow: Set<String> = ["slownb.pipeline", "slowpy.pipeline", "par.pipeline"]

  @Test(
    "pipelines that Elyra ran are run, including old ones, and only outputs of notebooks change")
  func runnable() async throws {
    try await TemporaryDirectory.with { directory in
      let copy = try await RunningCommand(
        "/bin/sh", ["-c", #"cp -rL "$0/." . && chmod -R u+w ."#, RunnablePipelines.folder],
        environment: ["PATH": "/usr/bin:/bin"], directory: directory.path
      ).result()
      try #require(copy.ending == .exited(0), "\(copy.errorText)")
      var environment = RealKernels.environment
      environment["NB_USER"] = "nobody"
      environment["XDG_STATE_HOME"] = directory.path("state")
      func run(_ path: String) async throws -> (code: Int32, errors: String) {
        let result = try await RunningCommand(
          try BuiltProduct.path("lyre"), ["pipeline", "run", "-q", path],
          environment: environment, directory: directory.path, limit: .seconds(120)
        ).result()
        guard case .exited(let code) = result.ending else { return (-1, result.errorText) }
        return (code, result.errorText)
      }
      var ran = 0
      for path in try RunnablePipelines.real() {
        let (code, errors) = try await run(path)
        // Some of their scripts are not in the corpus.
        let isIncomplete = errors.contains("there is no file")
        #expect(code == (isIncomplete ? 2 : 0), "\(path): \(errors)")
        if code == 0 { ran += 1 }
      }
      #expect(ran >= 8)
      ran = 0
      for name in try RunnablePipelines.made() where !PipelineCorpusTests.slow.contains(name) {
        let (code, errors) = try await run("synthetic/\(name)")
        // Elyra does not check the declared outputs of a node.
        let lacksOutput = errors.contains("did not create the declared output")
        #expect(code == (lacksOutput ? 1 : 0), "\(name): \(errors)")
        #expect(lacksOutput == (name == "full.pipeline"), "\(name): \(errors)")
        ran += 1
      }
      #expect(ran > 10)
      // Pipelines that Elyra refuses: with super nodes, also nested ones, and of an older version.
      for name in ["supernode.pipeline", "supernode2.pipeline", "v7.pipeline"] {
        let (code, errors) = try await run("synthetic/\(name)")
        #expect(code == 0, "\(name): \(errors)")
      }
      let notebook = try directory.read("synthetic/load.ipynb")
      #expect(!String(decoding: notebook, as: UTF8.self).contains("papermill"))
    }
  }
}
