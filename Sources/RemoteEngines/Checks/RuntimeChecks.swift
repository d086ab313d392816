import JSONCore
import ObjectStorage

/// Tries everything that a submission with a runtime configuration needs.
package struct RuntimeChecks: Sendable {
  let runtime: RuntimeConfiguration
  let environment: [String: String]
  let exchange: WebExchange
  /// How often a storage that cannot be reached is tried.
  let storageAttempts = 2
  /// How long a server may take for an answer.
  static let limit = Duration.seconds(20)

  /// Creates checks; nothing is tried yet.
  ///
  /// - Parameters:
  ///   - runtime: the configuration.
  ///   - environment: the environment variables.
  package init(_ runtime: RuntimeConfiguration, _ environment: [String: String]) {
    self.runtime = runtime
    self.environment = environment
    exchange = EngineLogins.exchange(environment)
  }

  /// Tries everything, one thing after the other.
  ///
  /// - Parameter report: called with each result as it is known.
  /// - Returns: whether there was no problem.
  package func run(_ report: (RuntimeCheck) -> Void) async -> Bool {
    var isGood = true
    func add(_ check: RuntimeCheck) {
      if check.outcome == .problem { isGood = false }
      report(check)
    }
    for check in configuration { add(check) }
    for check in await secrets() { add(check) }
    let engine = runtime.engine == .kubeflow ? await kubeflow() : await airflow()
    for check in engine { add(check) }
    add(await bucket())
    return isGood
  }

  /// Elyra's rules.
  private var configuration: [RuntimeCheck] {
    let problems = runtime.problems
    var checks = problems.map { problem in
      RuntimeCheck("file", problem.isWarning ? .note : .problem, problem.description)
    }
    if !problems.contains(where: { !$0.isWarning }) {
      checks.insert(
        RuntimeCheck("file", .ok, "\(runtime.place) follows Elyra's rules"), at: 0)
    }
    return checks
  }

  /// Whether secrets are where the configuration says.
  private func secrets() async -> [RuntimeCheck] {
    var checks: [RuntimeCheck] = []
    for key in runtime.engine.keys where key.isSecret {
      guard let secret = runtime.secret(key), secret.isReference else { continue }
      do throws(EngineError) {
        _ = try await runtime.value(of: key, environment)
        checks.append(RuntimeCheck("secret", .ok, "\(key.rawValue) is found: \(secret)"))
      } catch {
        checks.append(RuntimeCheck("secret", .problem, error.message))
      }
    }
    return checks
  }

  /// The URL of a member without secrets, and without a slash at its end.
  func shown(_ key: RuntimeKey) -> String {
    var text = (runtime.shown[key.rawValue]?.string ?? "")[...]
    while text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }

  /// A problem for an error.
  func problem(_ name: String, _ error: EngineError, _ outcome: RuntimeCheck.Outcome = .problem)
    -> RuntimeCheck
  {
    RuntimeCheck(name, outcome, error.description)
  }
}
