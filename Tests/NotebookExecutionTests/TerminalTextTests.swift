import JSONCore
import Testing

@testable import NotebookExecution

@Suite("Text as on a terminal")
struct TerminalTextTests {
  @Test(
    "applies carriage returns and backspaces, in whatever pieces the text comes",
    arguments: [
      ("plain\ntext", "plain\ntext"), ("abc\rX", "Xbc"), ("abc\r\n", "abc\r\n"),
      ("a\r\nb\rc", "a\r\nc"),
      ("10%\r20%\r30%\n", "30%\n"), ("long line\rshort\n", "shortline\n"),
      ("abc\u{8}\u{8}X", "aXc"), ("\u{8}a", "a"), ("a\n\u{8}b", "a\nb"), ("50%\r", "50%\r"),
      ("█░\r██", "██"), ("é\u{8}e", "e"), ("abc\r\u{1B}[Kx", "x"),
      ("abc\r\u{1B}[31mX\u{1B}[0m", "\u{1B}[31mX\u{1B}[0mbc"), ("ab\rc\nd", "cb\nd"),
      ("a\r\r\nb", "a\r\nb"),
    ])
  func controls(_ text: String, _ expected: String) {
    var whole = TerminalText()
    whole.append(text)
    #expect(whole.text.string == expected)
    var pieces = TerminalText()
    for scalar in text.unicodeScalars { pieces.append(String(scalar)) }
    // A control sequence that is cut into its letters is no control sequence any more.
    if !text.contains("\u{1B}") {
      #expect(pieces.text.string == expected)
    }
  }
}
