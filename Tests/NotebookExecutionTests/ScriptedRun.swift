import JSONCore
import JupyterProtocol
import KernelClient
import KernelTesting
import NotebookDocument
import NotebookExecution
import Testing

/// A notebook's run in the scripted kernel, with its results.
struct ScriptedRun {
  var result: RunResult
  var document: NotebookDocument
  var events: [RunEvent.Kind]

  /// Runs code cells and checks that the kernel left no process or file.
  init(
    _ cells: [JSONValue], options: [String] = [], control: RunControl = .init(),
    configure: (inout RunConfiguration) -> Void = { _ in },
    onEvent: @escaping @Sendable (RunEvent.Kind) -> Void = { _ in }
  ) async throws {
    var configuration = RunConfiguration()
    configuration.interruptPatience = .milliseconds(300)
    configure(&configuration)
    let notebook: JSONValue = [
      "cells": .array(cells), "metadata": [:], "nbformat": 4, "nbformat_minor": 5,
    ]
    let document = try NotebookDocument(notebook.serialized(.jupyter))
    self = try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory, options: options)
      var events: [RunEvent.Kind] = []
      var finished = document
      let result = try await runNotebook(
        document, with: kernel.spec, configuration: configuration, control: control,
        finish: { document, _ in finished = document },
        report: { event in
          events.append(event.kind)
          onEvent(event.kind)
        })
      #expect(await kernel.leftovers() == [])
      return ScriptedRun(result: result, document: finished, events: events)
    }
  }

  private init(result: RunResult, document: NotebookDocument, events: [RunEvent.Kind]) {
    self.result = result
    self.document = document
    self.events = events
  }

  static func code(
    _ source: String, id: String, metadata: JSONValue = [:], outputs: JSONValue = []
  ) -> JSONValue {
    [
      "cell_type": "code", "execution_count": nil, "id": .init(id), "metadata": metadata,
      "outputs": outputs, "source": .init(source),
    ]
  }

  var statuses: [CellStatus] { result.cells.map(\.status) }

  func texts(_ cell: Int) -> [String] {
    document.outputs(at: cell).map { output in
      let text = output["text"] ?? output["data"]?["text/plain"] ?? output["ename"]
      return text?.string ?? text?.array?.compactMap(\.string).joined() ?? "?"
    }
  }

  func has(_ isWanted: (RunEvent.Kind) -> Bool) -> Bool { events.contains(where: isWanted) }

  /// The warnings of the run.
  var warnings: [String] {
    events.compactMap { if case .warning(let warning) = $0 { warning.message } else { nil } }
  }
}
