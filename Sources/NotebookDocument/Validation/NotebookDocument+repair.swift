import JSONCore

/// Missing members that were added to a notebook, by the places of the cells.
public struct NotebookRepairs: Sendable, Hashable {
  /// Cells that had no id, or the id of an earlier cell.
  public var ids: [Int] = []
  /// Cells that had no metadata, and code cells that had no outputs or no execution count.
  public var members: [Int] = []
  /// Whether the notebook had no metadata.
  public var metadata = false

  /// Whether nothing was missing.
  public var isEmpty: Bool { self == NotebookRepairs() }
}

extension NotebookDocument {
  /// Adds required members that have a default: metadata, outputs, execution counts, ids.
  ///
  /// nbformat does the same for ids when it validates, and rejects the others.
  ///
  /// - Returns: the members that were missing.
  public mutating func repair() -> NotebookRepairs {
    var repairs = NotebookRepairs(ids: repairIDs())
    let places = bytes.withUnsafeBytes { buffer in
      slots.indices.map { place -> [String] in
        guard case .original(let node) = slots[place] else { return [] }
        var names = ["metadata"]
        if cell(at: place).kind == .code { names += ["execution_count", "outputs"] }
        return names.filter { name in
          index.member(name, of: node, in: buffer) == nil
            && !(edits[node]?.contains { $0.name == name } ?? false)
            && !(name == "outputs" && newOutputs[node] != nil)
        }
      }
    }
    for (place, names) in places.enumerated() where !names.isEmpty {
      repairs.members.append(place)
      for name in names {
        switch name {
        case "outputs": setOutputs([], at: place)
        case "execution_count": setExecutionCount(nil, at: place)
        default: setCellMember(name, to: [:], at: place)
        }
      }
    }
    let hasMetadata = bytes.withUnsafeBytes { index.member("metadata", of: index.root, in: $0) }
    if hasMetadata == nil, edits[index.root] == nil {
      repairs.metadata = true
      set(["metadata"], to: [:], in: index.root)
    }
    return repairs
  }
}
