import JSONCore

/// Reads the members of an edit in JSON, with errors that name the member and what is allowed.
struct EditReader {
  let operation: String
  private let object: JSONObject
  private var known: Set<String> = ["op"]

  init(_ value: JSONValue) throws(PipelineError) {
    guard let object = value.object else {
      throw PipelineError(.invalidValue, "an edit is an object, not \(value.kindName)")
    }
    guard let operation = object["op"]?.string else {
      throw PipelineError(.invalidValue, "the member is missing or not a string", place: "op")
    }
    self.object = object
    self.operation = operation
  }

  /// The value of a member; nil if it is missing or null.
  mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    // With `nil` in a closure the compiler would use JSON's null.
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  mutating func text(_ name: String) throws(PipelineError) -> String {
    guard let text = try optionalText(name) else { throw missing(name) }
    return text
  }

  mutating func optionalText(_ name: String) throws(PipelineError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw wrong(value, name, "a string") }
    return text
  }

  mutating func flag(_ name: String) throws(PipelineError) -> Bool {
    guard let value = value(name) else { throw missing(name) }
    guard let flag = value.bool else { throw wrong(value, name, "true or false") }
    return flag
  }

  mutating func number(_ name: String) throws(PipelineError) -> Double {
    guard let number = try optionalNumber(name) else { throw missing(name) }
    return number
  }

  mutating func optionalNumber(_ name: String) throws(PipelineError) -> Double? {
    guard let value = value(name) else { return nil }
    return try EditReader.number(value, name)
  }

  /// A position, if both coordinates are there.
  mutating func optionalPoint() throws(PipelineError) -> PipelinePoint? {
    guard let x = try optionalNumber("x") else {
      if try optionalNumber("y") != nil { throw missing("x") }
      return nil
    }
    guard let y = try optionalNumber("y") else { throw missing("y") }
    return PipelinePoint(x: x, y: y)
  }

  mutating func point() throws(PipelineError) -> PipelinePoint {
    PipelinePoint(x: try number("x"), y: try number("y"))
  }

  mutating func texts(_ name: String) throws(PipelineError) -> [String] {
    guard let texts = try optionalTexts(name) else { throw missing(name) }
    return texts
  }

  mutating func optionalTexts(_ name: String) throws(PipelineError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let array = value.array else { throw wrong(value, name, "a list of strings") }
    var texts: [String] = []
    for (place, item) in array.enumerated() {
      guard let text = item.string else { throw wrong(item, "\(name)[\(place)]", "a string") }
      texts.append(text)
    }
    return texts
  }

  mutating func objects(_ name: String) throws(PipelineError) -> [JSONObject] {
    guard let value = value(name) else { throw missing(name) }
    guard let array = value.array else { throw wrong(value, name, "a list of objects") }
    var objects: [JSONObject] = []
    for (place, item) in array.enumerated() {
      guard let object = item.object else {
        throw wrong(item, "\(name)[\(place)]", "an object")
      }
      objects.append(object)
    }
    return objects
  }

  mutating func choice<T: RawRepresentable & CaseIterable>(_ name: String)
    throws(PipelineError) -> T where T.RawValue == String
  {
    let text = try text(name)
    guard let choice = T(rawValue: text) else {
      let all = T.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw PipelineError(
        .invalidValue, "'\(text)' is not allowed; it is one of \(all)", place: name)
    }
    return choice
  }

  /// Refuses members that no one has read.
  func finish() throws(PipelineError) {
    for member in object where !known.contains(member.key.string) {
      let allowed = known.subtracting(["op"]).sorted().joined(separator: ", ")
      throw PipelineError(
        .invalidValue, "'\(operation)' has no such member; it has \(allowed)",
        place: member.key.string)
    }
  }

  static func number(_ value: JSONValue, _ name: String) throws(PipelineError) -> Double {
    guard let number = value.double, number.isFinite, abs(number) < 1e7 else {
      throw PipelineError(
        .invalidValue, "expected a number between -10000000 and 10000000, found \(value)",
        place: name)
    }
    return number
  }

  private func missing(_ name: String) -> PipelineError {
    PipelineError(.invalidValue, "'\(operation)' needs this member", place: name)
  }

  private func wrong(_ value: JSONValue, _ name: String, _ expected: String) -> PipelineError {
    PipelineError(
      .invalidValue, "expected \(expected), found \(value.kindName)", place: name)
  }
}
