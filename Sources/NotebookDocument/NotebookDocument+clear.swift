import JSONCore

extension NotebookDocument {
  /// Removes the results of a run from a code cell: its outputs, execution count and times.
  ///
  /// - Parameter place: the cell's place, from 0 and below ``cellCount``.
  /// - Returns: whether there was anything to remove.
  @discardableResult
  public mutating func clearResults(at place: Int) -> Bool {
    let cell = cell(at: place)
    let (hasOutputs, hasTimes) = (hasOutputs(at: place), cell.metadata["execution"] != nil)
    if hasOutputs { setOutputs([], at: place) }
    if cell.executionCount != nil { setExecutionCount(nil, at: place) }
    if hasTimes { setCellMetadata(["execution"], to: nil, at: place) }
    return hasOutputs || hasTimes || cell.executionCount != nil
  }

  /// Whether a cell has outputs; does not decode them.
  private func hasOutputs(at place: Int) -> Bool {
    switch slots[place] {
    case .added(let object): return object["outputs"]?.array?.isEmpty == false
    case .original(let node):
      if let outputs = newOutputs[node] { return !outputs.isEmpty }
      return bytes.withUnsafeBytes { buffer in
        index.member("outputs", of: node, in: buffer).map { !index.elements($0).isEmpty } ?? false
      }
    }
  }
}
