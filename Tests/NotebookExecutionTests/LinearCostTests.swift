import Testing

@testable import NotebookExecution

/// Counts how often the text was moved in memory: for each doubling if it grows in place, for each
/// piece if each piece copies it.
@Suite("Text that arrives in many small pieces")
struct LinearCostTests {
  @Test(
    "is not copied for each of them", arguments: ["0123456789\n", "01234\u{8}56789\n", "0\r123\n"])
  func pieces(_ piece: String) throws {
    var outputs = CellOutputs()
    var moves = 0
    var last: UnsafeRawPointer?
    for _ in 0..<10_000 {
      outputs.append(stream: "stdout", piece)
      let text = try #require(outputs.growing?.text)
      let place = text.withUTF8 { UnsafeRawPointer($0.baseAddress) }
      if place != last { moves += 1 }
      last = place
    }
    #expect(outputs.count == 1)
    #expect(moves < 64, "the text was moved \(moves) times")
  }
}
