import JSONCore

/// MATLAB and GNU Octave, which differ in the meaning of double-quoted strings.
struct Matlab: ExpressionLanguage {
  /// Whether it is GNU Octave.
  var isOctave = false

  var name: String { isOctave ? "Octave" : "MATLAB" }
  let names = NameRule(
    reserved: """
      break case catch classdef continue do else elseif end end_try_catch end_unwind_protect \
      endfor endfunction endif endswitch endwhile for function global if otherwise parfor \
      persistent return spmd switch try until unwind_protect while
      """, first: "", following: "_", allowsUnicode: false)
  let null = "NaN"
  let notANumber = "NaN"

  // Octave's kernel treats lines that begin with a per cent sign as its own commands.
  func comment(_ text: String) -> String { (isOctave ? "# " : "% ") + text }

  func assignment(_ name: String, _ value: JSONValue, isDeclared: Bool)
    throws(Unrepresentable) -> String
  {
    "\(name) = \(try expression(value));"
  }

  /// A double, or a 64-bit integer if a double is not exact; its literal is composed of two halves,
  /// because it would first be read as a double.
  func integer(_ digits: String) throws(Unrepresentable) -> String {
    if NumberKind.isExactDouble(digits) { return digits }
    let base: Int64 = 1 << 32
    if let value = Int64(digits) {
      let low = value % base
      return "(int64(\(value / base)) * int64(\(base)) \(low < 0 ? "-" : "+") "
        + "int64(\(low.magnitude)))"
    }
    if let value = UInt64(digits) {
      return "(uint64(\(value / UInt64(base))) * uint64(\(base)) + uint64(\(value % UInt64(base))))"
    }
    return try exactDouble(digits)
  }

  func infinity(isNegative: Bool) -> String { isNegative ? "-Inf" : "Inf" }

  private static let octaveStrings = StringStyle(
    escape: { point in
      if let escape = StringStyle.common(point) { return escape }
      return CodePoint.isPlain(point) ? nil : CodePoint.octalEscape(point)
    })

  func text(_ value: JSONString) throws(Unrepresentable) -> String {
    if isOctave { return try octaveText(value) }
    return try pieces(value, quote: "\"").joined(separator: " + ")
  }

  private func octaveText(_ value: JSONString) throws(Unrepresentable) -> String {
    let points = value.codePoints
    if points.count <= 500 { return try Matlab.octaveStrings.literal(value) }
    var pieces: [String] = []
    for start in stride(from: 0, to: points.count, by: 500) {
      let piece = points[start..<min(start + 500, points.count)]
      pieces.append("\"\(try Matlab.octaveStrings.content(piece))\"")
    }
    return "[\(joined(pieces))]"
  }

  /// Joins the items between brackets, on several lines if they are long: Octave's kernel writes
  /// lines to a terminal, which accepts at most 4095 bytes of each.
  private func joined(_ items: [String]) -> String {
    let isLong = isOctave && items.reduce(0) { $0 + $1.utf8.count + 2 } > 1000
    return items.joined(separator: isLong ? ", ...\n" : ", ")
  }

  private func items(_ values: [JSONValue]) throws(Unrepresentable) -> String {
    var items: [String] = []
    for value in values { items.append(try expression(value)) }
    return joined(items)
  }

  /// A row of characters, as used for names in mappings.
  private func characters(_ value: JSONString) throws(Unrepresentable) -> String {
    if isOctave { return try octaveText(value) }
    let pieces = try pieces(value, quote: "'")
    return pieces.count == 1 ? pieces[0] : "[\(pieces.joined(separator: " "))]"
  }

  /// Literals, which have no escapes except doubled quotes, and characters by number; the first
  /// piece is a literal.
  private func pieces(_ value: JSONString, quote: String) throws(Unrepresentable) -> [String] {
    let style = StringStyle(escape: {
      $0 == quote.unicodeScalars.first?.value ? quote + quote : nil
    })
    var pieces: [String] = []
    var run: [UInt32] = []
    for point in value.codePoints {
      guard CodePoint.isPlain(point) || CodePoint.isSurrogate(point) || point > 0xFFFF else {
        if !run.isEmpty || pieces.isEmpty {
          pieces.append(quote + (try style.content(run[...])) + quote)
        }
        run = []
        pieces.append("char(\(point))")
        continue
      }
      run.append(point)
    }
    if !run.isEmpty || pieces.isEmpty {
      pieces.append(quote + (try style.content(run[...])) + quote)
    }
    return pieces
  }

  func list(_ elements: [JSONValue]) throws(Unrepresentable) -> String {
    "{\(try items(elements))}"
  }

  func map(_ members: [JSONObject.Member]) throws(Unrepresentable) -> String {
    if members.isEmpty { return "containers.Map()" }
    var keys: [String] = []
    for member in members { keys.append(try characters(member.key)) }
    // Without the last argument, numbers of one kind are converted to one type.
    let isLong = members.count > 20 && isOctave
    return "containers.Map({\(joined(keys))}, \(isLong ? "...\n" : "")"
      + "{\(try items(members.map(\.value)))}, 'UniformValues', false)"
  }
}
