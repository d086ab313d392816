import JSONCore
import SystemSupport

extension Duration {
  /// The seconds as JSON, to the microsecond.
  var json: JSONValue { .init((totalSeconds * 1e6).rounded() / 1e6) }
}
