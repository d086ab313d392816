extension JSONIndex {
  /// The text with a new value, preserving every byte that need not change.
  ///
  /// Members are matched by name, and elements of arrays by their `id` if they have one, otherwise
  /// by their place. Matched values are rewritten in the same way, and equal ones keep their bytes.
  /// New values are written with the white space of their neighbours, or in `style` if there are
  /// none.
  ///
  /// - Parameters:
  ///   - value: the new value.
  ///   - bytes: the text from which the index was created.
  ///   - style: the style of new values.
  /// - Returns: the complete text, including the text before and after the value.
  public func rewriting(
    to value: JSONValue, in bytes: UnsafeRawBufferPointer, style: JSONStyle
  ) -> [UInt8] {
    let range = range(root)
    var writer = JSONRewriter(index: self, bytes: bytes, style: style)
    writer.result.reserveCapacity(bytes.count + bytes.count / 8)
    writer.copy(0..<range.lowerBound)
    writer.write(value, over: root, level: 0)
    writer.copy(range.upperBound..<bytes.count)
    return writer.result
  }
}

/// Writes a value over the text of another one, preserving unchanged parts.
private struct JSONRewriter {
  let index: JSONIndex
  let bytes: UnsafeRawBufferPointer
  let style: JSONStyle
  var result: [UInt8] = []

  mutating func copy(_ range: Range<Int>) {
    result.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// Recursive, because the depth of the text was limited when the index was created.
  mutating func write(_ value: JSONValue, over node: Int, level: Int) {
    switch value {
    case .object(let object) where index.kind(node) == .object && !object.isEmpty:
      let members = index.members(node)
      guard !members.isEmpty else { break }
      return write(object, over: node, members, level)
    case .array(let elements) where index.kind(node) == .array && !elements.isEmpty:
      let nodes = index.elements(node)
      guard !nodes.isEmpty else { break }
      return write(elements, over: node, nodes, level)
    default: break
    }
    if index.value(node, in: bytes) == value { return copy(index.range(node)) }
    append(value, level: level, isInline: false)
  }

  private mutating func append(_ value: JSONValue, level: Int, isInline: Bool) {
    var style = style
    if isInline { style.indent = nil }
    if style.indent == nil, self.style.indent != nil { style.itemSeparator = ", " }
    value.append(to: &result, style: style, level: level)
  }

  // MARK: Objects

  private mutating func write(
    _ object: JSONObject, over node: Int, _ members: [(key: Int, value: Int)], _ level: Int
  ) {
    let glue = Glue(
      index.range(node), items: members.map { start($0.key)..<end($0.value) }, bytes: bytes,
      style: style, level: level)
    // The places of each name in the text, in reverse, so that duplicates are used in order.
    var places: [JSONString: [Int]] = [:]
    for place in members.indices.reversed() {
      places[index.string(members[place].key, in: bytes), default: []].append(place)
    }
    var previous: Int?
    for (count, member) in object.enumerated() {
      let place = places[member.key]?.popLast()
      result += glue.before(place, after: previous, isFirst: count == 0)
      if let place {
        copy(start(members[place].key)..<start(members[place].value))
        write(member.value, over: members[place].value, level: level + 1)
      } else {
        member.key.append(to: &result, escapesNonASCII: style.escapesNonASCII)
        result += keySeparator(members)
        append(member.value, level: level + 1, isInline: glue.isInline)
      }
      previous = place
    }
    result += glue.closing
  }

  /// The text between the first name and its value, if it is only a colon and spaces.
  private func keySeparator(_ members: [(key: Int, value: Int)]) -> [UInt8] {
    guard let first = members.first else { return Array(style.keySeparator.utf8) }
    return Array(bytes[end(first.key)..<start(first.value)])
  }

  // MARK: Arrays

  private mutating func write(
    _ elements: [JSONValue], over node: Int, _ nodes: [Int], _ level: Int
  ) {
    let glue = Glue(
      index.range(node), items: nodes.map { index.range($0) }, bytes: bytes, style: style,
      level: level)
    let places = matches(elements, nodes)
    var previous: Int?
    for (count, element) in elements.enumerated() {
      let place = places[count]
      result += glue.before(place, after: previous, isFirst: count == 0)
      if let place {
        write(element, over: nodes[place], level: level + 1)
      } else {
        append(element, level: level + 1, isInline: glue.isInline)
      }
      previous = place
    }
    result += glue.closing
  }

  /// For each element the place in the text of the matching one.
  private func matches(_ elements: [JSONValue], _ nodes: [Int]) -> [Int?] {
    var byID: [String: Int] = [:]
    var withoutID: [Int] = []
    for place in nodes.indices {
      if let id = index.member("id", of: nodes[place], in: bytes),
        let name = index.value(id, in: bytes).string, byID[name] == nil
      {
        byID[name] = place
      } else {
        withoutID.append(place)
      }
    }
    var result = [Int?](repeating: nil, count: elements.count)
    var rest: [Int] = []
    for (count, element) in elements.enumerated() {
      if let id = element["id"]?.string, let place = byID.removeValue(forKey: id) {
        result[count] = place
      } else {
        rest.append(count)
      }
    }
    // Elements without an id: equal ones at both ends are matched, and the others by place.
    var (low, highNew, highOld) = (0, rest.count, withoutID.count)
    func areEqual(_ new: Int, _ old: Int) -> Bool {
      index.value(nodes[withoutID[old]], in: bytes) == elements[rest[new]]
    }
    while low < min(highNew, highOld), areEqual(low, low) {
      result[rest[low]] = withoutID[low]
      low += 1
    }
    while highNew > low, highOld > low, areEqual(highNew - 1, highOld - 1) {
      highNew -= 1
      highOld -= 1
      result[rest[highNew]] = withoutID[highOld]
    }
    for place in low..<max(low, min(highNew, highOld)) { result[rest[place]] = withoutID[place] }
    return result
  }

  private func start(_ node: Int) -> Int { index.range(node).lowerBound }
  private func end(_ node: Int) -> Int { index.range(node).upperBound }
}

/// The white space and commas between the items of an object or an array.
private struct Glue {
  let opening: [UInt8]
  let separators: [[UInt8]]
  let closing: [UInt8]
  let usual: [UInt8]
  let isInline: Bool

  /// Reads them from existing items; at least one.
  init(
    _ range: Range<Int>, items: [Range<Int>], bytes: UnsafeRawBufferPointer, style: JSONStyle,
    level: Int
  ) {
    func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
    let first = items.first ?? range
    let last = items.last ?? range
    opening = text(range.lowerBound..<first.lowerBound)
    closing = text(last.upperBound..<range.upperBound)
    separators = zip(items, items.dropFirst()).map { text($0.upperBound..<$1.lowerBound) }
    if let between = separators.last {
      usual = between
    } else {
      usual = [UInt8(ascii: ",")] + opening.dropFirst()
    }
    isInline = style.indent != nil && !usual.contains(UInt8(ascii: "\n"))
  }

  /// The text before an item: as in the text if the previous item is the same as there.
  func before(_ place: Int?, after previous: Int?, isFirst: Bool) -> [UInt8] {
    if isFirst { return opening }
    if let place, let previous, place == previous + 1 { return separators[previous] }
    return usual
  }
}
