import JSONCore

/// The rules of the schemas `nbformat.v4.0.schema.json` to `nbformat.v4.5.schema.json`.
struct SchemaCheck {
  /// What the minor version has.
  let minor: Int
  /// Whether the version is later than those that are known, so that more is allowed.
  var isRelaxed: Bool { minor > 5 }
  private(set) var faults: [NotebookFault] = []

  private init(minor: Int) { self.minor = minor }

  /// All faults of a notebook.
  ///
  /// - Parameters:
  ///   - index: the values of its text, an object.
  ///   - bytes: its text.
  ///   - minor: the minor version of nbformat 4 that it must follow.
  static func faults(_ index: JSONIndex, _ bytes: [UInt8], minor: Int) -> [NotebookFault] {
    bytes.withUnsafeBytes { buffer in
      var check = SchemaCheck(minor: minor)
      check.notebook(JSONView(index: index, bytes: buffer, node: index.root))
      return check.faults
    }
  }

  private mutating func notebook(_ notebook: JSONView) {
    only(["metadata", "nbformat_minor", "nbformat", "cells"], in: notebook, "")
    if let metadata = object("metadata", of: notebook, "", isRepairable: true) {
      notebookMetadata(metadata)
    }
    for name in ["nbformat", "nbformat_minor"] {
      if let value = required(name, of: notebook, "") { _ = integer(value, atLeast: 0, name) }
    }
    guard let cells = array("cells", of: notebook, "") else { return }
    var places: [JSONString: Int] = [:]
    for (number, cell) in cells.enumerated() {
      let place = "cells[\(number)]"
      self.cell(cell, place)
      guard minor >= 5, let id = cell["id"]?.text else { continue }
      if let first = places.updateValue(number, forKey: id) {
        places[id] = first
        fault("'\(id)' is the id of cells[\(first)] too", "\(place).id", isRepairable: true)
      }
    }
  }

  private mutating func notebookMetadata(_ metadata: JSONView) {
    if let spec = optionalObject("kernelspec", of: metadata, "metadata") {
      string("name", of: spec, "metadata.kernelspec")
      string("display_name", of: spec, "metadata.kernelspec")
    }
    if let info = optionalObject("language_info", of: metadata, "metadata") {
      let place = "metadata.language_info"
      string("name", of: info, place)
      for name in ["file_extension", "mimetype", "pygments_lexer"] {
        optionalString(name, of: info, place)
      }
      if let mode = info["codemirror_mode"], !mode.isString, !mode.isObject {
        expected("a string or an object", mode, "\(place).codemirror_mode")
      }
    }
    if let major = metadata["orig_nbformat"] {
      _ = integer(major, atLeast: 1, "metadata.orig_nbformat")
    }
    if minor >= 2 {
      optionalString("title", of: metadata, "metadata")
      _ = optionalArray("authors", of: metadata, "metadata")
    }
  }

  // MARK: Cells

  private mutating func cell(_ value: JSONView, _ place: String) {
    guard let cell = object(value, place) else { return }
    guard let type = required("cell_type", of: cell, place) else { return }
    guard let name = type.text?.string, ["code", "markdown", "raw"].contains(name) else {
      if isRelaxed {
        if let metadata = object("metadata", of: cell, place) {
          nameAndTags(metadata, "\(place).metadata")
        }
      } else {
        fault(
          "expected \"code\", \"markdown\" or \"raw\", found \(type.value)", "\(place).cell_type")
      }
      return
    }
    let members = name == "code" ? ["outputs", "execution_count"] : ["attachments"]
    let id = minor >= 5 ? ["id"] : []
    only(id + ["cell_type", "metadata", "source"] + members, in: cell, place)
    if minor >= 5, let id = required("id", of: cell, place, isRepairable: true) {
      self.id(id, "\(place).id")
    }
    if let metadata = object("metadata", of: cell, place, isRepairable: true) {
      cellMetadata(metadata, name, "\(place).metadata")
    }
    if let source = required("source", of: cell, place) { text(source, "\(place).source") }
    if name == "code" {
      if let count = required("execution_count", of: cell, place, isRepairable: true) {
        self.count(count, "\(place).execution_count")
      }
      for (number, output) in (array("outputs", of: cell, place, isRepairable: true) ?? [])
        .enumerated()
      {
        self.output(output, "\(place).outputs[\(number)]")
      }
    } else if let attachments = optionalObject("attachments", of: cell, place) {
      for attachment in attachments.members {
        data(attachment.value, "\(place).attachments[\(JSONValue.string(attachment.key))]")
      }
    }
  }

  private mutating func id(_ value: JSONView, _ place: String) {
    guard let id = value.text?.string else { return expected("a string", value, place) }
    // Python's `$` also matches before a line feed at the end.
    let line = id.utf8.last == 0x0A ? id.utf8.dropLast() : id.utf8[...]
    let isValid =
      !line.isEmpty
      && line.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    if !isValid || id.utf8.count > 64 {
      fault("expected 1 to 64 letters, digits, '-' and '_', found \(value.value)", place)
    }
  }

  private mutating func cellMetadata(_ metadata: JSONView, _ type: String, _ place: String) {
    nameAndTags(metadata, place)
    if minor >= 3 { _ = optionalObject("jupyter", of: metadata, place) }
    if type == "raw" { optionalString("format", of: metadata, place) }
    guard type == "code" else { return }
    if minor >= 4, let times = optionalObject("execution", of: metadata, place) {
      // The schemas' `^.*$` leaves out names of several lines.
      for time in times.members
      where !time.value.isString && SchemaCheck.oneLine(time.key.string) != nil {
        expected("a string", time.value, "\(place).execution[\(JSONValue.string(time.key))]")
      }
    }
    if let collapsed = metadata["collapsed"], !collapsed.isBool {
      expected("a boolean", collapsed, "\(place).collapsed")
    }
    if let scrolled = metadata["scrolled"], !scrolled.isBool, scrolled.text != "auto" {
      expected("a boolean or \"auto\"", scrolled, "\(place).scrolled")
    }
  }

  private mutating func nameAndTags(_ metadata: JSONView, _ place: String) {
    if let name = metadata["name"] {
      let line = name.text?.string ?? ""
      if line.isEmpty || line.utf8.dropLast().contains(0x0A) || line.utf8.elementsEqual([0x0A]) {
        expected("a string of one line, not empty,", name, "\(place).name")
      }
    }
    guard let tags = optionalArray("tags", of: metadata, place) else { return }
    var seen: Set<JSONValue> = []
    for (number, tag) in tags.enumerated() {
      let place = "\(place).tags[\(number)]"
      if let text = tag.text?.string {
        if text.isEmpty || text.utf8.contains(UInt8(ascii: ",")) {
          fault("a tag may neither be empty nor hold a comma, found \(tag.value)", place)
        }
      } else {
        expected("a string", tag, place)
      }
      if !seen.insert(tag.value).inserted { fault("\(tag.value) is there twice", place) }
    }
  }

  // MARK: Outputs

  private mutating func output(_ value: JSONView, _ place: String) {
    guard let output = object(value, place) else { return }
    guard let type = required("output_type", of: output, place) else { return }
    switch type.text?.string {
    case "execute_result":
      only(["output_type", "execution_count", "data", "metadata"], in: output, place)
      if let count = required("execution_count", of: output, place) {
        self.count(count, "\(place).execution_count")
      }
      display(output, place)
    case "display_data":
      only(["output_type", "data", "metadata"], in: output, place)
      display(output, place)
    case "stream":
      only(["output_type", "name", "text"], in: output, place)
      string("name", of: output, place)
      if let text = required("text", of: output, place) { self.text(text, "\(place).text") }
    case "error":
      only(["output_type", "ename", "evalue", "traceback"], in: output, place)
      string("ename", of: output, place)
      string("evalue", of: output, place)
      for (number, line) in (array("traceback", of: output, place) ?? []).enumerated()
      where !line.isString {
        expected("a string", line, "\(place).traceback[\(number)]")
      }
    default:
      if !isRelaxed {
        fault(
          "expected \"stream\", \"display_data\", \"execute_result\" or \"error\", found \(type.value)",
          "\(place).output_type")
      }
    }
  }

  private mutating func display(_ output: JSONView, _ place: String) {
    if let data = required("data", of: output, place) { self.data(data, "\(place).data") }
    _ = object("metadata", of: output, place)
  }

  /// Data by mime type: JSON may be anything, all else is text.
  private mutating func data(_ value: JSONView, _ place: String) {
    guard let data = object(value, place), !isRelaxed else { return }
    for member in data.members where !SchemaCheck.mayBeJSON(member.key.string) {
      text(member.value, "\(place)[\(JSONValue.string(member.key))]")
    }
  }

  /// Whether data of this mime type may be any JSON: what matches `^application/(.*\+)?json$`.
  private static func mayBeJSON(_ mimeType: String) -> Bool {
    oneLine(mimeType).map(MultilineText.isJSON) ?? false
  }

  /// A name without a line feed at its end; nil when there is one further in.
  ///
  /// Python's `.` in the schemas' patterns is no line feed, and `$` also comes before one at the
  /// end.
  private static func oneLine(_ name: String) -> String? {
    let end = name.utf8.last == 0x0A ? 1 : 0
    let line = String(decoding: name.utf8.dropLast(end), as: UTF8.self)
    return line.utf8.contains(0x0A) ? nil : line
  }

  // MARK: Values

  private mutating func text(_ value: JSONView, _ place: String) {
    if value.isString { return }
    guard let lines = value.elements else {
      return expected("a string or a list of strings", value, place)
    }
    for (number, line) in lines.enumerated() where !line.isString {
      expected("a string", line, "\(place)[\(number)]")
    }
  }

  private mutating func count(_ value: JSONView, _ place: String) {
    if !value.isNull { _ = integer(value, atLeast: 0, place) }
  }

  private mutating func integer(_ value: JSONView, atLeast minimum: Int, _ place: String) -> Bool {
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

  private mutating func string(_ name: String, of holder: JSONView, _ place: String) {
    if required(name, of: holder, place) != nil { optionalString(name, of: holder, place) }
  }

  private mutating func optionalString(_ name: String, of holder: JSONView, _ place: String) {
    if let value = holder[name], !value.isString {
      expected("a string", value, join(place, name))
    }
  }

  private mutating func object(_ value: JSONView, _ place: String) -> JSONView? {
    if value.isObject { return value }
    expected("an object", value, place)
    return nil
  }

  private mutating func array(_ value: JSONView, _ place: String) -> [JSONView]? {
    let elements = value.elements
    if elements == nil { expected("an array", value, place) }
    return elements
  }

  private mutating func object(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> JSONView? {
    required(name, of: holder, place, isRepairable: isRepairable).flatMap {
      object($0, join(place, name))
    }
  }

  private mutating func array(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> [JSONView]? {
    required(name, of: holder, place, isRepairable: isRepairable).flatMap {
      array($0, join(place, name))
    }
  }

  /// A member that need not be there.
  private mutating func optionalObject(_ name: String, of holder: JSONView, _ place: String)
    -> JSONView?
  {
    holder[name].flatMap { object($0, join(place, name)) }
  }

  /// A member that need not be there.
  private mutating func optionalArray(_ name: String, of holder: JSONView, _ place: String)
    -> [JSONView]?
  {
    holder[name].flatMap { array($0, join(place, name)) }
  }

  private mutating func required(
    _ name: String, of holder: JSONView, _ place: String, isRepairable: Bool = false
  ) -> JSONView? {
    if let value = holder[name] { return value }
    fault("'\(name)' is missing", place, isRepairable: isRepairable)
    return nil
  }

  private mutating func only(_ names: [String], in holder: JSONView, _ place: String) {
    if isRelaxed { return }
    for member in holder.members where !names.contains(member.key.string) {
      fault(
        "nbformat 4.\(minor) has no '\(member.key)' here", place)
    }
  }

  private func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private mutating func expected(_ what: String, _ found: JSONView, _ place: String) {
    fault("expected \(what), found \(found.kindName)", place)
  }

  private mutating func fault(_ message: String, _ place: String, isRepairable: Bool = false) {
    faults.append(NotebookFault(place: place, message: message, isRepairable: isRepairable))
  }
}
