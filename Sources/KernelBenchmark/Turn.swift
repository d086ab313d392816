import JupyterProtocol
import KernelClient
import KernelLauncher
import SystemSupport

/// One process of a kernel, from its start through the measurements to its end.
struct Turn {
  var state: SubjectState
  let configuration: BenchmarkConfiguration
  let directory: String
  /// The remaining measurements: empty after a successful turn.
  var rest: [Measurement]
  let progress: @Sendable (Measurement) -> Void

  private var subject: BenchmarkConfiguration.Subject { state.subject }

  init(
    state: SubjectState, configuration: BenchmarkConfiguration, directory: String,
    rest: [Measurement], progress: @escaping @Sendable (Measurement) -> Void
  ) {
    self.state = state
    self.configuration = configuration
    self.directory = directory
    self.rest = rest
    self.progress = progress
  }

  mutating func run() async {
    progress(.start)
    let begin = ContinuousClock.now
    var isReady = false
    var end: ContinuousClock.Instant?
    do {
      try await withKernel(subject.spec, configuration: kernelConfiguration) { kernel in
        isReady = true
        started(kernel, after: ContinuousClock.now - begin)
        await measure(kernel)
        progress(.shutdown)
        end = ContinuousClock.now
      }
      if let end, rest.contains(.shutdown) {
        state.add([(ContinuousClock.now - end).totalSeconds], to: .shutdown)
      }
      rest.removeAll { $0 == .shutdown }
    } catch {
      guard !Task.isCancelled else { return }
      if isReady {
        // Its end failed, but earlier results are valid.
        for measurement in rest { state.failures[measurement] = "\(error)" }
        rest = []
      } else {
        state.startFailure = Turn.oneLine("\(error)")
      }
    }
  }

  private var kernelConfiguration: KernelConfiguration {
    let history = "--HistoryManager.hist_file="
    let spec = subject.spec
    let keepsHistory = spec.isIPython && !spec.argv.contains { $0.hasPrefix(history) }
    return KernelConfiguration(
      workingDirectory: directory, extraArguments: keepsHistory ? [history + ":memory:"] : [],
      transport: subject.transport, startupTimeout: configuration.startupTimeout)
  }

  private mutating func started(_ kernel: Kernel, after time: Duration) {
    let info = kernel.info
    state.implementation = "\(info.implementation) \(info.implementationVersion)"
    if rest.contains(.start) { state.add([time.totalSeconds], to: .start) }
    rest.removeAll { $0 == .start }
  }

  /// Makes the remaining measurements, until one breaks the kernel.
  private mutating func measure(_ kernel: Kernel) async {
    let session = BenchmarkSession(
      kernel, snippets: subject.snippets, language: subject.spec.language)
    // Interrupts and large prints come last, because they may break a kernel.
    for measurement in Turn.order where rest.contains(measurement) {
      progress(measurement)
      do {
        let isUsable = try await measure(measurement, session)
        rest.removeAll { $0 == measurement }
        guard isUsable else { return leaveBroken() }
      } catch let failure as BenchmarkFailure {
        state.failures[measurement] = Turn.oneLine(failure.reason)
        rest.removeAll { $0 == measurement }
        guard failure.leavesKernelUsable else { return leaveBroken() }
      } catch {
        guard !Task.isCancelled else { return }
        state.failures[measurement] = Turn.oneLine("\(error)")
        rest.removeAll { $0 == measurement }
        return leaveBroken()
      }
    }
  }

  /// Skips the measurements that depend on the broken process in this round.
  private mutating func leaveBroken() {
    rest.removeAll { $0 == .shutdown || $0 == .memoryAfter }
  }

  private static let order: [Measurement] = [
    .memory, .info, .silent, .value, .print, .pipeline, .streams, .displays, .bytes1K, .bytes100K,
    .bytes10M, .memoryAfter, .print100M, .interrupt, .control,
  ]

  /// Makes one measurement.
  ///
  /// - Returns: whether the kernel can still be used.
  private mutating func measure(_ measurement: Measurement, _ session: BenchmarkSession)
    async throws -> Bool
  {
    let slice = configuration.slice
    switch measurement {
    case .start, .shutdown: break
    case .memory, .memoryAfter:
      guard let id = session.kernel.processID, let bytes = ProcessMemory.resident(session: id)
      else { throw BenchmarkFailure("/proc does not report it", leavesKernelUsable: true) }
      state.add([Double(bytes)], to: measurement)
    case .info: try await time(measurement) { try await session.infoLatencies(slice) }
    case .silent:
      try await time(measurement) {
        try await session.executeLatencies(.value, isSilent: true, slice)
      }
    case .value:
      try await time(measurement) { try await session.executeLatencies(.value, slice) }
    case .print:
      try await time(measurement) { try await session.executeLatencies(.print, slice) }
    case .interrupt:
      try await time(measurement) { try await session.interruptLatencies(slice) }
    case .control:
      let result = try await within(configuration.limit, .overdue(configuration.limit)) {
        try await session.controlLatencies(slice)
      }
      state.add(result.times, to: measurement)
      return result.isUsable
    case .pipeline:
      try await rate(measurement, first: 20, most: 2000) { try await session.pipelineRate($0) }
    case .streams:
      try await rate(measurement, first: 50, most: 200_000) { try await session.streamRate($0) }
    case .displays:
      try await rate(measurement, first: 50, most: 200_000) {
        try await session.displayRate($0, size: 10, inBytes: false)
      }
    case .bytes1K:
      try await rate(measurement, first: 50, most: 200_000) {
        try await session.displayRate($0, size: 1000, inBytes: true)
      }
    case .bytes100K:
      try await rate(measurement, first: 5, most: 2000) {
        try await session.displayRate($0, size: 100_000, inBytes: true)
      }
    case .bytes10M:
      try await rate(measurement, first: 1, most: 20) {
        try await session.displayRate($0, size: 10_000_000, inBytes: true)
      }
    case .print100M:
      try await rate(measurement, first: 1, most: 1) { _ in
        try await session.printRate(size: 100_000_000)
      }
    }
    return true
  }

  private mutating func time(
    _ measurement: Measurement, _ body: @escaping @Sendable () async throws -> [Double]
  ) async throws {
    let times = try await within(
      configuration.limit, .overdue(configuration.limit), body)
    state.add(times, to: measurement)
  }

  private mutating func rate(
    _ measurement: Measurement, first: Int, most: Int,
    _ body: @escaping @Sendable (BenchmarkSession.Count) async throws -> BenchmarkSession.Rate
  ) async throws {
    let count: BenchmarkSession.Count =
      state.counts[measurement].map { .fixed($0) }
      ?? .filling(configuration.slice, first: first, most: most)
    let rate = try await within(
      configuration.limit, .overdue(configuration.limit)
    ) { try await body(count) }
    state.counts[measurement] = rate.count
    state.add([rate.value], to: measurement)
  }

  /// A reason that fits into a row, without colours: its first line, and after a colon the last
  /// line that is not indented, which is the message of a traceback.
  static func oneLine(_ text: String) -> String {
    let lines = withoutColors(text).split(whereSeparator: \.isNewline)
    guard let first = lines.first else { return text }
    guard first.hasSuffix(":") else { return String(first) }
    let last = lines.dropFirst().last { $0.first?.isWhitespace == false } ?? lines.dropFirst().last
    return last.map { "\(first) \($0)" } ?? String(first)
  }

  /// A text without colour sequences: ESC, `[`, up to a letter.
  private static func withoutColors(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "\u{1B}[") {
      result += rest[..<start.lowerBound]
      let end = rest[start.upperBound...].firstIndex { $0.isLetter }
      rest = end.map { rest[rest.index(after: $0)...] } ?? ""
    }
    return result + rest
  }
}
