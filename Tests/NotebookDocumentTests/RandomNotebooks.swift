import JSONCore

/// A generator with a fixed seed, so that failures can be reproduced.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Random values, both common and rare in notebooks.
struct RandomJSON {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed) }

  mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

  mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }

  mutating func pick<T>(_ values: [T]) -> T { values[number(below: values.count)] }

  private static let parts = [
    "a", "word ", "é", "😀", "データ", "\n", "\n", "\r\n", "\r", "\t", "\"", "\\", "/", "\u{0}",
    "\u{1}", "\u{8}", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{1F}", "\u{7F}", "\u{85}",
    "\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFF}", "\u{10FFFF}", "e\u{301}",
    "\u{1B}[31m", "</script>", "0123456789abcdef0123456789abcdef",
  ]

  /// A text of several parts, including line endings of every kind.
  mutating func text() -> String {
    var text = ""
    for _ in 0..<number(below: 9) { text += pick(RandomJSON.parts) }
    return text
  }

  /// A JSON number in an unusual spelling.
  mutating func number() -> JSONNumber {
    func digits(_ count: Int) -> String {
      String((0..<count).map { _ in Character(String(number(below: 10))) })
    }
    var text = chance(40) ? "-" : ""
    text += chance(30) ? "0" : "\(1 + number(below: 9))" + digits(number(below: 20))
    if chance(60) { text += "." + digits(1 + number(below: chance(20) ? 25 : 17)) }
    if chance(25) { text += pick(["e", "E", "e+", "e-", "E-"]) + digits(1 + number(below: 2)) }
    if chance(5) { text = pick(["NaN", "Infinity", "-Infinity", "-0", "-0.0", "1e400", "5e-324"]) }
    return JSONNumber(text: text) ?? JSONNumber(0)
  }

  /// A value with a maximum nesting depth.
  mutating func value(depth: Int) -> JSONValue {
    switch number(below: depth > 0 ? 9 : 6) {
    case 0: return nil
    case 1: return .bool(chance(50))
    case 2, 3: return .number(number())
    case 4, 5: return .init(text())
    case 6: return .array((0..<number(below: 4)).map { _ in value(depth: depth - 1) })
    default:
      return .object(
        JSONObject(
          (0..<number(below: 4)).map { _ in
            .init(key: JSONString(text()), value: value(depth: depth - 1))
          }))
    }
  }

  private static let mimeTypes = [
    "text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png",
    "image/jpeg", "application/javascript", "application/pdf", "text/x+json", "x/y",
  ]
  private static let mimeTypesOfJSON = ["application/json", "application/vnd.x.v1+json"]

  private mutating func bundle() -> JSONValue {
    var data: JSONObject = [:]
    for _ in 0..<number(below: 4) { data[pick(RandomJSON.mimeTypes)] = .init(text()) }
    if chance(40) { data[pick(RandomJSON.mimeTypesOfJSON)] = value(depth: 3) }
    return .object(data)
  }

  /// An output of any type with unsplit texts, as in a kernel's messages.
  mutating func output() -> JSONValue {
    var metadata: JSONObject = [:]
    if chance(30) { metadata["image/png"] = ["width": .number(number())] }
    switch number(below: 4) {
    case 0:
      return [
        "output_type": "stream", "name": .init(pick(["stdout", "stderr"])), "text": .init(text()),
      ]
    case 1:
      return [
        "output_type": "error", "ename": .init(text()), "evalue": .init(text()),
        "traceback": .array((0..<number(below: 3)).map { _ in .init(text()) }),
      ]
    case 2:
      return ["output_type": "display_data", "data": bundle(), "metadata": .object(metadata)]
    default:
      return [
        "output_type": "execute_result", "data": bundle(), "metadata": .object(metadata),
        "execution_count": chance(10) ? nil : .init(number(below: 99)),
      ]
    }
  }

  /// A value with one change: a part is removed, added, duplicated, renamed, or replaced.
  mutating func mutated(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object) where !object.isEmpty && chance(85):
      var members = object.members
      let place = number(below: members.count)
      switch number(below: 12) {
      case 0: members.remove(at: place)
      case 1: members.append(.init(key: members[place].key, value: replacement()))
      case 2: members[place].key = JSONString(pick(RandomJSON.names))
      case 3: members.append(.init(key: JSONString(pick(RandomJSON.names)), value: replacement()))
      default: members[place].value = mutated(members[place].value)
      }
      return .object(JSONObject(members))
    case .array(let elements) where !elements.isEmpty && chance(90):
      var elements = elements
      let place = number(below: elements.count)
      switch number(below: 8) {
      case 0: elements.remove(at: place)
      case 1: elements.append(elements[place])
      case 2: elements.insert(replacement(), at: place)
      default: elements[place] = mutated(elements[place])
      }
      return .array(elements)
    default: return replacement()
    }
  }

  private static let names = [
    "id", "metadata", "source", "outputs", "cell_type", "execution_count", "attachments", "tags",
    "name", "data", "text", "output_type", "collapsed", "scrolled", "jupyter", "execution",
    "format",
    "kernelspec", "display_name", "language_info", "codemirror_mode", "title", "authors",
    "orig_nbformat", "text/plain", "application/json", "application/x+json", "new",
  ]

  /// A replacement for a value.
  private mutating func replacement() -> JSONValue {
    pick([
      nil, true, 0, 1, -1, 1.5, .number(number()), "", "x", "a,b", "a\n", "\n", "auto", "code",
      "markdown", "raw", "stream", "error", "display_data", "execute_result", .init(text()), [],
      ["a", "b"], ["a", "a"], ["a", 1], [[]], [:], ["name": "x"], ["a": "b"], ["a": 1],
      ["name": "x", "display_name": "y"], ["text/plain": ["a"]], ["output_type": "stream"],
      .init(String(repeating: "i", count: 60 + number(below: 8))),
    ])
  }
}
