import JSONCore

/// A range of the file and its replacement.
struct Splice {
  var range: Range<Int>
  /// The bytes in consecutive pieces.
  var replacement: [ArraySlice<UInt8>]

  init(range: Range<Int>, replacement: [ArraySlice<UInt8>]) {
    self.range = range
    self.replacement = replacement
  }

  init(range: Range<Int>, replacement: [UInt8]) {
    self.init(range: range, replacement: replacement.isEmpty ? [] : [replacement[...]])
  }

  /// The order of the text; an insertion before a range precedes the replacement of that range.
  static func comesFirst(_ left: Splice, _ right: Splice) -> Bool {
    (left.range.lowerBound, left.range.upperBound)
      < (right.range.lowerBound, right.range.upperBound)
  }
}

extension NotebookDocument {
  /// The notebook's file content with all changes.
  ///
  /// Without changes these are the bytes that it was read from.
  public func serialized() -> [UInt8] {
    let splices = splices
    return splices.isEmpty ? original : spliced(splices)
  }

  /// Whether it would be written differently from the file that was read.
  public var isChanged: Bool { serialized() != original }

  /// The notebook with all changes, in its upgraded version.
  func spliced() -> [UInt8] { spliced(splices) }

  private var splices: [Splice] {
    bytes.withUnsafeBytes { buffer in
      let inner = memberSplices(buffer) + outputSplices(buffer)
      return (inner + cellSplices(inner, buffer)).sorted(by: Splice.comesFirst)
    }
  }

  /// The file content with all changes in pieces, so that it can be written without a copy.
  public func pieces() -> [ArraySlice<UInt8>] {
    let splices = splices
    return splices.isEmpty ? [original[...]] : pieces(splices)
  }

  private func pieces(_ splices: [Splice]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    append(splices, in: 0..<bytes.count, to: &pieces)
    return pieces
  }

  /// Appends a range of the file with splices, which are sorted.
  private func append(
    _ splices: [Splice], in range: Range<Int>, to pieces: inout [ArraySlice<UInt8>]
  ) {
    var position = range.lowerBound
    // Splices inside a replaced or removed part are discarded with it.
    for splice in splices where splice.range.lowerBound >= position {
      pieces.append(bytes[position..<splice.range.lowerBound])
      pieces += splice.replacement
      position = splice.range.upperBound
    }
    pieces.append(bytes[position..<range.upperBound])
  }

  private func spliced(_ splices: [Splice]) -> [UInt8] {
    let pieces = pieces(splices)
    var result: [UInt8] = []
    result.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces { result.append(contentsOf: piece) }
    return result
  }

  // MARK: Members

  private func memberSplices(_ buffer: UnsafeRawBufferPointer) -> [Splice] {
    var changes = edits
    for (cell, outputs) in newOutputs where index.member("outputs", of: cell, in: buffer) == nil {
      changes[cell, default: []].append(("outputs", outputsValue(outputs.values)))
    }
    return changes.flatMap { objectSplices($0, $1, buffer) }
  }

  /// The splices for the changed members of one object.
  private func objectSplices(
    _ node: Int, _ changes: [(name: String, value: JSONValue?)], _ buffer: UnsafeRawBufferPointer
  ) -> [Splice] {
    let level = depth(of: node)
    let members = index.members(node)
    var splices: [Splice] = []
    var added: [(name: String, value: JSONValue)] = []
    var removed: Set<Int> = []
    for change in changes {
      let places = members.indices.filter {
        index.isString(members[$0].key, change.name, in: buffer)
      }
      switch (places.last, change.value) {
      case (let place?, let value?):
        let member = members[place].value
        if !NotebookOutput.areEquivalent(index.value(member, in: buffer), value) {
          splices.append(Splice(range: index.range(member), replacement: text(value, level + 1)))
        }
      case (_?, nil): removed.formUnion(places)
      case (nil, let value?): added.append((change.name, value))
      case (nil, nil): break
      }
    }
    if removed.isEmpty && added.isEmpty { return splices }
    let kept = members.indices.filter { !removed.contains($0) }.map { members[$0] }
    if kept.isEmpty {
      let object = JSONObject(
        added.map { JSONObject.Member(key: JSONString($0.name), value: $0.value) })
      return [Splice(range: index.range(node), replacement: text(.object(object.sorted), level))]
    }
    return splices + removals(removed, members)
      + insertions(added, among: kept, level, buffer)
  }

  /// The number of objects and arrays around an object of the file.
  private func depth(of node: Int) -> Int {
    var depth = 0
    var holder = index.root
    if let cell = cell(around: node) { (depth, holder) = (2, cell) }
    // Nodes are in text order: the enclosing ones come before this one and end after it.
    while holder != node {
      depth += 1
      guard let next = index.members(holder).last(where: { $0.value <= node }) else { break }
      holder = next.value
    }
    return depth
  }

  /// The cell that a node is or belongs to; nil for a node outside the cells.
  private func cell(around node: Int) -> Int? { cell(at: index.range(node)) }

  private func text(_ value: JSONValue, _ level: Int) -> [UInt8] {
    var text: [UInt8] = []
    value.append(to: &text, style: style.json, level: level)
    return text
  }

  private func lead(_ level: Int) -> [UInt8] { style.lead(level) }

  private var separator: [UInt8] {
    style.json.indent == nil ? Array(style.json.itemSeparator.utf8) : [UInt8(ascii: ",")]
  }

  private func memberText(_ name: String, _ value: JSONValue, _ level: Int) -> [UInt8] {
    var text: [UInt8] = []
    JSONString(name).append(to: &text, escapesNonASCII: style.json.escapesNonASCII)
    text += style.json.keySeparator.utf8
    value.append(to: &text, style: style.json, level: level)
    return text
  }

  /// The splices for new members: in order if the existing ones are sorted, else at the end.
  private func insertions(
    _ added: [(name: String, value: JSONValue)], among members: [(key: Int, value: Int)],
    _ level: Int, _ buffer: UnsafeRawBufferPointer
  ) -> [Splice] {
    guard let last = members.last else { return [] }
    let sorted = added.sorted { JSONString($0.name) < JSONString($1.name) }
    let names = members.map { index.string($0.key, in: buffer) }
    let isSorted = zip(names, names.dropFirst()).allSatisfy { $0 < $1 }
    var places: [Int: [UInt8]] = [:]
    var order: [Int] = []
    for (name, value) in isSorted ? sorted : added {
      let before = isSorted ? names.firstIndex { JSONString(name) < $0 } : nil
      let place =
        before.map { index.range(members[$0].key).lowerBound } ?? index.range(last.value).upperBound
      if places[place] == nil { order.append(place) }
      let member = memberText(name, value, level + 1)
      if before != nil {
        places[place, default: []] += member + separator + lead(level + 1)
      } else {
        places[place, default: []] += separator + lead(level + 1) + member
      }
    }
    return order.map { Splice(range: $0..<$0, replacement: places[$0] ?? []) }
  }

  /// The splices that remove members with their commas; at least one member remains.
  private func removals(_ removed: Set<Int>, _ members: [(key: Int, value: Int)]) -> [Splice] {
    var splices: [Splice] = []
    var place = 0
    while place < members.count {
      guard removed.contains(place) else {
        place += 1
        continue
      }
      let start = place
      while place < members.count, removed.contains(place) { place += 1 }
      let range =
        start > 0
        ? index.range(members[start - 1].value)
          .upperBound..<index.range(
            members[place - 1].value
          ).upperBound
        : index.range(members[start].key).lowerBound..<index.range(members[place].key).lowerBound
      splices.append(Splice(range: range, replacement: [UInt8]()))
    }
    return splices
  }

  // MARK: Outputs

  private func outputSplices(_ buffer: UnsafeRawBufferPointer) -> [Splice] {
    newOutputs.flatMap { node, outputs -> [Splice] in
      // A missing member is added with the other new members.
      guard let present = index.member("outputs", of: node, in: buffer) else { return [] }
      let old = index.elements(present)
      var kept: [Int: ArraySlice<UInt8>] = [:]
      var same = 0
      for (place, node) in old.enumerated().prefix(outputs.count) {
        let range = index.range(node)
        if outputs.isText(of: place, UnsafeRawBufferPointer(rebasing: buffer[range])) {
          same += 1
        } else if NotebookOutput.areEquivalent(
          NotebookOutput.pythonNumbers(NotebookOutput.rejoined(index.value(node, in: buffer))),
          outputs[place])
        {
          same += 1
          kept[place] = bytes[range]
        }
      }
      if old.count == outputs.count, same == old.count { return [] }
      return [Splice(range: index.range(present), replacement: outputs.list(keeping: kept))]
    }
  }

  private func outputsValue(_ outputs: [JSONValue]) -> JSONValue {
    .array(outputs.map(outputValue))
  }

  private func outputValue(_ output: JSONValue) -> JSONValue {
    let spelled = NotebookOutput.pythonNumbers(output)
    return style.splitsLines ? NotebookOutput.split(spelled) : spelled
  }

  // MARK: Cells

  /// Splices for added or removed cells; `inner` are those within cells.
  private func cellSplices(_ inner: [Splice], _ buffer: UnsafeRawBufferPointer) -> [Splice] {
    guard let cells = index.member("cells", of: index.root, in: buffer) else { return [] }
    let remaining = slots.compactMap { slot in
      if case .original(let node) = slot { node } else { nil }
    }
    let isUntouched = remaining.count == slots.count && remaining.count == originalCells.count
    if isUntouched { return [] }
    guard remaining.count == originalCells.count, let last = originalCells.last else {
      // If cells were removed or there were none, the list is written again with the bytes of the
      // remaining ones.
      return [Splice(range: index.range(cells), replacement: cellList(inner))]
    }
    var splices: [Splice] = []
    var pending: [UInt8] = []
    for slot in slots {
      switch slot {
      case .added(let object):
        pending += cellText(object) + separator + lead(2)
      case .original(let node):
        if !pending.isEmpty {
          let start = index.range(node).lowerBound
          splices.append(Splice(range: start..<start, replacement: pending))
          pending = []
        }
      }
    }
    var tail: [UInt8] = []
    for slot in slots.reversed() {
      guard case .added(let object) = slot else { break }
      tail = separator + lead(2) + cellText(object) + tail
    }
    if !tail.isEmpty {
      let end = index.range(last).upperBound
      splices.append(Splice(range: end..<end, replacement: tail))
    }
    return splices
  }

  private func cellList(_ inner: [Splice]) -> [ArraySlice<UInt8>] {
    guard !slots.isEmpty else { return [Array("[]".utf8)[...]] }
    var byCell: [Int: [Splice]] = [:]
    for splice in inner {
      guard let cell = cell(at: splice.range) else { continue }
      byCell[cell, default: []].append(splice)
    }
    var pieces: [ArraySlice<UInt8>] = [[UInt8(ascii: "[")]]
    for (place, slot) in slots.enumerated() {
      pieces.append(((place > 0 ? separator : []) + lead(2))[...])
      switch slot {
      case .added(let object): pieces.append(cellText(object)[...])
      case .original(let node):
        append(
          (byCell[node] ?? []).sorted(by: Splice.comesFirst), in: index.range(node), to: &pieces)
      }
    }
    pieces.append((lead(1) + [UInt8(ascii: "]")])[...])
    return pieces
  }

  /// The cell of the file that contains a range; nil for a range outside the cells.
  private func cell(at range: Range<Int>) -> Int? {
    var (low, high) = (0, originalCells.count)
    while low < high {
      let middle = (low + high) / 2
      if index.range(originalCells[middle]).lowerBound <= range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low > 0 else { return nil }
    let cell = originalCells[low - 1]
    return range.upperBound <= index.range(cell).upperBound ? cell : nil
  }

  private func cellText(_ cell: JSONObject) -> [UInt8] {
    var cell = cell
    if let outputs = cell["outputs"]?.array { cell["outputs"] = outputsValue(outputs) }
    if style.splitsLines, let source = cell["source"] {
      cell["source"] = MultilineText.split(source)
    }
    return text(.object(cell), 2)
  }
}
