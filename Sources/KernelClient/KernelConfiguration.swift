import JupyterProtocol
public import KernelLauncher
public import Processes

/// How to start a kernel, communicate with it and end it.
public struct KernelConfiguration: Sendable {
  /// The kind of sockets that connect to a kernel.
  public enum Transport: String, Sendable, CaseIterable {
    /// Unix sockets for kernels known to support them, otherwise TCP on the loopback interface.
    case auto
    /// Unix sockets.
    case ipc
    /// TCP on the loopback interface.
    case tcp
  }

  /// Whether connections are encrypted (CurveZMQ) in addition to being signed.
  public enum Encryption: String, Sendable, CaseIterable {
    /// Encrypts TCP connections if the kernelspec supports it; Unix sockets are already private.
    case auto
    /// Requires encryption; a kernel whose kernelspec does not support it is not started.
    case required
    /// Encrypts nothing.
    case disabled
  }

  /// The kernel's working directory; nil for the caller's own.
  public var workingDirectory: String?

  /// Variables added to the environment of the caller and the kernelspec; they take precedence.
  public var environment: [String: String]

  /// Arguments appended to the kernelspec's `argv`.
  public var extraArguments: [String]

  /// The kind of sockets to use.
  public var transport: Transport

  /// Forks kernels from a process that has already imported their modules; nil starts each kernel
  /// normally.
  public var warmStarts: WarmStarts?

  /// Whether connections are encrypted.
  public var encryption: Encryption

  /// How long the kernel may take from its launch to its first reply and iopub message.
  ///
  /// 60 seconds by default, as nbclient: some kernels need 20 on a quiet machine.
  public var startupTimeout: Duration

  /// How long a kernel may take after a shutdown request before SIGTERM, and again before SIGKILL, but
  /// at most 3 seconds there.
  ///
  /// 4 seconds by default, because kernels need two on a busy machine; jupyter_client allows 2.5.
  public var shutdownTimeout: Duration

  /// Receives the kernel process's own standard output and error as it is written, not the
  /// messages.
  ///
  /// The text is always kept for error messages too.
  public var onProcessOutput: (@Sendable (ProcessOutput) -> Void)?

  /// Called as soon as the process runs, before the kernel is ready.
  public var onLaunch: (@Sendable (ChildProcess) -> Void)?

  /// Called when a kernel was still shutting down after ``shutdownTimeout`` and was ended by a
  /// signal.
  public var onCutShutdown: (@Sendable (CutShutdown) -> Void)?

  /// A shutdown that was cut short by a signal.
  public struct CutShutdown: Sendable, Hashable {
    /// How long the kernel had after the shutdown request.
    public var timeout: Duration
    /// The signal that ended it.
    public var signal: Int32
  }

  /// Adds a function to call at launch, after those already set.
  ///
  /// - Parameter body: called with the process.
  public mutating func callOnLaunch(_ body: @escaping @Sendable (ChildProcess) -> Void) {
    guard let present = onLaunch else { return onLaunch = body }
    onLaunch = { process in
      present(process)
      body(process)
    }
  }

  /// A piece of what a kernel's process wrote to its own standard output or error.
  public struct ProcessOutput: Sendable {
    /// Whether it was written to standard error.
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
    shutdownTimeout: Duration = .seconds(4),
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
