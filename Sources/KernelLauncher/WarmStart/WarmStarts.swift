public import Processes
import Synchronization

/// Starts ipykernels by forking a process that has already imported their modules.
///
/// There is one such process for each interpreter, options, module and environment. It opens
/// nothing and runs no thread. A kernel forked from it becomes a child of this program in a session
/// of its own: it dies with this program, receives signals and reports its exit like any other. A
/// kernel that cannot be started this way, or not certainly with the same result, is started
/// normally.
public final class WarmStarts: Sendable {
  private struct Key: Hashable {
    var interpreter: [String]
    var executable: String
    var module: String
    var environment: [String: String]
  }

  /// A limit, because each process holds some 50 MB.
  private static let maximumCount = 4

  private struct State {
    var servers: [Key: WarmServer] = [:]
    var hasEnded = false
  }

  private let preloaded: [String]
  private let limit: Duration
  private let onRefusal: (@Sendable (String) -> Void)?
  private let state = Mutex(State())

  /// Enables warm starts; no process is started before the first kernel.
  ///
  /// - Parameters:
  ///   - preloaded: modules to import besides those of ipykernel, such as `numpy`. They must work
  ///     when imported in another directory than the kernel's, and when forked.
  ///   - limit: how long the first kernel waits for the imports before it is started normally.
  ///   - onRefusal: called with the reason why kernels of one kind cannot be started this way, such
  ///     as a module to preload that does not exist.
  public init(
    preloading preloaded: [String] = [], limit: Duration = .seconds(20),
    onRefusal: (@Sendable (String) -> Void)? = nil
  ) {
    self.preloaded = preloaded
    self.limit = limit
    self.onRefusal = onRefusal
  }

  deinit { for server in state.withLock({ $0.servers.values.map(\.self) }) { server.end() } }

  /// Starts importing the modules of the kernel that a command starts, if it supports warm starts.
  public func prepare(for command: ProcessCommand) {
    _ = serverToBe(for: command)
  }

  /// Ends the processes; kernels forked from them keep running.
  public func end() async {
    let servers = state.withLock { state in
      state.hasEnded = true
      defer { state.servers = [:] }
      return Array(state.servers.values)
    }
    for server in servers { server.end() }
    for server in servers { await server.waitForEnd() }
  }

  /// The process to fork the command's kernels from, once it is ready; nil if they must be started
  /// normally.
  func server(for command: ProcessCommand) async -> WarmServer? {
    guard let server = serverToBe(for: command), await server.isReady(within: limit) else {
      return nil
    }
    return server
  }

  private func serverToBe(for command: ProcessCommand) -> WarmServer? {
    guard let parts = WarmCommand(command) else { return nil }
    let key = Key(
      interpreter: parts.interpreter, executable: command.executable, module: parts.module,
      environment: command.environment)
    return state.withLock { state in
      if state.hasEnded { return nil }
      if let server = state.servers[key] { return server }
      guard state.servers.count < WarmStarts.maximumCount else { return nil }
      let server = WarmServer(command, parts, preloaded: preloaded, onRefusal: onRefusal)
      state.servers[key] = server
      return server
    }
  }
}
