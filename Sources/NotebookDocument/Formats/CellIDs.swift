import JSONCore

/// Creates ids for cells without one, from their content and place, so that repeated runs give the
/// same ids.
enum CellIDs {
  /// Gives an id to every cell without one, and a new one to a cell whose id an earlier cell has.
  ///
  /// - Parameter cells: the cells of a notebook of nbformat 4.5 or later.
  /// - Returns: the cells, and the places of those with a new id.
  static func complete(_ cells: [JSONValue]) -> (cells: [JSONValue], changed: [Int]) {
    var taken = Set(cells.compactMap { $0["id"]?.string })
    var seen: Set<String> = []
    var changed: [Int] = []
    let complete = cells.enumerated().map { place, cell -> JSONValue in
      guard var object = cell.object else { return cell }
      if let id = object["id"] {
        guard let text = id.string, !seen.insert(text).inserted else { return cell }
      }
      let id = make(for: object, at: place, avoiding: taken)
      taken.insert(id)
      seen.insert(id)
      object["id"] = .init(id)
      changed.append(place)
      return .object(object)
    }
    return (complete, changed)
  }

  /// An id of eight hexadecimal digits, like the random ones of nbformat.
  static func make(for cell: JSONObject, at place: Int, avoiding taken: Set<String>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }  // FNV-1a
    func add(_ value: JSONValue?) {
      guard case .string(let text)? = value.map(MultilineText.joined) else { return }
      text.withUTF8 { $0.forEach(add) }
      add(0)
    }
    add(cell["cell_type"])
    add(cell["source"])
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: UInt64(place) >> UInt64(shift)))
    }
    while true {
      let digits = String(hash >> 32, radix: 16)
      let id = String(repeating: "0", count: 8 - digits.utf8.count) + digits
      if !taken.contains(id) { return id }
      add(1)
    }
  }
}
