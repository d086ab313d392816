import JSONCore
import Testing

@testable import Pipelines

@Suite(
  "Migration compared with Elyra's", .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
struct MigrationCorpusTests {
  /// The root of the workspace for files of version 0 and 1.
  static func locating(_ path: String) -> @Sendable (String) -> String {
    let folder = path.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
    return { PipelinePath.relative($0, to: folder) }
  }

  @Test(
    "writes the same file",
    arguments: PipelineCorpus.isThere ? PipelineCorpus.pipelines(in: "migrated-by-elyra") : [])
  func same(_ path: String) throws {
    let source = String(path.dropFirst("migrated-by-elyra/".count))
    let ours = try PipelineDocument(
      PipelineCorpus.bytes(source), locating: MigrationCorpusTests.locating(source))
    let theirs = try JSONValue(parsing: PipelineCorpus.bytes(path))
    for difference in differences(.object(ours.json), theirs) {
      Issue.record("\(source): \(difference)")
    }
  }

  private func differences(_ ours: JSONValue, _ theirs: JSONValue, _ place: String = "") -> [String]
  {
    if case .object(let ours) = ours, case .object(let theirs) = theirs {
      let names = Set(ours.map(\.key.string) + theirs.map(\.key.string)).sorted()
      return names.flatMap { name -> [String] in
        switch (ours[name], theirs[name]) {
        case (let ours?, let theirs?): differences(ours, theirs, "\(place).\(name)")
        case (let ours?, nil): ["\(place).\(name): only ours: \(ours)"]
        case (nil, let theirs?): ["\(place).\(name): only theirs: \(theirs)"]
        case (nil, nil): []
        }
      }
    }
    if case .array(let ours) = ours, case .array(let theirs) = theirs, ours.count == theirs.count {
      return zip(ours, theirs).enumerated().flatMap {
        differences($1.0, $1.1, "\(place)[\($0)]")
      }
    }
    return ours == theirs ? [] : ["\(place): ours \(ours), theirs \(theirs)"]
  }
}
