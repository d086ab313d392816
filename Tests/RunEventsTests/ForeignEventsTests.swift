import Testing

@testable import RunEvents

@Suite("The event log of a program elsewhere")
struct ForeignEventsTests {
  @Test("each event is read once, those of another run are left out, and damage is reported")
  func events() {
    var writer = EventWriter()
    func line(_ text: String, _ run: String) -> [UInt8] {
      writer.line(
        for: RunEvent(
          .lines(isStandardError: false, text: text), of: RunSubject(run: .name(run)), time: 0))
    }
    let (one, foreign, two) = (line("1\n", "r"), line("x\n", "other"), line("2\n", "r"))
    var log = ForeignEvents { $0 == RunSubject(run: .name("r")) }
    let items = log.take(one + foreign) + log.take(two + two) + log.take([0x7B]) + log.finish()
    let words = items.map { item in
      switch item {
      case .event(let event): "\(event.sequence)"
      case .warning(let text): text
      }
    }
    #expect(
      words == [
        "1", "its event log has events of another run, which are not shown", "3",
        "its event log has events twice, which are shown once",
        "its event log ends in the middle of a line; it was killed, or the disk is full",
      ])
  }
}
