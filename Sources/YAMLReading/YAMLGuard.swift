/// Refuses texts with which the parser itself could be kept busy for ever, before it sees them.
enum YAMLGuard {
  /// - Throws: `YAMLError` for more than a thousand anchors, which nest as deep as they are many,
  ///   and for names that may be lists of aliases: the parser compares names with each other.
  static func check(_ text: String) throws(YAMLError) {
    var anchors = 0
    var aliases = 0
    var hasOddNames = false
    var previous: UInt8 = 0x0A
    var lastInk: UInt8 = 0x0A
    var alias = false
    let bytes = Array(text.utf8)
    for (place, byte) in bytes.enumerated() {
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0x0A
      let isStart = isSpace(previous) || "[{,:".utf8.contains(previous)
      switch byte {
      case UInt8(ascii: "&") where isStart && !isSpace(next): anchors += 1
      case UInt8(ascii: "*") where isStart && !isSpace(next):
        aliases += 1
        alias = true
      case UInt8(ascii: "?") where isStart && isSpace(next) && "\n-[{,".utf8.contains(lastInk):
        hasOddNames = true
      case UInt8(ascii: ":")
      where alias || lastInk == UInt8(ascii: "]") || lastInk == UInt8(ascii: "}"):
        hasOddNames = true
      default: break
      }
      if alias, byte == 0x0A || ",]}".utf8.contains(byte) { alias = false }
      if byte == 0x0A || !isSpace(byte) { lastInk = byte }
      previous = byte
    }
    if anchors > 1000 {
      throw YAMLError("there are more than 1000 anchors")
    }
    if anchors >= 4, aliases >= 8, hasOddNames {
      throw YAMLError("names that are aliases, lists or mappings are not read")
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
