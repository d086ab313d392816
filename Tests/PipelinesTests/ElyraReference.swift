import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import Pipelines

/// The results of Elyra itself, in the test environment.
enum ElyraReference {
  static let folder = RealKernels.folder + "/elyra"
  /// Whether the test environment contains Elyra, which then must work.
  static let isThere = access(folder, F_OK) == 0
  private static let script =
    RealKernels.repositoryRoot + "/Tests/PipelinesTests/Reference/elyra_answers.py"

  struct Operation: Hashable {
    var id: String
    var parents: Set<String>
    var file: String
    var environment: [String: String]
    var dependencies: [String]
    var outputs: [String]
    var image: String
  }

  struct Answer {
    /// The types of Elyra's errors.
    var errors: Set<String>
    var messages: [String]
    /// Why Elyra could not read it, even if it could validate it.
    var failure: String?
    /// The operations that it would run, in its order.
    var operations: [Operation]?
  }

  /// The answers for files, in their order.
  static func answers(_ paths: [String]) async throws -> [Answer] {
    let command = try RunningCommand(
      "\(folder)/bin/python", [script], environment: RealKernels.environment, directory: "/tmp",
      input: Array((paths.joined(separator: "\n") + "\n").utf8), limit: .seconds(300))
    let result = await command.result()
    try #require(result.ending == .exited(0), "\(result.errorText)")
    let answers = try result.output.split(separator: 0x0A).map { line in
      let value = try JSONValue(parsing: Array(line))
      let issues = value["issues"]?.array ?? []
      return Answer(
        errors: Set(issues.filter { $0["severity"] == 1 }.compactMap { $0["type"]?.string }),
        messages: issues.compactMap { $0["message"]?.string },
        failure: value["failure"]?.string,
        operations: value["operations"]?.array?.map(operation))
    }
    try #require(answers.count == paths.count)
    return answers
  }

  private static func operation(_ value: JSONValue) -> Operation {
    func texts(_ name: String) -> [String] { (value[name]?.array ?? []).compactMap(\.string) }
    let environment = (value["env"]?.object ?? [:]).map { ($0.key.string, $0.value.string ?? "") }
    return Operation(
      id: value["id"]?.string ?? "", parents: Set(texts("parents")),
      file: value["file"]?.string ?? "",
      environment: Dictionary(environment, uniquingKeysWith: { $1 }),
      dependencies: texts("dependencies"), outputs: texts("outputs"),
      image: value["image"]?.string ?? "")
  }
}
