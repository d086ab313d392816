import Glibc
import JSONCore
public import JupyterProtocol
public import KernelLauncher
import Processes
import ZeroMQ

/// Starts an installed kernel, passes it to `body` when it is ready, and ends it afterwards.
///
/// The kernel exists only while `body` runs. When `body` returns or throws, or the task is
/// cancelled, the kernel is asked to shut down, then its whole process group gets SIGTERM, then
/// SIGKILL, and its connection file is removed.
///
/// - Parameters:
///   - name: the kernelspec's name, such as `python3`.
///   - configuration: how to start the kernel and communicate with it.
///   - body: receives the kernel.
/// - Returns: what `body` returns.
/// - Throws: `KernelNotFound`, ``KernelError``, and what `body` throws.
public func withKernel<Result>(
  named name: String, configuration: KernelConfiguration = .init(),
  _ body: (Kernel) async throws -> Result
) async throws -> Result {
  let spec = try KernelSpecFinder().find(name)
  return try await withKernel(spec, configuration: configuration, body)
}

/// Starts a kernel from a kernelspec, passes it to `body` when it is ready, and ends it afterwards.
///
/// See ``withKernel(named:configuration:_:)``.
///
/// - Parameters:
///   - spec: the kernelspec.
///   - configuration: how to start the kernel and communicate with it.
///   - body: receives the kernel.
/// - Returns: what `body` returns.
/// - Throws: ``KernelError``, and what `body` throws.
public func withKernel<Result>(
  _ spec: KernelSpec, configuration: KernelConfiguration = .init(),
  _ body: (Kernel) async throws -> Result
) async throws -> Result {
  // Another process may take a port after we release it and before the kernel binds it.
  var attempt = 1
  while true {
    do {
      return try await withLaunchedKernel(spec, configuration, body)
    } catch let failure as PortTaken {
      if attempt == 3 { throw failure.error }
      attempt += 1
    }
  }
}

/// A start that failed because another process took a port, before the caller received anything.
private struct PortTaken: Error {
  var error: KernelError
}

private func withLaunchedKernel<Result>(
  _ spec: KernelSpec, _ configuration: KernelConfiguration,
  _ body: (Kernel) async throws -> Result
) async throws -> Result {
  let paths = JupyterPaths()
  let transport: ConnectionInfo.Transport =
    switch configuration.transport {
    case .auto: spec.speaksIPC ? .ipc : .tcp
    case .ipc: .ipc
    case .tcp: .tcp
    }
  let file: ConnectionFile
  let command: ProcessCommand
  do {
    let curve = try curveKeys(for: spec, transport, configuration.encryption)
    file = try ConnectionFile(
      transport: transport, kernelName: spec.name, curve: curve, environment: paths.environment)
    command = try ProcessCommand(
      spec, connectionFile: file.path, extraArguments: configuration.extraArguments,
      environment: configuration.environment, paths: paths)
  } catch {
    throw KernelError(.launchFailed, "\(error)")
  }
  defer { file.remove() }

  let session = Session(username: WallClock.userName())
  // Everything that can fail comes before the launch, so that the process always gets its owner.
  let signer = try signer(for: file.info)
  let sockets: KernelSockets
  let process: ChildProcess
  do {
    sockets = try KernelSockets(file.info, identity: Array(session.id.utf8))
  } catch {
    throw KernelError(.launchFailed, "\(error)")
  }
  defer { sockets.close() }
  let start = ContinuousClock.now
  do {
    process = try await ChildProcess.launch(
      command, workingDirectory: configuration.workingDirectory,
      warmStarts: configuration.warmStarts,
      beforeExec: { file.releasePorts() }, onOutput: outputHandler(configuration))
  } catch {
    throw KernelError(.launchFailed, "kernel '\(spec.name)' could not be started: \(error)")
  }
  configuration.onLaunch?(process)
  let kernel = Kernel(
    spec: spec, connection: file.info, configuration: configuration, process: process,
    sockets: sockets, session: session, signer: signer)
  return try await withServices(of: kernel) {
    do throws(KernelError) {
      try await kernel.becomeReady(since: start)
    } catch {
      if kernel.lostItsPort(error, transport) { throw PortTaken(error: error) }
      throw error
    }
    return try await body(kernel)
  }
}

/// Creates new keys for the connections to a kernel; nil if they are not encrypted.
///
/// Both sides share them, as in connection files of jupyter_client 8.9 and later.
private func curveKeys(
  for spec: KernelSpec, _ transport: ConnectionInfo.Transport,
  _ encryption: KernelConfiguration.Encryption
) throws -> (publicKey: String, secretKey: String)? {
  switch encryption {
  case .disabled: return nil
  case .auto: if transport == .ipc || !spec.offersEncryption { return nil }
  case .required:
    if !spec.offersEncryption {
      throw KernelError(
        .launchFailed,
        "kernel '\(spec.name)' does not offer encryption, which is required; its kernel.json must "
          + "say \"supported_encryption\": [\"curve\"] in its metadata")
    }
  }
  let keys = try CurveKeys.makePair()
  return (keys.publicKey, keys.secretKey)
}

/// Connects to a kernel started elsewhere, and leaves it running.
///
/// - Parameters:
///   - connection: the content of its connection file.
///   - configuration: its startup timeout limits the wait for the first answer.
///   - body: receives the kernel.
/// - Returns: what `body` returns.
/// - Throws: ``KernelError``, and what `body` throws.
public func withExistingKernel<Result>(
  _ connection: ConnectionInfo, configuration: KernelConfiguration = .init(),
  _ body: (Kernel) async throws -> Result
) async throws -> Result {
  let session = Session(username: WallClock.userName())
  let sockets: KernelSockets
  do {
    sockets = try KernelSockets(connection, identity: Array(session.id.utf8))
  } catch {
    throw KernelError(.launchFailed, "\(error)")
  }
  defer { sockets.close() }
  let kernel = Kernel(
    spec: nil, connection: connection, configuration: configuration, process: nil,
    sockets: sockets, session: session, signer: try signer(for: connection))
  return try await withServices(of: kernel) {
    try await kernel.becomeReady(since: ContinuousClock.now)
    return try await body(kernel)
  }
}

private func outputHandler(_ configuration: KernelConfiguration)
  -> (@Sendable (ChildProcess.OutputStream, [UInt8]) -> Void)?
{
  guard let sink = configuration.onProcessOutput else { return nil }
  return { stream, bytes in
    sink(.init(isStandardError: stream == .standardError, bytes: bytes))
  }
}

private func signer(for connection: ConnectionInfo) throws(KernelError) -> MessageSigner? {
  guard !connection.key.isEmpty else { return nil }
  do {
    return try MessageSigner(scheme: connection.signatureScheme, key: Array(connection.key.utf8))
  } catch {
    throw KernelError(.launchFailed, "\(error)")
  }
}

/// Runs a kernel's background services while `body` runs, then ends the kernel.
private func withServices<Result>(
  of kernel: Kernel, _ body: () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await kernel.receive() }
    if let process = kernel.process {
      group.addTask {
        guard let status = await process.waitForExit() else { return }
        await kernel.processEnded(status)
      }
    } else {
      group.addTask { await kernel.watchHeartbeat() }
    }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    // Not cancelled with the surrounding task: ending a kernel takes its time, within its own
    // limits.
    await Task { await kernel.end() }.value
    kernel.router.finish(.closed)
    group.cancelAll()
    return try result.get()
  }
}
