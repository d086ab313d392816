import JSONCore
import RunEvents
import RunRecord
import RunViews
import SystemSupport

/// Streams the events of a run to a page: those so far, and then each as it happens.
struct RunEventStream: Sendable {
  /// The size of a piece that is written at once, in bytes.
  private static let pieceBytes = 64 << 10
  /// How long to wait for the log of a run that has just begun.
  private static let patience = Duration.seconds(10)
  /// After how long without an event to show that the connection is alive.
  private static let heartbeat = Duration.seconds(15)

  private let run: AnyRun
  private let record: RunRecordAccess
  private let showsOutput: Bool
  private let node: Int?
  private let last: Int

  /// - Parameters:
  ///   - showsOutput: whether the output of nodes and cells is sent too, and not only states.
  ///   - node: the place of the only node whose events are sent; nil for all events.
  ///   - last: the number of the last event that the page has.
  init(
    _ run: AnyRun, _ record: RunRecordAccess, showsOutput: Bool, node: Int?, after last: Int
  ) {
    self.run = run
    self.record = record
    self.showsOutput = showsOutput
    self.node = node
    self.last = last
  }

  /// Sends the events until the run has ended, or the page has left.
  func send(to sink: any ByteSink) async throws {
    try await sink.write(ServerSentEvent.heartbeat)
    guard var reader = try await reader() else {
      return try await sink.send(["status": .init(run.status)], event: "end")
    }
    var status = "killed"
    var quiet = ContinuousClock.now
    while !Task.isCancelled {
      var bytes: [UInt8] = []
      var end: RunLogReader.End?
      while bytes.count < RunEventStream.pieceBytes, let update = try reader.poll() {
        switch update {
        case .event(let event):
          status = RunEventStream.status(after: event) ?? status
          guard event.sequence > last, node == nil || event.subject.node?.place == node else {
            continue
          }
          bytes += ServerSentEvent(id: "\(event.sequence)", data: event.json).bytes
        case .damaged: continue
        case .ended(let how): end = how
        }
      }
      if !bytes.isEmpty {
        try await sink.write(bytes)
        quiet = .now
      }
      if let end {
        if end == .notWritten { status = "log_not_written" }
        return try await sink.send(["status": .init(status)], event: "end")
      }
      if bytes.isEmpty {
        try await Task.sleep(for: RunLogReader.interval)
        if ContinuousClock.now - quiet > RunEventStream.heartbeat {
          try await sink.write(ServerSentEvent.heartbeat)
          quiet = .now
        }
      }
    }
  }

  /// A reader of the run's log; waits for the log of a run that has just begun.
  ///
  /// - Returns: nil if there is no log.
  private func reader() async throws -> RunLogReader? {
    let deadline = ContinuousClock.now + RunEventStream.patience
    let names = showsOutput ? [] : RunEventStream.outputs
    while true {
      if let reader = try? RunLogReader(run.folder, without: names) { return reader }
      guard run.status == "running", ContinuousClock.now < deadline else { return nil }
      try await Task.sleep(for: RunLogReader.interval)
    }
  }

  /// The events with the output of nodes and cells.
  private static let outputs = [
    "stream", "line", "output", "outputs_changed", "output_outside_cells", "input_requested",
  ]

  /// The status of the run, if the event ends it.
  private static func status(after event: RunEvent) -> String? {
    switch event.kind {
    case .pipelineFinished(let end): end.status
    case .runFinished(let result) where event.subject.node == nil:
      switch result.outcome {
      case .completed: "succeeded"
      case .stopped: "interrupted"
      default: result.outcome.name
      }
    case .runFailed where event.subject.node == nil: "failed"
    default: nil
    }
  }
}
