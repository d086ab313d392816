import JupyterProtocol

@testable import JSONCore
@testable import NotebookDocument
@testable import NotebookExecution

extension FuzzTarget {
  /// Broadcasts of a kernel: messages, split at 0xFF, each with a byte for its type and cell, and
  /// the content.
  ///
  /// For any messages, the notebook with their outputs is valid.
  static let outputs = FuzzTarget(name: "outputs") { input in
    var input = input
    let limit = input.byte()
    var collector = OutputCollector(limit: limit < 128 ? nil : limit)
    for place in 0..<3 { collector.begin(place: place, messageID: "r\(place)") }
    for part in input.parts {
      guard let first = part.first, let content = try? JSONValue(parsing: Array(part.dropFirst()))
      else { continue }
      let parent = Int(first >> 4) % 4
      if first == 0xFE { collector.begin(place: parent % 3, messageID: "r\(parent % 3)") }
      _ = collector.receive(
        message(types[Int(first & 0xF) % types.count], content, parent: "r\(parent)"))
    }
    _ = collector.end()
    check(collector)
  }

  private static let types: [MessageType] = [
    .stream, .displayData, .executeResult, .error, .updateDisplayData, .clearOutput, .commOpen,
    .commMessage, .commClose, .status, .executeInput, "pyout", "pyerr",
  ]

  private static func message(_ type: MessageType, _ content: JSONValue, parent: String) -> Message
  {
    func header(_ id: String, _ type: MessageType) -> MessageHeader {
      MessageHeader(
        messageID: id, session: "", username: "", date: nil, messageType: type, version: nil)
    }
    return Message(
      header: header("m", type), parentHeader: header(parent, .executeRequest), content: content,
      buffers: [[1, 2, 3]])
  }

  private static func check(_ collector: OutputCollector) {
    var notebook = required("an empty notebook is valid") {
      try NotebookDocument(
        Array(
          #"""
          {"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {},
          "outputs": [], "source": []}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
          """#.utf8))
    }
    for place in 0..<3 {
      _ = (collector.error(at: place), collector.shownError(at: place), collector.errors(at: place))
      notebook.setOutputs(collector.outputs(at: place), at: 0)
      require(notebook.faults.isEmpty, "outputs are valid: \(notebook.faults)")
      let read = required("outputs can be read") { try NotebookDocument(notebook.serialized()) }
      require(
        read.outputs(at: 0).count == collector.outputs(at: place).count, "all outputs are present")
    }
    notebook.setMetadata(["widgets"], to: collector.widgets.metadata)
    _ = required("widgets can be read") { try NotebookDocument(notebook.serialized()) }
  }
}
