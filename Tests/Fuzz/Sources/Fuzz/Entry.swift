import Glibc

/// libFuzzer's entry point, called for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  FuzzTarget.chosen.run(Input(Array(UnsafeBufferPointer(start: data, count: size))))
  return 0
}

extension FuzzTarget {
  /// The target named by `LYRE_FUZZ_TARGET`.
  static let chosen: FuzzTarget = {
    let name = getenv("LYRE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      fatalError("LYRE_FUZZ_TARGET must be one of \(names), not '\(name)'")
    }
    return target
  }()
}
