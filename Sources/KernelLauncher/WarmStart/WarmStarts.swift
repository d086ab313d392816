public import Processes
import Synchronization

/// Starts ipykernels by forking a process that has imported already what they import.
///
/// For each interpreter, options, module and environment there is one such process. It opens
/// nothing and runs no thread, and a kernel that is forked from it becomes a child of this program
/// in a session of its own: how it dies with this program, is signalled and tells its end is as
/// with any other. Whatever cannot be started so, or not for certain with the same result, is
/// started in the usual way.
public final class WarmStarts: Sendable {
  private struct Key: Hashable {
    var interpreter: [String]
    var executable: String
    var module: String
    var environment: [String: String]
  }

  /// Each holds some 50 MB.
  private static let maximumCount = 4

  private struct State {
    var servers: [Key: WarmServer] = [:]
    var hasEnded = false
  }

  private let preloaded: [String]
  private let limit: Duration
  private let onRefusal: (@Sendable (String) -> Void)?
  private let state = Mutex(State())

  /// Makes warm starts possible; nothing is started before the first kernel.
  ///
  /// - Parameters:
  ///   - preloaded: modules to import besides those of ipykernel, such as `numpy`. They must bear
  ///     to be imported in another directory than the kernel's, and to be forked.
  ///   - limit: how long the first kernel waits for the imports, before it is started in the usual
  ///     way.
  ///   - onRefusal: told why kernels of one kind cannot be started so, as when a module that is to be
  ///     imported is not there.
  public init(
    preloading preloaded: [String] = [], limit: Duration = .seconds(20),
    onRefusal: (@Sendable (String) -> Void)? = nil
  ) {
    self.preloaded = preloaded
    self.limit = limit
    self.onRefusal = onRefusal
  }

  deinit { for server in state.withLock({ $0.servers.values.map(\.self) }) { server.end() } }

  /// Begins to import what a kernel of that command will need, if it can be started warm.
  public func prepare(for command: ProcessCommand) {
    _ = serverToBe(for: command)
  }

  /// Ends the processes; kernels that were forked from them go on.
  public func end() async {
    let servers = state.withLock { state in
      state.hasEnded = true
      defer { state.servers = [:] }
      return Array(state.servers.values)
    }
    for server in servers { server.end() }
    for server in servers { await server.waitForEnd() }
  }

  /// What forks kernels of that command, once it is ready; nil when they are to be started in the
  /// usual way.
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
