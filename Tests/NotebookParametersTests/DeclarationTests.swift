import JSONCore
import NotebookDocument
import NotebookParameters
import RealKernels
import Testing

@Suite("Declarations in a parameters cell")
struct DeclarationTests {
  /// A parameter on one line: `name: type = default # help`.
  private func text(_ language: String, _ source: String) throws -> [String]? {
    try Translator(kernel: nil, language: language).declarations(in: source)?.map {
      "\($0.name): \($0.type ?? "?") = \($0.defaultValue)\($0.help.isEmpty ? "" : " # \($0.help)")"
    }
  }

  @Test(
    "in Python: assignments to single names at the top level, with types, defaults and comments",
    arguments: [
      ("msg = None", ["msg: ? = None"]),
      ("a: float = 2.25 # Variable a", ["a: float = 2.25 # Variable a"]),
      (
        "b = [\n    'Hello', # First element\n# Dummy comment\n    'World'\n] # type: List[str] Nice list",
        ["b: List[str] = ['Hello','World'] # Nice list"]
      ),
      ("c: \"NoneType\" = None", ["c: NoneType = None"]),
      ("= 2\nd = a == 3", ["d: ? = a == 3"]),
      ("a = 1\n\n# a comment of its own\nb = 2", ["a: int = 1", "b: int = 2"]),
      ("a = 1; b = 'x'  # both", ["a: int = 1", "b: str = 'x' # both"]),
      ("a = b = 0.5", ["a: float = 0.5", "b: float = 0.5"]),
      ("n: int", ["n: int = "]),
      ("url = \"http://x/#y\" # where", ["url: str = \"http://x/#y\" # where"]),
      ("q = 'it\\'s # not' 'two'", ["q: str = 'it\\'s # not' 'two'"]),
      (
        "s = \"\"\"a\n# b = 1\n\"\"\"\nt = 1",
        ["s: str = \"\"\"a\\n# b = 1\\n\"\"\"", "t: int = 1"]
      ),
      ("d = {\n  'a': 1, 'b': {'c=': 2},\n}", ["d: dict = {'a': 1, 'b': {'c=': 2},}"]),
      (
        "s = {1, 2}\nt = (1, 2)\nu = (1)\ne = {}\nf = ()",
        ["s: set = {1, 2}", "t: tuple = (1, 2)", "u: ? = (1)", "e: dict = {}", "f: tuple = ()"]
      ),
      ("x: Optional[Dict[str, int]] = f(a=1, b=2)", ["x: Optional[Dict[str, int]] = f(a=1, b=2)"]),
      ("x: int | None = None  # how many", ["x: int | None = None # how many"]),
      ("x = 1  # type: int | None  how many", ["x: int | None = 1 # how many"]),
      ("x = 1  # type: ignore", ["x: int = 1"]),
      ("x = 1 + \\\n  2", ["x: ? = 1 + 2"]),
      ("x = a if b else \\\n c", ["x: ? = a if b else c"]),
      ("x += 1\nx.y = 2\nx[0] = 3\nprint(x=1)\na, b = 1, 2", []),
      (
        "import os\nfrom a import b\nif x:\n    y = 1\nif z: w = 1; v = 2\ndef f(a=1):\n  b = 2\nclass C: q = 1",
        []
      ),
      ("%matplotlib inline\n!ls 'x\nx = -1.5e-3", ["x: float = -1.5e-3"]),
      ("a = 1\na = 2", ["a: int = 2"]),
      ("f = lambda x=1: x", ["f: ? = lambda x=1: x"]),
      (
        "b = b'x'\nr = r'\\d'\nj = 1j\nh = 0xFF\nt = True",
        [
          "b: bytes = b'x'", "r: str = r'\\d'", "j: complex = 1j", "h: int = 0xFF",
          "t: bool = True",
        ]
      ),
      ("x = [0][0]\ny = [1] + [2]", ["x: ? = [0][0]", "y: ? = [1] + [2]"]),
      ("größe = 1", ["größe: int = 1"]),
      ("x = '", ["x: str = '"]), ("x = [1,", ["x: ? = [1,"]), ("x = )", ["x: ? = )"]),
      ("x: = 1", []),
      ("", []), ("# nothing", []), ("x =", []), ("\"\"\"", []), ("\\", []),
      ("x = 1 \\", ["x: ? = 1 \\"]),
    ])
  func python(_ source: String, _ expected: [String]) throws {
    #expect(try text("python", source) == expected)
  }

  @Test(
    "in R",
    arguments: [
      ("alpha <- 0.5 # how much", ["alpha: numeric = 0.5 # how much"]),
      ("n = 5L; s <- 'a # b'", ["n: integer = 5L", "s: character = 'a # b'"]),
      ("TRUE -> flag", ["flag: logical = TRUE"]), ("a <<- -1", ["a: numeric = -1"]),
      ("a <- b <- NULL", ["a: ? = NULL", "b: ? = NULL"]),
      ("v <- c(\n  'a', # one\n  'b'\n)  #' two", ["v: character vector = c('a','b') # two"]),
      ("l <- list(a = 1, b = list())", ["l: list = list(a = 1, b = list())"]),
      ("x <- 1 +\n  2\ny <- 3", ["x: ? = 1 + 2", "y: numeric = 3"]),
      ("f <- function(a = 1) {\n  b <- 2\n}", ["f: function = function(a = 1) {b <- 2}"]),
      ("library(x)\nprint(y = 1)\nif (a) b <- 1\nx$y <- 1\nx[1] <- 2", []),
      ("`a b` <- 1", ["a b: numeric = 1"]),
      ("r <- r\"--(a)\" # )--\"", ["r: character = r\"--(a)\" # )--\""]),
      ("p <- 5 %in% x", ["p: ? = 5 %in% x"]),
      ("data.dir <- \"/x\"", ["data.dir: character = \"/x\""]),
      ("x <- '", ["x: character = '"]), ("x <- c(1", ["x: ? = c(1"]), ("", []), ("<-", []),
      ("x <-", []),
    ])
  func r(_ source: String, _ expected: [String]) throws {
    #expect(try text("R", source) == expected)
  }

  @Test("in other languages is not read")
  func others() throws {
    #expect(try text("julia", "x = 1") == nil)
  }

  @Test(
    "the time to read a cell grows in proportion to it",
    arguments: [
      ("python", "x = 1\n"), ("python", "x = 1; "), ("python", "a = 1 # type: b   |\n"),
      ("python", "("), ("R", "x <- 1\n"), ("R", "# nothing\n"), ("R", "`x` <- "),
    ])
  func growth(_ language: String, _ piece: String) throws {
    let translator = try Translator(kernel: nil, language: language)
    let factor = Growth.factor(from: 1000) { count in
      _ = translator.declarations(in: String(repeating: piece, count: count))
    }
    #expect(factor < Growth.proportional)
  }

  @Test("many names declare as many parameters, each with its last value at its first place")
  func many() throws {
    let lines = (0..<3000).map { "x\($0 % 2000) = \($0)" }
    let declared = try Translator(kernel: nil, language: "python")
      .declarations(in: lines.joined(separator: "\n"))
    #expect(declared?.map(\.name) == (0..<2000).map { "x\($0)" })
    #expect(declared?[0].defaultValue == "2000" && declared?[1999].defaultValue == "1999")
  }

  @Test("no text makes the parser fail or hang")
  func hostile() throws {
    let pieces = [
      "a", "=", " ", "\n", "\r", "'", "\"", "\"\"\"", "(", ")", "[", "}", "#", "\\", ":", ";", "<-",
      "->", "r\"-(",
      "%", "`", "1", "e+", "é", "\u{0}", "😀", ",", "type:", "==", "lambda ", "|",
    ]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<3000 {
      let source = (0..<next(30)).map { _ in pieces[next(pieces.count)] }.joined()
      for language in ["python", "R"] {
        let declared =
          try Translator(kernel: nil, language: language).declarations(in: source) ?? []
        #expect(
          declared.allSatisfy { !$0.defaultValue.contains("\n") }, "\(source.debugDescription)")
      }
    }
  }
}
