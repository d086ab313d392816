/// Rejects texts that could keep the parser itself busy forever, before they are parsed.
enum YAMLGuard {
  /// - Throws: `YAMLError` for more than a thousand anchors, which can nest as deep, and for names
  ///   that may be lists of aliases, because the parser compares names with each other.
  static func check(_ text: String) throws(YAMLError) {
    var anchors = 0
    var aliases = 0
    var hasOddNames = false
    var previous: UInt8 = 0x0A
    var lastInk: UInt8 = 0x0A
    // Whether the last word was an alias, and whether it has ended.
    var alias = false
    var aliasHasEnded = false
    let bytes = Array(text.utf8)
    for (place, byte) in bytes.enumerated() {
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0x0A
      // Includes the last bytes of Unicode's line breaks and of the byte order mark.
      let isStart =
        isSpace(previous) || "[{,:".utf8.contains(previous)
        || [0x85, 0xA8, 0xA9, 0xBF].contains(previous)
      switch byte {
      case UInt8(ascii: "&") where isStart && !isSpace(next): anchors += 1
      case UInt8(ascii: "*") where isStart && !isSpace(next):
        aliases += 1
        (alias, aliasHasEnded) = (true, false)
      case UInt8(ascii: "?") where isStart && isSpace(next) && "\n-[{,".utf8.contains(lastInk):
        hasOddNames = true
      case UInt8(ascii: ":")
      where alias || lastInk == UInt8(ascii: "]") || lastInk == UInt8(ascii: "}"):
        hasOddNames = true
      default: break
      }
      if isSpace(byte) { aliasHasEnded = true }
      let endsAlias = aliasHasEnded && !isSpace(byte)
      if byte == 0x0A || endsAlias || ",]}".utf8.contains(byte) { alias = false }
      if byte == 0x0A || !isSpace(byte) { lastInk = byte }
      previous = byte
    }
    if anchors > 1000 {
      throw YAMLError("there are more than 1000 anchors")
    }
    if anchors >= 4, aliases >= 8, hasOddNames {
      throw YAMLError("names that are aliases, lists or mappings are not supported")
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
