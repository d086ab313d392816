import JSONCore

/// The parameters of a run.
struct ParameterPlan: Sendable {
  let values: JSONObject
  /// Whether an undeclared parameter is an error.
  let isStrict: Bool
}
