import JSONCore
import Testing

@testable import NotebookExecution

private let esc = "\u{1B}"

@Suite("Text as on a terminal")
struct TerminalTextTests {
  /// The text of a stream that arrives at once, after checking that it is the same letter by
  /// letter.
  private func text(_ stream: String) -> String {
    var whole = TerminalText()
    whole.append(stream)
    var pieces = TerminalText()
    for scalar in stream.unicodeScalars { pieces.append(String(scalar)) }
    #expect(pieces.text == whole.text, "in pieces")
    #expect(pieces.count == pieces.text.string.utf8.count)
    #expect(whole.count == whole.text.string.utf8.count)
    return whole.text.string
  }

  @Test(
    "applies carriage returns and backspaces, however the text is split",
    arguments: [
      ("plain\ntext", "plain\ntext"), ("abc\rX", "Xbc"), ("abc\r\n", "abc\r\n"),
      ("a\r\nb\rc", "a\r\nc"),
      ("10%\r20%\r30%\n", "30%\n"), ("long line\rshort\n", "shortline\n"),
      ("abc\u{8}\u{8}X", "aXc"), ("\u{8}a", "a"), ("a\n\u{8}b", "a\nb"), ("50%\r", "50%\r"),
      ("█░\r██", "██"), ("é\u{8}e", "e"), ("abc\r\(esc)[Kx", "x"),
      ("abc\r\(esc)[31mX\(esc)[0m", "\(esc)[31mX\(esc)[0mbc"), ("ab\rc\nd", "cb\nd"),
      ("a\r\r\nb", "a\r\nb"), ("10%\r20%\r\nx", "20%\r\nx"), ("\rx", "x"),
    ])
  func controls(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test(
    "keeps the lines above a progress bar that is cleared",
    arguments: [
      ("10%\r\(esc)[KStep A done\nStep B 10%\rStep B 20%", "Step A done\nStep B 20%"),
      ("\u{8}\u{8}a\nb\rc", "a\nc"), ("10%\(esc)[2K\rdone\nnext\rNEXT", "done\nNEXT"),
      ("one\ntwo\(esc)[1K\rx", "one\nx"),
      ("a\nb\n\(esc)[2A\(esc)[Jc", "c"), ("a\nb\n\(esc)[2A\r\(esc)[KA\n\(esc)[KB\n", "A\nB\n"),
    ])
  func clearedLines(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test(
    "does not split colours that are overwritten",
    arguments: [
      ("\(esc)[33mworking...\(esc)[0m\rdone      \n", "done      \n"),
      (
        "\(esc)[31mabc\(esc)[0m\u{8}\u{8}X\n",
        "\(esc)[31ma\(esc)[0mX\(esc)[31mc\(esc)[0m\n"
      ),
      ("\(esc)[2K\(esc)[32m 50% first\(esc)[0m\r100%\n", "100%\(esc)[32m first\(esc)[0m\n"),
      ("ab\r\(esc)[1;38;5;9;48;2;1;2;3mX", "\(esc)[1;38;5;9;48;2;1;2;3mX\(esc)[0mb"),
      ("ab\r\(esc)[4:3;58:2::9:8:7mX", "\(esc)[4:3;58;2;9;8;7mX\(esc)[0mb"),
      // A style that is active at the start of a line is also needed in the line.
      ("\(esc)[32mone\ntwo\rT\nthree", "\(esc)[32mone\nTwo\(esc)[0m\n\(esc)[32mthree"),
      ("\(esc)[1mbold\(esc)[22mx\ry", "y\(esc)[1mold\(esc)[0mx"),
    ])
  func colours(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test(
    "keeps text without cursor movement unchanged",
    arguments: [
      "\(esc)[0;31mred\(esc)[m and \(esc)[01;38:5:4mblue\(esc)[0;0m\n",
      // grep's colours.
      "\(esc)[01;31m\(esc)[Kmatch\(esc)[m\(esc)[K rest\n",
      "\(esc)]8;;https://example.org\u{7}link\(esc)]8;;\u{7}\n", "\(esc)]0;title\(esc)\\text",
      "\(esc)[?25l\(esc)(Btext\(esc)[?25h", "\(esc)P1;2|data\(esc)\\\(esc)_G;AAAA\(esc)\\x",
      "a\tb\u{C}c\u{7}d\u{0}e", "\(esc)[2Knew", "\(esc)[Jnew", "cut \(esc)[3", "cut \(esc)",
      "cut \(esc)]8;;https://exam", "not one \(esc)[3é", "\(esc)\(esc)[31mx\(esc)[m",
      "\(esc)]0;a\nb\r\nc",
      "a\r\nb\r\n", "\u{9B}31mC1",
    ])
  func untouched(_ stream: String) {
    #expect(text(stream) == stream)
    // Also below an overwritten line.
    #expect(text("1%\r2%\n" + stream) == "2%\n" + stream)
    // And above an overwritten line.
    if !stream.contains("cut ") {
      #expect(text(stream + "\n1%\r2%\n") == stream + "\n2%\n")
    }
  }

  @Test(
    "moves the cursor in all directions",
    arguments: [
      ("a\nb\nc\(esc)[2AX\(esc)[2BY", "aX\nb\nc Y"), ("ab\(esc)[2DX\(esc)[CY", "XbY"),
      ("ab\ncd\(esc)[FX\(esc)[EY", "Xb\nYd"), ("abc\(esc)[2GX", "aXc"),
      ("a\nb\(esc)[1;3HX", "a X\nb"), ("a\nb\(esc)[HX", "X\nb"), ("a\nb\(esc)[fX", "X\nb"),
      ("a\nb\(esc)[dX", "aX\nb"), ("a\(esc)[3Bb", "a\n\n\n b"),
      ("ab\(esc)7\ncd\(esc)8X", "abX\ncd"), ("ab\(esc)[s\ncd\(esc)[uX", "abX\ncd"),
      ("abc\r\tX", "abc     X"), ("a\tb\rX", "X\tb"), ("a\tb\r\(esc)[3CX", "a  X    b"),
      ("a\n\(esc)MX", "X\n"), ("a\(esc)Db", "a\n b"), ("a\(esc)Eb", "a\nb"),
      ("ab\(esc)[3b\rX", "Xbbbb"),
      ("a\(esc)[Ib\r\(esc)[2I\(esc)[Zc", "a       c"),
    ])
  func movements(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test(
    "erases, deletes and inserts",
    arguments: [
      ("abc\r\(esc)[2Xd", "d c"), ("abcd\r\(esc)[2P", "cd"), ("abc\r\(esc)[2@", "  abc"),
      ("abc\u{8}\u{8}\(esc)[1K", "  c"), ("a\nb\nc\(esc)[2F\(esc)[L", "\na\nb\nc"),
      ("a\nb\nc\(esc)[2F\(esc)[M", "b\nc"), ("a\nb\(esc)[2J\(esc)[Hc", "c"),
      ("a\nb\(esc)cc", "c"), ("a\nb\(esc)[1Jc", "\n c"), ("a\nb\(esc)[3J", "a\nb\(esc)[3J"),
      ("a\nb\(esc)[H\(esc)[J\(esc)[0;31mc", "\(esc)[0;31mc"),
    ])
  func erasing(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test(
    "keeps wide characters, marks and links whole",
    arguments: [
      ("日本\rab", "ab本"), ("日本\ra", "a 本"), ("日本\r\(esc)[Ca", " a本"), ("ab\r日", "日"),
      ("🚀 go\r✓", "✓  go"), ("e\u{301}x\u{8}y", "e\u{301}y"), ("e\u{301}x\ra", "ax"),
      (
        "\(esc)]8;;http://a\u{7}abc\(esc)]8;;\u{7}\rX",
        "X\(esc)]8;;http://a\u{7}bc\(esc)]8;;\(esc)\\"
      ),
      ("\(esc)]0;title\u{7}10%\r20%", "20%"),
    ])
  func characters(_ stream: String, _ expected: String) {
    #expect(text(stream) == expected)
  }

  @Test("lines out of reach are final, and home is the top of a screen of 24 rows")
  func reach() {
    let log = (1...200).map { "line \($0)\n" }.joined()
    let kept = (1...177).map { "line \($0)\n" }.joined()
    #expect(text(log + "\(esc)[2J\(esc)[Hnew") == kept + "new")
    let above = (1...101).map { "line \($0)\n" }.joined()
    let below = (103...200).map { "line \($0)\n" }.joined()
    #expect(text(log + "\(esc)[500A\(esc)[2KX") == above + "X\n" + below)
  }

  @Test("a flood after a progress bar is unchanged, and a bar after it is in place")
  func flood() {
    let lines = (1...2000).map { "\(esc)[0;32mline\(esc)[m \($0)\n" }.joined()
    let (bar, last) = ("\(esc)[31m 1%\r 2%\(esc)[m\n", "\(esc)[31m 2%\(esc)[0m\n")
    #expect(text(bar + lines + "1\r2") == last + lines + "2")
    // From one piece, of which the cursor can reach only the end.
    let plain = (1...2000).map { "line \($0)\n" }.joined()
    #expect(
      text(bar + plain + "\(esc)[2AX") == last + plain.dropLast(20) + "Xine 1999\nline 2000\n")
  }

  @Test("a line of any length is overwritten at its end")
  func longLine() {
    let line = String(repeating: "x", count: 40_000)
    #expect(text(line + "\u{8}y") == line.dropLast() + "y")
    #expect(text(line + "\ny\rz") == line + "\nz")
  }

  @Test("a progress bar of any length stays small")
  func progressBar() {
    var text = TerminalText()
    for step in 0..<200_000 {
      text.append(
        "\r\(esc)[3\(step % 8)m\(step)\(esc)]8;;http://\(step)\u{7}e\u{301}\(esc)]8;;\u{7}")
    }
    #expect(text.count < 100)
    text.append("\(esc)[m\n\(esc)[A\r\(esc)[Kdone\n")
    #expect(text.text.string == "done\n")
  }

  @Test("removing bytes at the end leaves complete characters")
  func cut() {
    var text = TerminalText()
    text.append("1%\r2%\nété")
    text.removeLast(bytes: 1)
    #expect(text.text == "2%\nét")
    text.append("\rx")
    #expect(text.text == "2%\nxt")
  }
}
