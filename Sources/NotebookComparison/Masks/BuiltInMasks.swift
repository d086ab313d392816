/// Replaces what differs from run to run by names such as `<address>`.
///
/// Only what is unmistakable is replaced, since each mask also hides real differences:
/// docs/testing.md lists them.
enum BuiltInMasks {
  /// Masks a text.
  static func masked(_ styled: [UInt8]) -> [UInt8] {
    let text = withoutStyles(styled)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var cursor = ByteCursor(text, at: 0)
    while cursor.place < text.count {
      let byte = text[cursor.place]
      // Most bytes are inside of words, where almost nothing begins.
      if byte.isWord, cursor.place > 0, text[cursor.place - 1].isWord {
        result.append(byte)
        cursor.place += 1
      } else if let (end, name) = match(cursor) {
        result.append(contentsOf: name.utf8)
        cursor.place = end
      } else {
        result.append(cursor.byte)
        cursor.place += 1
      }
    }
    return result
  }

  /// Removes colours and other styles of terminals: many programs write them only where the
  /// environment asks for them.
  private static func withoutStyles(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x1B) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var cursor = ByteCursor(text, at: 0)
    while cursor.place < text.count {
      var rest = cursor
      if rest.take("\u{1B}[") {
        _ = rest.take(while: { $0 >= 0x30 && $0 <= 0x3B })
        if rest.take("m") {
          cursor.place = rest.place
          continue
        }
      }
      result.append(cursor.byte)
      cursor.place += 1
    }
    return result
  }

  private static func match(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    switch cursor.byte {
    case UInt8(ascii: "@"): return hashCode(cursor)
    case UInt8(ascii: "/"): return PathMasks.path(cursor)
    case UInt8(ascii: "<"), UInt8(ascii: "i"): return PathMasks.cell(cursor)
    case UInt8(ascii: "["): return TimeMasks.progress(cursor)
    case UInt8(ascii: "C"), UInt8(ascii: "W"), UInt8(ascii: "P"), UInt8(ascii: "T"):
      if let match = TimeMasks.line(cursor) { return match }
    default: break
    }
    guard cursor.byte.isWord, !cursor.byte(-1).isWord else { return nil }
    return address(cursor) ?? uuid(cursor) ?? DateMasks.date(cursor) ?? TimeMasks.time(cursor)
  }

  /// `0x7f3b5c0d9e50`, or a shorter one after `at`, `:` or `=` as in `<f at 0x10a0b0>`.
  private static func address(_ cursor: ByteCursor) -> (Int, String)? {
    var rest = cursor
    guard rest.take(oneOf: ["0x", "0X"]) else { return nil }
    let count = rest.take(while: \.isHexDigit)
    guard !rest.byte.isWord else { return nil }
    let isNamed = cursor.follows("at ") || cursor.follows(": ") || cursor.follows("=")
    return count >= 9 && count <= 16 || count >= 5 && count < 9 && isNamed
      ? (rest.place, "<address>") : nil
  }

  /// `Point@1b2c3d4`, as Java names objects.
  private static func hashCode(_ cursor: ByteCursor) -> (Int, String)? {
    var rest = cursor
    guard cursor.byte(-1).isWord || cursor.byte(-1) == UInt8(ascii: ";"), rest.take("@") else {
      return nil
    }
    let count = rest.take(while: \.isHexDigit)
    return count >= 6 && count <= 8 && !rest.byte.isWord ? (rest.place, "@<address>") : nil
  }

  /// `123e4567-e89b-12d3-a456-426614174000`.
  private static func uuid(_ cursor: ByteCursor) -> (Int, String)? {
    var rest = cursor
    for (number, count) in [8, 4, 4, 4, 12].enumerated() {
      if number > 0, !rest.take("-") { return nil }
      guard rest.take(count, while: \.isHexDigit) == count else { return nil }
    }
    return rest.byte.isWord ? nil : (rest.place, "<uuid>")
  }
}
