import JSONCore
import JupyterProtocol
import NotebookDocument
import Testing

@testable import NotebookExecution

@Suite("Outputs of cells")
struct OutputCollectorTests {
  /// Minimal messages of a kernel.
  private func message(_ type: MessageType, _ content: JSONValue, parent: String? = "r0") -> Message
  {
    let parent = parent.map {
      MessageHeader(
        messageID: $0, session: "", username: "", date: nil, messageType: .executeRequest,
        version: nil)
    }
    return Message(
      header: MessageHeader(
        messageID: "m", session: "", username: "", date: nil, messageType: type, version: nil),
      parentHeader: parent, content: content)
  }

  private func stream(_ text: String, name: String = "stdout", parent: String? = "r0") -> Message {
    message(.stream, ["name": .init(name), "text": .init(text)], parent: parent)
  }

  private func display(_ text: String, id: String? = nil, type: MessageType = .displayData)
    -> Message
  {
    message(
      type,
      [
        "data": ["text/plain": .init(text)], "metadata": [:],
        "transient": id.map { ["display_id": .init($0)] } ?? nil,
      ])
  }

  private func collector() -> OutputCollector {
    var collector = OutputCollector()
    collector.begin(place: 0, messageID: "r0")
    return collector
  }

  private func texts(_ collector: OutputCollector, at place: Int = 0) -> [String] {
    collector.outputs(at: place).values.map {
      $0["text"]?.string ?? $0["data"]?["text/plain"]?.string ?? $0["ename"]?.string ?? "?"
    }
  }

  private func receive(_ messages: Message..., into collector: inout OutputCollector) {
    for message in messages { _ = collector.receive(message) }
  }

  @Test("consecutive pieces of one stream become one output")
  func merging() {
    var c = collector()
    receive(
      stream("a"), stream("b"), stream("e", name: "stderr"), stream("c"), display("d"), stream("f"),
      into: &c)
    #expect(texts(c) == ["ab", "e", "c", "d", "f"])
  }

  @Test("an updated display changes in every cell that shows it")
  func displayIDs() {
    var c = collector()
    receive(stream("x"), stream("y"), display("1", id: "a"), display("1", id: "b"), into: &c)
    c.begin(place: 1, messageID: "r1")
    receive(
      message(
        .displayData, ["data": ["text/plain": "2"], "transient": ["display_id": "a"]], parent: "r1"),
      into: &c)
    #expect(texts(c) == ["xy", "2", "1"])
    receive(display("3", id: "a", type: .updateDisplayData), into: &c)
    #expect(texts(c) == ["xy", "3", "1"])
    #expect(texts(c, at: 1) == ["3"])
    receive(display("9", id: "unknown", type: .updateDisplayData), into: &c)
    #expect(texts(c) == ["xy", "3", "1"])
  }

  @Test("cleared outputs are not updated")
  func updateAfterClear() {
    var c = collector()
    receive(
      display("1", id: "a"), message(.clearOutput, ["wait": false]), display("2"),
      display("3", id: "a", type: .updateDisplayData), into: &c)
    #expect(texts(c) == ["2"])
  }

  @Test("clear_output clears at once, or before the next output, if one arrives")
  func clear() {
    var c = collector()
    receive(stream("a"), message(.clearOutput, ["wait": false]), stream("b"), into: &c)
    #expect(texts(c) == ["b"])
    receive(message(.clearOutput, ["wait": true]), into: &c)
    #expect(texts(c) == ["b"])
    receive(display("x", id: "q", type: .updateDisplayData), into: &c)
    #expect(texts(c) == ["b"])
    receive(stream("c"), into: &c)
    #expect(texts(c) == ["c"])
    receive(message(.clearOutput, ["wait": true]), into: &c)
    c.begin(place: 1, messageID: "r1")
    receive(stream("d", parent: "r1"), into: &c)
    #expect(texts(c) == ["c"])
  }

  @Test("late output goes to its own cell, and orphaned output to the running cell")
  func attribution() {
    var c = collector()
    receive(stream("a"), into: &c)
    c.begin(place: 1, messageID: "r1")
    receive(stream("late"), stream("mine", parent: "r1"), stream("orphan", parent: nil), into: &c)
    #expect(texts(c) == ["alate"])
    #expect(texts(c, at: 1) == ["mineorphan"])
    _ = c.end()
    #expect(
      c.receive(stream("nobody's", parent: nil)) == [
        .outsideCells(["name": "stdout", "output_type": "stream", "text": "nobody's"])
      ])
    #expect(texts(c, at: 1) == ["mineorphan"])
    receive(stream("foreign", parent: "zzz"), into: &c)
    #expect(texts(c) == ["alate"])
  }

  @Test("values that notebooks must not contain are repaired or dropped, with a warning")
  func mimeBundle() {
    var c = collector()
    let effects = c.receive(
      message(
        .displayData,
        [
          "data": [
            "text/plain": 5, "text/html": ["a", "b"], "image/png": nil, "application/json": [1],
            "application/vnd.x+json": 3,
          ]
        ]))
    #expect(
      c.outputs(at: 0)[0]["data"] == [
        "application/json": [1], "application/vnd.x+json": 3, "text/html": "ab", "text/plain": "5",
      ])
    #expect(c.outputs(at: 0)[0]["metadata"] == [:])
    #expect(
      effects.prefix(2) == [
        .warning(.changedData, "the kernel sent a number for text/plain; it was kept as text"),
        .warning(.changedData, "the kernel sent null for image/png; it was dropped"),
      ])
  }

  @Test("a comm without a receiver stays open, and is reported")
  func unknownComm() {
    var c = collector()
    let effects = c.receive(message(.commOpen, ["comm_id": "c1", "target_name": "x", "data": [:]]))
    let text = "the kernel's comm 'x' has no receiver; what it sends is not in the notebook"
    #expect(effects == [.warning(.unknownComm, text)])
  }

  @Test("an Output widget captures its cell's outputs, and the kernel gets them once")
  func outputWidget() {
    var c = collector()
    let state: JSONValue = [
      "_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel",
      "_model_module_version": "1.0.0", "msg_id": "", "outputs": [],
    ]
    receive(
      message(
        .commOpen, ["comm_id": "w", "target_name": "jupyter.widget", "data": ["state": state]]),
      message(
        .commMessage, ["comm_id": "w", "data": ["method": "update", "state": ["msg_id": "r0"]]]),
      stream("in"), stream("side"),
      message(
        .commMessage, ["comm_id": "w", "data": ["method": "update", "state": ["msg_id": ""]]]),
      stream("out"), into: &c)
    #expect(texts(c) == ["out"])
    let captured: JSONValue = [["name": "stdout", "output_type": "stream", "text": "inside"]]
    // In the order of nbformat, which code sees that prints them.
    let sent: JSONValue = [["output_type": "stream", "name": "stdout", "text": "inside"]]
    #expect(
      c.end() == [
        .sendComm(
          id: "w", data: ["method": "update", "state": ["outputs": sent], "buffer_paths": []])
      ])
    #expect(c.end() == [])
    let saved = c.widgets.metadata?["application/vnd.jupyter.widget-state+json"]?["state"]?["w"]
    #expect(saved?["state"]?["outputs"] == captured)
    receive(message(.commClose, ["comm_id": "w"]), into: &c)
    #expect(c.widgets.metadata == nil)
  }

  @Test("buffers of widgets are saved as text at their paths")
  func buffers() {
    var c = collector()
    var open = message(
      .commOpen,
      [
        "comm_id": "w", "target_name": "jupyter.widget",
        "data": [
          "state": ["_model_module": "m", "_model_name": "n", "_model_module_version": "1"],
          "buffer_paths": [["value"], ["a", 0]],
        ],
      ])
    open.buffers = [[0xFF, 0x00], Array("abcd".utf8)]
    receive(open, into: &c)
    let saved = c.widgets.metadata?["application/vnd.jupyter.widget-state+json"]?["state"]?["w"]
    #expect(
      saved?["buffers"] == [
        ["data": "/wA=", "encoding": "base64", "path": ["value"]],
        ["data": "YWJjZA==", "encoding": "base64", "path": ["a", 0]],
      ])
  }
}
