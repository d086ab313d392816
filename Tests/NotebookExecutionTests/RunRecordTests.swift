import JSONCore
import JupyterProtocol
import NotebookDocument
import Testing

@testable import NotebookExecution

@Suite("Reports about a run")
struct RunRecordTests {
  private func code(_ source: String, _ id: String, metadata: JSONValue = [:]) -> JSONValue {
    ScriptedRun.code(source, id: id, metadata: metadata)
  }

  @Test("an error output with an ok reply is reported, and fails the cell if configured")
  func strict() async throws {
    let cells = [code("error-on-iopub E v", "a"), code("print x", "b")]
    let lenient = try await ScriptedRun(cells)
    #expect(lenient.statuses == [.succeeded, .succeeded])
    #expect(
      lenient.warnings == ["the cell displayed the error 'E', although the kernel reported success"]
    )
    let strict = try await ScriptedRun(cells) { $0.failsOnErrorOutputs = true }
    #expect(strict.result.outcome == .failed(cell: 0))
    #expect(strict.statuses == [.failed, .notRun])
    #expect(strict.result.cells[0].error?.name == "E")
    let allowed = try await ScriptedRun(cells) {
      $0.failsOnErrorOutputs = true
      $0.allowedErrors = ["E"]
    }
    #expect(allowed.result.outcome == .completed)
    #expect(allowed.statuses == [.failed, .succeeded])
  }

  @Test("a tag sets a cell's limit; an invalid number is reported and ignored")
  func timeoutTags() async throws {
    let run = try await ScriptedRun([
      code("hang", "a", metadata: ["tags": ["timeout=0.2"]]),
      code("hang", "b", metadata: ["tags": ["timeout=60"], "lyre": ["timeout": 0.2]]),
      code("print x", "c", metadata: ["tags": ["timeout=soon"], "lyre": ["timeout": "x"]]),
    ]) { $0.onTimeout = .continue }
    #expect(run.statuses == [.timedOut, .timedOut, .succeeded])
    #expect(run.result.cells[0].limit == .milliseconds(200))
    #expect(
      run.warnings == [
        "metadata.lyre.timeout is \"x\", not a number of seconds; it is ignored",
        "the tag 'timeout=soon' has no number of seconds after '='; it is ignored",
      ])
  }

  @Test(
    "limits are read in all usual spellings",
    arguments: [
      (["timeout=30"], nil, .after(.seconds(30))), (["timeout=30s"], nil, .after(.seconds(30))),
      (["timeout=0.5"], nil, .after(.milliseconds(500))), (["timeout=0"], nil, .unlimited),
      (["timeout=-1"], nil, .unlimited), (["timeout="], nil, .none), (["timeout"], nil, .none),
      (["timeout=1e3"], nil, .none), (["timeout=nan"], nil, .none),
      (["timeout=9", "timeout=8"], nil, .after(.seconds(9))),
      (["timeout=9"], 4, .after(.seconds(4))), (["timeout=9"], 0, .unlimited),
      ([], JSONValue.null, .none),
    ] as [([String], JSONValue?, CellLimit)])
  func limits(_ tags: [String], _ own: JSONValue?, _ limit: CellLimit) throws {
    var metadata: JSONObject = ["tags": .array(tags.map { .init($0) })]
    if let own { metadata["lyre"] = ["timeout": own] }
    let notebook: JSONValue = [
      "cells": [code("x", "a", metadata: .object(metadata))], "metadata": [:], "nbformat": 4,
      "nbformat_minor": 5,
    ]
    let document = try NotebookDocument(notebook.serialized())
    #expect(CellLimit(document.cell(at: 0)) == limit)
  }

  @Test("a timeout is in the notebook, even if the kernel reports no error")
  func totalLimit() async throws {
    let run = try await ScriptedRun([code("hang", "a")], options: ["--interrupt", "abort"]) {
      $0.totalTimeout = .milliseconds(400)
    }
    #expect(run.statuses == [.timedOut])
    #expect(
      run.document.outputs(at: 0)[0]["traceback"]
        == ["CellTimeoutError: it took longer than its limit of 0.4 s"])
  }

  @Test("each cell has the kernel's use of the machine, and the run has the total")
  func resources() async throws {
    let run = try await ScriptedRun([code("flood 2000 10", "a"), code("print x", "b")])
    let cells = try run.result.cells.map { try #require($0.resources) }
    #expect(cells.allSatisfy { $0.memory > 100_000 })
    let all = try #require(run.result.resources)
    #expect(all.processorTime >= cells[0].processorTime)
    #expect((all.peakMemory ?? 0) >= 100_000)
    let none = try await ScriptedRun([code("print x", "b")]) { $0.measuresResources = false }
    #expect(none.result.cells[0].resources == nil)
  }

  @Test("papermill's keys are present and correct")
  func papermill() async throws {
    let run = try await ScriptedRun([
      ["cell_type": "markdown", "id": "m", "metadata": [:], "source": "x"],
      code("print x", "a"), code("error E v", "b"), code("print y", "c"),
    ]) {
      $0.papermill = PapermillMetadata(
        inputPath: "in.ipynb", outputPath: "out.ipynb", parameters: ["a": 1], version: "lyre x")
    }
    let own = run.document.metadata("papermill")
    #expect(own?["input_path"] == "in.ipynb")
    #expect(own?["output_path"] == "out.ipynb")
    #expect(own?["parameters"] == ["a": 1])
    #expect(own?["exception"] == true)
    #expect(own?["environment_variables"] == [:])
    #expect(own?["default_parameters"] == [:])
    #expect(own?["version"] == "lyre x")
    #expect((own?["duration"]?.double ?? 0) > 0)
    let time = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/#
    #expect(own?["start_time"]?.string?.wholeMatch(of: time) != nil)
    #expect(own?["end_time"]?.string?.wholeMatch(of: time) != nil)
    let cells = (0..<4).map { run.document.cell(at: $0).metadata["papermill"] }
    #expect(
      cells.map { $0?["status"]?.string } == ["completed", "completed", "failed", "pending"])
    #expect(cells.map { $0?["exception"] } == [false, false, true, JSONValue.null])
    #expect(cells[1]?["start_time"]?.string?.wholeMatch(of: time) != nil)
    #expect(cells[3]?["start_time"] == JSONValue.null)
  }
}
