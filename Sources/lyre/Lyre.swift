import ArgumentParser
import Glibc

/// The command `lyre`.
struct Lyre: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lyre",
    abstract: "Run Jupyter notebooks without a browser.",
    discussion: """
      EXAMPLES
        lyre run analysis.ipynb            run in place
        lyre run analysis.ipynb -o out.ipynb --timeout 600
        lyre test --outputs notebooks/     test notebooks, and compare their outputs
        lyre kernels                       list installed kernels
        lyre report analysis.ipynb -o analysis.html
        lyre check *.ipynb                 validate notebooks
        lyre bench python3 ir              compare kernels
        lyre ui                            edit, run and watch pipelines on a page
      """,
    version: LyreVersion.whole,
    subcommands: [
      RunCommand.self, TestCommand.self, InspectCommand.self, CheckCommand.self, FormatCommand.self,
      RecoverCommand.self, ReportCommand.self, HistoryCommand.self, FollowCommand.self,
      KernelsCommand.self, RuntimesCommand.self, ImagesCommand.self,
      BenchCommand.self, PipelineCommand.self, NodeCommand.self, UICommand.self,
    ])

  static func start(_ arguments: Result<[String], UsageError>) async {
    do {
      var command = try parseAsRoot(try joined(arguments))
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      leave(.success)
    } catch let code as ExitRequest {
      leave(code.code)
    } catch {
      let isUsage = exitCode(for: error) != .success
      // The message repeats the arguments.
      let text: VisibleText = "\(lines: message(for: error, arguments))"
      if isUsage {
        Printer.shared.log(text)
        leave(.unusableInput)
      }
      Printer.shared.print(text)
      leave(.success)
    }
  }

  /// The message for an error, with the usage of the command that the arguments name.
  private static func message(for error: any Error, _ arguments: Result<[String], UsageError>)
    -> String
  {
    // The parser itself knows the command only for errors that it finds.
    guard let error = error as? ValidationError, case .success(let all) = arguments else {
      return fullMessage(for: error)
    }
    var stack: [any ParsableCommand.Type] = [Lyre.self]
    for word in all.dropFirst() {
      let next = stack[stack.count - 1].configuration.subcommands
        .first { $0._commandName == word }
      guard let next else { break }
      stack.append(next)
    }
    let usage = usageString(for: stack[stack.count - 1]).replacing("\n", with: "\n       ")
    let names = stack.map { $0._commandName }.joined(separator: " ")
    return """
      Error: \(error.message)
      Usage: \(usage)
        See '\(names) --help' for more information.
      """
  }

  private static func joined(_ arguments: Result<[String], UsageError>) throws -> [String] {
    try UsageError.reported { () throws(UsageError) in
      let words = RuntimeArguments.spelled(Array(try arguments.get().dropFirst()))
      try MistakenWords.check(words, of: Lyre.self)
      return MistakenWords.joiningNegativeNumbers(
        NodePlaceOptions.completed(try ParameterArguments.joined(words)))
    }
  }

  private static func leave(_ code: ExitCode) -> Never {
    Signals.leave()
    StandardInput.shared.restoreEcho()
    let isWritten = Printer.shared.flush()
    if let reason = Printer.shared.outputFailure {
      Printer.shared.log("error: standard output cannot be written: \(reason)")
      _ = Printer.shared.flush()
      Glibc.exit(max(code, .notWritten).rawValue)
    }
    if !isWritten, let signal = Signals.last {
      // Not `exit`, because a thread may still be blocked by the reader.
      _exit(max(code, ExitCode(signal: signal)).rawValue)
    }
    Glibc.exit(code.rawValue)
  }
}
