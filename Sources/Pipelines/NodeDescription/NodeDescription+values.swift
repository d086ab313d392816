import JSONCore

extension NodeDescription {
  /// Puts values that are known only when the node runs into the description.
  ///
  /// - Parameter values: by name; `${NAME}` is replaced in all places, and in the name of the run.
  package mutating func replace(_ values: [String: String]) {
    guard !values.isEmpty else { return }
    files = files.map { source in
      switch source {
      case .folder: source
      case .archive(let place, let hash): .archive(place.replacing(values), sha256: hash)
      case .object(let place, let target, let hash):
        .object(place.replacing(values), to: target, sha256: hash)
      }
    }
    inputs?.replace(values)
    outputs?.replace(values)
    results.replace(values)
    if case .name(let name)? = subject.run { subject.run = .name(name.replacing(values)) }
  }

  /// Gives a parameter another value, and the node a variable with it, as nodes of a pipeline get both.
  ///
  /// - Parameters:
  ///   - name: the parameter.
  ///   - text: the value as a text; a parameter with a number or a flag gets one.
  /// - Throws: ``PipelineError`` if the text is not a value of that kind.
  package mutating func set(parameter name: String, to text: String) throws(PipelineError) {
    node.parameters[name] = try NodeDescription.value(text, like: node.parameters[name], of: name)
    if node.environment[name] == nil { node.environment[name] = text }
  }

  private static func value(_ text: String, like before: JSONValue?, of name: String)
    throws(PipelineError) -> JSONValue
  {
    func problem(_ expected: String) -> PipelineError {
      PipelineError(
        .invalidValue, "expected \(expected), found '\(text)'", place: "node.parameters.\(name)")
    }
    switch before {
    case .bool:
      switch text.lowercased() {
      case "true": return true
      case "false": return false
      default: throw problem("true or false")
      }
    case .number:
      guard let value = try? JSONValue(parsing: Array(text.utf8)), case .number = value else {
        throw problem("a number")
      }
      return value
    default: return .init(text)
    }
  }
}

extension NodeDescription.Exchange {
  fileprivate mutating func replace(_ values: [String: String]) {
    place?.replace(values)
    archives = archives.map { $0.replacing(values) }
  }
}

extension FilesPlace {
  fileprivate mutating func replace(_ values: [String: String]) { self = replacing(values) }

  fileprivate func replacing(_ values: [String: String]) -> FilesPlace {
    switch self {
    case .path(let path): .path(path.replacing(values))
    case .object(let bucket, let key):
      .object(bucket: bucket.replacing(values), key: key.replacing(values))
    }
  }
}

extension String {
  /// The text with each `${NAME}` replaced whose name has a value; values are not searched again.
  fileprivate func replacing(_ values: [String: String]) -> String {
    var result = ""
    var rest = self[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      let after = rest[start.upperBound...]
      guard let end = after.firstIndex(of: "}"), let value = values[String(after[..<end])] else {
        result += rest[start]
        rest = after
        continue
      }
      result += value
      rest = after[after.index(after: end)...]
    }
    return result + rest
  }
}
