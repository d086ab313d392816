import Benchmark
import JSONCore
import NotebookDocument

/// The work of a run on a notebook's file, without the kernel and the disk.
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
    // A run writes these pieces to the disk one by one.
    blackHole(document.pieces())
    benchmark.stopMeasurement()
  }
}

/// Changes the count of each cell and adds an output of the size of a printed line.
private func changeAll(_ document: inout NotebookDocument) {
  let line: JSONValue = ["name": "stderr", "output_type": "stream", "text": ["done\n"]]
  for cell in document.cells {
    document.setExecutionCount((cell.executionCount ?? 0) + 1, at: cell.index)
    document.setOutputs(document.outputs(at: cell.index) + [line], at: cell.index)
  }
}
