import JSONCore

/// The results of a run in a cell, and the data to find the cell in another state of the notebook.
struct RecordedCell: Sendable, Hashable {
  /// The cell's place in the notebook that was run.
  var place: Int
  var id: String?
  var source: String
  var outputs: [JSONValue] = []
  var executionCount: Int?
  /// `metadata.execution`, if times are recorded.
  var execution: JSONValue?

  /// Whether the run added nothing to the cell, but only removed old results.
  var isEmpty: Bool { outputs.isEmpty && executionCount == nil && execution == nil }
}

extension NotebookDocument {
  /// The places of the code cells with results of a run.
  var cellsWithResults: [Int] {
    slots.indices.filter { place in
      switch slots[place] {
      case .added(let object): object["cell_type"]?.string == "code"
      case .original(let node):
        newOutputs[node] != nil || edits[node]?.contains { $0.name == "execution_count" } ?? false
      }
    }
  }

  /// The results of a run in a cell.
  func recordedCell(at place: Int) -> RecordedCell {
    var cell = recordedCellWithoutOutputs(at: place)
    cell.outputs = outputs(at: place)
    return cell
  }

  /// The results of a run in a cell without its outputs, which may be large.
  func recordedCellWithoutOutputs(at place: Int) -> RecordedCell {
    let cell = cell(at: place)
    return RecordedCell(
      place: place, id: cell.id, source: cell.source, executionCount: cell.executionCount,
      execution: cell.metadata["execution"])
  }

  /// The outputs of a cell in their form for the file.
  func packedOutputs(at place: Int) -> PackedOutputs {
    if case .original(let node) = slots[place], let outputs = newOutputs[node] { return outputs }
    return PackedOutputs(outputs(at: place), style: style)
  }

  /// Copies results into the cells of this notebook with the same id and source, or else with the
  /// same source at any place.
  ///
  /// - Parameters:
  ///   - recorded: the results.
  ///   - yields: whether a result may replace the content of a cell here.
  /// - Returns: the results that were not copied.
  mutating func take(
    _ recorded: [RecordedCell], where yields: (_ outputs: [JSONValue], RecordedCell) -> Bool
  ) -> [RecordedCell] {
    let places = places(of: recorded)
    var unplaced: [RecordedCell] = []
    for (record, place) in zip(recorded, places) {
      guard let place, yields(outputs(at: place), record) else {
        unplaced.append(record)
        continue
      }
      setOutputs(record.outputs, at: place)
      setExecutionCount(record.executionCount, at: place)
      setCellMetadata(["execution"], to: record.execution, at: place)
    }
    return unplaced
  }

  /// The places in this notebook of cells that were run; nil if no cell has that source, or several
  /// do and the right one is unknown.
  private func places(of recorded: [RecordedCell]) -> [Int?] {
    let cells = self.cells
    var placesByID: [String: Int] = [:]
    for cell in cells where cell.kind == .code {
      if let id = cell.id { placesByID[id] = cell.index }
    }
    var taken: Set<Int> = []
    var places = recorded.map { record -> Int? in
      guard let id = record.id, let place = placesByID[id], cells[place].source == record.source,
        taken.insert(place).inserted
      else { return nil }
      return place
    }
    // Ids are missing before nbformat 4.5, and some editors create new ones: then compare sources.
    var free: [String: [Int]] = [:]
    for cell in cells where cell.kind == .code && !taken.contains(cell.index) {
      free[cell.source, default: []].append(cell.index)
    }
    var sought: [String: [Int]] = [:]
    for number in recorded.indices where places[number] == nil {
      sought[recorded[number].source, default: []].append(number)
    }
    for (source, numbers) in sought {
      guard let candidates = free[source] else { continue }
      if numbers.count == candidates.count {
        // The same number of cells as before: assume the same order.
        for (number, place) in zip(numbers, candidates) { places[number] = place }
        continue
      }
      for number in numbers where candidates.contains(recorded[number].place) {
        places[number] = recorded[number].place
      }
    }
    return places
  }
}

extension RecordedCell {
  /// Whether outputs are an earlier, shorter state of these.
  func continues(_ earlier: [JSONValue]) -> Bool {
    guard earlier.count <= outputs.count else { return false }
    for (place, (old, new)) in zip(earlier, outputs).enumerated() {
      if NotebookOutput.areEquivalent(old, new) { continue }
      let isLast = place == earlier.count - 1
      guard isLast, RecordedCell.added(to: old, in: new) != nil else { return false }
    }
    return true
  }

  /// The text added to a stream output; nil if something else has changed.
  static func added(to old: JSONValue, in new: JSONValue) -> JSONString? {
    guard var before = old.object, var after = new.object,
      before["output_type"]?.string == "stream",
      case .string(let oldText)? = before["text"], case .string(let newText)? = after["text"]
    else { return nil }
    (before["text"], after["text"]) = (nil, nil)
    guard NotebookOutput.areEquivalent(.object(before), .object(after)) else { return nil }
    return newText.removingPrefix(oldText)
  }
}
