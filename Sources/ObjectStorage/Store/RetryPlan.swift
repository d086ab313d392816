/// What follows a failed attempt: a value without a clock, without chance and without I/O.
struct RetryPlan: Sendable {
  /// What is corrected before the next attempt, each once.
  enum Correction: Sendable, Hashable {
    /// The server's time.
    case clock(ServerTime)
    case region(String)
    /// The URL of another server.
    case server(String)
    /// The credentials have expired.
    case credentials
  }

  enum Action: Sendable, Hashable {
    case fail
    /// Try again after this time at most.
    case wait(Duration)
    /// Correct this, and try again at once.
    case correct(Correction)
  }

  enum Outcome: Sendable {
    case failure(TransportFailure)
    case fault(ServerFault)
  }

  let attempts: Int
  let firstDelay: Duration
  /// The number of the attempt that is being made, from 1.
  private(set) var attempt = 1
  private var hasCorrectedClock = false
  private var hasCorrectedRegion = false
  private var hasCorrectedServer = false
  private var hasCorrectedCredentials = false

  static let longestDelay = Duration.seconds(20)

  init(attempts: Int, firstDelay: Duration) {
    self.attempts = attempts
    self.firstDelay = firstDelay
  }

  /// Decides what follows.
  ///
  /// - Parameters:
  ///   - outcome: how the attempt ended.
  ///   - random: a number from 0 to 1, so that many clients do not come back at the same time.
  mutating func next(after outcome: Outcome, random: Double) -> Action {
    defer { attempt += 1 }
    switch outcome {
    case .failure(let failure):
      return failure.isTransient ? waiting(random, atLeast: nil) : .fail
    case .fault(let fault):
      if let correction = correction(for: fault) { return .correct(correction) }
      return fault.isTransient ? waiting(random, atLeast: fault.retryAfter) : .fail
    }
  }

  /// A wait that doubles with each attempt, of which half is left to chance.
  private func waiting(_ random: Double, atLeast least: Duration?) -> Action {
    guard attempt < attempts else { return .fail }
    let longest = min(firstDelay * (1 << min(attempt - 1, 16)), RetryPlan.longestDelay)
    let delay = longest * (0.5 + 0.5 * min(max(random, 0), 1))
    return .wait(max(delay, least ?? .zero))
  }

  private mutating func correction(for fault: ServerFault) -> Correction? {
    switch fault.code {
    case "RequestTimeTooSkewed", "RequestExpired":
      guard !hasCorrectedClock, let time = fault.time else { return nil }
      hasCorrectedClock = true
      return .clock(time)
    case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
      guard !hasCorrectedCredentials else { return nil }
      hasCorrectedCredentials = true
      return .credentials
    default: break
    }
    let isRedirected = [301, 302, 307, 308].contains(fault.status)
    let isMisdirected =
      isRedirected
      || fault.status == 400
        && [nil, "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"]
          .contains(fault.code)
    if isMisdirected, let region = fault.region, !region.isEmpty, !hasCorrectedRegion {
      hasCorrectedRegion = true
      return .region(region)
    }
    if isRedirected, let server = fault.otherServer, !hasCorrectedServer {
      hasCorrectedServer = true
      return .server(server)
    }
    return nil
  }
}
