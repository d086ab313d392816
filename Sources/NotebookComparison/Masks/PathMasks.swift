/// Masks of paths that belong to one run or one machine.
enum PathMasks {
  private static func isNamePart(_ byte: UInt8) -> Bool {
    byte.isWord || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "~")
  }

  /// The first name in a temporary directory, and the directory of installed packages.
  static func path(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    guard !isNamePart(cursor.byte(-1)), cursor.byte(-1) != UInt8(ascii: "/") else { return nil }
    var rest = cursor
    if rest.take(oneOf: ["/tmp/", "/var/tmp/", "/private/tmp/"]) {
      return rest.take(while: isNamePart) > 0 ? (temporary(&rest), "/tmp/<path>") : nil
    }
    if rest.take(oneOf: ["/var/folders/", "/private/var/folders/"]) {
      // macOS: two names and a T before the name that a program chooses.
      for _ in 0..<3 {
        guard rest.take(while: isNamePart) > 0, rest.take("/") else { return nil }
      }
      return rest.take(while: isNamePart) > 0 ? (temporary(&rest), "/tmp/<path>") : nil
    }
    return packages(cursor)
  }

  /// The end of a temporary path: ipykernel's files have numbers in two names.
  private static func temporary(_ rest: inout ByteCursor) -> Int {
    let end = rest.place
    guard rest.take("/"), rest.take(while: \.isDigit) > 0, rest.take(".py") else { return end }
    return rest.place
  }

  /// `/home/me/.venv/lib/python3.12/site-packages`.
  private static func packages(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    var names = 0
    while rest.take("/"), names < 32 {
      if rest.take(oneOf: ["site-packages/", "dist-packages/"]) {
        return (rest.place - 1, "<packages>")
      }
      guard rest.take(while: isNamePart) > 0 else { return nil }
      names += 1
    }
    return nil
  }

  /// `<ipython-input-3-8b6a1f>` and `ipykernel_4711`.
  static func cell(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    if rest.take("<ipython-input-") {
      guard rest.take(while: \.isDigit) > 0, rest.take("-"), rest.take(while: \.isWord) > 0,
        rest.take(">")
      else { return nil }
      return (rest.place, "<cell>")
    }
    guard rest.take("ipykernel_"), rest.take(while: \.isDigit) > 0 else { return nil }
    return (rest.place, "ipykernel_<process>")
  }
}
