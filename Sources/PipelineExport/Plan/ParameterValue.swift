package import JSONCore
package import Pipelines

/// Values of a pipeline's parameters by their types.
package enum ParameterValue {
  /// A value of the parameter's type: its default, or an empty one that the run replaces.
  package static func example(of parameter: PipelineParameter) -> JSONValue {
    if let value = standard(of: parameter) { return value }
    return switch parameter.type {
    case "Integer": 0
    case "Float": 0.0
    case "Bool": false
    default: ""
    }
  }

  /// The default as a value of the parameter's type; nil if there is none, or it is of another type.
  package static func standard(of parameter: PipelineParameter) -> JSONValue? {
    guard let value = parameter.defaultValue else { return nil }
    return converted(value, to: parameter.type)
  }

  /// A value, which may be written as a text, as one of a type; nil if it is not of that type.
  package static func converted(_ value: JSONValue, to type: String) -> JSONValue? {
    switch type {
    case "Integer":
      let number = value.int ?? value.string.flatMap { Int($0) }
      if let number { return .init(number) }
      // As Elyra's editor writes whole numbers.
      guard let double = value.double, double == double.rounded(), abs(double) < 1e15 else {
        return Optional.none
      }
      return .init(Int(double))
    case "Float":
      if case .number = value { return value }
      guard let number = value.string.flatMap({ Double($0) }), number.isFinite else {
        return Optional.none
      }
      return .init(number)
    case "Bool":
      if let flag = value.bool { return .init(flag) }
      switch value.string?.lowercased() {
      case "true": return true
      case "false": return false
      default: return Optional.none
      }
    default:
      if let text = value.string { return .init(text) }
      return .init(value.description)
    }
  }
}
