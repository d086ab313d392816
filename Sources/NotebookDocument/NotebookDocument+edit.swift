public import JSONCore

extension NotebookDocument {
  /// Sets the outputs of a code cell; unchanged outputs keep their bytes.
  ///
  /// - Parameters:
  ///   - outputs: the outputs, with unsplit texts.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  public mutating func setOutputs(_ outputs: [JSONValue], at place: Int) {
    switch slots[place] {
    case .added(var object):
      object["outputs"] = .array(outputs)
      slots[place] = .added(object)
    case .original(let node): newOutputs[node] = PackedOutputs(outputs, style: style)
    }
  }

  /// Sets the outputs of a code cell, like the method for values.
  ///
  /// - Parameters:
  ///   - outputs: outputs that were created by ``makeOutputs()`` of this notebook.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  package mutating func setOutputs(_ outputs: PackedOutputs, at place: Int) {
    guard case .original(let node) = slots[place], outputs.style == style else {
      return setOutputs(outputs.values, at: place)
    }
    newOutputs[node] = outputs
  }

  /// Creates an empty list of outputs in the style of this notebook.
  package func makeOutputs() -> PackedOutputs { PackedOutputs(style: style) }

  /// Copies the outputs of a cell of another notebook.
  ///
  /// - Parameters:
  ///   - other: the other notebook.
  ///   - source: the place of its cell.
  ///   - place: the place of the cell in this notebook.
  package mutating func takeOutputs(of other: NotebookDocument, at source: Int, for place: Int) {
    setOutputs(other.packedOutputs(at: source), at: place)
  }

  /// Sets or clears the execution count of a code cell.
  ///
  /// - Parameters:
  ///   - count: the kernel's execution count, or nil for `null`.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  public mutating func setExecutionCount(_ count: Int?, at place: Int) {
    setCellMember("execution_count", to: count.map { .init($0) } ?? .null, at: place)
  }

  /// Sets or removes a member of a cell.
  ///
  /// - Parameters:
  ///   - name: the member's name.
  ///   - value: its value; nil removes it.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  public mutating func setCellMember(_ name: String, to value: JSONValue?, at place: Int) {
    switch slots[place] {
    case .added(var object):
      object[name] = value
      slots[place] = .added(object)
    case .original(let node): set([name][...], to: value, in: node)
    }
  }

  /// Sets or removes a value in a cell's metadata.
  ///
  /// - Parameters:
  ///   - path: the names that lead to it from the metadata; not empty.
  ///   - value: the value; nil removes it.
  ///   - place: the cell's place, from 0 and below ``cellCount``.
  public mutating func setCellMetadata(_ path: [String], to value: JSONValue?, at place: Int) {
    switch slots[place] {
    case .added(var object):
      object = NotebookDocument.setting((["metadata"] + path)[...], to: value, in: object)
      slots[place] = .added(object)
    case .original(let node): set((["metadata"] + path)[...], to: value, in: node)
    }
  }

  /// Sets or removes a value in the notebook's metadata.
  ///
  /// - Parameters:
  ///   - path: the names that lead to it from the metadata; not empty.
  ///   - value: the value; nil removes it.
  public mutating func setMetadata(_ path: [String], to value: JSONValue?) {
    set((["metadata"] + path)[...], to: value, in: index.root)
  }

  /// Adds a cell.
  ///
  /// - Parameters:
  ///   - cell: the cell with all its members, with unsplit texts.
  ///   - place: where to insert it, from 0 to ``cellCount``.
  public mutating func insertCell(_ cell: JSONObject, at place: Int) {
    slots.insert(.added(cell), at: place)
  }

  /// Removes a cell.
  ///
  /// - Parameter place: the cell's place, from 0 and below ``cellCount``.
  public mutating func removeCell(at place: Int) {
    slots.remove(at: place)
  }

  /// Records a change at a path below an object of the file.
  mutating func set(_ path: ArraySlice<String>, to value: JSONValue?, in node: Int) {
    guard let name = path.first else { return }
    let rest = path.dropFirst()
    if rest.isEmpty { return note(name, value, in: node) }
    let isReplaced = edits[node]?.contains { $0.name == name } ?? false
    let child = bytes.withUnsafeBytes { index.member(name, of: node, in: $0) }
    if !isReplaced, let child, index.kind(child) == .object {
      set(rest, to: value, in: child)
    } else {
      let present = bytes.withUnsafeBytes { current(name, of: node, in: $0)?.object } ?? [:]
      if value == nil && present.isEmpty { return }
      note(name, .object(NotebookDocument.setting(rest, to: value, in: present)), in: node)
    }
  }

  private mutating func note(_ name: String, _ value: JSONValue?, in node: Int) {
    if let member = bytes.withUnsafeBytes({ index.member(name, of: node, in: $0) }),
      index.kind(member) == .object
    {
      // Changes inside the old value are discarded with it. Either the nodes within are few, or
      // there are few changes.
      let inner = member..<index.following(member)
      for node in inner.count < edits.count ? Array(inner) : edits.keys.filter(inner.contains) {
        edits[node] = nil
      }
    }
    edits[node, default: []].removeAll { $0.name == name }
    edits[node, default: []].append((name, value))
  }

  private static func setting(
    _ path: ArraySlice<String>, to value: JSONValue?, in object: JSONObject
  ) -> JSONObject {
    var object = object
    guard let name = path.first else { return object }
    let rest = path.dropFirst()
    object[name] =
      rest.isEmpty
      ? value : .object(setting(rest, to: value, in: object[name]?.object ?? [:]))
    return object
  }
}
