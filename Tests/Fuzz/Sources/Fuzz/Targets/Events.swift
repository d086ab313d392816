import JSONCore
import RunEvents

extension FuzzTarget {
  /// An event log, read by a program that follows a run.
  ///
  /// The first byte determines the size of the pieces.
  static let events = FuzzTarget(name: "events") { input in
    var input = input
    let step = 1 + input.byte()
    let bytes = input.bytes
    var whole = EventReader()
    let lines = whole.read(bytes) + [whole.finish()].compactMap(\.self)
    var reader = EventReader()
    var pieces: [EventReader.Line] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      pieces += reader.read(bytes[start..<min(start + step, bytes.count)])
    }
    pieces += [reader.finish()].compactMap(\.self)
    require(pieces == lines, "it does not matter in which pieces a log comes")

    var writer = EventWriter()
    for case .event(var event) in lines {
      let line = writer.line(for: event)
      event.sequence = writer.sequence
      require(RunEvent.events(of: line) == [event], "an event that is written is read the same")
    }
    if input.isChosen { _ = RunEvent.events(of: Input.repeated(bytes, to: 64_000)) }
  }
}
