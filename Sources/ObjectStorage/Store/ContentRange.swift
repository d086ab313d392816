/// The header `Content-Range`, such as `bytes 0-9/100`.
struct ContentRange: Sendable, Hashable {
  var range: Range<Int>
  var total: Int

  /// Reads the header; nil if it has another form, or is contradictory.
  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
    let parts = words[1].split(separator: "/")
    guard parts.count == 2, let total = Int(parts[1]) else { return nil }
    let ends = parts[0].split(separator: "-").compactMap { Int($0) }
    guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] < total else { return nil }
    range = ends[0]..<(ends[1] + 1)
    self.total = total
  }
}
