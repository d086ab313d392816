import ArgumentParser
import Glibc

/// The command.
struct Lyre: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "lyre",
    abstract: "Run Jupyter notebooks without a browser.",
    discussion: """
      EXAMPLES
        lyre run analysis.ipynb            run it in place, streaming what it prints
        lyre run analysis.ipynb -o out.ipynb --timeout 600
        lyre kernels                       which kernels are installed, and where
        lyre check *.ipynb                 are these valid notebooks?
        lyre bench python3 ir              measure kernels side by side
      """,
    version: version,
    subcommands: [
      RunCommand.self, InspectCommand.self, CheckCommand.self, FormatCommand.self,
      RecoverCommand.self, KernelsCommand.self, BenchCommand.self, PipelineCommand.self,
    ])

  static func start() async {
    do {
      var command = try parseAsRoot(arguments())
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
      let text = fullMessage(for: error)
      if isUsage {
        Printer.shared.log(text)
        leave(.unusableInput)
      }
      Printer.shared.output(Array((text + "\n").utf8))
      leave(.success)
    }
  }

  private static func arguments() throws -> [String] {
    do throws(UsageError) {
      return try ParameterArguments.joined(Array(CommandLine.arguments.dropFirst()))
    } catch {
      throw ValidationError(error.message)
    }
  }

  private static func leave(_ code: ExitCode) -> Never {
    StandardInput.shared.restoreEcho()
    Printer.shared.flush()
    guard let reason = Printer.shared.outputFailure else { Glibc.exit(code.rawValue) }
    Printer.shared.log("error: standard output cannot be written: \(reason)")
    Printer.shared.flush()
    Glibc.exit(max(code, .notWritten).rawValue)
  }
}

/// Ends the command with a code, after everything worth saying has been said.
struct ExitRequest: Error {
  var code: ExitCode
}
