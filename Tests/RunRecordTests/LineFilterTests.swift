import Testing

@testable import RunRecord

@Suite("Events that a reader does not want")
struct LineFilterTests {
  private let log = """
    {"event":"line","text":"a"}
    {"event":"line_other","x":1}
    {"event":"node_started"}
    {"event":"stream","text":"{\\"event\\":\\"node_started\\"}"}

    {"event":"st
    {"event":"node_finished","text":"{\\"event\\":\\"line\\""}
    {"event":"line"
    """
  private let wanted = """
    {"event":"line_other","x":1}
    {"event":"node_started"}

    {"event":"st
    {"event":"node_finished","text":"{\\"event\\":\\"line\\""}

    """

  @Test(
    "are removed, in whatever pieces the log is read", arguments: [1, 2, 3, 7, 14, 15, 50, 1000])
  func pieces(size: Int) {
    var filter = LineFilter(without: ["line", "stream"])
    let bytes = Array(log.utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      result += filter.filtered(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    #expect(String(decoding: result, as: UTF8.self) == wanted)
  }

  @Test("without names nothing is removed")
  func nothing() {
    var filter = LineFilter(without: [])
    #expect(filter.filtered(Array(log.utf8)) == Array(log.utf8))
  }
}
