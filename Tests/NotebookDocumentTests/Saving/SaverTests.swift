import Glibc
import JSONCore
import KernelTesting
import Testing

@testable import NotebookDocument

@Suite("Saving a notebook that is being run")
struct SaverTests {
  /// A notebook in a directory, and the saver of a run of it.
  private func with(
    _ sources: [String] = ["a", "b", "c"], _ outputs: [Int: [JSONValue]] = [:],
    _ body: (TemporaryDirectory, String, inout NotebookDocument, inout NotebookSaver) throws -> Void
  ) throws {
    try TemporaryDirectory.with { directory in
      try directory.write(Sample.notebook(sources, outputs: outputs), to: "nb.ipynb")
      let path = directory.path("nb.ipynb")
      var document = try NotebookDocument(directory.read("nb.ipynb"))
      var saver = NotebookSaver(path, input: document)
      try body(directory, path, &document, &saver)
    }
  }

  @Test("writes the file again as long as that is cheap, and leaves nothing beside it")
  func cheap() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .zero
      document.setOutputs([Sample.stream("1")], at: 0)
      try saver.save(document, changed: [0])
      #expect(try Sample.texts(path) == ["1", "", ""])
      document.setOutputs([Sample.stream("2")], at: 1)
      #expect(saver.finish(document) == .init(isInFile: true))
      #expect(try Sample.texts(path) == ["1", "2", ""])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("keeps a journal when writing the file costs too much, and folds it in at the end")
  func journal() throws {
    try with { directory, path, document, saver in
      let before = try directory.read("nb.ipynb")
      saver.costPerByte = .seconds(60)
      document.setOutputs([Sample.stream("1")], at: 0)
      try saver.save(document, changed: [0])
      #expect(try directory.read("nb.ipynb") == before)
      #expect(directory.entries == [".nb.ipynb.lyre-journal", "nb.ipynb"])
      #expect(saver.finish(document) == .init(isInFile: true))
      #expect(try Sample.texts(path) == ["1", "", ""])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("puts a cell that got another source from the run in place of the one that others saved")
  func changedSource() throws {
    try with(["a", "p = 1", "c"]) { directory, path, document, saver in
      document.setCellMetadata(["tags"], to: ["injected-parameters"], at: 1)
      try directory.write(document.serialized(), to: "nb.ipynb")
      document = try NotebookDocument(directory.read("nb.ipynb"))
      saver = NotebookSaver(path, input: document)
      document.setSource("p = 2", at: 1)
      document.setOutputs([Sample.stream("2")], at: 1)
      document.setOutputs([Sample.stream("3")], at: 2)
      var theirs = try NotebookDocument(directory.read("nb.ipynb"))
      theirs.setSource("a, edited", at: 0)
      try directory.write(theirs.serialized() + [0x0A], to: "nb.ipynb")
      #expect(saver.finish(document).isInFile)
      let merged = try NotebookDocument(directory.read("nb.ipynb"))
      #expect(merged.cells.map(\.source) == ["a, edited", "p = 2", "c"])
      #expect(merged.cells.map(\.id) == document.cells.map(\.id))
      #expect(try Sample.texts(path) == ["", "2", "3"])
    }
  }

  /// Ends a run as a crash would: what is on the disk is all that is left.
  private func crash(_ saver: inout NotebookSaver) {
    saver.abandon()
  }

  @Test("recovers what was in the journal, over what the cells had before the run")
  func recovery() throws {
    try with(["a", "b", "c"], [0: [Sample.display("old")], 2: [Sample.display("stays")]]) {
      directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      for (place, text) in [(0, "1"), (1, "2"), (1, "2 and more")] {
        document.setOutputs([Sample.stream(text)], at: place)
        document.setExecutionCount(place + 1, at: place)
        try saver.save(document, changed: [place])
      }
      #expect(throws: NotebookError(.inUse, "a run of it is still going on")) {
        try NotebookSaver.recover(path)
      }
      crash(&saver)
      #expect(try NotebookSaver.recover(path) == Recovery(cells: 2))
      #expect(try Sample.texts(path) == ["1", "2 and more", "stays"])
      #expect(try NotebookDocument(directory.read("nb.ipynb")).cell(at: 1).executionCount == 2)
      #expect(directory.entries == ["nb.ipynb"])
      #expect(try NotebookSaver.recover(path) == nil)
    }
  }

  @Test("recovers into a notebook that was edited since, and keeps beside it what has no place")
  func recoveryAfterEdit() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      document.setOutputs([Sample.stream("1")], at: 0)
      document.setOutputs([Sample.stream("2")], at: 1)
      try saver.save(document, changed: [0, 1])
      crash(&saver)
      let edited = Sample.notebook(
        ["new", "b", "a edited", "c"], ids: ["id-9", "id-1", "id-0", "id-2"])
      try directory.write(edited, to: "nb.ipynb")
      let recovery = try NotebookSaver.recover(path)
      #expect(recovery == Recovery(cells: 1, elsewhere: directory.path("nb.lyre.ipynb")))
      #expect(try Sample.texts(path) == ["", "2", "", ""])
      #expect(try Sample.texts(directory.path("nb.lyre.ipynb")) == ["1", "", "2", "", ""])
      #expect(directory.entries == ["nb.ipynb", "nb.lyre.ipynb"])
    }
  }

  @Test("does not put an older journal over a file that was written after it")
  func olderJournal() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      document.setOutputs([Sample.stream("1")], at: 0)
      try saver.save(document, changed: [0])
      crash(&saver)
      document.setOutputs([Sample.stream("1 and 2"), Sample.display("3")], at: 0)
      try NotebookFile(path).write(document.serialized())
      _ = try NotebookSaver.recover(path)
      #expect(try Sample.texts(path) == ["1 and 2|3", "", ""])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("puts the outputs into what somebody else has saved, and keeps all that is theirs")
  func merge() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      document.setOutputs([Sample.stream("3")], at: 2)
      let theirs = Sample.notebook(["c", "new", "a"], ids: ["id-2", "id-9", "id-0"])
      try directory.write(theirs, to: "nb.ipynb")
      #expect(
        saver.finish(document)
          == .init(
            isInFile: true,
            message: "'\(path)' was changed by another program during the run; "
              + "the outputs were put into what is there now"))
      #expect(try Sample.texts(path) == ["3", "", "1"])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test(
    "writes the result beside a file in which a cell is not as it was run",
    arguments: [
      Sample.notebook(["a edited", "b", "c"]), Sample.notebook(["b", "c"], ids: ["id-1", "id-2"]),
      Sample.notebook(["a", "b", "c"], outputs: [0: [Sample.display("they ran it")]]),
    ])
  func conflict(theirs: [UInt8]) throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write(theirs, to: "nb.ipynb")
      let beside = directory.path("nb.lyre.ipynb")
      #expect(
        saver.finish(document)
          == .init(
            isInFile: false, elsewhere: beside,
            message: "'\(path)' was changed by another program during the run, and there is no "
              + "place in it for the outputs of cell 1; the result is in '\(beside)'"))
      #expect(try directory.read("nb.ipynb") == theirs)
      #expect(try Sample.texts(beside) == ["1", "", ""])
    }
  }

  @Test("takes a file for changed only when its content is another one")
  func touched() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write(directory.read("nb.ipynb"), to: "nb.ipynb")
      utimensat(AT_FDCWD, path, [timespec(), timespec()], 0)
      #expect(saver.finish(document) == .init(isInFile: true))
      #expect(try Sample.texts(path) == ["1", "", ""])
    }
  }

  @Test("writes beside a file that is no notebook any more")
  func broken() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write("<<<<<<< HEAD", to: "nb.ipynb")
      let ending = saver.finish(document)
      #expect(ending.elsewhere == directory.path("nb.lyre.ipynb"))
      #expect(ending.message?.contains("and is no notebook now") == true)
      #expect(try directory.read("nb.ipynb") == Array("<<<<<<< HEAD".utf8))
    }
  }

  @Test("finishes a write in place that was cut off, when there was a whole copy")
  func copy() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      let whole = document.serialized()
      try directory.write(whole, to: ".nb.ipynb.lyre-copy")
      try directory.write(Array(whole[..<100]), to: "nb.ipynb")
      #expect(try NotebookSaver.recover(path) == Recovery(cells: 0))
      #expect(try directory.read("nb.ipynb") == whole)
      try directory.write(Array(whole[..<100]), to: ".nb.ipynb.lyre-copy")
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(try directory.read("nb.ipynb") == whole)
      #expect(directory.entries == ["nb.ipynb"])
    }
  }
}
