import JSONCore

/// The parameters of a run.
struct ParameterPlan: Sendable {
  let values: JSONObject
  /// Whether one that a notebook does not declare is an error.
  let isStrict: Bool
}
