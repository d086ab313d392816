package import JSONCore
package import Pipelines
package import RunEvents
import SystemSupport

/// How a node that ran elsewhere ended: the content of `ending.json`.
///
/// Its JSON form is that of the event `node_finished`, with the exit code of the program that ran the
/// node: the file is written last, so that a node without it was killed.
package struct NodeEnding: Sendable, Hashable {
  /// The run, the node and the attempt.
  package var subject: RunSubject
  /// How it ended.
  package var result: NodeResult
  /// The exit code of `lyre node`.
  package var exitCode: Int32
  /// When it ended, in nanoseconds since 1970-01-01 00:00 UTC.
  package var time: Int64

  /// Creates an ending.
  package init(
    subject: RunSubject, result: NodeResult, exitCode: Int32, time: Int64 = wallClockNanoseconds()
  ) {
    self.subject = subject
    self.result = result
    self.exitCode = exitCode
    self.time = time - time % 1000
  }

  private static let exitCodeKey = "exit_code"

  /// The JSON form.
  package var json: JSONValue {
    var event = RunEvent(.nodeFinished(result), of: subject, time: time)
    event.otherMembers[NodeEnding.exitCodeKey] = .init(Int(exitCode))
    return .object(event.json)
  }

  /// Reads the JSON form; nil for anything else.
  package init?(json: JSONValue) {
    guard let object = json.object, let event = RunEvent(json: object),
      case .nodeFinished(let result) = event.kind,
      let code = event.otherMembers[NodeEnding.exitCodeKey]?.int.flatMap({ Int32(exactly: $0) })
    else { return nil }
    self.init(subject: event.subject, result: result, exitCode: code, time: event.time)
  }
}

extension NodeDescription.Subject {
  /// The subject of a run's events.
  package var runSubject: RunSubject {
    let run: RunID? =
      switch self.run {
      case .number(let number): .number(number)
      case .name(let name): .name(name)
      case nil: nil
      }
    let identity = NodeIdentity(place: place, id: node, label: name, attempt: attempt)
    return RunSubject(run: run, pipeline: pipeline, node: identity)
  }

  /// The subject of a node's description, from that of the attempt's events.
  init(_ subject: RunSubject) {
    self.init(
      pipeline: subject.pipeline, node: subject.node?.id ?? "", name: subject.node?.label ?? "",
      place: subject.node?.place ?? 0, attempt: subject.node?.attempt ?? 1)
    switch subject.run {
    case .number(let number): run = .number(number)
    case .name(let name): run = .name(name)
    case nil: break
    }
  }
}
