import JSONCore
import Testing

@testable import NotebookDocument

@Suite("Outputs packed as the text of their file")
struct PackedOutputsTests {
  /// Styles of notebooks' files.
  private static let styles = [
    NotebookStyle.jupyter,
    NotebookStyle(json: .jupyter, splitsLines: false),
    NotebookStyle(json: .compact, splitsLines: true),
    NotebookStyle(json: .compact, splitsLines: false),
    NotebookStyle(
      json: JSONStyle(
        indent: "  ", newline: "\r\n", keySeparator: ": ", sortsKeys: true, escapesNonASCII: true),
      splitsLines: true),
    NotebookStyle(json: JSONStyle(itemSeparator: ", ", keySeparator: ": "), splitsLines: true),
  ]

  private func text(_ outputs: PackedOutputs) -> String {
    String(decoding: outputs.list(keeping: [:]).joined(), as: UTF8.self)
  }

  /// The content of the file, written from a tree of values.
  private func text(_ values: [JSONValue], _ style: NotebookStyle) -> String {
    let split = values.map {
      style.splitsLines
        ? NotebookOutput.split(NotebookOutput.pythonNumbers($0)) : NotebookOutput.pythonNumbers($0)
    }
    var text: [UInt8] = []
    JSONValue.array(split).append(to: &text, style: style.json, level: 3)
    return String(decoding: text, as: UTF8.self)
  }

  @Test("equal the text of their values", arguments: styles.indices)
  func sameText(_ number: Int) {
    let style = PackedOutputsTests.styles[number]
    let values: [JSONValue] = [
      Sample.stream("a\nb\r\nc\u{2028}é"), Sample.stream(""), Sample.display("x"),
      [
        "data": [
          "application/json": [1, 2.50, 1e3], "image/png": "AAAA", "text/html": "<p>\n</p>",
        ],
        "execution_count": 3, "metadata": ["z": 1, "a": nil], "output_type": "execute_result",
      ],
      ["ename": "E", "evalue": "", "output_type": "error", "traceback": ["1\n2", "3"]],
    ]
    let outputs = PackedOutputs(values, style: style)
    #expect(text(outputs) == text(values, style))
    #expect(outputs.count == 5)
    #expect(outputs[0] == Sample.stream("a\nb\r\nc\u{2028}é"))
    #expect(outputs[2] == Sample.display("x"))
    #expect(text(PackedOutputs(style: style)) == "[]")
  }

  @Test(
    "a stream in parts gives the same output as a complete one",
    arguments: styles.indices)
  func parts(_ number: Int) {
    let style = PackedOutputsTests.styles[number]
    var outputs = PackedOutputs(style: style)
    outputs.append(Sample.display("1"))
    for part in ["a\n", "é\n\"\\\n", "\u{85}x\r\n"] {
      Array(part.utf8).withUnsafeBytes { outputs.appendPart(ofStream: "stderr", $0) }
    }
    var ended = outputs
    outputs.appendLast(ofStream: "stderr", "the end")
    outputs.append(Sample.display("2"))
    let whole = "a\né\n\"\\\n\u{85}x\r\n"
    let values = [
      Sample.display("1"), Sample.stream(whole + "the end", "stderr"), Sample.display("2"),
    ]
    #expect(text(outputs) == text(values, style))
    #expect(outputs.values == values)
    // An earlier state stays unchanged.
    ended.endStream()
    #expect(ended.values == [Sample.display("1"), Sample.stream(whole, "stderr")])
    #expect(outputs.commonCount(with: ended) == 1)
    #expect(outputs.added(at: 1, since: ended).map { Array($0) } == Array("the end".utf8))
  }

  @Test("an output of any length is replaced at any place")
  func replacing() {
    var values = (0..<2000).map { Sample.display("number \($0)\n") }
    var outputs = PackedOutputs(values, style: .jupyter)
    #expect(outputs.blocks.count > 3)
    for place in [0, 1, 999, 1998, 1999] {
      for text in ["", String(repeating: "long\n", count: 30_000), "x"] {
        values[place] = Sample.display(text)
        outputs.replace(at: place, with: values[place])
        #expect(outputs[place] == values[place])
      }
    }
    #expect(outputs.values == values)
    #expect(text(outputs) == text(values, .jupyter))
    outputs.removeAll(from: 1200)
    #expect(outputs.values == Array(values[..<1200]))
    outputs.append(Sample.stream("more"))
    #expect(text(outputs) == text(values[..<1200] + [Sample.stream("more")], .jupyter))
    outputs.removeAll()
    #expect(outputs.isEmpty)
    #expect(text(outputs) == "[]")
  }

  @Test("a state does not change, and shares unchanged parts with later ones")
  func states() {
    var outputs = PackedOutputs(style: .jupyter)
    for number in 0..<5000 { outputs.append(Sample.display("\(number)")) }
    let earlier = outputs
    outputs.append(Sample.display("later"))
    #expect(earlier.count == 5000)
    #expect(outputs.commonCount(with: earlier) == 5000)
    let shared = zip(earlier.blocks, outputs.blocks).dropLast().count {
      $0.bytes.withUnsafeBytes(\.baseAddress) == $1.bytes.withUnsafeBytes(\.baseAddress)
    }
    #expect(shared == earlier.blocks.count - 1)
    outputs.replace(at: 17, with: Sample.display("changed"))
    #expect(outputs.commonCount(with: earlier) == 17)
    #expect(earlier[17] == Sample.display("17"))
  }

  @Test("take about as much memory as their text")
  func memory() {
    var outputs = PackedOutputs(style: .jupyter)
    for number in 0..<20_000 { outputs.append(Sample.display("\(number)")) }
    let held = outputs.blocks.reduce(0) { $0 + $1.bytes.capacity + 8 * $1.ends.capacity }
    let size = outputs.list(keeping: [:]).reduce(0) { $0 + $1.count }
    #expect(Double(held) < 1.5 * Double(size), "\(held) bytes for \(size)")
  }

  @Test("outputs that a file stores in another form keep their bytes")
  func keptBytes() throws {
    let file = """
      {"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [
        {"output_type":"stream",  "name":"stdout", "text":"one"},
        {"output_type":"stream",  "name":"stderr", "text":["t","wo"]}],
        "source": ["a"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}

      """
    var document = try NotebookDocument(Array(file.utf8))
    document.setOutputs(document.outputs(at: 0), at: 0)
    #expect(document.serialized() == Array(file.utf8))
    var changed = document.outputs(at: 0)
    changed[0] = Sample.stream("other")
    changed.append(Sample.stream("three"))
    document.setOutputs(changed, at: 0)
    let text = String(decoding: document.serialized(), as: UTF8.self)
    #expect(text.contains(#"{"output_type":"stream",  "name":"stderr", "text":["t","wo"]}"#))
    let read = try NotebookDocument(document.serialized()).outputs(at: 0)
    #expect(NotebookOutput.areEquivalent(.array(read), .array(changed)))
  }

  @Test("a journal's line contains only the latest changes", arguments: styles.indices)
  func journalLines(_ number: Int) throws {
    let style = PackedOutputsTests.styles[number]
    var outputs = PackedOutputs(style: style)
    var told: PackedOutputs?
    var cell = RecordedCell(place: 0, source: "x")
    var recovered: RecordedCell?
    func tell(_ now: PackedOutputs) throws -> Int {
      var line: [UInt8] = []
      JournalEntry.write(cell, now, since: told) { line += $0 }
      #expect(!line.contains(0x0A))
      let entry = try #require(JournalEntry(try JSONValue(parsing: line)))
      #expect(entry.apply(to: &recovered))
      #expect(recovered?.outputs.map(NotebookOutput.pythonNumbers) == now.values)
      told = now
      return line.count
    }
    cell.executionCount = 1
    for number in 0..<3000 { outputs.append(Sample.display("a \(number)")) }
    _ = try tell(outputs)
    outputs.append(Sample.display("one more"))
    #expect(try tell(outputs) < 400)
    for _ in 0..<3 {
      let part = String(repeating: "and a line of the stream\n", count: 5000)
      Array(part.utf8).withUnsafeBytes { outputs.appendPart(ofStream: "stdout", $0) }
      var state = outputs
      state.appendLast(ofStream: "stdout", "and ")
      #expect(try tell(state) < 2 * part.utf8.count + 400)
    }
    outputs.appendLast(ofStream: "stdout", "and an end")
    #expect(try tell(outputs) < 400)
    outputs.replace(at: 2999, with: Sample.display("changed"))
    _ = try tell(outputs)
    outputs.removeAll()
    #expect(try tell(outputs) < 200)
  }
}
