public import KernelClient
public import KernelLauncher

/// What is measured, and for how long.
public struct BenchmarkConfiguration: Sendable {
  /// A kernel over a transport.
  public struct Subject: Sendable {
    /// The kernelspec.
    public var spec: KernelSpec
    /// Which sockets; `auto` is what `lyre run` would take.
    public var transport: KernelConfiguration.Transport
    /// The code to measure it with.
    public var snippets: Snippets

    /// A kernel over a transport, measured with that code.
    public init(
      spec: KernelSpec, transport: KernelConfiguration.Transport, snippets: Snippets
    ) {
      self.spec = spec
      self.transport = transport
      self.snippets = snippets
    }

    /// The client alone: the scripted kernel, run by this program itself.
    ///
    /// nil where this program's own path cannot be found. The program must call
    /// ``ReferenceKernel/runIfAsked(_:)`` before anything else.
    ///
    /// - Parameter transport: which sockets.
    public static func reference(_ transport: KernelConfiguration.Transport) -> Subject? {
      ReferenceKernel.spec.map { spec in
        Subject(
          spec: spec, transport: transport == .auto ? .ipc : transport,
          snippets: ReferenceKernel.snippets)
      }
    }
  }

  /// The kernels.
  public var subjects: [Subject]

  /// What is measured of each.
  public var measurements: Set<Measurement>

  /// How often all kernels are measured, one after the other.
  public var rounds: Int

  /// The time after which no further round is begun; nil: none.
  public var time: Duration?

  /// About how long each measurement of a round takes, for a kernel that is fast enough.
  public var slice: Duration

  /// How long a measurement may take before it is given up.
  public var limit: Duration

  /// How long a kernel may take to start.
  public var startupTimeout: Duration

  /// Measures all of these kernels, with the defaults.
  public init(
    subjects: [Subject], measurements: Set<Measurement> = Set(Measurement.allCases),
    rounds: Int = 5, time: Duration? = nil, slice: Duration = .milliseconds(300),
    limit: Duration = .seconds(30), startupTimeout: Duration = .seconds(60)
  ) {
    self.subjects = subjects
    self.measurements = measurements
    self.rounds = rounds
    self.time = time
    self.slice = slice
    self.limit = limit
    self.startupTimeout = startupTimeout
  }
}

/// Where a benchmark is.
public struct BenchmarkProgress: Sendable {
  /// The round, from 1.
  public var round: Int
  /// How many rounds there will be, unless the time is over before.
  public var rounds: Int
  /// The kernel's name.
  public var kernel: String
  /// Its transport.
  public var transport: String
  /// What is being measured.
  public var measurement: Measurement
}
