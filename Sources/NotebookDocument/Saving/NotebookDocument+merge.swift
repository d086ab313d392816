import JSONCore

extension NotebookDocument {
  /// Merges the results of a run into this state of the notebook, which someone else saved.
  ///
  /// - Parameters:
  ///   - run: the notebook that was run, with its outputs.
  ///   - base: that notebook before the run.
  /// - Returns: the places in `run` of the cells whose results do not fit here: their source here
  ///   is different, or the cell is gone.
  mutating func merge(resultsOf run: NotebookDocument, base: NotebookDocument?) -> [Int] {
    let (added, recorded) = run.cellsWithResults.map { run.recordedCell(at: $0) }
      .partitioned { run.isAdded($0.place) }
    for cell in added { take(added: cell.place, of: run) }
    let unplaced = take(recorded) { outputs, cell in
      // The outputs of a cell that ran are the newest. If the run only cleared a cell, the cleared
      // state is newer unless someone else ran the cell meanwhile.
      !cell.isEmpty || outputs.isEmpty
        || base.map { outputs == $0.outputs(at: run.placeInFile(cell.place) ?? cell.place) }
          ?? false
    }
    for name in ["kernelspec", "language_info", "widgets", "papermill"] {
      guard let value = run.metadata(name), value != base?.metadata(name) else { continue }
      // Changes by others are kept, except in results of the run.
      let isTheirs = base != nil && metadata(name) != base?.metadata(name)
      if !isTheirs || ["widgets", "papermill"].contains(name) { setMetadata([name], to: value) }
    }
    // A cell that the run only cleared has no result to lose.
    return unplaced.filter { !$0.isEmpty }.map(\.place)
  }

  /// Whether the run added the cell, or changed its source.
  private func isAdded(_ place: Int) -> Bool {
    switch slots[place] {
    case .added: true
    case .original(let node): edits[node]?.contains { $0.name == "source" } ?? false
    }
  }

  /// The place of a cell in the file; nil for an added cell.
  private func placeInFile(_ place: Int) -> Int? {
    guard case .original(let node) = slots[place] else { return nil }
    return originalCells.firstIndex(of: node)
  }

  /// Copies a cell that the run added, such as the parameters cell: it replaces the existing one,
  /// or follows the same neighbour.
  private mutating func take(added place: Int, of run: NotebookDocument) {
    let object = run.object(at: place)
    let tag = "injected-parameters"
    if run.cell(at: place).tags.contains(tag),
      let old = cells.first(where: { $0.tags.contains(tag) })
    {
      removeCell(at: old.index)
      return insertCell(object, at: old.index)
    }
    let before = place > 0 ? run.cell(at: place - 1) : nil
    let neighbour = cells.first { cell in
      before.map { $0.id == cell.id && $0.source == cell.source } ?? false
    }
    insertCell(object, at: neighbour.map { $0.index + 1 } ?? min(place, cellCount))
  }
}

extension NotebookDocument {
  /// A cell with all its members and changes, with unsplit texts.
  private func object(at place: Int) -> JSONObject {
    switch slots[place] {
    case .added(let object): return object
    case .original(let node):
      var object = bytes.withUnsafeBytes { currentValue(node, in: $0).object } ?? [:]
      object["outputs"] = .array(outputs(at: place))
      object["source"] = .init(cell(at: place).source)
      return object
    }
  }
}

extension Array {
  /// The elements that match and the others, both in their original order.
  fileprivate func partitioned(by fits: (Element) -> Bool) -> (
    fitting: [Element], others: [Element]
  ) {
    (filter(fits), filter { !fits($0) })
  }
}
