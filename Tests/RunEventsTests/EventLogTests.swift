import JSONCore
import RunEvents
import Testing

@Suite("A log of events")
struct EventLogTests {
  @Test("is read back as the events that were written", arguments: 0..<RandomEvents.kinds)
  func roundTrip(kind: Int) throws {
    var random = RandomEvents(seed: UInt64(kind))
    var seen: Set<String> = []
    for _ in 0..<300 {
      let event = random.event(kind)
      if case .unknown = event.kind {} else { seen.insert(event.kind.name) }
      let line = event.line
      #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
      var first = event
      first.sequence = 1
      try #require(RunEvent(json: first.json) == first)
      let read = RunEvent.events(of: line)
      try #require(read == [event])
      // Swift considers canonically equivalent texts equal, so the bytes are compared.
      try #require(read[0].line == line)
    }
    #expect(seen.count == (kind == RandomEvents.kinds - 1 ? 0 : 1))
  }

  @Test("may be read in pieces of any size", arguments: [1, 2, 7, 1000, 1 << 20])
  func pieces(size: Int) {
    var random = RandomEvents(seed: 99)
    var writer = EventWriter()
    var written: [RunEvent] = []
    var log: [UInt8] = []
    for kind in 0..<RandomEvents.kinds {
      var event = random.event(kind)
      log += writer.line(for: event)
      event.sequence = kind + 1
      written.append(event)
    }
    var reader = EventReader()
    var read: [EventReader.Line] = []
    for begin in stride(from: 0, to: log.count, by: size) {
      read += reader.read(log[begin..<min(begin + size, log.count)])
    }
    #expect(read == written.map { .event($0) })
    #expect(reader.finish() == nil)
    #expect(reader.version == 1)
    #expect(!reader.isNewer)
  }

  @Test("of a newer version is read with its unknown members, and the reader reports the version")
  func newer() throws {
    let lines = [
      #"{"event":"wonder","seq":1,"time":"2031-01-01T00:00:00.000000Z","version":7,"#
        + #""notebook":"a.ipynb","run":"r","wings":[2]}"#,
      #"{"event":"cell_finished","seq":2,"time":"2031-01-01T00:00:00.000000Z","#
        + #""notebook":"a.ipynb","run":"r","cell":0,"id":null,"first_line":"x","#
        + #""status":"paused","execution_count":null,"seconds":0.0}"#,
      #"{"event":"outputs_changed","seq":3,"time":"2031-01-01T00:00:00.000000Z","#
        + #""notebook":"a.ipynb","run":{"new":1},"cell":0}"#,
      #"{"event":"outputs_changed","seq":4,"time":"2031-01-01T00:00:00.000000Z","#
        + #""notebook":"a.ipynb","run":"r","cell":0,"why":"clear"}"#,
    ]
    var reader = EventReader()
    let read = reader.read(Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(reader.isNewer)
    #expect(reader.version == 7)
    let events = read.compactMap { if case .event(let event) = $0 { event } else { nil } }
    try #require(events.count == 4)
    #expect(events[0].kind == .unknown(name: "wonder", members: ["wings": [2]]))
    #expect(events[0].subject == RunSubject(run: .name("r"), notebook: "a.ipynb"))
    #expect(events[1].kind.name == "cell_finished")
    guard case .unknown = events[1].kind, case .unknown(_, let members) = events[2].kind else {
      Issue.record("events of a newer form were read as if they were known")
      return
    }
    #expect(members["run"] == ["new": 1])
    #expect(events[3].kind == .outputsChanged(cell: 0))
    #expect(events[3].otherMembers == ["why": "clear"])
    // Nothing is lost when it is written again.
    for (event, line) in zip(events, lines).dropFirst() {
      #expect(event.line == Array((line + "\n").utf8))
    }
  }

  @Test(
    "with damaged lines is read, and those lines are reported",
    arguments: [
      "", "x", "{", "[1]", "3", "{}", #"{"event":"saved"}"#, #"{"event":1,"seq":1,"time":"x"}"#,
      #"{"event":"saved","seq":"1","time":"2031-01-01T00:00:00.000000Z"}"#,
      #"{"event":"saved","seq":1,"time":"yesterday"}"#, "\u{0}\u{0}\u{0}",
      String(repeating: "[", count: 100_000),
    ])
  func damaged(line: String) {
    let good = RunEvent(.outputsChanged(cell: 3), of: RunSubject(), time: 1_000_000, sequence: 2)
    var reader = EventReader()
    let read = reader.read(Array((line + "\n").utf8) + good.line)
    #expect(read.count == 2)
    guard case .damaged(let damaged) = read.first else {
      Issue.record("the line was taken for an event")
      return
    }
    #expect(damaged.number == 1)
    #expect(damaged.bytes == Array(line.utf8))
    #expect(read.last == .event(good))
  }

  @Test("with any byte changed or removed is read without a trap")
  func mutations() {
    var random = RandomEvents(seed: 5)
    var generator = SystemRandomNumberGenerator()
    for kind in 0..<RandomEvents.kinds {
      let line = random.event(kind).line
      for _ in 0..<200 {
        var changed = line
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !changed.isEmpty {
          let place = Int.random(in: changed.indices, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
          case 1: changed.remove(at: place)
          default: changed.insert(UInt8(ascii: "9"), at: place)
          }
        }
        for event in RunEvent.events(of: changed) {
          #expect(RunEvent.events(of: event.line).count == 1)
        }
      }
    }
  }

  @Test("truncated in its last line returns that line at the end")
  func cut() {
    let event = RunEvent(.saved(in: .seconds(1)), of: RunSubject(), time: 0, sequence: 1)
    var reader = EventReader()
    #expect(reader.read(event.line + event.line.dropLast(5)) == [.event(event)])
    guard case .damaged(let line)? = reader.finish() else {
      Issue.record("a cut line was taken for an event")
      return
    }
    #expect(line.number == 2)
    #expect(reader.finish() == nil)
  }

  @Test("has durations in seconds, to the nanosecond")
  func durations() {
    let texts = [
      (Duration.zero, "0.0"), (.seconds(12), "12.0"), (.nanoseconds(1), "0.000000001"),
      (.milliseconds(1500), "1.5"), (.nanoseconds(86_400_123_456_789), "86400.123456789"),
    ]
    for (duration, text) in texts {
      let event = RunEvent(.saved(in: duration), of: RunSubject(), time: 0)
      #expect(event.json["seconds"]?.description == text)
    }
  }

  @Test("has the results of cells as a separate list")
  func lists() {
    var random = RandomEvents(seed: 11)
    for _ in 0..<200 {
      let cells = [random.cell(), random.cell()]
      #expect(CellResult.list(json: CellResult.json(cells)) == cells)
    }
    #expect(CellResult.list(json: []) == [])
    #expect(CellResult.list(json: [1]) == nil)
    #expect(CellResult.list(json: 3) == nil)
  }
}
