import JSONCore
import RealKernels
import Testing

@testable import Pipelines

@Suite("Properties compared with Elyra's own checks")
struct PropertyDifferentialTests {
  /// A property, and whether Lyre is stricter, because Kubernetes rejects values that Elyra
  /// accepts.
  struct Question: Sendable, CustomTestStringConvertible {
    var property: String
    var value: JSONValue
    var isStricter = false

    var testDescription: String { "\(property): \(value)" }
  }

  private static let texts: [JSONValue] = ["", "a", "A.b-c_d", "a b", "-a", "a-", "ä", " a ", 5]

  static let questions: [Question] = {
    var all: [Question] = []
    for name in ["kubernetes_pod_annotations", "kubernetes_pod_labels"] {
      for value: JSONValue in [nil, "", "a b", "a", "-", 5, true, ["x"]] {
        all.append(Question(property: name, value: [["key": "k", "value": value]]))
      }
      all.append(Question(property: name, value: [["key": "k"]]))
      all.append(Question(property: name, value: [["key": "", "value": ""]]))
      all.append(Question(property: name, value: [[:]]))
      for key in [
        "", "a", "a/b", "a/", "/a", "a/b/c", "A.b/c", "x.y/A_b.c-d", "-a", "a-", "a b", " a ", "é",
      ] {
        all.append(
          Question(
            property: name, value: [["key": .init(key), "value": "v"]], isStricter: key == "é"))
      }
    }
    for name in ["", "a", "a.b", "A", "a_b", "-a", "a..b", "a-.b"] {
      let isStricter = ["a..b", "a-.b"].contains(name)
      all.append(
        Question(
          property: "kubernetes_secrets",
          value: [["env_var": "A", "name": .init(name), "key": "k"]], isStricter: isStricter))
      all.append(
        Question(
          property: "mounted_volumes", value: [["path": "p", "pvc_name": .init(name)]],
          isStricter: isStricter))
    }
    for text in texts where text != 5 {
      all.append(
        Question(
          property: "kubernetes_secrets", value: [["env_var": "A", "name": "n", "key": text]]))
    }
    all += [
      Question(property: "kubernetes_secrets", value: [[:]]),
      Question(property: "kubernetes_secrets", value: [["env_var": "A"]]),
      Question(property: "mounted_volumes", value: [[:]]),
      Question(
        property: "mounted_volumes", value: [["path": "", "pvc_name": "", "sub_path": ""]]),
      Question(
        property: "mounted_volumes", value: [["path": "", "pvc_name": "", "read_only": true]]),
      Question(property: "mounted_volumes", value: [["path": "p"]]),
      Question(
        property: "mounted_volumes", value: [["path": "/p/", "pvc_name": "a", "sub_path": "/b"]]),
      Question(
        property: "mounted_volumes", value: [["path": "/p", "pvc_name": "a", "sub_path": "b"]]),
    ]
    for operation: JSONValue in ["Equal", "Exists", "", "equal", nil] {
      for effect: JSONValue in ["", "NoSchedule", "noSchedule", nil] {
        for (key, value) in [("", ""), ("k", ""), ("", "v"), ("k", "v")] {
          all.append(
            Question(
              property: "kubernetes_tolerations",
              value: [
                [
                  "key": .init(key), "operator": operation, "value": .init(value),
                  "effect": effect,
                ]
              ]))
        }
      }
    }
    for size: JSONValue in [nil, "", 0, 1, 1.5, -1, "2", "x", "-3", "0"] {
      all.append(Question(property: "kubernetes_shared_mem_size", value: ["size": size]))
      all.append(
        Question(property: "kubernetes_shared_mem_size", value: ["size": size, "units": "M"]))
      all.append(
        Question(property: "kubernetes_shared_mem_size", value: ["size": size, "units": "G"]))
    }
    for name in ["cpu", "gpu", "memory"] {
      for value: JSONValue in [nil, "", 0, 1, -1, "0", "2", "-2", "x", "1.5"] {
        all.append(Question(property: name, value: value))
      }
    }
    return all
  }()

  @Test(
    "Lyre and Elyra find fault with the same properties",
    .enabled(if: ElyraReference.isThere, "the test environment has no Elyra"))
  func sameFaults() async throws {
    let lines = PropertyDifferentialTests.questions.map { question in
      let object: JSONValue = ["property": .init(question.property), "value": question.value]
      return String(decoding: object.serialized(), as: UTF8.self)
    }
    let command = try RunningCommand(
      "\(ElyraReference.folder)/bin/python",
      [RealKernels.repositoryRoot + "/Tests/PipelinesTests/Reference/elyra_properties.py"],
      environment: RealKernels.environment, directory: "/tmp",
      input: Array((lines.joined(separator: "\n") + "\n").utf8), limit: .seconds(300))
    let result = await command.result()
    try #require(result.ending == .exited(0), "\(result.errorText)")
    let answers = try result.output.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }
    try #require(answers.count == PropertyDifferentialTests.questions.count)
    #expect(answers.contains { $0.array?.isEmpty == true })
    #expect(answers.contains { $0.array?.isEmpty == false })
    for (question, answer) in zip(PropertyDifferentialTests.questions, answers) {
      let errors = PropertyDifferentialTests.errors(question)
      let isFaulty = answer.array?.isEmpty == false
      #expect(
        !errors.isEmpty == (isFaulty || question.isStricter),
        "\(question.testDescription): Elyra \(answer), Lyre \(errors)")
    }
  }

  /// Lyre's findings about a node's property for a cluster.
  private static func errors(_ question: Question) -> [String] {
    var properties = JSONObject()
    properties[question.property] = question.value
    return PipelineValidation(for: .cluster).findings(
      in: PipelineBuilder.file(nodes: [PipelineBuilder.node("a", properties: properties)]),
      files: FakeFiles(hasAll: true)
    ).filter { $0.severity == .error && $0.property == question.property }.map(\.message)
  }
}
