import FoundationEssentials
import SystemSupport

/// A storage with S3's interface: Amazon's, or any other server that speaks it.
///
/// Creating a store reads the environment and `~/.aws`; the HTTP client is created with the first
/// request. Nothing has to be closed.
package struct ObjectStore: Sendable {
  let session: StorageSession
  private var attempts: Int?

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - settings: what is not to be found in the environment.
  ///   - environment: the environment; nil for that of the process.
  /// - Throws: ``ObjectStorageError`` if a setting is not usable.
  package init(
    _ settings: ObjectStorageSettings = .init(), environment: [String: String]? = nil
  ) throws(ObjectStorageError) {
    session = try StorageSession(settings, environment ?? ProcessInfo.processInfo.environment)
  }

  var settings: ObjectStorageSettings {
    var settings = session.settings
    if let attempts { settings.attempts = attempts }
    return settings
  }

  /// The same storage, with other patience.
  ///
  /// - Parameter attempts: how often a request is tried in all.
  package func trying(_ attempts: Int) -> ObjectStore {
    var store = self
    store.attempts = attempts
    return store
  }

  /// The same storage for what would be lost otherwise: it is tried for about two minutes.
  package var patient: ObjectStore { trying(session.settings.patientAttempts) }

  /// Sends a request until it succeeds, and passes the answer to `use`.
  ///
  /// Everything in `use` may happen again with the next attempt. It throws ``TransportFailure`` for what
  /// another attempt may mend.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - count: how many bytes it moves, for the time limit.
  ///   - use: what is done with a good answer.
  func perform<R: Sendable>(
    _ request: StorageRequest, moving count: Int = 0,
    _ use: @escaping @Sendable (WebAnswer) async throws -> R
  ) async throws(ObjectStorageError) -> R {
    try await perform({ request }, moving: count, use)
  }

  /// Sends requests until one succeeds; each is asked for anew, for it may depend on what came before.
  func perform<R: Sendable>(
    _ request: () -> StorageRequest, moving count: Int,
    _ use: @escaping @Sendable (WebAnswer) async throws -> R
  ) async throws(ObjectStorageError) -> R {
    var plan = RetryPlan(attempts: settings.attempts, firstDelay: settings.firstDelay)
    var rejected: StorageCredentials?
    while true {
      let request = request()
      let credentials: StorageCredentials?
      do throws(ObjectStorageError) {
        credentials = try await session.credentials.credentials(rejected: rejected)
      } catch {
        throw error.at(request.location)
      }
      let outcome: RetryPlan.Outcome
      do {
        return try await attempt(request, credentials, count, use)
      } catch let error as ObjectStorageError {
        throw error
      } catch let fault as ServerFault {
        outcome = .fault(fault)
      } catch {
        outcome = .failure(TransportFailure(error))
      }
      let number = plan.attempt
      switch plan.next(after: outcome, random: .random(in: 0...1)) {
      case .fail: break
      case .correct(.credentials):
        rejected = credentials
        continue
      case .correct(let correction):
        if session.learn(correction, bucket: request.location.bucket) { continue }
      case .wait(let delay):
        do {
          try await Task.sleep(for: delay)
        } catch {
          throw ObjectStorageError(.cancelled, "the task was cancelled").at(request.location)
        }
        continue
      }
      throw error(outcome, request, credentials, attempts: number)
    }
  }

  private func attempt<R: Sendable>(
    _ request: StorageRequest, _ credentials: StorageCredentials?, _ count: Int,
    _ use: @escaping @Sendable (WebAnswer) async throws -> R
  ) async throws -> R {
    let server = session.server(of: request.location.bucket)
    let addressed =
      if case .grant(let grant) = settings.credentials {
        try grant.addressed(request)
      } else {
        request.addressed(to: server, credentials, session.now)
      }
    // 64 KiB a second is slower than any connection that is of use.
    let limit = settings.requestLimit + .seconds((count + request.body.count) >> 16)
    return try await session.transport.send(addressed, limit: limit) { answer in
      guard answer.isSuccess else {
        // The head is enough if the body does not come.
        let body = (try? await answer.bytes(maximum: 1 << 20)) ?? []
        throw ServerFault(answer, body: body)
      }
      return try await use(answer)
    }
  }
}
