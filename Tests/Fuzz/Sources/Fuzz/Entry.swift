import Glibc

/// libFuzzer's entry: called with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  FuzzTarget.chosen.run(Input(Array(UnsafeBufferPointer(start: data, count: size))))
  return 0
}

extension FuzzTarget {
  /// The target that `LYRE_FUZZ_TARGET` names.
  static let chosen: FuzzTarget = {
    let name = getenv("LYRE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      fatalError("LYRE_FUZZ_TARGET must be one of \(names), not '\(name)'")
    }
    return target
  }()
}
