/// The real servers of tests, which `scripts/services` starts.
package enum Services {
  /// Whether a service runs; tests that need it are skipped otherwise.
  package static func has(_ name: String) -> Bool {
    (RealKernels.environment["LYRE_SERVICES"] ?? "").split(separator: " ").contains { $0 == name }
  }

  /// A variable that the service has set, such as its URL.
  package static func variable(_ name: String) -> String {
    RealKernels.environment[name] ?? ""
  }

  /// Why a test was skipped, for `.enabled(if:_:)`.
  package static let missing =
    #"needs a service: eval "$(scripts/services start NAME)", or make services-test"#
}
