import JSONCore

/// A stretch of the file and what stands there instead.
struct Splice {
  var range: Range<Int>
  var replacement: [UInt8]
}

extension NotebookDocument {
  /// The notebook's file with all changes.
  ///
  /// Without changes these are the bytes that it was read from.
  public func serialized() -> [UInt8] {
    let splices = bytes.withUnsafeBytes { buffer in
      (memberSplices(buffer) + outputSplices(buffer) + cellSplices(buffer))
        .sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
    guard !splices.isEmpty else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(
      bytes.count + splices.reduce(0) { $0 + $1.replacement.count - $1.range.count })
    var position = 0
    for splice in splices {
      // What lies in a cell that was removed goes with it.
      guard splice.range.lowerBound >= position else { continue }
      result.append(contentsOf: bytes[position..<splice.range.lowerBound])
      result.append(contentsOf: splice.replacement)
      position = splice.range.upperBound
    }
    result.append(contentsOf: bytes[position...])
    return result
  }

  /// Whether anything would be written differently from what was read.
  public var isChanged: Bool { serialized() != bytes }

  // MARK: Members

  private func memberSplices(_ buffer: UnsafeRawBufferPointer) -> [Splice] {
    edits.flatMap { node, changes -> [Splice] in
      let level = depth(of: node)
      var splices: [Splice] = []
      var added: [(name: String, value: JSONValue)] = []
      for change in changes {
        let member = index.member(change.name, of: node, in: buffer)
        switch (member, change.value) {
        case (let member?, let value?):
          let present = index.value(member, in: buffer)
          if !NotebookOutput.areEquivalent(present, value) {
            splices.append(Splice(range: index.range(member), replacement: text(value, level + 1)))
          }
        case (let member?, nil): splices += removal(of: member, from: node, buffer)
        case (nil, let value?): added.append((change.name, value))
        case (nil, nil): break
        }
      }
      return splices + insertions(added, into: node, level, buffer)
    }
  }

  /// How many objects and arrays stand around a node.
  private func depth(of node: Int) -> Int {
    // Nodes are in the order of the text: those that hold this one come before it and end after.
    var depth = 0
    var holder = index.root
    while holder != node {
      depth += 1
      let children =
        index.kind(holder) == .array
        ? index.elements(holder) : index.members(holder).map(\.value)
      guard let next = children.last(where: { $0 <= node }) else { break }
      holder = next
    }
    return depth
  }

  private func text(_ value: JSONValue, _ level: Int) -> [UInt8] {
    var text: [UInt8] = []
    value.append(to: &text, style: style.json, level: level)
    return text
  }

  /// The line's end and the indentation before a member or element at a level.
  private func lead(_ level: Int) -> [UInt8] {
    guard let indent = style.json.indent else { return [] }
    return Array((style.json.newline + String(repeating: indent, count: level)).utf8)
  }

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

  /// New members go where they belong among sorted ones, else to the end.
  private func insertions(
    _ added: [(name: String, value: JSONValue)], into node: Int, _ level: Int,
    _ buffer: UnsafeRawBufferPointer
  ) -> [Splice] {
    guard !added.isEmpty else { return [] }
    let members = index.members(node)
    let sorted = added.sorted { JSONString($0.name) < JSONString($1.name) }
    guard let last = members.last else {
      let object = JSONObject(sorted.map { .init(key: JSONString($0.name), value: $0.value) })
      return [Splice(range: index.range(node), replacement: text(.object(object), level))]
    }
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

  private func removal(of value: Int, from node: Int, _ buffer: UnsafeRawBufferPointer)
    -> [Splice]
  {
    let members = index.members(node)
    guard let place = members.firstIndex(where: { $0.value == value }) else { return [] }
    let range: Range<Int>
    if members.count == 1 {
      return [Splice(range: index.range(node), replacement: Array("{}".utf8))]
    } else if place == 0 {
      range = index.range(members[0].key).lowerBound..<index.range(members[1].key).lowerBound
    } else {
      range =
        index.range(members[place - 1].value).upperBound..<index.range(value).upperBound
    }
    return [Splice(range: range, replacement: [])]
  }

  // MARK: Outputs

  private func outputSplices(_ buffer: UnsafeRawBufferPointer) -> [Splice] {
    newOutputs.flatMap { node, outputs -> [Splice] in
      guard let present = index.member("outputs", of: node, in: buffer) else {
        return insertions([("outputs", outputsValue(outputs))], into: node, 2, buffer)
      }
      let old = index.elements(present)
      let kept = outputs.enumerated().map { place, output -> Int? in
        guard place < old.count,
          NotebookOutput.areEquivalent(
            NotebookOutput.rejoined(index.value(old[place], in: buffer)), output)
        else { return nil }
        return old[place]
      }
      if old.count == outputs.count, kept.allSatisfy({ $0 != nil }) { return [] }
      return [Splice(range: index.range(present), replacement: outputsText(outputs, kept))]
    }
  }

  private func outputsText(_ outputs: [JSONValue], _ kept: [Int?]) -> [UInt8] {
    guard !outputs.isEmpty else { return Array("[]".utf8) }
    var text: [UInt8] = [UInt8(ascii: "[")]
    for (place, output) in outputs.enumerated() {
      if place > 0 { text += separator }
      text += lead(4)
      if let node = kept[place] {
        text += bytes[index.range(node)]
      } else {
        outputValue(output).append(to: &text, style: style.json, level: 4)
      }
    }
    return text + lead(3) + [UInt8(ascii: "]")]
  }

  private func outputsValue(_ outputs: [JSONValue]) -> JSONValue {
    .array(outputs.map(outputValue))
  }

  private func outputValue(_ output: JSONValue) -> JSONValue {
    let spelled = NotebookOutput.pythonNumbers(output)
    return style.splitsLines ? NotebookOutput.split(spelled) : spelled
  }

  // MARK: Cells

  /// Splices for cells that were added or removed.
  private func cellSplices(_ buffer: UnsafeRawBufferPointer) -> [Splice] {
    guard let cells = index.member("cells", of: index.root, in: buffer) else { return [] }
    let remaining = slots.compactMap { slot in
      if case .original(let node) = slot { node } else { nil }
    }
    let isUntouched = remaining.count == slots.count && remaining.count == originalCells.count
    if isUntouched { return [] }
    guard remaining.count == originalCells.count, let last = originalCells.last else {
      // Some were removed, or there were none: the list is put together anew, with the bytes of
      // those that stay.
      return [Splice(range: index.range(cells), replacement: cellList(buffer))]
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

  private func cellList(_ buffer: UnsafeRawBufferPointer) -> [UInt8] {
    guard !slots.isEmpty else { return Array("[]".utf8) }
    let inner = memberSplices(buffer) + outputSplices(buffer)
    var text: [UInt8] = [UInt8(ascii: "[")]
    for (place, slot) in slots.enumerated() {
      if place > 0 { text += separator }
      text += lead(2)
      switch slot {
      case .added(let object): text += cellText(object)
      case .original(let node):
        let range = index.range(node)
        var position = range.lowerBound
        let own = inner.filter {
          $0.range.lowerBound >= range.lowerBound && $0.range.upperBound <= range.upperBound
        }
        for splice in own.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
          text += bytes[position..<splice.range.lowerBound]
          text += splice.replacement
          position = splice.range.upperBound
        }
        text += bytes[position..<range.upperBound]
      }
    }
    return text + lead(1) + [UInt8(ascii: "]")]
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
