/// Numbers the ids in HTML and SVG in the order of their appearance.
///
/// Libraries draw them at random: `T_a3f01` of pandas' styles, `altair-viz-…`, the clip paths of
/// matplotlib. References to an id get the same number.
enum MarkupIDs {
  /// More ids than this are left as they are.
  private static let limit = 10_000

  static func numbered(_ text: [UInt8]) -> [UInt8] {
    let ids = ids(in: text)
    guard !ids.isEmpty else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var cursor = ByteCursor(text, at: 0)
    while cursor.place < text.count {
      let start = cursor.place
      if cursor.take(while: isPart) > 0 {
        let word = text[start..<cursor.place]
        if let number = ids[word] {
          result.append(contentsOf: "<id \(number)>".utf8)
        } else {
          result.append(contentsOf: word)
        }
      } else {
        result.append(cursor.byte)
        cursor.place += 1
      }
    }
    return result
  }

  private static func isPart(_ byte: UInt8) -> Bool { byte.isWord || byte == UInt8(ascii: "-") }

  private static func ids(in text: [UInt8]) -> [ArraySlice<UInt8>: Int] {
    var ids: [ArraySlice<UInt8>: Int] = [:]
    var cursor = ByteCursor(text, at: 0)
    while cursor.place < text.count, ids.count < limit {
      guard cursor.byte == UInt8(ascii: "i"), !isPart(cursor.byte(-1)), cursor.take("id=") else {
        cursor.place += 1
        continue
      }
      guard cursor.take(oneOf: ["\\\"", "\"", "'"]) else { continue }
      let start = cursor.place
      // A name without a digit was chosen by a person.
      if cursor.take(while: isPart) >= 4, text[start..<cursor.place].contains(where: \.isDigit) {
        let id = text[start..<cursor.place]
        if ids[id] == nil { ids[id] = ids.count + 1 }
      }
    }
    return ids
  }
}
