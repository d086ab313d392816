/// Masks of measured times and rates.
enum TimeMasks {
  private static let units: [StaticString] = ["ns", "µs", "μs", "us", "ms", "min", "s", "h"]

  private static func duration(_ rest: inout ByteCursor) -> Bool {
    var count = 0
    // `1min 23s` as well as `1.2 ms`.
    while count < 3 {
      var next = rest
      guard next.number() else { break }
      next.spaces()
      guard next.take(oneOf: units), !next.byte.isWord else { break }
      rest = next
      count += 1
      next.spaces()
      guard next.byte.isDigit else { break }
      rest = next
    }
    return count > 0
  }

  /// Lines of `%time` and `%timeit`: `CPU times: …`, `Wall time: …`, `The slowest run took …`.
  static func line(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    guard cursor.place == 0 || cursor.byte(-1) == 0x0A else { return nil }
    var rest = cursor
    let starts: [(StaticString, String)] = [
      ("CPU times: ", "CPU times: <time>"), ("Wall time: ", "Wall time: <time>"),
      ("Compiler time: ", "Compiler time: <time>"), ("Parser   : ", "Parser   : <time>"),
    ]
    for (start, name) in starts where rest.take(start) {
      rest.restOfLine()
      return (rest.place, name)
    }
    guard rest.take("The slowest run took ") else { return nil }
    // It appears only now and then: the line and its end are removed.
    rest.restOfLine()
    return (min(rest.place + 1, rest.text.count), "")
  }

  /// `1.2 ms ± 30 µs per loop (…)`, `10 loops, best of 5: 1.2 ms per loop`, `2s 30ms/step`, `1.5 MB/s`.
  static func time(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    guard cursor.byte.isDigit, cursor.byte(-1) != UInt8(ascii: ".") else { return nil }
    var rest = cursor
    if rest.number(), rest.take(oneOf: [" loops, best of ", " loop, best of "]) {
      guard rest.number(), rest.take(": "), duration(&rest), rest.take(" per loop") else {
        return nil
      }
      return (rest.place, "<time> per loop")
    }
    return rate(cursor) ?? step(cursor) ?? loop(cursor)
  }

  private static func loop(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    guard duration(&rest) else { return nil }
    rest.spaces()
    guard rest.take(oneOf: ["± ", "+- "]), duration(&rest) else { return nil }
    rest.spaces()
    guard rest.take("per loop") else { return nil }
    if rest.take(" (mean ") {
      rest.take(while: { $0 != UInt8(ascii: ")") && $0 != 0x0A })
      _ = rest.take(")")
    }
    return (rest.place, "<time> per loop")
  }

  /// `2s 30ms/step` and `30ms/step`, as Keras prints them.
  private static func step(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    guard duration(&rest) || rest.number() else { return nil }
    rest.spaces()
    return rest.take(oneOf: ["/step", "/epoch", "/batch"]) ? (rest.place, "<time>/step") : nil
  }

  /// `1.5 MB/s`.
  private static func rate(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    guard rest.number() else { return nil }
    rest.spaces()
    _ = rest.take(oneOf: ["k", "K", "M", "G"])
    _ = rest.take("i")
    return rest.take(oneOf: ["B/s", "bytes/s", "bit/s", "it/s"]) && !rest.byte.isWord
      ? (rest.place, "<rate>") : nil
  }

  /// The times of tqdm's bars: `[00:01<00:00, 9.8it/s]`.
  static func progress(_ cursor: ByteCursor) -> (end: Int, name: String)? {
    var rest = cursor
    guard rest.take("["), rest.take(while: { $0.isDigit || $0 == UInt8(ascii: ":") }) > 3,
      rest.take("<")
    else { return nil }
    rest.take(120, while: { $0 != UInt8(ascii: "]") && $0 != 0x0A })
    return rest.take("]") ? (rest.place, "[<time>]") : nil
  }
}
