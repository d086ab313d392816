import Glibc
import JSONCore
import KernelTesting
import Pipelines
import RunEvents
import Synchronization
import SystemSupport
import Testing

@testable import PipelineExecution

@Suite("A node that runs elsewhere, seen from here")
struct RemoteNodeTests {
  private static let subject = RunSubject(
    run: .number(3), pipeline: "p.pipeline",
    node: NodeIdentity(place: 1, id: "n", label: "load", attempt: 1))

  /// The task of a script, with a log.
  private func task(in directory: TemporaryDirectory) throws -> NodeTask {
    var document = PipelineDocument(name: "p")
    try document.addNode(file: "sub/a.sh", properties: [:])
    let node = try #require(document.pipeline.executableNodes.first)
    return NodeTask(
      node: node, path: directory.path("work/sub/a.sh"),
      workingDirectory: directory.path("work/sub"), base: ["HOME": "/h"],
      variables: ["A": "1"], parameters: ["n": 5], limit: .milliseconds(1500), destination: nil,
      log: NodeLog(directory.path("log")), subject: Self.subject)
  }

  private func event(_ text: String, of subject: RunSubject = Self.subject) -> RunEvent {
    RunEvent(.lines(isStandardError: false, text: text), of: subject, time: 0)
  }

  /// What was reported: the lines, and warnings after `!`.
  private final class Reports: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }

    func take(_ report: NodeReport) {
      let text: String
      switch report {
      case .lines(_, let lines): text = lines
      case .notebook(let event): text = event.kind.name
      case .warning(let message): text = "!\(message)"
      }
      texts.withLock { $0.append(text) }
    }
  }

  private func ending(
    _ status: NodeStatus, of subject: RunSubject = Self.subject, code: Int32 = 0
  ) -> NodeEnding {
    var result = NodeResult(place: 1, id: "n", label: "load", file: "sub/a.sh")
    result.status = status
    result.message = status == .succeeded ? nil : "it broke"
    result.duration = .milliseconds(1200)
    result.started = 5000
    result.attempts = 1
    result.standardErrorTail = "last\nwords"
    result.cells = [CellResult(index: 0, id: "c", firstLine: "x = 1", status: .failed)]
    return NodeEnding(subject: subject, result: result, exitCode: code)
  }

  @Test("its folder and description are private, and a folder that exists is not used")
  func folder() throws {
    try TemporaryDirectory.with { directory in
      let remote = try RemoteNode(try task(in: directory), in: directory.path("attempts/1"))
      let configuration = PipelineConfiguration(environment: [:])
      let description = remote.description(work: directory.path("work"), configuration)
      try remote.write(description)
      for path in [remote.folder, remote.results, remote.descriptionPath] {
        #expect(FileStatus(path)?.permissions == (path == remote.descriptionPath ? 0o600 : 0o700))
      }
      let read = try NodeDescription(
        json: JSONValue(parsing: directory.read("attempts/1/description.json")))
      #expect(read == description)
      #expect(read.node.file == "sub/a.sh")
      #expect(read.node.environment == ["A": "1"])
      #expect(read.node.limit == 1.5)
      #expect(read.subject.runSubject == Self.subject)
      #expect(throws: SystemError.self) {
        try RemoteNode(try task(in: directory), in: directory.path("attempts/1"))
      }
    }
  }

  @Test("events and log are followed while they are written, and to their end")
  func follow() async throws {
    try await TemporaryDirectory.with { directory in
      let task = try task(in: directory)
      let remote = try RemoteNode(task, in: directory.path("node"))
      let reports = Reports()
      let code = await remote.follow({ reports.take($0) }) {
        var writer = EventWriter()
        func write(_ text: String, _ output: String) throws {
          // Appended, as the program does.
          let file = open("\(remote.results)/events.ndjson", O_WRONLY | O_CREAT | O_APPEND, 0o600)
          defer { close(file) }
          try writeAll(file, writer.line(for: event(text))[...])
          let output = Array(output.utf8)
          let logFile = open("\(remote.results)/output.log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
          defer { close(logFile) }
          try writeAll(logFile, output[...])
        }
        do {
          try write("first\n", "one\n")
          _ = await eventually { reports.all == ["first\n"] }
          try write("second\n", "two, unfinished")
        } catch {
          Issue.record(error)
        }
        return 7
      }
      #expect(code == 7)
      #expect(reports.all == ["first\n", "second\n"])
      task.log.close()
      #expect(try directory.read("log") == Array("one\ntwo, unfinished".utf8))
    }
  }

  @Test("a log that another run replaces is not read further")
  func replaced() async throws {
    try await TemporaryDirectory.with { directory in
      let remote = try RemoteNode(try task(in: directory), in: directory.path("node"))
      let path = "\(remote.results)/events.ndjson"
      var writer = EventWriter()
      try directory.write(writer.line(for: event("first\n")), to: "node/results/events.ndjson")
      let reports = Reports()
      await remote.follow({ reports.take($0) }) {
        _ = await eventually { !reports.all.isEmpty }
        do {
          var other = EventWriter()
          try directory.write(
            other.line(for: event("foreign\n")) + other.line(for: event("foreign\n")), to: "other")
        } catch {
          Issue.record(error)
        }
        rename(directory.path("other"), path)
      }
      #expect(
        reports.all == [
          "first\n", "!'\(path)' was replaced while it was read; another run writes there",
        ])
    }
  }

  @Test(
    "the outcome is that of its ending",
    arguments: NodeStatus.allCases.filter { $0.isFailure || $0 == .succeeded || $0 == .interrupted }
  )
  func outcome(status: NodeStatus) async throws {
    try await TemporaryDirectory.with { directory in
      let remote = try RemoteNode(try task(in: directory), in: directory.path("node"))
      let ending = ending(status)
      try directory.write(ending.json.serialized(.pretty), to: "node/results/ending.json")
      let outcome = try #require(await remote.outcome { Issue.record("\($0)") })
      #expect(outcome.status == status)
      #expect(outcome.message == ending.result.message)
      #expect(outcome.cells == ending.result.cells)
      #expect(outcome.standardErrorTail == "last\nwords")
      #expect(outcome.duration == .milliseconds(1200))
      #expect(outcome.started == 5000)
      #expect(outcome.executed == nil)
    }
  }

  @Test(
    "without an ending, with a damaged one, or with that of another attempt there is no outcome")
  func noOutcome() async throws {
    try await TemporaryDirectory.with { directory in
      let remote = try RemoteNode(try task(in: directory), in: directory.path("node"))
      let reports = Reports()
      #expect(await remote.outcome({ reports.take($0) })?.status == nil)
      #expect(reports.all == [])
      let path = "\(remote.results)/ending.json"
      var other = Self.subject
      other.node?.attempt = 2
      let whole = ending(.failed).json.serialized(.pretty)
      for bytes in [
        [], Array("{}".utf8), Array(whole.dropLast(20)), Array("null".utf8),
        ending(.running).json.serialized(), ending(.succeeded, of: other).json.serialized(),
      ] {
        try directory.write(bytes, to: "node/results/ending.json")
        #expect(await remote.outcome({ reports.take($0) })?.status == nil)
      }
      #expect(reports.all.count == 6)
      #expect(reports.all.allSatisfy { $0.hasPrefix("!'\(path)' ") })
    }
  }

  @Test("the JSON form of an ending gives an equal ending")
  func endingForm() throws {
    for status in NodeStatus.allCases {
      let ending = ending(status, code: 143)
      let text = ending.json.serialized(.pretty)
      #expect(NodeEnding(json: try JSONValue(parsing: text)) == ending)
    }
  }

  @Test("an ending of another machine becomes visible late")
  func late() async throws {
    try await TemporaryDirectory.with { directory in
      let remote = try RemoteNode(try task(in: directory), in: directory.path("node"))
      async let outcome = remote.outcome({ _ in }, patience: .seconds(60))
      try directory.write(ending(.succeeded).json.serialized(), to: "node/results/x")
      rename("\(remote.results)/x", "\(remote.results)/ending.json")
      #expect(await outcome?.status == .succeeded)
    }
  }
}
