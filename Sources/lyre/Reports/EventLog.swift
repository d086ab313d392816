import Glibc
import JSONCore
import JupyterProtocol
import NotebookExecution
import Processes
import Synchronization
import SystemSupport

/// The log of `--events`, a JSON object a line for everything that happens.
///
/// Its format is in `docs/events.md`.
final class EventLog: Sendable {
  private enum Target {
    case standardOutput
    case stream(OutputStream)
    case file(Int32)
  }

  private struct State {
    var hasFailed = false
    var lastNumber = 0
    /// How many bytes of whole lines are in the file.
    var size = 0
  }

  private let path: String
  private let target: Target
  private let state = Mutex(State())

  /// A log in a new file or in place of an earlier log, in a pipe, or on standard output.
  ///
  /// - Throws: `OutputRefusal` when it cannot be opened.
  init(_ place: OutputPlace) throws(OutputRefusal) {
    path = place.path
    if place.isStandardOutput {
      target = .standardOutput
    } else if place.isFile {
      // Never waiting, should it have become a pipe.
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK
      let opened = open(place.path, flags, 0o666)
      guard opened >= 0 else { throw .refused(place.path, SystemError()) }
      target = .file(opened)
    } else {
      target = .stream(try OutputStream(place) { Stopping.isAsked })
    }
  }

  /// Closes the file.
  ///
  /// - Returns: what is to be said where not everything was written.
  func close() -> String? {
    var isWhole = state.withLock { !$0.hasFailed }
    if case .file(let descriptor) = target, Glibc.close(descriptor) != 0 { isWhole = false }
    return isWhole ? nil : "the events could not all be written to '\(path)'"
  }

  func write(notebook: String, run: String, _ event: RunEvent) {
    let (name, members) = EventLog.members(event.kind)
    write(notebook: notebook, run: run, name, members, time: event.time)
  }

  func write(
    notebook: String, run: String, _ name: String, _ members: JSONObject, time: Int64? = nil
  ) {
    write(["notebook": .init(notebook), "run": .init(run)], name, members, time: time)
  }

  /// Writes an event of the run of a pipeline's notebook.
  func write(_ subject: JSONObject, _ event: RunEvent) {
    let (name, members) = EventLog.members(event.kind)
    write(subject, name, members, time: event.time)
  }

  /// Writes an event about something that some members name.
  func write(_ subject: JSONObject, _ name: String, _ members: JSONObject, time: Int64? = nil) {
    let time = time ?? wallClockNanoseconds()
    // One call a line, so that a reader that follows the file sees whole lines; numbered in the
    // order in which they are written.
    state.withLock { state in
      state.lastNumber += 1
      var object: JSONObject = [
        "event": .init(name), "seq": .init(state.lastNumber),
        "time": .init(MessageDate.text(nanoseconds: time)),
      ]
      for member in subject { object.append(key: member.key, value: member.value) }
      for member in members { object.append(key: member.key, value: member.value) }
      var line = JSONValue.object(object).serialized()
      line.append(0x0A)
      put(line, &state)
    }
  }

  private func put(_ line: [UInt8], _ state: inout State) {
    if state.hasFailed { return }
    do throws(SystemError) {
      switch target {
      case .standardOutput: Printer.shared.result(Printer.spelledOut(line))
      case .stream(let stream): try stream.write(line[...]) { Stopping.isAsked }
      case .file(let descriptor):
        try writeAll(descriptor, line[...])
        state.size += line.count
      }
    } catch {
      state.hasFailed = true
      // Readers find whole lines only.
      if case .file(let descriptor) = target { _ = ftruncate(descriptor, off_t(state.size)) }
    }
  }

  private static func members(_ kind: RunEvent.Kind) -> (String, JSONObject) {
    switch kind {
    case .kernelStarting(let name): ("kernel_starting", ["kernel": .init(name)])
    case .kernelReady(let name, let id, let info, let after):
      (
        "kernel_ready",
        [
          "kernel": .init(name), "pid": id.map { .init(Int($0)) } ?? .null,
          "implementation": .init(info.implementation),
          "implementation_version": .init(info.implementationVersion),
          "protocol_version": .init(info.protocolVersion), "seconds": seconds(after),
        ]
      )
    case .runStarted(let cells, let toRun):
      ("run_started", ["cells": .init(cells.count), "to_run": .init(toRun)])
    case .cellStarted(let cell, let number, let toRun):
      ("cell_started", identity(cell) + ["number": .init(number), "to_run": .init(toRun)])
    case .text(let cell, let stream, let text):
      ("stream", ["cell": .init(cell), "name": .init(stream), "text": .init(text)])
    case .output(let cell, let output): ("output", ["cell": .init(cell), "output": output])
    case .outputsChanged(let cell): ("outputs_changed", ["cell": .init(cell)])
    case .inputRequested(let cell, let request):
      (
        "input_requested",
        [
          "cell": .init(cell), "prompt": .init(request.prompt),
          "password": .init(request.isPassword),
        ]
      )
    case .cellFinished(let cell): ("cell_finished", identity(cell) + ending(cell))
    case .cellNotRun(let cell):
      ("cell_not_run", identity(cell) + ["cleared": .init(cell.hadOldResults)])
    case .warning(let text, let cell):
      ("warning", ["cell": cell.map { .init($0) } ?? .null, "message": .init(text)])
    case .outputOutsideCells(let output): ("output_outside_cells", ["output": output])
    case .kernelSignaled(let name, let reason):
      ("kernel_signaled", ["signal": .init(name), "reason": .init(reason)])
    case .kernelDied(let status): ("kernel_died", ["reason": .init(status.description)])
    case .saved(let duration): ("saved", ["seconds": seconds(duration)])
    case .runFinished(let result): ("run_finished", summary(result))
    }
  }

  private static func identity(_ cell: CellResult) -> JSONObject {
    [
      "cell": .init(cell.index), "id": cell.id.map { .init($0) } ?? .null,
      "first_line": .init(cell.firstLine),
    ]
  }

  private static func ending(_ cell: CellResult) -> JSONObject {
    var object: JSONObject = [
      "status": .init(cell.status.rawValue),
      "execution_count": cell.executionCount.map { .init($0) } ?? .null,
      "seconds": seconds(cell.duration),
    ]
    if let error = cell.error {
      object["error"] = [
        "ename": .init(error.name), "evalue": .init(error.value),
        "allowed": .init(cell.errorIsAllowed),
      ]
    }
    if let limit = cell.limit {
      object["limit_seconds"] = seconds(limit)
      object["limit_allowed"] = .init(cell.errorIsAllowed)
    }
    if let use = cell.resources { object["resources"] = .object(resources(use)) }
    return object
  }

  private static func summary(_ result: RunResult) -> JSONObject {
    var counts: JSONObject = [:]
    for status in CellStatus.allCases {
      let count = result.cells.filter { $0.status == status }.count
      if count > 0 { counts[status.rawValue] = .init(count) }
    }
    var object: JSONObject = [
      "outcome": .init(outcome(result.outcome)), "cells": .object(counts),
      "seconds": seconds(result.duration),
    ]
    if let use = result.resources { object["resources"] = .object(resources(use)) }
    return object
  }

  private static func resources(_ use: ResourceUse) -> JSONObject {
    var object: JSONObject = [
      "cpu_seconds": seconds(use.processorTime), "memory_bytes": .init(use.memory),
    ]
    if let peak = use.peakMemory { object["peak_memory_bytes"] = .init(peak) }
    return object
  }

  private static func outcome(_ outcome: RunOutcome) -> String {
    switch outcome {
    case .completed: "completed"
    case .failed: "failed"
    case .timedOut: "timed_out"
    case .totalTimeExceeded: "total_time_exceeded"
    case .kernelDied: "kernel_died"
    case .stopped: "stopped"
    }
  }

  static func seconds(_ duration: Duration) -> JSONValue {
    .init((duration.totalSeconds * 1e6).rounded() / 1e6)
  }
}

private func + (left: JSONObject, right: JSONObject) -> JSONObject {
  JSONObject(left.members + right.members)
}
