import JSONCore

extension NotebookDocument {
  /// Puts the results of a run into this state of the notebook, which somebody else has saved.
  ///
  /// - Parameters:
  ///   - run: the notebook that was run, with its outputs.
  ///   - base: that notebook before the run.
  /// - Returns: the places in `run` of the cells whose results have no place here: their source
  ///   is another one here, or they are gone.
  mutating func merge(resultsOf run: NotebookDocument, base: NotebookDocument?) -> [Int] {
    let (added, recorded) = run.cellsWithResults.map { run.recordedCell(at: $0) }
      .partitioned { run.isAdded($0.place) }
    for cell in added { take(added: cell.place, of: run) }
    let unplaced = take(recorded) { outputs, cell in
      // Of a cell that ran the run's outputs are the newest; of one that it has only cleared they
      // are, unless somebody else has run it meanwhile.
      !cell.isEmpty || outputs.isEmpty
        || base.map { outputs == $0.outputs(at: run.placeInFile(cell.place) ?? cell.place) }
          ?? false
    }
    for name in ["kernelspec", "language_info", "widgets", "papermill"] {
      guard let value = run.metadata(name), value != base?.metadata(name) else { continue }
      // What they have changed stays; widgets are outputs.
      let isTheirs = base != nil && metadata(name) != base?.metadata(name)
      if !isTheirs || ["widgets", "papermill"].contains(name) { setMetadata([name], to: value) }
    }
    // A cell that the run has only cleared has no result that could be lost.
    return unplaced.filter { !$0.isEmpty }.map(\.place)
  }

  /// Whether the run has made the cell, or given it another source.
  private func isAdded(_ place: Int) -> Bool {
    switch slots[place] {
    case .added: true
    case .original(let node): edits[node]?.contains { $0.name == "source" } ?? false
    }
  }

  /// The place that a cell had in the file; nil for one that was added.
  private func placeInFile(_ place: Int) -> Int? {
    guard case .original(let node) = slots[place] else { return nil }
    return originalCells.firstIndex(of: node)
  }

  /// Takes over a cell that the run has added, as that of its parameters: in place of the one that
  /// is here, or after the cell that comes before it there.
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
  /// A cell with all its members, changes included and texts whole.
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
  /// The elements that fit and the others, each in their order.
  fileprivate func partitioned(by fits: (Element) -> Bool) -> (
    fitting: [Element], others: [Element]
  ) {
    (filter(fits), filter { !fits($0) })
  }
}
