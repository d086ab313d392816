import JupyterProtocol
public import KernelLauncher
public import Processes

/// How a kernel is started, spoken to and ended.
public struct KernelConfiguration: Sendable {
  /// Which sockets connect to a kernel.
  public enum Transport: String, Sendable, CaseIterable {
    /// Unix sockets where the kernel is known to speak them, else TCP on the loopback interface.
    case auto
    /// Unix sockets.
    case ipc
    /// TCP on the loopback interface.
    case tcp
  }

  /// Whether connections are encrypted (CurveZMQ), beside being signed.
  public enum Encryption: String, Sendable, CaseIterable {
    /// TCP connections are, where the kernelspec offers it; Unix sockets are private as they are.
    case auto
    /// All are; a kernel whose kernelspec does not offer it is not started.
    case required
    /// None are.
    case disabled
  }

  /// The kernel's working directory; nil is the caller's own.
  public var workingDirectory: String?

  /// Variables added to, or replacing those of, the caller's environment and the kernelspec's.
  public var environment: [String: String]

  /// Arguments appended to the kernelspec's `argv`.
  public var extraArguments: [String]

  /// Which sockets to use.
  public var transport: Transport

  /// Forks kernels from a process that has imported already what they need; nil starts each from
  /// nothing.
  public var warmStarts: WarmStarts?

  /// Whether connections are encrypted.
  public var encryption: Encryption

  /// How long the kernel may take from its launch to its first reply and iopub message.
  ///
  /// 60 seconds by default, as nbclient: some kernels need 20 on a quiet machine.
  public var startupTimeout: Duration

  /// How long a kernel that was asked to shut down may take before SIGTERM, and then again before
  /// SIGKILL.
  ///
  /// 2 seconds each by default; jupyter_client gives 2.5.
  public var shutdownTimeout: Duration

  /// What becomes of what the kernel's process writes to its own standard output and error (not
  /// the messages): the text is always kept for error messages, and handed to this as it comes.
  public var onProcessOutput: (@Sendable (ProcessOutput) -> Void)?

  /// Called with the process as soon as it runs, before it is ready.
  public var onLaunch: (@Sendable (ChildProcess) -> Void)?

  /// Called when what a kernel does at its end was cut: it was still at it after
  /// ``shutdownTimeout``, and a signal ended it.
  public var onCutShutdown: (@Sendable (CutShutdown) -> Void)?

  /// The end of a kernel that a signal has cut.
  public struct CutShutdown: Sendable, Hashable {
    /// How long it had, after it was asked to shut down.
    public var timeout: Duration
    /// The signal that ended it.
    public var signal: Int32
  }

  /// Has something called at the launch, beside what is called already.
  ///
  /// - Parameter body: what is called with the process, after that.
  public mutating func callOnLaunch(_ body: @escaping @Sendable (ChildProcess) -> Void) {
    guard let present = onLaunch else { return onLaunch = body }
    onLaunch = { process in
      present(process)
      body(process)
    }
  }

  /// A piece of what a kernel's process wrote to its own standard output or error.
  public struct ProcessOutput: Sendable {
    /// Whether it came from standard error.
    public var isStandardError: Bool
    /// The bytes, as written.
    public var bytes: [UInt8]

    /// A piece of process output.
    public init(isStandardError: Bool, bytes: [UInt8]) {
      self.isStandardError = isStandardError
      self.bytes = bytes
    }
  }

  /// The defaults: a kernel in the caller's directory and environment.
  public init(
    workingDirectory: String? = nil,
    environment: [String: String] = [:],
    extraArguments: [String] = [],
    transport: Transport = .auto,
    warmStarts: WarmStarts? = nil,
    encryption: Encryption = .auto,
    startupTimeout: Duration = .seconds(60),
    shutdownTimeout: Duration = .seconds(2),
    onProcessOutput: (@Sendable (ProcessOutput) -> Void)? = nil,
    onLaunch: (@Sendable (ChildProcess) -> Void)? = nil,
    onCutShutdown: (@Sendable (CutShutdown) -> Void)? = nil
  ) {
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.extraArguments = extraArguments
    self.transport = transport
    self.warmStarts = warmStarts
    self.encryption = encryption
    self.startupTimeout = startupTimeout
    self.shutdownTimeout = shutdownTimeout
    self.onProcessOutput = onProcessOutput
    self.onLaunch = onLaunch
    self.onCutShutdown = onCutShutdown
  }
}
