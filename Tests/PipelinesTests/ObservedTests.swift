import JSONCore
import Testing

@testable import Pipelines

/// Elyra 4.1.1's recorded findings for the pipelines in `synthetic/`.
@Suite("Validation and Elyra 4.1.1", .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
struct ObservedTests {
  /// The finding for each of Elyra's messages.
  static let codes: [(message: String, code: FindingCode)] = [
    ("runtime-specific component", .componentNeedsRuntime), ("circular dependency", .cycle),
    ("invalid path to a file/dir", .dependencyNotFound),
    ("outside the root workspace", .dependencyNotFound),
    ("At least one node", .noNodes), ("includes invalid space", .environmentName),
    ("environment variable was not specified", .environmentName),
    ("not connected to any other node", .unconnectedNode),
    ("may be replaced by the runtime", .label), ("missing 'pipelines'", .notPipeline),
    ("No primary pipeline was found", .notPipeline),
    ("zero length 'properties'", .missingProperties),
    ("Expecting property name", .notJSON), ("Incompatible pipeline schema", .schemaVersion),
    ("missing 'component_parameters'", .superNode), ("out of date", .outdatedVersion),
    ("newer version of Elyra", .unsupportedVersion), ("not a numeric value", .unsupportedVersion),
    ("zero length 'pipelines'", .notPipeline),
  ]

  /// Elyra's message about a file that it names by the property, which has a separate finding here.
  static let others: [String: FindingCode] = [
    "missing.pipeline": .fileNotFound, "emptyfn.pipeline": .missingFilename,
    "depdir.pipeline": .dependencyIsDirectory, "supernode.pipeline": .superNode,
    "supernode2.pipeline": .superNode,
  ]

  /// Pipelines that Elyra rejects without a reason or fails at later, with Lyre's finding.
  static let holes: [String: FindingCode] = [
    "dup.pipeline": .duplicateID, "badlink.pipeline": .danglingLink,
    "badtype.pipeline": .unknownNodeType, "noimg.pipeline": .missingImage,
    "res.pipeline": .resourceValue, "res2.pipeline": .limitBelowRequest,
    "nofn.pipeline": .missingFilename, "noschemaver.pipeline": .missingSchemaVersion,
    "nover.pipeline": .missingVersion, "param.pipeline": .pipelineParameter,
    "envs.pipeline": .pipelineParameter, "corrupt.pipeline": .badNotebook,
    "nokernel.pipeline": .missingKernel, "nometa.pipeline": .kernelNotNamed,
    "envlegacy.pipeline": .legacyItems, "cycle.pipeline": .cycle, "selfloop.pipeline": .cycle,
    "depdir.pipeline": .dependencyIsDirectory,
  ]

  @Test("reports at least Elyra's findings and failures")
  func observed() throws {
    let observed =
      try JSONValue(
        parsing: PipelineCorpus.bytes("synthetic/elyra-4.1.1-observed.json")
      ).object ?? [:]
    #expect(observed.count > 50)
    var compared = 0
    for (file, record) in observed.map({ ($0.key.string, $0.value) }) {
      let text =
        (record["validate"]?["stdout"]?.string ?? "")
        + (record["validate"]?["stderr"]?.string ?? "")
      let bytes = try PipelineCorpus.bytes("synthetic/\(file)")
      let findings = PipelineValidation(for: .elyra).findings(
        in: bytes, files: SyntheticFiles())
      let codes = Set(findings.map(\.code))
      for line in text.split(separator: "\n") {
        guard let match = ObservedTests.codes.first(where: { line.contains($0.message) }) else {
          #expect(!line.contains("[Error]") && !line.contains("[Warning]"), "\(line)")
          continue
        }
        compared += 1
        let isFound =
          codes.contains(match.code) || ObservedTests.others[file].map(codes.contains) == true
        #expect(isFound, "\(file): \(line): \(findings)")
      }
      if let hole = ObservedTests.holes[file] {
        #expect(codes.contains(hole), "\(file): \(findings)")
      }
      // Pipelines that Elyra refuses, or cannot run because of the file, also have an error for
      // Elyra here.
      let ranBadly = ["badr", "exit3", "failnb", "failpy", "input", "nometa", "slow"]
      let isFailureOfRun = ranBadly.contains { file.hasPrefix($0) }
      if record["run"]?["rc"]?.int == 0 {
        let allowed: Set<FindingCode> = [.legacyItems, .missingInterpreter]
        #expect(
          findings.filter { $0.severity == .error && !allowed.contains($0.code) } == [], "\(file)")
      } else if !isFailureOfRun, record["run"]?["rc"] != nil {
        #expect(findings.hasErrors, "\(file)")
      }
    }
    #expect(compared > 30)
  }

  @Test("features that only Lyre supports are not errors for a local run")
  func lenient() throws {
    for file in ["supernode", "v7", "noimg", "depdir", "res", "param", "nover", "envs"] {
      let findings = PipelineValidation().findings(
        in: try PipelineCorpus.bytes("synthetic/\(file).pipeline"), files: SyntheticFiles())
      #expect(!findings.hasErrors, "\(file): \(findings)")
      #expect(findings.contains { $0.severity == .warning } || file == "supernode", "\(file)")
    }
  }

  @Test("real pipelines with all their files have only the intended errors")
  func realOnes() throws {
    var errors: [String: Set<FindingCode>] = [:]
    for path in PipelineCorpus.realOnes {
      let findings = PipelineValidation().findings(
        in: try PipelineCorpus.bytes(path), files: FakeFiles(hasAll: true))
      let codes = Set(findings.filter { $0.severity == .error }.map(\.code))
      if !codes.isEmpty { errors[String(path.split(separator: "/").last ?? "")] = codes }
    }
    let generic = errors.filter { $0.value != [.componentNeedsRuntime] }
    for (file, codes) in generic.sorted(by: { $0.key < $1.key }) {
      let isMeant =
        file.contains("invalid") || file.contains("cycle") || file.contains("zero")
        || file.contains("malformed") || file.contains("without") || file.hasSuffix(".json")
        || file.contains("kf_") || file.contains("aa_")
      #expect(isMeant, "\(file): \(codes)")
    }
  }
}

/// The files beside the pipelines in `synthetic/`, with a Python kernel installed.
struct SyntheticFiles: PipelineFiles {
  private static let names = ["load.ipynb", "sub"]

  func kind(of path: String) -> PipelineFileKind? {
    if path == "sub" { return .directory }
    return read(path) == nil ? nil : .file
  }

  func read(_ path: String) -> [UInt8]? {
    path.hasPrefix("/") || path == "." || path == "sub"
      ? nil : try? PipelineCorpus.quietBytes("synthetic/\(path)")
  }

  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool {
    ["process.py", "step.py", "load.ipynb", "sub/w.py"].contains {
      PathPattern.matches(pattern, $0)
    }
  }

  func location(of path: String) -> String { path }

  func isInsideProject(_ path: String) -> Bool? { !path.hasPrefix("..") }

  func kernel(named name: String?, language: String?) -> PipelineKernel {
    switch name {
    case "python3"?: .installed
    case nil: .substitute("python3")
    default: .missing(installed: ["python3"])
    }
  }

  func hasProgram(_ name: String) -> Bool { true }
  func isExecutable(_ path: String) -> Bool { false }
}
