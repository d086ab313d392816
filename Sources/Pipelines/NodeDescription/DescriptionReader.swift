import JSONCore

/// Reads the members of an object of a node's description strictly: an error names the key, and
/// says what is allowed there; it never repeats a value, which may be a secret.
struct DescriptionReader {
  private let place: String
  private let object: JSONObject
  private var known: [String] = []

  /// - Parameters:
  ///   - value: the object.
  ///   - place: its key; empty for the whole description.
  /// - Throws: ``PipelineError`` if it is not an object, or has a key twice.
  init(_ value: JSONValue, at place: String = "") throws(PipelineError) {
    guard let object = value.object else {
      throw PipelineError(
        .invalidValue, "expected an object, found \(value.kindName)", place: place)
    }
    self.place = place
    self.object = object
    var names: Set<String> = []
    for member in object where !names.insert(member.key.string).inserted {
      throw error("the key is there twice; remove one", at: member.key.string)
    }
  }

  /// The keys of all members.
  var names: [String] { object.map(\.key.string) }

  /// The complete key of a member.
  func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

  /// An error about a member.
  func error(_ message: String, at name: String) -> PipelineError {
    PipelineError(.invalidValue, message, place: path(name))
  }

  /// The value of a member; nil if it is missing or null.
  mutating func value(_ name: String) -> JSONValue? {
    known.append(name)
    // With `nil` in a closure the compiler would use JSON's null.
    guard let value = object[name], !value.isNull else { return nil }
    return value
  }

  /// The value of a member that may be missing.
  ///
  /// - Parameters:
  ///   - name: its key.
  ///   - expected: the allowed values, for the error.
  ///   - read: returns nil for a value that is not allowed.
  mutating func optional<T>(_ name: String, _ expected: String, _ read: (JSONValue) -> T?)
    throws(PipelineError) -> T?
  {
    guard let value = value(name) else { return nil }
    guard let result = read(value) else {
      let kind = value.kindName
      throw error(
        "expected \(expected)" + (expected.contains(kind) ? "" : ", found \(kind)"), at: name)
    }
    return result
  }

  /// The value of a member that must be there.
  mutating func required<T>(_ name: String, _ expected: String, _ read: (JSONValue) -> T?)
    throws(PipelineError) -> T
  {
    guard let result = try optional(name, expected, read) else {
      throw error("this key is missing; it is \(expected)", at: name)
    }
    return result
  }

  /// A text that may be missing.
  mutating func text(_ name: String) throws(PipelineError) -> String? {
    try optional(name, "a string", \.plainText)
  }

  /// A flag; false if it is missing.
  mutating func flag(_ name: String) throws(PipelineError) -> Bool {
    try optional(name, "true or false", \.bool) ?? false
  }

  /// A positive number of seconds that may be missing.
  mutating func seconds(_ name: String) throws(PipelineError) -> Double? {
    try optional(name, "a number of seconds above 0 and below 1000000000") { value in
      value.double.flatMap { $0 > 0 && LyreProperties.seconds.contains($0) ? $0 : nil }
    }
  }

  /// A list; empty if it is missing.
  mutating func list<T>(
    _ name: String, _ expected: String, _ read: (JSONValue, String) throws(PipelineError) -> T
  ) throws(PipelineError) -> [T] {
    let elements = try optional(name, "a list of \(expected)", \.array) ?? []
    var result: [T] = []
    for (index, element) in elements.enumerated() {
      result.append(try read(element, "\(path(name))[\(index)]"))
    }
    return result
  }

  /// A list of texts that are not empty; empty if it is missing.
  mutating func texts(_ name: String) throws(PipelineError) -> [String] {
    try list(name, "strings") { (value, place) throws(PipelineError) in
      guard let text = value.plainText, !text.isEmpty else {
        throw PipelineError(.invalidValue, "expected a string that is not empty", place: place)
      }
      return text
    }
  }

  private static let placeText = "a string with an absolute path or s3://BUCKET/KEY"

  /// A place that must be there.
  mutating func place(_ name: String) throws(PipelineError) -> FilesPlace {
    try required(name, DescriptionReader.placeText) { $0.string.flatMap(FilesPlace.init) }
  }

  /// A place that may be missing.
  mutating func optionalPlace(_ name: String) throws(PipelineError) -> FilesPlace? {
    try optional(name, DescriptionReader.placeText) { $0.string.flatMap(FilesPlace.init) }
  }

  /// A list of places; empty if it is missing.
  mutating func places(_ name: String) throws(PipelineError) -> [FilesPlace] {
    try list(name, "strings") { (value, key) throws(PipelineError) in
      guard let place = value.string.flatMap(FilesPlace.init) else {
        throw PipelineError(
          .invalidValue, "expected \(DescriptionReader.placeText)", place: key)
      }
      return place
    }
  }

  /// An object that may be missing, read strictly.
  mutating func object<T>(
    _ name: String, _ read: (inout DescriptionReader) throws(PipelineError) -> T
  ) throws(PipelineError) -> T? {
    guard let value = value(name) else { return nil }
    var reader = try DescriptionReader(value, at: path(name))
    let result = try read(&reader)
    try reader.finish()
    return result
  }

  /// Refuses members that nothing has read.
  func finish() throws(PipelineError) {
    for member in object where !known.contains(member.key.string) {
      throw error(
        "there is no such key; the keys here are \(known.joined(separator: ", "))",
        at: member.key.string)
    }
  }
}

extension JSONValue {
  /// A text that a path, a variable or an argument may be: nil if it contains a null character.
  var plainText: String? {
    string.flatMap { $0.utf8.contains(0) ? nil : $0 }
  }
}
