import ArgumentParser
import Glibc
import JSONCore
import JupyterProtocol
import PipelineExecution
import Pipelines
import Reports
import RunRecord
import SystemSupport

/// The command `lyre pipeline history`.
struct HistoryOfPipelines: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List past runs, newest first.",
    discussion: """
      EXAMPLES
        lyre pipeline history
        lyre pipeline history analysis.pipeline
        lyre pipeline history analysis.pipeline --limit 1 --json
      """)

  @Argument(
    help: "The pipeline's file. (default: all pipelines)", completion: Completions.pipelines)
  var pipeline: String?

  @Option(
    name: [.customShort("l", allowingJoined: true), .long],
    help: ArgumentHelp("List this many runs.", valueName: "n"))
  var limit = 20

  @Flag(help: "Write JSON, with the nodes of each run.")
  var json = false

  @OptionGroup var record: RecordOptions

  func run() throws {
    let history = try record.read()
    let identity = pipeline.map {
      PipelineRunner.identity(of: PipelinePath.joined(FilePath.currentDirectory, $0))
    }
    let runs: [RecordedRun]
    var nodes: [Int64: [RecordedNode]] = [:]
    do throws(HistoryError) {
      runs = try history?.runs(of: identity, limit: max(limit, 0)) ?? []
      if json { for run in runs { nodes[run.id] = try history?.nodes(of: run.id) } }
    } catch {
      throw record.failure(error)
    }
    if json {
      let values = runs.map { JSONValue.object($0.json(nodes[$0.id] ?? [])) }
      return Printer.shared.print(json: .array(values))
    }
    defer { record.tellOfSubmitted(pipeline) }
    if runs.isEmpty { return Printer.shared.log("no runs yet") }
    let text = runs.map { run -> VisibleText in
      var counts = NodeStatus.allCases.compactMap { status in
        run.counts[status.rawValue].map { "\($0) \(status.word)" }
      }
      if run.killedCount > 0 { counts.append("\(run.killedCount) killed") }
      let name = pipeline == nil ? "  " + run.pipeline : ""
      return "\(run.id)  \(Format.date(run.started))  \(run.status)  "
        + "\(run.duration.map(Format.duration) ?? "-")  \(counts.joined(separator: ", "))\(name)"
    }
    Printer.shared.print(text.joined(separator: "\n"))
  }
}

/// The command `lyre pipeline logs`.
struct PipelineLogs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show the logs of a run's nodes.",
    discussion: """
      EXAMPLES
        lyre pipeline logs last                     list the nodes of the last run
        lyre pipeline logs 12 clean.py              show a node's log
      """)

  @OptionGroup var subject: RecordedNodeArguments

  @OptionGroup var record: RecordOptions

  func run() throws {
    let history = try record.existing()
    let run = try record.run(subject.number, in: history)
    let nodes = try record.nodes(of: run, in: history)
    guard let node = subject.node else {
      let lines = nodes.map { node -> VisibleText in
        let word = NodeStatus(rawValue: node.status).map(\.word) ?? node.status
        let time = node.duration.map { "  " + Format.duration($0) } ?? ""
        let message = node.message.map { "  " + ColoredText($0).plain } ?? ""
        return "\(node.place + 1)  \(node.label)  \(word)\(time)\(message)"
      }
      return Printer.shared.print(lines.joined(separator: "\n"))
    }
    let match = try record.node(node, of: run, in: nodes)
    var log = match.log
    if log == nil, let origin = match.cachedRun {
      log = (try? history.nodes(of: origin))?.first { $0.id == match.id }?.log
    }
    guard let log else {
      throw record.failure(
        HistoryError(description: "'\(match.label)' wrote nothing: it did not run"))
    }
    try PipelineLogs.print(log)
  }

  /// Writes a file of any size to standard output: unchanged, but on a terminal without sequences
  /// that move the cursor or clear the screen.
  private static func print(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      Printer.shared.log("error: '\(path)': \(SystemError().description)")
      throw ExitRequest(code: .unusableInput)
    }
    defer { close(descriptor) }
    let terminal = Printer.shared.terminal
    var lines = OutputLines()
    func show(_ text: String) {
      let shown = ControlSequences.inLines(text, keepsColors: terminal.usesColor)
      Printer.shared.passThrough(shown, toError: false)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while !Printer.shared.outputIsClosed {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      Printer.shared.waitForRoom(toError: false)
      let bytes = Array(buffer[..<count])
      if terminal.outputIsTerminal {
        show(lines.takeLines(bytes))
      } else {
        Printer.shared.passThrough(bytes, toError: false)
      }
    }
    if let rest = lines.finish() { show(rest + "\n") }
  }
}

extension RecordedRun {
  /// The run as JSON.
  func json(_ nodes: [RecordedNode]) -> JSONObject {
    [
      "run": .init(Int(id)), "pipeline": .init(pipeline), "name": .init(name),
      "started": .init(MessageDate.text(nanoseconds: started)),
      "seconds": duration.map(\.json) ?? .null, "status": .init(status),
      "nodes": .array(
        nodes.map { node in
          [
            "id": .init(node.id), "label": .init(node.label), "status": .init(node.status),
            "message": node.message.map { .init($0) } ?? .null,
            "reason": node.reason.map { .init($0) } ?? .null,
            "seconds": node.duration.map(\.json) ?? .null,
            "cached_run": node.cachedRun.map { .init(Int($0)) } ?? .null,
            "log": node.log.map { .init($0) } ?? .null,
          ]
        }),
    ]
  }
}
