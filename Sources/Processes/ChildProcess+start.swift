import CSystemShims
import Glibc
import SystemSupport

extension ChildProcess {
  /// Starts a process.
  ///
  /// Its standard input is empty. Its output is passed to `onOutput` as it arrives, on a thread of
  /// this module; the end of standard error is kept for error messages.
  ///
  /// - Parameters:
  ///   - command: the command to run.
  ///   - workingDirectory: the working directory; nil for this program's own.
  ///   - beforeExec: called just before the process is started, on the thread that starts it.
  ///   - onOutput: receives the output of the process; an empty piece marks its end.
  /// - Returns: the running process.
  /// - Throws: ``ProcessError``.
  public static func launch(
    _ command: ProcessCommand, workingDirectory: String? = nil,
    beforeExec: @escaping @Sendable () -> Void = {},
    onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) async throws(ProcessError) -> ChildProcess {
    try await launch(
      command, workingDirectory: workingDirectory, beforeExec: beforeExec, onOutput: onOutput,
      from: nil)
  }

  /// Another way to obtain a process than starting a new one; nil if it does not apply.
  package typealias Source = @Sendable () -> Result<ChildProcess, ProcessError>?

  /// Starts a process, or obtains it from another source.
  ///
  /// - Parameter source: tried first, on the thread that starts processes.
  package static func launch(
    _ command: ProcessCommand, workingDirectory: String?,
    beforeExec: @escaping @Sendable () -> Void,
    onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?, from source: Source?
  ) async throws(ProcessError) -> ChildProcess {
    if let problem = command.problem {
      throw ProcessError(.invalidCommand, "the command cannot be run: \(problem)")
    }
    if workingDirectory?.utf8.contains(0) == true {
      throw ProcessError(
        .workingDirectoryUnusable, "the path of the working directory contains a NUL byte")
    }
    // Several at once, because each start waits for its keeper.
    if source == nil, lyre_has_free_line() != 0 {
      let reused = await onOwnThread { () -> Result<ChildProcess, ProcessError>? in
        beforeExec()
        return reuseKeeper(command, workingDirectory, onOutput)
      }
      if let reused { return try reused.get() }
    }
    let result = await LauncherThread.shared.perform { () -> Result<ChildProcess, ProcessError> in
      beforeExec()
      return source?() ?? start(command, workingDirectory, onOutput)
    }
    return try result.get()
  }

  /// Starts a new process.
  ///
  /// - Parameters:
  ///   - additional: its descriptor 3; nil for none.
  ///   - sparesDescendants: whether its descendants may keep running after its end.
  package static func start(
    _ command: ProcessCommand, _ workingDirectory: String?, additional: Int32? = nil,
    sparesDescendants: Bool = false,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) -> Result<ChildProcess, ProcessError> {
    spawn(command, workingDirectory, additional, sparesDescendants).flatMap { result, files in
      take(result, files, command, workingDirectory, onOutput)
    }
  }

  /// Starts a process under a keeper whose process has ended, on any thread.
  ///
  /// - Returns: the process; nil if there is no such keeper.
  private static func reuseKeeper(
    _ command: ProcessCommand, _ workingDirectory: String?,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) -> Result<ChildProcess, ProcessError>? {
    switch spawn(command, workingDirectory, reuses: true) {
    case .success((let result, let files)) where result.step == LYRE_SPAWN_NO_KEEPER:
      files.closeForParent()
      files.closeForReader()
      return nil
    case .success((let result, let files)):
      return take(result, files, command, workingDirectory, onOutput)
    case .failure(let error): return .failure(error)
    }
  }

  private static func spawn(
    _ command: ProcessCommand, _ workingDirectory: String?, _ additional: Int32? = nil,
    _ sparesDescendants: Bool = false, reuses: Bool = false
  ) -> Result<(lyre_spawn_result, Files), ProcessError> {
    let files: Files
    do throws(ProcessError) {
      files = try Files()
    } catch {
      return .failure(error)
    }
    let result = withCStrings(command.arguments) { arguments in
      withCStrings(EnvironmentBlock.entries(of: command.environment)) { environment in
        lyre_spawn(
          command.executable, arguments, environment, workingDirectory, files.nothing,
          files.output.write, files.error.write, additional ?? -1, sparesDescendants ? 1 : 0,
          reuses ? 1 : 0)
      }
    }
    return .success((result, files))
  }

  /// Takes over a process whose keeper reports the result of its start over the given line.
  package static func adopt(
    line: Int32, _ files: Files, _ command: ProcessCommand, _ workingDirectory: String?,
    isWarm: Bool, _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) -> Result<ChildProcess, ProcessError> {
    take(lyre_await_start(line), files, command, workingDirectory, isWarm: isWarm, onOutput)
  }

  /// Watches and reads a started process, and closes the descriptors that only the process needs.
  private static func take(
    _ result: lyre_spawn_result, _ files: Files, _ command: ProcessCommand,
    _ workingDirectory: String?, isWarm: Bool = false,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) -> Result<ChildProcess, ProcessError> {
    files.closeForParent()
    guard result.step == LYRE_SPAWN_OK else {
      files.closeForReader()
      return .failure(failure(result, command, workingDirectory))
    }
    let process = ChildProcess(processID: result.pid, line: result.line, isWarm: isWarm)
    guard ProcessWatcher.add(WatchedProcess(process, line: result.line, files, onOutput)) else {
      process.kill()
      files.closeForReader()
      process.settle(WatchedProcess.end(of: result.line))
      return .failure(ProcessError(.resourcesExhausted, "cannot start more threads"))
    }
    return .success(process)
  }

  private static func failure(
    _ result: lyre_spawn_result, _ command: ProcessCommand, _ directory: String?
  ) -> ProcessError {
    let why = systemReason(result.error)
    switch result.step {
    case LYRE_SPAWN_CHDIR:
      return ProcessError(
        .workingDirectoryUnusable,
        "the working directory '\(directory ?? "")' cannot be entered: \(why)")
    case LYRE_SPAWN_EXEC:
      return ProcessError(.notExecutable, "'\(command.executable)' cannot be run: \(why)")
    default:
      return ProcessError(.resourcesExhausted, "no process could be started: \(why)")
    }
  }

  static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    withCStrings(strings.map { Array($0.utf8) }, body)
  }

  static func withCStrings<R>(
    _ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
      (string + [0]).withUnsafeBytes { bytes in
        bytes.baseAddress.flatMap { strdup($0.assumingMemoryBound(to: CChar.self)) }
      }
    }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }
}
