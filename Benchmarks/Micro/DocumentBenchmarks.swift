import Benchmark
import JSONCore
import NotebookDocument

/// What a run does to a notebook's file, without the kernel and without the disk.
func addDocumentBenchmarks(_ notebook: GeneratedNotebook) {
  Benchmark("document: read \(notebook.title)") { _ in
    blackHole(try NotebookDocument(notebook.bytes))
  }

  Benchmark("document: read, change and write \(notebook.title)") { _ in
    var document = try NotebookDocument(notebook.bytes)
    changeAll(&document)
    blackHole(document.serialized())
  }

  Benchmark("document: change and write \(notebook.title)") { benchmark in
    var document = try NotebookDocument(notebook.bytes)
    benchmark.startMeasurement()
    changeAll(&document)
    // What is written to the disk piece by piece.
    blackHole(document.pieces())
    benchmark.stopMeasurement()
  }
}

/// Gives each cell another count and one more output, as large as a line that is printed.
private func changeAll(_ document: inout NotebookDocument) {
  let line: JSONValue = ["name": "stderr", "output_type": "stream", "text": ["done\n"]]
  for cell in document.cells {
    document.setExecutionCount((cell.executionCount ?? 0) + 1, at: cell.index)
    document.setOutputs(document.outputs(at: cell.index) + [line], at: cell.index)
  }
}
