import JSONCore

/// Writes a notebook of nbformat 4 in Jupyter's own form directly from its file.
///
/// See ``CanonicalForm`` for that form. Most of a large notebook is in it already: strings and
/// numbers in Python's spelling are copied without being decoded.
struct CanonicalWriter {
  private let index: JSONIndex
  private let buffer: UnsafeRawBufferPointer
  private var text: [UInt8] = []
  /// Long parts of the file that are used unchanged, each with the length of the text before it.
  private var stretches: [(range: Range<Int>, at: Int)] = []

  /// Copying a shorter part costs less.
  private static let longStretch = 4096

  /// The file content of a notebook in its canonical form, in pieces.
  static func pieces(_ index: JSONIndex, _ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.withUnsafeBytes { buffer in
      var writer = CanonicalWriter(index: index, buffer: buffer)
      // The reserved memory costs nothing until it is used.
      writer.text.reserveCapacity(buffer.count + buffer.count / 2)
      writer.notebook()
      writer.text.append(UInt8(ascii: "\n"))
      var pieces: [ArraySlice<UInt8>] = []
      var position = 0
      for stretch in writer.stretches {
        pieces.append(writer.text[position..<stretch.at])
        pieces.append(bytes[stretch.range])
        position = stretch.at
      }
      pieces.append(writer.text[position...])
      return pieces
    }
  }

  private init(index: JSONIndex, buffer: UnsafeRawBufferPointer) {
    self.index = index
    self.buffer = buffer
  }

  // MARK: The notebook's parts

  private mutating func notebook() {
    object(index.root, 0) { writer, key, value, level in
      switch key {
      case "cells" where writer.index.kind(value) == .array:
        writer.array(value, level) { $0.cell($1, $2) }
      case "metadata" where writer.index.kind(value) == .object:
        writer.object(
          value, level, leavingOut: ["orig_nbformat", "orig_nbformat_minor", "signature"])
      default: writer.value(value, level)
      }
    }
  }

  private mutating func cell(_ node: Int, _ level: Int) {
    guard index.kind(node) == .object else { return value(node, level) }
    let isCode = member("cell_type", of: node) == "code"
    object(node, level) { writer, key, value, level in
      switch (key, writer.index.kind(value)) {
      case ("metadata", .object): writer.object(value, level, leavingOut: ["trusted"])
      case ("source", _): writer.lines(value, level)
      case ("attachments", .object):
        writer.object(value, level) { writer, _, value, level in writer.bundle(value, level) }
      case ("outputs", .array) where isCode: writer.array(value, level) { $0.output($1, $2) }
      default: writer.value(value, level)
      }
    }
  }

  private mutating func output(_ node: Int, _ level: Int) {
    guard index.kind(node) == .object else { return value(node, level) }
    let type = member("output_type", of: node)
    let isDisplay = type == "display_data" || type == "execute_result"
    object(node, level) { writer, key, value, level in
      switch key {
      case "data" where isDisplay: writer.bundle(value, level)
      case "text" where type == "stream": writer.lines(value, level)
      case "text" where !isDisplay: writer.joined(value, level)
      default: writer.value(value, level)
      }
    }
  }

  /// Writes data by MIME type.
  private mutating func bundle(_ node: Int, _ level: Int) {
    guard index.kind(node) == .object else { return value(node, level) }
    object(node, level) { writer, mimeType, value, level in
      if MultilineText.isJSON(mimeType) {
        // JSON is not split, even within a string, unless its type is a text type.
        let isText = MultilineText.isSplit(mimeType) && writer.isString(value)
        isText ? writer.lines(value, level) : writer.value(value, level)
      } else if MultilineText.isSplit(mimeType) {
        writer.lines(value, level)
      } else {
        writer.joined(value, level)
      }
    }
  }

  // MARK: Texts

  private func isString(_ node: Int) -> Bool {
    index.kind(node) == .plainString || index.kind(node) == .escapedString
  }

  /// The strings of an array; nil if it contains anything else.
  private func strings(_ node: Int) -> [Int]? {
    guard index.kind(node) == .array else { return nil }
    let elements = index.elements(node)
    return elements.allSatisfy(isString) ? elements : nil
  }

  /// Writes a string or a list of strings as one string.
  private mutating func joined(_ node: Int, _ level: Int) {
    guard let parts = strings(node) else { return value(node, level) }
    if parts.count == 1 { return value(parts[0], level) }
    join(parts).append(to: &text)
  }

  private func join(_ parts: [Int]) -> JSONString {
    guard parts.count != 1 else { return index.string(parts[0], in: buffer) }
    var bytes: [UInt8] = []
    for part in parts { index.string(part, in: buffer).withUTF8 { bytes.append(contentsOf: $0) } }
    return JSONString(slice: bytes)
  }

  /// Writes a string or a list of strings as a list of lines.
  private mutating func lines(_ node: Int, _ level: Int) {
    if let parts = strings(node) {
      let last = parts.count - 1
      if parts.indices.allSatisfy({ isLine(parts[$0], isLast: $0 == last) }) {
        if isLaidOut(node, parts, level) { return raw(node) }
        return array(node, level) { writer, line, _ in writer.raw(line) }
      }
      join(parts).appendLines(to: &text, style: .jupyter, level: level)
    } else if isString(node) {
      index.string(node, in: buffer).appendLines(to: &text, style: .jupyter, level: level)
    } else {
      value(node, level)
    }
  }

  /// Whether a string is certainly one line of a text in Python's spelling.
  ///
  /// It has a line feed at its end and no other character that may end a line.
  private func isLine(_ node: Int, isLast: Bool) -> Bool {
    let range = index.range(node)
    let (start, end) = (range.lowerBound + 1, range.upperBound - 1)
    guard start < end else { return false }
    var place = start
    while let next = JSONText.firstEscapeOrSeparator(buffer, in: place..<end) {
      if buffer[next] != UInt8(ascii: "\\") { return false }
      switch buffer[next + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "t"), UInt8(ascii: "b"): break
      case UInt8(ascii: "n"): return next + 2 == end
      default: return false
      }
      place = next + 2
    }
    return isLast
  }

  /// Whether an array in the file has the layout in which it would be written at a level.
  private func isLaidOut(_ node: Int, _ elements: [Int], _ level: Int) -> Bool {
    let whole = index.range(node)
    var end = whole.lowerBound + 1
    for element in elements {
      let range = index.range(element)
      if element != elements[0] {
        guard buffer[end] == UInt8(ascii: ",") else { return false }
        end += 1
      }
      guard isLineEnd(end..<range.lowerBound, level + 1) else { return false }
      end = range.upperBound
    }
    return !elements.isEmpty && isLineEnd(end..<whole.upperBound - 1, level)
  }

  private func isLineEnd(_ range: Range<Int>, _ level: Int) -> Bool {
    guard range.count == level + 1, buffer[range.lowerBound] == UInt8(ascii: "\n") else {
      return false
    }
    for place in range.dropFirst() where buffer[place] != UInt8(ascii: " ") { return false }
    return true
  }

  // MARK: JSON

  private mutating func raw(_ node: Int) {
    let range = index.range(node)
    if range.count >= CanonicalWriter.longStretch {
      stretches.append((range, text.count))
    } else {
      text.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[range]))
    }
  }

  private mutating func value(_ node: Int, _ level: Int) {
    switch index.kind(node) {
    case .null, .true, .false, .plainString: raw(node)
    case .escapedString:
      if isPythonSpelling(node) { return raw(node) }
      index.string(node, in: buffer).append(to: &text)
    case .number:
      let number = UnsafeRawBufferPointer(rebasing: buffer[index.range(node)])
      if JSONNumber.isPythonSpelling(number) {
        raw(node)
      } else if case .number(let number) = index.value(node, in: buffer) {
        text.append(contentsOf: number.pythonSpelling.text.utf8)
      }
    case .array: array(node, level) { $0.value($1, $2) }
    case .object: object(node, level)
    }
  }

  /// Whether a string with escapes certainly has Python's spelling.
  private func isPythonSpelling(_ node: Int) -> Bool {
    let range = index.range(node)
    let end = range.upperBound - 1
    var place = range.lowerBound + 1
    while place < end, let found = JSONText.first(UInt8(ascii: "\\"), buffer, in: place..<end) {
      switch buffer[found + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"),
        UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
        place = found + 2
      default: return false
      }
    }
    return true
  }

  private mutating func array(
    _ node: Int, _ level: Int, by write: (inout CanonicalWriter, Int, Int) -> Void
  ) {
    guard !index.isEmpty(node) else { return text.append(contentsOf: "[]".utf8) }
    text.append(UInt8(ascii: "["))
    var element = node + 1
    while element < index.following(node) {
      beginItem(isFirst: element == node + 1, level + 1)
      write(&self, element, level + 1)
      element = index.following(element)
    }
    endLine(level)
    text.append(UInt8(ascii: "]"))
  }

  private mutating func object(
    _ node: Int, _ level: Int, leavingOut left: Set<String> = [],
    by write: (inout CanonicalWriter, String, Int, Int) -> Void = { writer, _, value, level in
      writer.value(value, level)
    }
  ) {
    let members = sortedMembers(node).filter { left.isEmpty || !left.contains($0.name.string) }
    guard !members.isEmpty else { return text.append(contentsOf: "{}".utf8) }
    text.append(UInt8(ascii: "{"))
    for (place, member) in members.enumerated() {
      beginItem(isFirst: place == 0, level + 1)
      member.name.append(to: &text)
      text.append(UInt8(ascii: ":"))
      text.append(UInt8(ascii: " "))
      write(&self, member.name.string, member.value, level + 1)
    }
    endLine(level)
    text.append(UInt8(ascii: "}"))
  }

  /// The members in code point order of their names; of duplicate names only the last.
  private func sortedMembers(_ node: Int) -> [(name: JSONString, value: Int)] {
    let members = index.members(node).map {
      (name: index.string($0.key, in: buffer), value: $0.value)
    }
    let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.name < $1.name }
    if isSorted { return members }
    var last: [JSONString: Int] = [:]
    for member in members { last[member.name] = member.value }
    return last.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
  }

  private func member(_ name: String, of node: Int) -> String? {
    guard let value = index.member(name, of: node, in: buffer), isString(value) else { return nil }
    return index.string(value, in: buffer).string
  }

  private mutating func beginItem(isFirst: Bool, _ level: Int) {
    if !isFirst { text.append(UInt8(ascii: ",")) }
    endLine(level)
  }

  private mutating func endLine(_ level: Int) {
    text.append(UInt8(ascii: "\n"))
    for _ in 0..<level { text.append(UInt8(ascii: " ")) }
  }
}
