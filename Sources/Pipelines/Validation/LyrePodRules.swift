import JSONCore

/// The rules for Lyre's own properties of pods, in `lyre` of a node's `app_data`.
enum LyrePodRules {
  static func check(_ value: JSONValue, _ node: PipelineNode, _ report: inout Report) {
    func error(_ name: String, _ message: String) {
      report.error(.lyreProperty, message, node: node, property: "lyre.\(name)")
    }
    if let labels = value["node_selector"], !labels.isNull,
      !(labels.object?.allSatisfy { $0.value.string != nil } ?? false)
    {
      error("node_selector", "expected an object of strings, the labels that a machine must have")
    }
    if let policy = value["image_pull_policy"], !policy.isNull,
      !(policy.string.map { policies.contains($0) } ?? false)
    {
      error("image_pull_policy", "expected \(policies.joined(separator: ", ")), found \(policy)")
    }
    if let secret = value["image_pull_secret"], !secret.isNull, secret.string == nil {
      error("image_pull_secret", "expected the name of a secret, found \(secret.kindName)")
    }
    guard let terms = value["node_affinity"], !terms.isNull else { return }
    guard let terms = terms.array else {
      return error("node_affinity", "expected a list, found \(terms.kindName)")
    }
    for (place, term) in terms.enumerated() {
      if let problem = problem(of: term) { error("node_affinity[\(place)]", problem) }
    }
  }

  private static let policies = ["Always", "IfNotPresent", "Never"]
  private static let operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]

  private static func problem(of term: JSONValue) -> String? {
    if let weight = term["weight"], !weight.isNull, !(1...100 ~= (weight.int ?? 0)) {
      return "expected a weight from 1 to 100, or none if a machine must match"
    }
    guard let expressions = term["expressions"]?.array, !expressions.isEmpty else {
      return "expected an object with a list 'expressions'"
    }
    for expression in expressions {
      guard let key = expression["key"]?.string, !key.isEmpty else {
        return "an expression has no 'key', the name of a machine's label"
      }
      let operation = expression["operator"]?.string ?? "In"
      guard operators.contains(operation) else {
        return "'\(operation)' is not an operator; there are \(operators.joined(separator: ", "))"
      }
      let values = expression["values"]?.array ?? []
      let takesNone = operation.hasSuffix("Exist") || operation == "Exists"
      guard values.allSatisfy({ $0.string != nil }), values.isEmpty == takesNone else {
        return takesNone
          ? "the operator \(operation) takes no 'values'"
          : "the operator \(operation) needs 'values', a list of strings"
      }
    }
    return nil
  }
}
