import Testing

@testable import PipelineExecution

@Suite("Output of scripts")
struct ScriptOutputTests {
  @Test(
    "colours are kept, other control sequences are removed",
    arguments: [
      ("plain", "plain"),
      ("caf\u{E9} \u{4E2D}\u{1F600}", "caf\u{E9} \u{4E2D}\u{1F600}"),
      ("\u{1B}[2J\u{1B}[H\u{1B}[31mred", "\u{1B}[31mred\u{1B}[0m"),
      ("\u{1B}[1;38:5:9mx\u{1B}[0m", "\u{1B}[1;38:5:9mx\u{1B}[0m"),
      ("a\u{1B}[5A\u{1B}[Kb\u{8}\u{7}c\tx", "abc\tx"),
      ("\u{1B}]0;title\u{7}x\u{1B}]8;;http://e\u{1B}\\y", "xy"),
      ("\u{9B}2Jx\u{9D}title\u{9C}y", "xy"),
      ("\u{1B}(Bx\u{1B}cy\u{1B}7z", "xyz"),
      ("\u{1B}[?25lx\u{1B}[>4;2my", "xy"),
      ("x\u{1B}", "x"), ("x\u{1B}[3", "x"), ("x\u{1B}]never ends", "x"),
    ])
  func colors(text: String, shown: String) {
    #expect(ControlSequences.colorsOnly(text) == shown)
  }

  @Test("without colours, all control sequences are removed")
  func plain() { #expect(ControlSequences.removed(from: "\u{1B}[31mred\u{1B}[0m") == "red") }

  @Test(
    "the line that names the error is found",
    arguments: [
      (
        "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n"
          + "ValueError: column 'price' is missing in prices.csv",
        "ValueError: column 'price' is missing in prices.csv" as String?
      ),
      (
        "Error in f() : \n  no such thing\nCalls: f\nExecution halted",
        "Error in f() : no such thing"
      ),
      ("Error: object 'x' not found\nExecution halted", "Error: object 'x' not found"),
      ("a.sh: 2: nope: not found\n\n", "a.sh: 2: nope: not found"),
      ("\u{1B}[31mred error\u{1B}[0m", "red error"), ("", nil), ("  \n^^^^\n", nil),
    ])
  func error(tail: String, line: String?) { #expect(ScriptError.line(of: tail) == line) }
}
