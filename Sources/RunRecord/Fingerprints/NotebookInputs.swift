package import JSONCore

/// The inputs of a notebook's run: its cells, in order, and everything else as names and hashes.
package struct NotebookInputs: Sendable, Hashable {
  /// A cell.
  package struct Cell: Sendable, Hashable {
    /// Its number among all cells, from 1.
    package var number: Int
    /// The hash of its content.
    package var hash: String

    package init(number: Int, hash: String) {
      self.number = number
      self.hash = hash
    }
  }

  /// The cells that count.
  package var cells: [Cell]
  /// Everything else.
  package var parts: Fingerprint

  package init(cells: [Cell], parts: Fingerprint) {
    self.cells = cells
    self.parts = parts
  }

  /// All changes since earlier inputs, in words, those of cells first.
  package func changes(since old: NotebookInputs) -> [String] {
    let version = Fingerprint.version.name
    let others = parts.changes(since: old.parts)
    if parts.parts[version] != old.parts.parts[version] { return others }
    return NotebookInputs.changes(from: old.cells, to: cells) + others
  }

  /// The change between two lists of cells; empty if there is none.
  ///
  /// Cells at the beginning and at the end that are equal in both are left out, so that a new cell
  /// does not count as a change of those after it.
  private static func changes(from old: [Cell], to new: [Cell]) -> [String] {
    var (old, new) = (old[...], new[...])
    while let first = old.first, let other = new.first, first.hash == other.hash {
      old.removeFirst()
      new.removeFirst()
    }
    while let last = old.last, let other = new.last, last.hash == other.hash {
      old.removeLast()
      new.removeLast()
    }
    if old.isEmpty, new.isEmpty { return [] }
    if old.isEmpty { return [words(new, one: "is new", several: "are new")] }
    if new.isEmpty { return [words(old, one: "is gone", several: "are gone")] }
    if old.map(\.hash).sorted() == new.map(\.hash).sorted() {
      return [words(new, one: "moved", several: "are in another order")]
    }
    // Of as many cells as before, only those that differ changed.
    let changed =
      old.count == new.count ? zip(old, new).filter { $0.hash != $1.hash }.map(\.1)[...] : new
    return [words(changed, one: "changed", several: "changed")]
  }

  private static func words(_ cells: ArraySlice<Cell>, one: String, several: String) -> String {
    guard let first = cells.first, cells.count > 1 else {
      return "cell \(cells.first?.number ?? 0) \(one)"
    }
    var ranges: [ClosedRange<Int>] = [first.number...first.number]
    for cell in cells.dropFirst() {
      let last = ranges[ranges.count - 1]
      if cell.number == last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...cell.number
      } else if cell.number > last.upperBound {
        ranges.append(cell.number...cell.number)
      }
    }
    let shown = ranges.prefix(5).map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
    let rest = ranges.count > shown.count ? ", …" : ""
    return "cells \(shown.joined(separator: ", "))\(rest) \(several)"
  }

  // MARK: JSON

  /// The cells as JSON.
  package var cellsJSON: JSONValue {
    .array(cells.map { [.init($0.number), .init($0.hash)] })
  }

  /// Reads cells from JSON; nil if it is not in the form of ``cellsJSON``.
  package static func cells(_ json: JSONValue?) -> [Cell]? {
    guard let list = json?.array else { return nil }
    var cells: [Cell] = []
    for item in list {
      guard let number = item[0]?.int, (1...Int(Int32.max)).contains(number),
        let hash = item[1]?.string
      else { return nil }
      cells.append(Cell(number: number, hash: hash))
    }
    return cells
  }
}
