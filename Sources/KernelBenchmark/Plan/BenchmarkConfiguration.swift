public import KernelClient
public import KernelLauncher

/// What to measure, and for how long.
public struct BenchmarkConfiguration: Sendable {
  /// A kernel over a transport.
  public struct Subject: Sendable {
    /// The kernelspec.
    public var spec: KernelSpec
    /// The kind of sockets; `auto` selects the same as `lyre run`.
    public var transport: KernelConfiguration.Transport
    /// The code to measure it with.
    public var snippets: Snippets

    /// Creates a subject.
    public init(
      spec: KernelSpec, transport: KernelConfiguration.Transport, snippets: Snippets
    ) {
      self.spec = spec
      self.transport = transport
      self.snippets = snippets
    }

    /// The baseline: the scripted kernel, run by this program itself.
    ///
    /// Nil if the path of this program is unknown. The program must call
    /// ``ReferenceKernel/runIfAsked(_:)`` before anything else.
    ///
    /// - Parameter transport: the kind of sockets.
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

  /// The measurements to make of each kernel.
  public var measurements: Set<Measurement>

  /// The number of rounds.
  public var rounds: Int

  /// The time after which no further round is started; nil for no limit.
  public var time: Duration?

  /// The approximate duration of each measurement in a round, for a sufficiently fast kernel.
  public var slice: Duration

  /// The time limit of a measurement.
  public var limit: Duration

  /// How long a kernel may take to start.
  public var startupTimeout: Duration

  /// Creates a configuration for these kernels, with the default settings.
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

/// The progress of a benchmark.
public struct BenchmarkProgress: Sendable {
  /// The round, from 1.
  public var round: Int
  /// The number of rounds, unless the time is over before.
  public var rounds: Int
  /// The kernel's name.
  public var kernel: String
  /// Its transport.
  public var transport: String
  /// The current measurement.
  public var measurement: Measurement
}
