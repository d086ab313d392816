import Glibc

/// A part of the many cases of a slow test, for a machine with little time.
package enum Sample {
  /// The cases to test: every one, or with `LYRE_SAMPLE=N` every Nth, the first among them.
  package static func of<Case>(_ cases: [Case]) -> [Case] {
    let step = getenv("LYRE_SAMPLE").flatMap { Int(String(cString: $0)) } ?? 1
    return stride(from: 0, to: cases.count, by: max(1, step)).map { cases[$0] }
  }
}
