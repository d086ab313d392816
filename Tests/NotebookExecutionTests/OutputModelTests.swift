import JSONCore
import JupyterProtocol
import NotebookDocument
import Testing

@testable import NotebookExecution

/// The outputs of cells as lists of values, in the simplest implementation.
private struct SimpleModel {
  private struct Shown {
    var id: String
    var cell: Int
    var output: Int
  }

  var cells: [[JSONValue]] = [[], []]
  private var clearsNext = [false, false]
  private var shown: [Shown] = []

  mutating func append(_ output: JSONValue, _ cell: Int, id: String? = nil) {
    clearIfDue(cell)
    if let id { update(id, output["data"] ?? [:]) }
    cells[cell].append(output)
    if let id { shown.append(Shown(id: id, cell: cell, output: cells[cell].count - 1)) }
  }

  mutating func print(_ text: String, _ name: String, _ cell: Int) {
    clearIfDue(cell)
    if let last = cells[cell].last, last["output_type"] == "stream",
      last["name"]?.string == name
    {
      let whole = (last["text"]?.string ?? "") + text
      cells[cell][cells[cell].count - 1] = SimpleModel.stream(whole, name)
    } else {
      cells[cell].append(SimpleModel.stream(text, name))
    }
  }

  mutating func update(_ id: String, _ data: JSONValue) {
    for place in shown where place.id == id {
      cells[place.cell][place.output].updateObject { $0["data"] = data }
    }
  }

  mutating func clear(wait: Bool, _ cell: Int) {
    clearsNext[cell] = wait
    guard !wait else { return }
    cells[cell] = []
    shown.removeAll { $0.cell == cell }
  }

  private mutating func clearIfDue(_ cell: Int) {
    if clearsNext[cell] { clear(wait: false, cell) }
  }

  private static func stream(_ text: String, _ name: String) -> JSONValue {
    ["name": .init(name), "output_type": "stream", "text": .init(text)]
  }
}

@Suite("Outputs compared with a simple model")
struct OutputModelTests {
  /// A notebook of two cells in one of the styles of files.
  private func file(_ random: inout RandomStreams) -> [UInt8] {
    let splitsLines = random.number(3) > 0
    func text(_ text: String) -> JSONValue { splitsLines ? [.init(text)] : .init(text) }
    func cell(_ source: String, _ outputs: JSONValue) -> JSONValue {
      [
        "cell_type": "code", "execution_count": nil, "metadata": [:], "outputs": outputs,
        "source": text(source),
      ]
    }
    let old: JSONValue = ["name": "stdout", "output_type": "stream", "text": text("old")]
    let notebook: JSONValue = [
      "cells": [cell("a", []), cell("b", [old])], "metadata": [:], "nbformat": 4,
      "nbformat_minor": 4,
    ]
    return notebook.serialized(
      random.pick([
        .jupyter, .compact, .pretty, JSONStyle(itemSeparator: ", ", keySeparator: ": "),
      ]))
  }

  private func message(_ type: MessageType, _ content: JSONValue, cell: Int) -> Message {
    func header(_ id: String, _ type: MessageType) -> MessageHeader {
      MessageHeader(
        messageID: id, session: "", username: "", date: nil, messageType: type, version: nil)
    }
    return Message(
      header: header("m", type), parentHeader: header("r\(cell)", .executeRequest), content: content
    )
  }

  private func text(_ random: inout RandomStreams) -> String {
    let word = random.pick([
      "a", "é\n", "x\ny", "\u{2028}", "\"\\", "line\n", "日本\n", "0123456789\n",
    ])
    // Rarely so much that lines become final.
    let count = random.number(12) == 0 ? 40_000 : 1 + random.number(4)
    return String(repeating: word, count: count)
  }

  @Test(
    "for all messages, the file equals one built from a tree of values",
    arguments: 0..<60 as Range<UInt64>)
  func sameFile(seed: UInt64) throws {
    var random = RandomStreams(seed: seed &+ 1)
    var packed = try NotebookDocument(file(&random))
    var plain = packed
    var collector = OutputCollector(packedLike: packed.makeOutputs())
    var model = SimpleModel()
    for cell in 0..<2 {
      collector.begin(place: cell, messageID: "r\(cell)")
      for _ in 0..<(5 + random.number(80)) {
        // A thread of the first cell continues during the second.
        let cell = random.number(5) == 0 ? 0 : cell
        let name = random.pick(["stdout", "stdout", "stderr"])
        let id = random.pick(["i", "j", "k"])
        switch random.number(12) {
        case 0...4:
          let text = text(&random)
          _ = collector.receive(
            message(.stream, ["name": .init(name), "text": .init(text)], cell: cell))
          model.print(text, name, cell)
        case 5, 6, 7:
          let data: JSONValue = ["text/plain": .init(text(&random))]
          let hasID = random.number(2) == 0
          let transient: JSONValue = hasID ? ["display_id": .init(id)] : [:]
          let isResult = random.number(4) == 0
          var content: JSONObject = ["data": data, "metadata": [:], "transient": transient]
          if isResult { content["execution_count"] = 7 }
          _ = collector.receive(
            message(isResult ? .executeResult : .displayData, .object(content), cell: cell))
          let output: JSONValue =
            isResult
            ? [
              "data": data, "execution_count": 7, "metadata": [:], "output_type": "execute_result",
            ] : ["data": data, "metadata": [:], "output_type": "display_data"]
          model.append(output, cell, id: hasID ? id : nil)
        case 8:
          let error: JSONValue = ["ename": "E", "evalue": "v", "traceback": ["t"]]
          _ = collector.receive(message(.error, error, cell: cell))
          model.append(
            ["ename": "E", "evalue": "v", "output_type": "error", "traceback": ["t"]], cell)
        case 9, 10:
          let data: JSONValue = ["text/html": "<p>", "text/plain": .init(text(&random))]
          _ = collector.receive(
            message(
              .updateDisplayData,
              ["data": data, "metadata": [:], "transient": ["display_id": .init(id)]], cell: cell))
          model.update(id, data)
        default:
          let wait = random.number(2) == 0
          _ = collector.receive(message(.clearOutput, ["wait": .init(wait)], cell: cell))
          model.clear(wait: wait, cell)
        }
        // A save in between keeps a reference to that state.
        if random.number(10) == 0 { packed.setOutputs(collector.outputs(at: cell), at: cell) }
      }
    }
    for cell in 0..<2 {
      #expect(collector.outputs(at: cell).values == model.cells[cell])
      packed.setOutputs(collector.outputs(at: cell), at: cell)
      plain.setOutputs(model.cells[cell], at: cell)
      let errors = model.cells[cell].count { $0["output_type"] == "error" }
      #expect(collector.errors(at: cell).count == errors)
    }
    #expect(packed.serialized() == plain.serialized())
    #expect(try NotebookDocument(packed.serialized()).outputs(at: 0) == model.cells[0])
  }

  @Test("final lines are passed on once, and the others stay editable")
  func finalLines() {
    var outputs = CellOutputs()
    let line = String(repeating: "0123456789", count: 10) + "\n"
    for _ in 0..<10_000 { outputs.append(stream: "stdout", line) }
    #expect((outputs.growing?.text.count ?? .max) < 600_000)
    outputs.append(stream: "stdout", "50 %\r100 %\u{1B}[A\rover")
    let whole = String(repeating: line, count: 9_999) + "over" + line.dropFirst(4) + "100 %"
    #expect(outputs.json == [["name": "stdout", "output_type": "stream", "text": .init(whole)]])
  }

  @Test("a colour from final lines stays in effect after them")
  func colourOfFinalLines() {
    var outputs = CellOutputs()
    outputs.append(stream: "stdout", "\u{1B}[31m")
    outputs.append(stream: "stdout", String(repeating: "red\n", count: 100_000))
    outputs.append(stream: "stdout", "a\rb")
    let whole = "\u{1B}[31m" + String(repeating: "red\n", count: 100_000) + "b"
    #expect(outputs.json.first?["text"]?.string?.hasPrefix(whole) == true)
  }

  @Test("late text of a finished cell continues its last stream only")
  func lateText() {
    var c = OutputCollector()
    c.begin(place: 0, messageID: "r0")
    for text in ["a\n", "b\r"] {
      _ = c.receive(message(.stream, ["name": "stdout", "text": .init(text)], cell: 0))
    }
    _ = c.end()
    #expect(c.outputs(at: 0).values.map { $0["text"]?.string } == ["a\nb\r"])
    let saved = c.currentOutputs(at: 0)
    _ = c.receive(message(.stream, ["name": "stdout", "text": "c"], cell: 0))
    _ = c.receive(message(.stream, ["name": "stderr", "text": "d"], cell: 0))
    _ = c.receive(message(.stream, ["name": "stdout", "text": "e"], cell: 0))
    #expect(c.outputs(at: 0).values.map { $0["text"]?.string } == ["a\nc", "d", "e"])
    #expect(saved.values.map { $0["text"]?.string } == ["a\nb\r"])
    _ = c.receive(message(.clearOutput, ["wait": false], cell: 0))
    _ = c.receive(message(.stream, ["name": "stdout", "text": "f"], cell: 0))
    #expect(c.outputs(at: 0).values.map { $0["text"]?.string } == ["f"])
  }

  @Test("text after a cell's end is written at the cursor")
  func lateCursor() {
    var c = OutputCollector()
    c.begin(place: 0, messageID: "r0")
    // Two bars, one above the other, with the cursor back on the first.
    _ = c.receive(
      message(.stream, ["name": "stdout", "text": "one 50%\ntwo 50%\u{1B}[A"], cell: 0))
    _ = c.end()
    #expect(c.outputs(at: 0).values.map { $0["text"]?.string } == ["one 50%\ntwo 50%"])
    _ = c.receive(message(.stream, ["name": "stdout", "text": "\rone 60%"], cell: 0))
    #expect(c.outputs(at: 0).values.map { $0["text"]?.string } == ["one 60%\ntwo 50%"])
  }

  @Test("a line without a line feed is not final, however long it is")
  func longLine() {
    var outputs = CellOutputs()
    for _ in 0..<2_000 { outputs.append(stream: "stdout", String(repeating: "x", count: 1_000)) }
    #expect(outputs.growing?.text.count == 2_000_000)
    outputs.append(stream: "stdout", "\n")
    #expect(outputs.json.first?["text"]?.string?.utf8.count == 2_000_001)
  }
}
