extension MathParser {
  /// The node of a command; nil for a command without a place in the formula.
  mutating func command(_ name: String) throws(MathFailure) -> MathNode? {
    if let macro = macros[name] {
      try expand(macro)
      return nil
    }
    if let symbol = MathSymbols.identifiers[name] { return identifier(symbol) }
    if let symbol = MathSymbols.operators[name] {
      return MathNode(html: "<mo>\(symbol.asHTML)</mo>")
    }
    if let symbol = MathSymbols.large[name] {
      return MathNode(html: "<mo>\(symbol)</mo>", hasLimits: !MathSymbols.integrals.contains(name))
    }
    if let space = MathSymbols.spaces[name] {
      return MathNode(html: "<mspace width=\"\(space)\"></mspace>")
    }
    if MathSymbols.functions.contains(name) {
      return MathNode(html: MathParser.function(name))
    }
    if let words = MathSymbols.limitFunctions[name] {
      return MathNode(html: "<mo movablelimits=\"true\">\(words)</mo>", hasLimits: true)
    }
    if let accent = MathSymbols.accents[name] {
      let base = try argument()
      let isBelow = MathSymbols.accentsBelow.contains(name)
      let element = isBelow ? "munder" : "mover"
      let stretchy = MathSymbols.narrowAccents.contains(name) ? "false" : "true"
      return MathNode(
        html:
          "<\(element) accent=\"true\">\(base)<mo stretchy=\"\(stretchy)\">\(accent.asHTML)</mo>"
          + "</\(element)>", hasLimits: name.hasSuffix("brace"))
    }
    if let variant = MathVariant.commands[name] {
      let before = self.variant
      self.variant = variant
      defer { self.variant = before }
      return MathNode(html: try argument())
    }
    if MathSymbols.texts.contains(name) { return MathNode(html: try text()) }
    if let size = MathSymbols.sizes[name] {
      let delimiter = try delimiter()
      return MathNode(
        html: "<mo stretchy=\"true\" symmetric=\"true\" minsize=\"\(size)\" maxsize=\"\(size)\">"
          + "\(delimiter)</mo>")
    }
    return try structure(name)
  }

  /// The name of a function as one element, because it may have scripts.
  private static func function(_ name: String) -> String {
    "<mrow><mi>\(name.asHTML)</mi><mo>&#8289;</mo></mrow>"
  }

  private func identifier(_ symbol: String) -> MathNode {
    if let variant { return MathNode(html: variant.identifier(symbol)) }
    // Capital Greek letters and signs such as ∞ are upright.
    let isUpright =
      symbol.unicodeScalars.first.map { $0.value < 0x3B1 || $0.value > 0x3F6 } ?? false
    return MathNode(html: "<mi\(isUpright ? " mathvariant=\"normal\"" : "")>\(symbol.asHTML)</mi>")
  }

  private mutating func structure(_ name: String) throws(MathFailure) -> MathNode? {
    switch name {
    case "frac", "tfrac", "dfrac", "cfrac":
      let fraction = "<mfrac>\(try argument())\(try argument())</mfrac>"
      let isStyled = name == "dfrac" || name == "tfrac"
      return MathNode(
        html: isStyled
          ? "<mstyle displaystyle=\"\(name == "dfrac")\" scriptlevel=\"0\">\(fraction)</mstyle>"
          : fraction)
    case "binom", "dbinom", "tbinom":
      return MathNode(html: MathParser.fraction("choose", try argument(), try argument()))
    case "sqrt":
      guard let degree = try rawOption() else {
        return MathNode(html: "<msqrt>\(try argument())</msqrt>")
      }
      let root = try argument()
      return MathNode(html: "<mroot>\(root)\(try converted(degree))</mroot>")
    case "left": return try fenced()
    case "begin": return try environment()
    case "operatorname", "mathop", "DeclareMathOperator":
      let hasStar = takes("*")
      let words = try textArgument()
      if name == "DeclareMathOperator" {
        macros[String(words.dropFirst())] = MathMacro(
          body: [.command("operatorname"), .open] + (try rawArgument()) + [.close])
        return nil
      }
      if name == "mathop", words.contains("\\") || words.count == 1 {
        return MathNode(html: try converted(MathToken.tokens(of: words)), hasLimits: true)
      }
      let plain = words.replacing("\\,", with: " ").filter { $0 != "\\" && $0 != "{" && $0 != "}" }
      return hasStar || name == "mathop"
        ? MathNode(html: "<mo movablelimits=\"true\">\(plain.asHTML)</mo>", hasLimits: true)
        : MathNode(html: MathParser.function(plain))
    case "overset", "stackrel":
      let above = try argument()
      return MathNode(html: "<mover>\(try argument())\(above)</mover>")
    case "underset":
      let below = try argument()
      return MathNode(html: "<munder>\(try argument())\(below)</munder>")
    case "xrightarrow", "xleftarrow", "xRightarrow", "xleftrightarrow", "xmapsto":
      let arrow = MathSymbols.operators[String(name.dropFirst())] ?? "→"
      let below = try rawOption()
      let above = try argument()
      let sign = "<mo stretchy=\"true\">\(arrow)</mo>"
      guard let below else { return MathNode(html: "<mover>\(sign)\(above)</mover>") }
      return MathNode(html: "<munderover>\(sign)\(try converted(below))\(above)</munderover>")
    case "substack":
      return MathNode(html: try stacked())
    case "textcolor":
      let color = MathParser.color(try textArgument())
      return MathNode(html: "<mstyle style=\"color:\(color)\">\(try argument())</mstyle>")
    case "boxed", "fbox": return MathNode(html: "<mrow class=\"boxed\">\(try argument())</mrow>")
    case "cancel", "bcancel", "xcancel":
      return MathNode(html: "<mrow class=\"cancel\">\(try argument())</mrow>")
    case "phantom", "hphantom", "vphantom":
      return MathNode(html: "<mphantom>\(try argument())</mphantom>")
    case "not":
      let node = MathParser.group([MathNode(html: try argument())])
      return MathNode(
        html: node.replacing("</mo>", with: "\u{338}</mo>").replacing("</mi>", with: "\u{338}</mi>")
      )
    case "bmod", "mod": return MathNode(html: "<mo lspace=\"0.3em\" rspace=\"0.3em\">mod</mo>")
    case "LaTeX", "TeX": return MathNode(html: "<mtext>\(name)</mtext>")
    case "pmod":
      return MathNode(
        html:
          "<mspace width=\"1em\"></mspace><mo>(</mo><mi>mod</mi><mspace width=\"0.3em\"></mspace>"
          + "\(try argument())<mo>)</mo>")
    case "tag":
      _ = takes("*")
      return MathNode(
        html: "<mspace width=\"2em\"></mspace><mtext>(\(try textArgument().asHTML))</mtext>")
    case "ref", "eqref": return MathNode(html: "<mtext>(\(try textArgument().asHTML))</mtext>")
    case "href":
      _ = try rawArgument()
      return MathNode(html: try argument())
    case "mathord", "mathbin", "mathrel", "mathopen", "mathclose", "mathpunct", "mathinner",
      "hbox", "smash", "mathchoice", "ensuremath", "llap", "rlap", "mathstrut":
      return name == "mathstrut" ? nil : MathNode(html: try argument())
    case "hspace", "hskip", "kern", "mspace":
      if next == .open { _ = try rawArgument() }
      return MathNode(html: "<mspace width=\"0.5em\"></mspace>")
    case "newcommand", "renewcommand", "providecommand", "def": return try define(name)
    case "label", "require", "vspace":
      _ = try rawArgument()
      return nil
    case _ where MathSymbols.ignored.contains(name): return nil
    default:
      return MathNode(html: "<mtext class=\"unknown\">\\\(name.asHTML)</mtext>")
    }
  }

  // MARK: Macros

  private mutating func define(_ command: String) throws(MathFailure) -> MathNode? {
    _ = takes("*")
    var named = command == "def" ? [try take()] : try rawArgument()
    named.removeAll { $0 == .space }
    guard case .command(let name) = named.first else { throw MathFailure() }
    var macro = MathMacro(body: [])
    if command == "def" {
      while case .parameter(let number) = next {
        macro.parameters = number
        try take()
      }
    } else if let count = try rawOption() {
      guard case .character(let digit) = count.first, let number = digit.wholeNumberValue,
        (0...9).contains(number)
      else { throw MathFailure() }
      macro.parameters = number
      macro.standard = try rawOption()
    }
    macro.body = try rawArgument()
    guard macros.count < 1000 else { throw MathFailure() }
    macros[name] = macro
    return nil
  }

  private mutating func expand(_ macro: MathMacro) throws(MathFailure) {
    var values: [[MathToken]] = []
    for number in 0..<macro.parameters {
      if number == 0, let standard = macro.standard {
        values.append(try rawOption() ?? standard)
      } else {
        values.append(try rawArgument())
      }
    }
    var tokens: [MathToken] = []
    for token in macro.body {
      if case .parameter(let number) = token, number <= values.count {
        tokens += values[number - 1]
      } else {
        tokens.append(token)
      }
    }
    // The steps bound the number of expansions, this their size.
    guard tokens.count < 5000, rest.count < 100_000 else { throw MathFailure() }
    rest += tokens.reversed()
  }

  /// Tokens as one element.
  mutating func converted(_ tokens: [MathToken]) throws(MathFailure) -> String {
    rest.append(.close)
    rest += tokens.reversed()
    let nodes = try row(.group)
    try take()
    return MathParser.group(nodes)
  }

  // MARK: Texts and fences

  /// A text, in which formulas stand between dollars.
  private mutating func text() throws(MathFailure) -> String {
    let source = try rawArgument()
    var parts = source.split(separator: .character("$"), omittingEmptySubsequences: false)[...]
    var html = ""
    while let part = parts.popFirst() {
      let words = part.map { token -> String in
        switch token {
        case .command(let name): MathSymbols.textCommands[name] ?? (name.count == 1 ? name : "")
        case .open, .close: ""
        default: token.source
        }
      }.joined()
      if !words.isEmpty {
        // Blanks at the ends would be lost.
        html += "<mtext>\(words.replacing(" ", with: "\u{A0}").asHTML)</mtext>"
      }
      if let formula = parts.popFirst() { html += try converted(Array(formula)) }
    }
    return "<mrow>\(html)</mrow>"
  }

  /// The next delimiter as HTML; empty for none.
  mutating func delimiter() throws(MathFailure) -> String {
    skipBlanks()
    switch try take() {
    case .character("."): return ""
    case .character("<"): return "⟨"
    case .character(">"): return "⟩"
    case .character(let character): return String(character).asHTML
    case .command(let name):
      guard let symbol = MathSymbols.operators[name] else { throw MathFailure() }
      return symbol.asHTML
    default: throw MathFailure()
    }
  }

  private mutating func fenced() throws(MathFailure) -> MathNode {
    var html = "<mrow>" + MathParser.fence(try delimiter(), "prefix")
    while true {
      html += MathParser.joined(try row(.right))
      if try take() == .command("right") {
        return MathNode(html: html + MathParser.fence(try delimiter(), "postfix") + "</mrow>")
      }
      html += MathParser.fence(try delimiter(), "infix")
    }
  }

  static func fence(_ delimiter: String, _ form: String) -> String {
    delimiter.isEmpty
      ? "" : "<mo fence=\"true\" stretchy=\"true\" form=\"\(form)\">\(delimiter)</mo>"
  }
}
