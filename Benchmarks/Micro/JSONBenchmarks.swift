import Benchmark
import JSONCore

/// Reading and writing a whole notebook as JSON.
func addJSONBenchmarks(_ notebook: GeneratedNotebook) {
  Benchmark("JSON: index \(notebook.title)") { _ in
    try notebook.bytes.withUnsafeBytes { bytes in
      blackHole(try JSONIndex(bytes))
    }
  }

  Benchmark("JSON: read \(notebook.title)") { _ in
    blackHole(try JSONValue(parsing: notebook.bytes))
  }

  Benchmark("JSON: write \(notebook.title)") { benchmark in
    let value = try JSONValue(parsing: notebook.bytes)
    benchmark.startMeasurement()
    blackHole(value.serialized(.jupyter))
    benchmark.stopMeasurement()
  }
}
