import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import NotebookDocument

@Suite("The journal of a run")
struct JournalTests {
  private func left(_ path: String) throws -> [RecordedCell]? {
    guard case .left(let remains) = try NotebookJournal.state(for: path) else { return nil }
    return remains.cells
  }

  /// A state of outputs that can follow another one: more, changed, fewer, or no outputs.
  private func next(_ outputs: [JSONValue], _ generator: inout SplitMix) -> [JSONValue] {
    var outputs = outputs
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: outputs = []
    case 1: _ = outputs.popLast()
    case 2 where !outputs.isEmpty:
      outputs[Int.random(in: 0..<outputs.count, using: &generator)] = Sample.display("changed")
    case 3, 4:
      if let last = outputs.last, case .string(let text)? = last["text"], var object = last.object {
        var longer = text
        longer.append("more é\n\u{2028}")
        object["text"] = .string(longer)
        outputs[outputs.count - 1] = .object(object)
      } else {
        outputs.append(Sample.stream("begun"))
      }
    default:
      let text = String(repeating: "x", count: Int.random(in: 0..<20, using: &generator))
      outputs.append(Bool.random(using: &generator) ? Sample.stream(text) : Sample.display(text))
    }
    return outputs
  }

  @Test(
    "gives the last state of every cell, after any changes", arguments: 0..<20 as Range<UInt64>)
  func lastState(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    try TemporaryDirectory.with { directory in
      let path = directory.path("nb.ipynb")
      var journal = try NotebookJournal(for: path, nil)
      var cells = (0..<3).map { RecordedCell(place: $0, id: "id-\($0)", source: "s\($0)") }
      var told: Set<Int> = []
      for _ in 0..<40 {
        let place = Int.random(in: 0..<3, using: &generator)
        cells[place].outputs = next(cells[place].outputs, &generator)
        cells[place].executionCount = place
        try journal.append([cells[place].packed])
        told.insert(place)
      }
      journal.close(removing: false)
      #expect(try left(path) == cells.filter { told.contains($0.place) })
    }
  }

  @Test("also records changes other than a stream's text")
  func otherMembers() throws {
    let before: JSONValue = ["output_type": "stream", "name": "stdout", "text": "a"]
    let after: JSONValue = ["output_type": "stream", "name": "stdout", "text": "ab", "more": 1]
    try TemporaryDirectory.with { directory in
      let path = directory.path("nb.ipynb")
      var journal = try NotebookJournal(for: path, nil)
      for output in [before, after] {
        let cell = RecordedCell(place: 0, id: "a", source: "s", outputs: [output])
        try journal.append([cell.packed])
      }
      journal.close(removing: false)
      let output = try #require(try left(path)?.first?.outputs.first)
      #expect(NotebookOutput.areEquivalent(output, after))
    }
  }

  @Test("the time to read it grows in proportion to it, however often a stream has grown")
  func readingGrowth() throws {
    let piece = String(repeating: "x", count: 100)
    let factor = try Growth.factor(from: 5000) { count in
      var text = Array("{\"lyre_journal\":1}\n".utf8)
      let stream: JSONValue = ["output_type": "stream", "name": "stdout", "text": ""]
      var cell = RecordedCell(place: 0, source: "")
      cell.outputs = [stream]
      let (told, outputs) = cell.packed
      JournalEntry.write(told, outputs, since: nil) { text += $0 }
      text.append(0x0A)
      let line = #"{"cell":0,"keep":1,"source":"","text":"\#(piece)","outputs":[]}"# + "\n"
      for _ in 0..<count { text += line.utf8 }
      let read = try JournalText(text, token: nil)
      #expect(read.cells.first?.outputs.first?["text"]?.string?.utf8.count == 100 * count)
    }
    #expect(factor < Growth.proportional)
  }

  @Test("gives the complete entries when truncated at any byte")
  func cutOff() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path("nb.ipynb")
      var journal = try NotebookJournal(for: path, nil)
      var states: [[JSONValue]] = [[]]
      for number in 1...4 {
        let outputs = (states.last ?? []) + [Sample.display("\(number)")]
        states.append(outputs)
        let cell = RecordedCell(place: 0, id: "a", source: "s", outputs: outputs)
        try journal.append([cell.packed])
      }
      journal.close(removing: false)
      let hidden = ".nb.ipynb.lyre-journal"
      let whole = try directory.read(hidden)
      var seen: Set<Int> = []
      for length in 0...whole.count {
        try directory.write(Array(whole[..<length]), to: hidden)
        let cells = try #require(try left(path))
        let outputs = cells.first?.outputs ?? []
        #expect(states.contains(outputs))
        seen.insert(outputs.count)
      }
      #expect(seen == [0, 1, 2, 3, 4])
    }
  }

  @Test("grows with the new outputs, not with the existing ones")
  func growth() throws {
    try TemporaryDirectory.with { directory in
      var journal = try NotebookJournal(for: directory.path("nb.ipynb"), nil)
      var cell = RecordedCell(place: 0, id: "a", source: "s")
      for number in 0..<100 {
        cell.outputs = [Sample.stream(String(repeating: "x", count: 1000 * (number + 1)))]
        try journal.append([cell.packed])
      }
      #expect(try directory.read(".nb.ipynb.lyre-journal").count < 120_000)
      journal.close(removing: true)
      #expect(directory.entries == [])
    }
  }

  @Test("is inaccessible to others, and written by only one run")
  func lock() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path("nb.ipynb")
      let journal = try NotebookJournal(for: path, nil)
      var status = stat()
      #expect(stat(journal.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let error = #expect(throws: NotebookError.self) { try NotebookJournal(for: path, nil) }
      #expect(error?.code == .inUse)
      journal.close(removing: true)
    }
  }

  @Test("is reported and kept if it is invalid")
  func notAJournal() throws {
    try TemporaryDirectory.with { directory in
      try directory.write(Sample.notebook(["a"]), to: "nb.ipynb")
      let journal = try NotebookJournal(for: directory.path("nb.ipynb"), nil)
      journal.close(removing: false)
      try directory.write("{\"lyre_journal\": 99}\n", to: ".nb.ipynb.lyre-journal")
      let error = #expect(throws: NotebookError.self) {
        try NotebookSaver.recover(directory.path("nb.ipynb"))
      }
      #expect(
        error?.message.contains("is not a journal that this version of Lyre can read") == true)
      #expect(directory.entries == [".nb.ipynb.lyre-journal", "nb.ipynb"])
    }
  }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
