import Benchmark

/// All benchmarks of this target; `swift package benchmark` uses this name.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [.wallClock], warmupIterations: 3, maxDuration: .seconds(3))
  let notebooks = [GeneratedNotebook.text, .pictures]
  for notebook in notebooks { addJSONBenchmarks(notebook) }
  for notebook in notebooks { addDocumentBenchmarks(notebook) }
  addMessageBenchmarks(size: 1_000, count: 1_000)
  addMessageBenchmarks(size: 100_000, count: 100)
}

/// A size for the name of a benchmark: `1 KB`, `4.2 MB`.
func sizeText(_ size: Int) -> String {
  if size < 1_000_000 { return "\(size / 1000) KB" }
  return "\(size / 1_000_000).\(size / 100_000 % 10) MB"
}
