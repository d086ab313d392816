import KernelLauncher

extension KernelOptions {
  /// The warm starts for a number of notebooks; nil if they are disabled.
  ///
  /// A single kernel is ready sooner when it is started normally.
  func warmStarts(count: Int) throws(UsageError) -> WarmStarts? {
    let modules = preload?.split(separator: ",").map(String.init) ?? []
    let isName = { (module: String) in
      module.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }
    }
    guard modules.allSatisfy(isName), preload == nil || !modules.isEmpty else {
      throw UsageError(message: "--preload: expected names of modules, as in numpy,pandas")
    }
    guard !(noWarmStart && preload != nil) else {
      throw UsageError(message: "use only one of --preload and --no-warm-start")
    }
    if noWarmStart || existing != nil || count < 2 { return nil }
    guard !modules.isEmpty else { return WarmStarts() }
    return WarmStarts(preloading: modules) { reason in
      Printer.shared.log(
        "\("warning:", .yellow) --preload: \(reason); kernels are started without warm starts")
    }
  }
}
