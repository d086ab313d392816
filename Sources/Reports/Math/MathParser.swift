/// Reads a formula, and writes it as MathML.
struct MathParser {
  /// What ends a row.
  enum Stop { case input, group, bracket, cell, right }

  /// The tokens to read, the next one last.
  var rest: [MathToken]
  var macros: [String: MathMacro]
  var variant: MathVariant?
  /// How many tokens were read.
  private(set) var steps = 0
  private var depth = 0

  private static let depthLimit = 60
  private static let stepLimit = 100_000

  init(_ source: String, _ macros: [String: MathMacro]) {
    rest = MathToken.tokens(of: source).reversed()
    self.macros = macros
  }

  /// The whole formula.
  mutating func formula() throws(MathFailure) -> String {
    MathParser.joined(try row(.input))
  }

  // MARK: Tokens

  var next: MathToken? { rest.last }

  @discardableResult
  mutating func take() throws(MathFailure) -> MathToken {
    steps += 1
    guard steps < MathParser.stepLimit, let token = rest.popLast() else { throw MathFailure() }
    return token
  }

  mutating func skipBlanks() {
    while rest.last == .space {
      // Macros make blanks too, so they count.
      steps += 1
      rest.removeLast()
    }
  }

  /// Takes a character if it is the next one.
  mutating func takes(_ character: Character) -> Bool {
    skipBlanks()
    guard next == .character(character) else { return false }
    steps += 1
    rest.removeLast()
    return true
  }

  /// The tokens of the next argument, without its braces.
  mutating func rawArgument() throws(MathFailure) -> [MathToken] {
    skipBlanks()
    let first = try take()
    guard first == .open else { return [first] }
    var tokens: [MathToken] = []
    var level = 1
    while true {
      let token = try take()
      if token == .open { level += 1 }
      if token == .close { level -= 1 }
      if level == 0 { return tokens }
      tokens.append(token)
    }
  }

  /// The text of the next argument.
  mutating func textArgument() throws(MathFailure) -> String {
    try rawArgument().map(\.source).joined()
  }

  /// The tokens of the next argument in brackets; nil if there is none.
  mutating func rawOption() throws(MathFailure) -> [MathToken]? {
    guard takes("[") else { return nil }
    var tokens: [MathToken] = []
    var level = 0
    while true {
      let token = try take()
      if token == .open { level += 1 }
      if token == .close { level -= 1 }
      if level == 0, token == .character("]") { return tokens }
      tokens.append(token)
    }
  }

  // MARK: Rows

  static func joined(_ nodes: [MathNode]) -> String { nodes.map(\.html).joined() }

  /// The nodes as one element.
  static func group(_ nodes: [MathNode]) -> String {
    nodes.count == 1 ? nodes[0].html : "<mrow>\(joined(nodes))</mrow>"
  }

  /// The nodes up to a stop, which is not taken.
  mutating func row(_ stop: Stop) throws(MathFailure) -> [MathNode] {
    depth += 1
    defer { depth -= 1 }
    guard depth < MathParser.depthLimit else { throw MathFailure() }
    var nodes: [MathNode] = []
    let before = variant
    defer { variant = before }
    while let token = next {
      switch (token, stop) {
      case (.close, .group), (.character("]"), .bracket), (.command("right"), .right),
        (.command("middle"), .right), (.align, .cell), (.command("\\"), .cell),
        (.command("cr"), .cell), (.command("end"), .cell):
        return nodes
      case (.close, _), (.command("right"), _), (.command("end"), _): throw MathFailure()
      case (.space, _), (.align, _): try take()
      case (.command(let name), _) where MathSymbols.infix.contains(name):
        try take()
        let below = MathParser.group(try row(stop))
        return [MathNode(html: MathParser.fraction(name, MathParser.group(nodes), below))]
      case (.command(let name), _) where MathVariant.switches[name] != nil:
        try take()
        variant = MathVariant.switches[name]
      case (.command(let name), _) where MathSymbols.styles[name] != nil:
        try take()
        let content = MathParser.joined(try row(stop))
        nodes.append(
          MathNode(html: "<mstyle \(MathSymbols.styles[name] ?? "")>\(content)</mstyle>"))
        return nodes
      case (.command("color"), _):
        try take()
        let color = try MathParser.color(textArgument())
        nodes.append(
          MathNode(
            html: "<mstyle style=\"color:\(color)\">\(MathParser.joined(try row(stop)))</mstyle>"))
        return nodes
      default:
        if let node = try atom() { nodes.append(try scripts(of: node)) }
      }
    }
    guard stop == .input else { throw MathFailure() }
    return nodes
  }

  static func fraction(_ name: String, _ above: String, _ below: String) -> String {
    switch name {
    case "over": "<mfrac>\(above)\(below)</mfrac>"
    case "atop": "<mfrac linethickness=\"0\">\(above)\(below)</mfrac>"
    default:
      "<mrow><mo>(</mo><mfrac linethickness=\"0\">\(above)\(below)</mfrac><mo>)</mo></mrow>"
    }
  }

  /// A colour for a style: a name or a number, and nothing else.
  static func color(_ text: String) -> String {
    let isSafe = text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "#") }
    return isSafe && text.utf8.count < 30 ? text : "inherit"
  }

  // MARK: Scripts

  /// A node with the scripts after it.
  mutating func scripts(of node: MathNode) throws(MathFailure) -> MathNode {
    var (below, above): (String?, String?)
    var primes = ""
    var hasLimits = node.hasLimits
    reading: while true {
      skipBlanks()
      switch next {
      case .command("limits"): hasLimits = true
      case .command("nolimits"): hasLimits = false
      case .character("'"), .character("’"): primes += "′"
      case .superscript:
        try take()
        guard above == nil else { throw MathFailure() }
        above = try argument()
        continue reading
      case .subscript:
        try take()
        guard below == nil else { throw MathFailure() }
        below = try argument()
        continue reading
      default: break reading
      }
      try take()
    }
    if !primes.isEmpty {
      let prime = "<mo>\(primes)</mo>"
      above = above.map { "<mrow>\(prime)\($0)</mrow>" } ?? prime
    }
    let kinds = hasLimits ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup")
    switch (below, above) {
    case (nil, nil): return node
    case (let below?, nil): return MathNode(html: "<\(kinds.0)>\(node.html)\(below)</\(kinds.0)>")
    case (nil, let above?): return MathNode(html: "<\(kinds.1)>\(node.html)\(above)</\(kinds.1)>")
    case (let below?, let above?):
      return MathNode(html: "<\(kinds.2)>\(node.html)\(below)\(above)</\(kinds.2)>")
    }
  }

  /// The next argument as one element.
  mutating func argument() throws(MathFailure) -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth < MathParser.depthLimit else { throw MathFailure() }
    skipBlanks()
    while true {
      if next == .close || next == nil { throw MathFailure() }
      // Numbers as arguments have one digit.
      if case .character(let digit) = next, digit.isNumber {
        try take()
        return "<mn>\(String(digit).asHTML)</mn>"
      }
      if let node = try atom() { return node.html }
    }
  }

  // MARK: Atoms

  /// The next node without scripts; nil for what has no place in the formula.
  mutating func atom() throws(MathFailure) -> MathNode? {
    switch try take() {
    case .open:
      let nodes = try row(.group)
      try take()
      return MathNode(
        html: MathParser.group(nodes), hasLimits: nodes.count == 1 && nodes[0].hasLimits)
    case .character(let character):
      return try character.isNumber ? number(character) : letter(character)
    case .superscript:
      rest.append(.superscript)
      return MathNode(html: "<mrow></mrow>")
    case .subscript:
      rest.append(.subscript)
      return MathNode(html: "<mrow></mrow>")
    case .command(let name): return try command(name)
    case .close: throw MathFailure()
    case .align, .space, .parameter: return nil
    }
  }

  private mutating func number(_ first: Character) throws(MathFailure) -> MathNode {
    var text = String(first)
    while case .character(let character) = next,
      character.isNumber || (character == "." || character == ",") && isDigit(rest.dropLast().last)
    {
      text.append(character)
      try take()
    }
    return MathNode(html: "<mn>\(variant?.applied(to: text) ?? text)</mn>")
  }

  private func isDigit(_ token: MathToken?) -> Bool {
    if case .character(let character) = token { character.isNumber } else { false }
  }

  private mutating func letter(_ character: Character) throws(MathFailure) -> MathNode {
    guard character.isLetter else {
      return MathNode(html: MathSymbols.operatorElement(character))
    }
    guard let variant else { return MathNode(html: "<mi>\(String(character).asHTML)</mi>") }
    var text = String(character)
    while case .character(let more) = next, more.isLetter, more.isASCII {
      text.append(more)
      try take()
    }
    return MathNode(html: variant.identifier(text))
  }
}
