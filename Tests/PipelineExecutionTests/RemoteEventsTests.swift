import JSONCore
import RunEvents
import Testing

@testable import PipelineExecution

@Suite("The event log of a node that runs elsewhere")
struct RemoteEventsTests {
  private static let subject = RunSubject(
    run: .number(3), pipeline: "p.pipeline",
    node: NodeIdentity(place: 1, id: "n", label: "load", attempt: 1))

  private func bytes(_ events: [RunEvent]) -> [UInt8] {
    var writer = EventWriter()
    return events.flatMap { writer.line(for: $0) }
  }

  private func event(_ kind: RunEvent.Kind, of subject: RunSubject = Self.subject) -> RunEvent {
    RunEvent(kind, of: subject, time: 1_000_000)
  }

  /// The reports in words.
  private func words(_ reports: [NodeReport]) -> [String] {
    reports.map { report in
      switch report {
      case .lines(let isError, let text): (isError ? "err " : "out ") + text
      case .notebook(let event): "event \(event.kind.name) \(event.sequence)"
      case .warning(let message): "warning \(message)"
      }
    }
  }

  @Test("events arrive in order whatever the pieces are, and lines that arrive together as one")
  func pieces() {
    let log = bytes([
      event(.nodeStarted(reason: nil)), event(.lines(isStandardError: false, text: "a\nb\n")),
      event(.lines(isStandardError: false, text: "c\n")),
      event(.lines(isStandardError: true, text: "d\n")),
      event(.text(cell: 0, stream: "stdout", text: "é")), event(.warning(RunWarning("careful"))),
    ])
    for size in [1, 7, 100, log.count] {
      var reader = RemoteEvents(subject: Self.subject)
      var reports: [NodeReport] = []
      for start in stride(from: 0, to: log.count, by: size) {
        reports += reader.take(Array(log[start..<min(start + size, log.count)]))
      }
      reports += reader.finish()
      let text = reports.compactMap { report -> String? in
        if case .lines(false, let text) = report { text } else { nil }
      }
      #expect(text.joined() == "a\nb\nc\n")
      #expect(Array(words(reports).suffix(3)) == ["err d\n", "event stream 0", "warning careful"])
    }
    var reader = RemoteEvents(subject: Self.subject)
    #expect(
      words(reader.take(log)) == [
        "out a\nb\nc\n", "err d\n", "event stream 0", "warning careful",
      ])
  }

  @Test("an event gets this machine's names of the run and the pipeline")
  func subject() {
    var other = Self.subject
    other.pipeline = "/elsewhere/p.pipeline"
    other.node?.label = "other"
    other.notebook = "x.ipynb"
    var reader = RemoteEvents(subject: Self.subject)
    let reports = reader.take(bytes([event(.outputsChanged(cell: 0), of: other)]))
    guard case .notebook(let event)? = reports.first else {
      Issue.record("\(reports)")
      return
    }
    var expected = Self.subject
    expected.notebook = "x.ipynb"
    #expect(event.subject == expected)
  }

  @Test("the log of another run, node or attempt is not shown, and is warned of once")
  func otherRun() {
    var subjects = [Self.subject, Self.subject, Self.subject]
    subjects[0].run = .number(4)
    subjects[1].node?.id = "m"
    subjects[2].node?.attempt = 2
    for subject in subjects {
      var reader = RemoteEvents(subject: Self.subject)
      let reports = reader.take(
        bytes([
          event(.lines(isStandardError: false, text: "x\n"), of: subject),
          event(.lines(isStandardError: false, text: "y\n"), of: subject),
        ]))
      #expect(
        words(reports) == ["warning its event log has events of another run, which are not shown"])
    }
  }

  @Test("events that are there twice are shown once")
  func twice() {
    let log = bytes([
      event(.lines(isStandardError: false, text: "x\n")),
      event(.lines(isStandardError: true, text: "y\n")),
    ])
    var reader = RemoteEvents(subject: Self.subject)
    #expect(
      words(reader.take(log + log)) == [
        "out x\n", "err y\n", "warning its event log has events twice, which are shown once",
      ])
  }

  @Test("a log that ends in the middle of a line is read up to there, and that is said")
  func cut() {
    let log = bytes([
      event(.lines(isStandardError: false, text: "x\n")),
      event(.lines(isStandardError: false, text: "y\n")),
    ])
    for end in 1..<log.count {
      var reader = RemoteEvents(subject: Self.subject)
      let shown = words(reader.take(Array(log[..<end])))
      let rest = words(reader.finish())
      let lines = log[..<end].count { $0 == 0x0A }
      #expect(shown.joined() == ["", "out x\n", "out x\ny\n"][lines])
      if log[end - 1] == 0x0A {
        #expect(rest == [])
      } else if log[end] == 0x0A {
        // Everything but the line feed is there.
        #expect(rest == [lines == 0 ? "out x\n" : "out y\n"])
      } else {
        #expect(rest.count == 1 && rest[0].hasPrefix("warning its event log ends in the middle"))
      }
    }
  }

  @Test("damaged lines are warned of, some of them, and what follows is shown")
  func damaged() {
    var reader = RemoteEvents(subject: Self.subject)
    let good = bytes([event(.lines(isStandardError: false, text: "x\n"))])
    let junk = Array("{\"event\"\n[]\n{}\nnull\n\u{0}\n".utf8) + [0xFF, 0x0A]
    let reports = words(reader.take(junk + good))
    #expect(reports.count == 7)
    #expect(reports.last == "out x\n")
    #expect(reports[0].hasPrefix("warning line 1 of its event log is damaged: "))
    var second = RemoteEvents(subject: Self.subject)
    let flood = Array(String(repeating: "x\n", count: 5000).utf8)
    #expect(words(second.take(flood + good)).count <= 21)
  }

  @Test("events about a pipeline or other nodes do nothing here")
  func foreignKinds() {
    var reader = RemoteEvents(subject: Self.subject)
    let end = PipelineEnd(status: "failed", counts: [:], duration: .zero)
    #expect(reader.take(bytes([event(.pipelineFinished(end))])).isEmpty)
  }
}
