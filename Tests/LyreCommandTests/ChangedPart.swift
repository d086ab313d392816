import Testing

/// A part of what the result of a notebook, or the verdict on it, depends on: it is changed alone
/// between two runs with `--cached`.
struct ChangedPart: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Why the notebook runs after the change; nil when it must not run.
  var reason: String?
  var options: [String] = []
  /// The options of the later run; nil for the same.
  var laterOptions: [String]?
  var environment: [String: String] = [:]
  /// The environment of the later run; nil for the same.
  var laterEnvironment: [String: String]?
  var prepare: @Sendable (Lyre) throws -> Void = { _ in }
  var change: @Sendable (Lyre) throws -> Void = { _ in }

  /// Options that are changed.
  static func option(
    _ options: String, _ reason: String?, first: String,
    prepare: @escaping @Sendable (Lyre) throws -> Void
  ) -> ChangedPart {
    let words = { (text: String) in text.split(separator: " ").map(String.init) }
    return ChangedPart(
      testDescription: "option: '\(first)' and then '\(options)'", reason: reason,
      options: words(first), laterOptions: words(options), prepare: prepare)
  }
}
