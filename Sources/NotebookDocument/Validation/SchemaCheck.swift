import JSONCore

/// Checks a notebook against the rules of its format; this file has the shared parts, and each
/// version's rules are in a file of their own.
struct SchemaCheck {
  /// The version whose rules apply.
  let version: (major: Int, minor: Int)
  var minor: Int { version.minor }
  /// Whether the version is later than the known ones, so that more is allowed.
  let isRelaxed: Bool
  private(set) var faults: [NotebookFault] = []

  private init(_ version: (major: Int, minor: Int)) {
    self.version = version
    isRelaxed = version.minor > (version.major == 4 ? 5 : 0)
  }

  /// All faults of a notebook.
  ///
  /// - Parameters:
  ///   - index: the values of its text, an object.
  ///   - bytes: its text.
  ///   - version: the version of nbformat that it must follow.
  static func faults(
    _ index: JSONIndex, _ bytes: [UInt8], version: (major: Int, minor: Int)
  ) -> [NotebookFault] {
    bytes.withUnsafeBytes { buffer in
      var check = SchemaCheck(version)
      let notebook = JSONView(index: index, bytes: buffer, node: index.root)
      switch version.major {
      case 1: check.version1(notebook)
      case 2: check.version2(notebook)
      case 3: check.version3(notebook)
      default: check.version4(notebook)
      }
      return check.faults
    }
  }

  mutating func nameAndTags(_ metadata: JSONView, _ place: String) {
    if let name = metadata["name"] {
      let line = name.text?.string ?? ""
      if line.isEmpty || line.utf8.dropLast().contains(0x0A) || line.utf8.elementsEqual([0x0A]) {
        expected("a non-empty string without line breaks", name, "\(place).name")
      }
    }
    guard let tags = optionalArray("tags", of: metadata, place) else { return }
    var seen: Set<JSONValue> = []
    for (number, tag) in tags.enumerated() {
      let place = "\(place).tags[\(number)]"
      if let text = tag.text?.string {
        if text.isEmpty || text.utf8.contains(UInt8(ascii: ",")) {
          fault("a tag must not be empty or contain a comma, found \(tag.value)", place)
        }
      } else {
        expected("a string", tag, place)
      }
      if !seen.insert(tag.value).inserted { fault("\(tag.value) occurs twice", place) }
    }
  }

  /// A name without a line feed at its end; nil if it contains another one.
  ///
  /// Python's `.` in the schemas' patterns does not match a line feed, and `$` also matches before
  /// one at the end.
  static func oneLine(_ name: String) -> String? {
    let end = name.utf8.last == 0x0A ? 1 : 0
    let line = String(decoding: name.utf8.dropLast(end), as: UTF8.self)
    return line.utf8.contains(0x0A) ? nil : line
  }

  // MARK: Values

  mutating func text(_ value: JSONView, _ place: String) {
    if value.isString { return }
    guard let lines = value.elements else {
      return expected("a string or a list of strings", value, place)
    }
    for (number, line) in lines.enumerated() where !line.isString {
      expected("a string", line, "\(place)[\(number)]")
    }
  }

  mutating func count(_ value: JSONView, _ place: String) {
    if !value.isNull { _ = integer(value, atLeast: 0, place) }
  }

  mutating func integer(_ value: JSONView, atLeast minimum: Int, _ place: String) -> Bool {
    guard let number = value.number, number.isIntegerSpelling else {
      expected("an integer", value, place)
      return false
    }
    guard number.double >= Double(minimum) else {
      fault("expected at least \(minimum), found \(number.text)", place)
      return false
    }
    return true
  }

  mutating func string(_ name: String, of holder: JSONView, _ place: String) {
    if required(name, of: holder, place) != nil { optionalString(name, of: holder, place) }
  }

  mutating func optionalString(_ name: String, of holder: JSONView, _ place: String) {
    if let value = holder[name], !value.isString {
      expected("a string", value, join(place, name))
    }
  }

  mutating func optionalBool(_ name: String, of holder: JSONView, _ place: String) {
    if let value = holder[name], !value.isBool {
      expected("a boolean", value, join(place, name))
    }
  }

  /// Checks the name, the value and the traceback of an error.
  mutating func error(_ output: JSONView, _ place: String) {
    string("ename", of: output, place)
    string("evalue", of: output, place)
    for (number, line) in (array("traceback", of: output, place) ?? []).enumerated()
    where !line.isString {
      expected("a string", line, "\(place).traceback[\(number)]")
    }
  }

  mutating func object(_ value: JSONView, _ place: String) -> JSONView? {
    if value.isObject { return value }
    expected("an object", value, place)
    return nil
  }

  mutating func array(_ value: JSONView, _ place: String) -> [JSONView]? {
    let elements = value.elements
    if elements == nil { expected("an array", value, place) }
    return elements
  }

  mutating func object(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> JSONView? {
    required(name, of: holder, place, isRepairable: isRepairable).flatMap {
      object($0, join(place, name))
    }
  }

  mutating func array(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> [JSONView]? {
    required(name, of: holder, place, isRepairable: isRepairable).flatMap {
      array($0, join(place, name))
    }
  }

  /// An optional member that must be an object.
  mutating func optionalObject(_ name: String, of holder: JSONView, _ place: String)
    -> JSONView?
  {
    holder[name].flatMap { object($0, join(place, name)) }
  }

  /// An optional member that must be an array.
  mutating func optionalArray(_ name: String, of holder: JSONView, _ place: String)
    -> [JSONView]?
  {
    holder[name].flatMap { array($0, join(place, name)) }
  }

  mutating func required(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> JSONView? {
    if let value = holder[name] { return value }
    fault("'\(name)' is missing", place, isRepairable: isRepairable)
    return nil
  }

  mutating func only(_ names: [String], in holder: JSONView, _ place: String) {
    if isRelaxed { return }
    for member in holder.members where !names.contains(member.key.string) {
      fault("nbformat \(version.major).\(minor) has no '\(member.key)' here", place)
    }
  }

  func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  mutating func expected(_ what: String, _ found: JSONView, _ place: String) {
    fault("expected \(what), found \(found.kindName)", place)
  }

  mutating func fault(_ message: String, _ place: String, isRepairable: Bool = false) {
    faults.append(NotebookFault(place: place, message: message, isRepairable: isRepairable))
  }
}
