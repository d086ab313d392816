/// The commands of TeX that stand for characters, from unicode-math's table and MathJax's.
enum MathSymbols {
  static let infix: Set<String> = ["over", "choose", "atop"]

  /// Commands that change the style of the rest of a group.
  static let styles = [
    "displaystyle": "displaystyle=\"true\" scriptlevel=\"0\"",
    "textstyle": "displaystyle=\"false\" scriptlevel=\"0\"",
    "scriptstyle": "displaystyle=\"false\" scriptlevel=\"1\"",
    "scriptscriptstyle": "displaystyle=\"false\" scriptlevel=\"2\"",
  ]

  static let texts: Set<String> = [
    "text", "textrm", "textbf", "textit", "texttt", "textsf", "textnormal", "mbox", "textup",
    "emph", "textsc",
  ]

  static let textCommands = [
    " ": " ", "quad": "  ", "qquad": "    ", "ldots": "…", "dots": "…", "textbackslash": "\\",
    "degree": "°", "ae": "æ", "o": "ø", "ss": "ß",
  ]

  static let ignored: Set<String> = [
    "limits", "nolimits", "nonumber", "notag", "hline", "strut", "allowbreak", "nobreak", "hfill",
    "mathstrut", "small", "large", "Large", "normalsize", "noindent", "centering", "relax",
    "displaylimits", "hfil", "null", "boldmath", "unboldmath", "protect", "scriptsize", "tiny",
    "footnotesize", "newline", "\\", "cr", "par", "smallskip", "medskip", "bigskip",
  ]

  static let spaces = [
    ",": "0.1667em", "thinspace": "0.1667em", ":": "0.2222em", ">": "0.2222em",
    "medspace": "0.2222em", ";": "0.2778em", "thickspace": "0.2778em", "!": "-0.1667em",
    "negthinspace": "-0.1667em", " ": "0.25em", "enspace": "0.5em", "quad": "1em", "qquad": "2em",
    "enskip": "0.5em", "nobreakspace": "0.25em", "space": "0.25em", "negmedspace": "-0.2222em",
  ]

  static let functions: Set<String> = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "coth", "log", "ln", "lg", "exp", "deg", "dim", "hom", "ker", "arg",
  ]

  static let limitFunctions = [
    "lim": "lim", "max": "max", "min": "min", "sup": "sup", "inf": "inf", "det": "det",
    "gcd": "gcd", "Pr": "Pr", "limsup": "lim sup", "liminf": "lim inf", "argmax": "arg max",
    "argmin": "arg min", "injlim": "inj lim", "projlim": "proj lim",
  ]

  static let large = [
    "sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "iiint": "∭", "oint": "∮",
    "intop": "∫", "bigcup": "⋃", "bigcap": "⋂", "bigvee": "⋁", "bigwedge": "⋀", "bigoplus": "⨁",
    "bigotimes": "⨂", "bigodot": "⨀", "bigsqcup": "⨆", "biguplus": "⨄", "oiint": "∯",
    "smallint": "∫",
  ]

  static let integrals: Set<String> = ["int", "iint", "iiint", "oint", "oiint", "smallint"]

  static let accents = [
    "hat": "^", "widehat": "^", "check": "ˇ", "tilde": "~", "widetilde": "~", "bar": "¯",
    "overline": "¯", "vec": "→", "dot": "˙", "ddot": "¨", "dddot": "⃛", "breve": "˘", "acute": "´",
    "grave": "`", "mathring": "˚", "overbrace": "⏞", "underbrace": "⏟", "underline": "_",
    "underbar": "_", "overrightarrow": "→", "overleftarrow": "←", "overleftrightarrow": "↔",
    "underrightarrow": "→", "underleftarrow": "←", "overbracket": "⎴", "underbracket": "⎵",
    "widebar": "¯", "overparen": "⏜", "underparen": "⏝",
  ]

  static let accentsBelow: Set<String> = [
    "underbrace", "underline", "underbar", "underrightarrow", "underleftarrow", "underbracket",
    "underparen",
  ]

  static let narrowAccents: Set<String> = [
    "hat", "check", "tilde", "bar", "vec", "dot", "ddot", "dddot", "breve", "acute", "grave",
    "mathring",
  ]

  static let sizes: [String: String] = {
    var sizes: [String: String] = [:]
    for (name, size) in [("big", "1.2em"), ("Big", "1.8em"), ("bigg", "2.4em"), ("Bigg", "3em")] {
      for side in ["", "l", "r", "m"] { sizes[name + side] = size }
    }
    return sizes
  }()

  /// An operator for a character of the keyboard.
  static func operatorElement(_ character: Character) -> String {
    switch character {
    case "-": "<mo>−</mo>"
    case "*": "<mo>∗</mo>"
    case "(", "[": "<mo stretchy=\"false\">\(character)</mo>"
    case ")", "]": "<mo stretchy=\"false\">\(character)</mo>"
    case "|": "<mo stretchy=\"false\">|</mo>"
    case "/": "<mo>/</mo>"
    case ":": "<mo>:</mo>"
    default: "<mo>\(String(character).asHTML)</mo>"
    }
  }

  /// Letters and signs that stand for values.
  static let identifiers: [String: String] = table(
    """
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ
    Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ Re ℜ
    Im ℑ aleph ℵ beth ℶ wp ℘ emptyset ∅ varnothing ∅ imath ı jmath ȷ forall ∀ exists ∃ nexists ∄
    top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ Diamond ◊ diamondsuit ♢ heartsuit ♡ clubsuit ♣
    spadesuit ♠ checkmark ✓ degree ° hslash ℏ complement ∁ eth ð mho ℧ prime ′ backprime ‵
    digamma ϝ blacksquare ■ bigstar ★ lozenge ◊ dagger † ddagger ‡ S § P ¶ pounds £ yen ¥ euro €
    copyright © AA Å aa å ae æ AE Æ ss ß natural ♮ sharp ♯ flat ♭ textdegree ° measuredangle ∡
    """, signs: ["#": "#", "$": "$", "%": "%", "&": "&", "_": "_"])

  /// Operators, relations, arrows and delimiters.
  static let operators: [String: String] = table(
    """
    times × cdot ⋅ div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘
    odot ⊙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ wr ≀ amalg ⨿
    smallsetminus ∖ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ ll ≪ gg ≫ lll ⋘ ggg ⋙ approx ≈ approxeq ≊
    sim ∼ simeq ≃ cong ≅ equiv ≡ propto ∝ varpropto ∝ doteq ≐ asymp ≍ prec ≺ succ ≻ preceq ⪯
    succeq ⪰ leqslant ⩽ geqslant ⩾ lesssim ≲ gtrsim ≳ leqq ≦ geqq ≧ triangleq ≜ coloneqq ≔ coloneq ≔
    eqqcolon ≕ in ∈ notin ∉ ni ∋ owns ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊
    supsetneq ⊋ nsubseteq ⊈ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥
    nparallel ∦ perp ⟂ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ bowtie ⋈ smile ⌣ frown ⌢ between ≬
    neg ¬ lnot ¬ therefore ∴ because ∵ to → rightarrow → gets ← leftarrow ← leftrightarrow ↔
    Rightarrow ⇒ implies ⟹ impliedby ⟸ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺ mapsto ↦ longmapsto ⟼
    longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸
    Longleftrightarrow ⟺ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕
    nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀
    rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋
    leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠ upharpoonright ↾ restriction ↾ circlearrowleft ↺
    circlearrowright ↻ rightrightarrows ⇉ leftleftarrows ⇇ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏
    ldots … dots … dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ cdots ⋯ vdots ⋮ ddots ⋱ colon : lbrace { rbrace }
    lbrack [ rbrack ] langle ⟨ rangle ⟩ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ lfloor ⌊
    rfloor ⌋ lceil ⌈ rceil ⌉ lgroup ⟮ rgroup ⟯ lmoustache ⎰ rmoustache ⎱ ulcorner ⌜ urcorner ⌝
    backslash \\ surd √ rtimes ⋊ ltimes ⋉ boxplus ⊞ boxtimes ⊠ boxminus ⊟ diamond ⋄ bigcirc ◯
    bigtriangleup △ bigtriangledown ▽ triangleleft ◃ triangleright ▹ trianglelefteq ⊴
    trianglerighteq ⊵ vartriangle △ curlyvee ⋎ curlywedge ⋏ dotplus ∔ intercal ⊺ doublecap ⋒
    doublecup ⋓ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ ncong ≇ nsim ≁ nprec ⊀ nsucc ⊁ lessgtr ≶ gtrless ≷
    precsim ≾ succsim ≿ Subset ⋐ Supset ⋑ multimap ⊸ pitchfork ⋔ shortmid ∣ shortparallel ∥
    thicksim ∼ thickapprox ≈ backsim ∽ eqsim ≂ Join ⋈ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ centerdot ⋅
    vcentcolon : ratio : cdotp ⋅ ldotp . lt < gt > doublebarwedge ⩞ barwedge ⊼ veebar ⊻ circledast ⊛
    circledcirc ⊚ circleddash ⊝ dashrightarrow ⇢ dashleftarrow ⇠ upuparrows ⇈ downdownarrows ⇊
    """, signs: ["{": "{", "}": "}", "|": "‖"])

  private static func table(_ words: String, signs: [String: String]) -> [String: String] {
    let words = words.split(whereSeparator: \.isWhitespace).map(String.init)
    var table = signs
    for place in stride(from: 0, to: words.count - 1, by: 2) {
      table[words[place]] = words[place + 1]
    }
    return table
  }
}
