import ArgumentParser
import Glibc
import JSONCore
import NodeProgram
import PipelineExecution
import Pipelines
import Processes
import RunEvents
import SystemSupport

/// The command `lyre node`.
struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "Run one node of a pipeline from its description; for engines, not for people.",
    discussion: """
      Lyre runs this in containers and on other machines, and other engines may do the same. The \
      description is one JSON object (docs/node.md): where the node's files come from, the \
      notebook or script to run with its parameters and variables, which files to bring back, and \
      where events, log, executed notebook and ending go. Credentials never are in it: they come \
      from the environment, or the variable LYRE_ACCESS has the URL of a list of signed URLs.

      Everything is brought back also if the node fails. After SIGTERM, Lyre stops the kernel or \
      script, saves what there is, and ends within 25 seconds.

      EXAMPLES
        lyre node description.json
        lyre node - < description.json
        lyre node --json "$DESCRIPTION" --set RUN=42 --parameter year=2026

      EXIT CODES
        0 it ran   1 it failed, or files were missing   2 not a valid description
        3 time limit   4 the kernel died   5 no such kernel, or it did not start
        6 results or outputs could not be written   129/130/131/143 stopped by a signal
      """)

  @Argument(
    help: "The description, a JSON file; `-` for standard input.",
    completion: .file(extensions: ["json"]))
  var description: String?

  @Option(help: ArgumentHelp("The description itself, instead of a file.", valueName: "text"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Replace ${NAME} in the places of the description and in the name of its run.",
      valueName: "name=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the node's parameter another value, and its variable NAME too.",
      valueName: "name=value"))
  var parameter: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write the artifacts that Kubeflow Pipelines shows to where it wants them: its {{$}}.",
      valueName: "text"))
  var executorInput: String?

  @Flag(help: "Write no output of the node to the terminal; its log has it.")
  var quiet = false

  func run() async throws {
    let access = NodeCommand.take(NodeCommand.accessVariable)
    let given = NodeCommand.take(NodeCommand.executorInputVariable)
    let description = try read()
    let executorInput = try readExecutorInput(executorInput ?? given)
    let stop = NodeStop()
    Signals.handle { signal in
      stop.stop(signal: signal)
      NodeCommand.endInTime(signal)
    }
    let reporter = NodeReporter(writesOutput: !quiet)
    var program = NodeProgram(
      description, environment: EnvironmentBlock.inherited.texts, stop: stop,
      exitCode: { status, signal in
        // What ended before the signal has ended as it did.
        let code = signal.flatMap { status == .interrupted ? ExitCode(signal: $0) : nil }
        return (code ?? ExitCode(status)).rawValue
      },
      onEvent: { reporter.take($0) })
    program.executorInput = executorInput
    program.access = access
    let ending: NodeEnding
    do throws(TransferProblem) {
      ending = try await program.run()
    } catch {
      Printer.shared.log("\("error:", .red) \(description.subject.name): \(error.description)")
      throw ExitRequest(code: error.isUsage ? .unusableInput : .notWritten)
    }
    try (ExitCode(rawValue: ending.exitCode) ?? .cellFailed).end()
  }

  /// Ends the program when the time after a signal is over, whatever it is doing.
  private static func endInTime(_ signal: Int32) {
    let (seconds, _) = NodeStop.limit.components
    try? startThread {
      _ = Semaphore().wait(milliseconds: Int(seconds) * 1000)
      _exit(128 + signal)
    }
  }

  /// The longest description, in bytes.
  private static let longest = 64 << 20

  func validate() throws {
    if (description == nil) == (json == nil) {
      throw ValidationError("Give the description either as a file or with --json.")
    }
    for (option, texts) in [("--set", set), ("--parameter", parameter)] {
      for text in texts where NodeCommand.pair(text) == nil {
        throw ValidationError("\(option) expects NAME=VALUE, found '\(text)'.")
      }
    }
  }

  private func read() throws -> NodeDescription {
    let name = description.map { NotebookInput.name($0) } ?? "--json"
    do {
      var result = try NodeDescription(json: try JSONValue(parsing: try bytes()))
      result.replace(Dictionary(set.compactMap(NodeCommand.pair)) { $1 })
      for (name, value) in parameter.compactMap(NodeCommand.pair) {
        try result.set(parameter: name, to: value)
      }
      return result
    } catch {
      Printer.shared.log("\("error:", .red) \(name): \(String(describing: error))")
      throw ExitRequest(code: .unusableInput)
    }
  }

  /// The variable with the URL of what the run may do with the storage.
  private static let accessVariable = "LYRE_ACCESS"
  /// The variable that stands for `--executor-input` where that would show the URL.
  private static let executorInputVariable = "LYRE_EXECUTOR_INPUT"

  /// Removes a variable from the environment of this process and of all that it starts.
  ///
  /// - Returns: its value; nil if it is not set or empty.
  private static func take(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    // Also from what the system shows of this process.
    memset(value, 0, strlen(value))
    unsetenv(name)
    return text.isEmpty ? nil : text
  }

  private func readExecutorInput(_ text: String?) throws -> ExecutorInput? {
    guard let text else { return nil }
    do throws(PipelineError) {
      return try ExecutorInput(text)
    } catch {
      Printer.shared.log("\("error:", .red) --executor-input: \(error.description)")
      throw ExitRequest(code: .unusableInput)
    }
  }

  private func bytes() throws -> [UInt8] {
    guard let description else { return Array((json ?? "").utf8) }
    return description == "-"
      ? try readAll(0, maximum: NodeCommand.longest)
      : try fileContent(description, maximum: NodeCommand.longest)
  }

  /// The parts of `NAME=VALUE`; nil for other texts.
  private static func pair(_ text: String) -> (String, String)? {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
