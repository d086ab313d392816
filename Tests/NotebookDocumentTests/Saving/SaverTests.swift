import Glibc
import JSONCore
import KernelTesting
import Testing

@testable import NotebookDocument

@Suite("Saving a notebook during a run")
struct SaverTests {
  /// A notebook in a directory, and the saver of its run.
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

  @Test("rewrites the file as long as that is cheap, and leaves no other file")
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

  @Test("keeps a journal if writing the file costs too much, and merges it at the end")
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

  @Test("replaces a cell that others saved if the run gave it another source")
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

  /// Ends a run like a crash: only the files on disk remain.
  private func crash(_ saver: inout NotebookSaver) {
    saver.abandon()
    saver = NotebookSaver("/dev/null", input: nil)
  }

  @Test("replaces outputs from before the run by the journal's")
  func recovery() throws {
    try with(["a", "b", "c"], [0: [Sample.display("old")], 2: [Sample.display("stays")]]) {
      directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      for (place, text) in [(0, "1"), (1, "2"), (1, "2 and more")] {
        document.setOutputs([Sample.stream(text)], at: place)
        document.setExecutionCount(place + 1, at: place)
        try saver.save(document, changed: [place])
      }
      let message =
        "'\(path)' is already being run by this command; "
        + "wait until that run has ended, or stop it"
      #expect(throws: NotebookError(.inUse, message)) { try NotebookSaver.recover(path) }
      crash(&saver)
      #expect(try NotebookSaver.recover(path) == Recovery(cells: 2))
      #expect(try Sample.texts(path) == ["1", "2 and more", "stays"])
      #expect(try NotebookDocument(directory.read("nb.ipynb")).cell(at: 1).executionCount == 2)
      #expect(directory.entries == ["nb.ipynb"])
      #expect(try NotebookSaver.recover(path) == nil)
    }
  }

  @Test("recovers into a notebook edited since, and writes outputs that do not fit beside it")
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

  @Test("does not merge a journal into a file that was written after it")
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

  @Test("merges the outputs into a notebook that others saved, and keeps their changes")
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
              + "Lyre merged the outputs into the new version"))
      #expect(try Sample.texts(path) == ["3", "", "1"])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test(
    "writes the result beside a file in which an executed cell has changed",
    arguments: [
      Sample.notebook(["a edited", "b", "c"]), Sample.notebook(["b", "c"], ids: ["id-1", "id-2"]),
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
            message: "'\(path)' was changed by another program during the run, and no longer has "
              + "a place for the outputs of cell 1; the result is in '\(beside)'"))
      #expect(try directory.read("nb.ipynb") == theirs)
      #expect(try Sample.texts(beside) == ["1", "", ""])
    }
  }

  @Test("considers a file changed only if its content differs")
  func touched() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write(directory.read("nb.ipynb"), to: "nb.ipynb")
      utimensat(AT_FDCWD, path, [timespec(), timespec()], 0)
      #expect(saver.finish(document) == .init(isInFile: true))
      #expect(try Sample.texts(path) == ["1", "", ""])
    }
  }

  @Test("writes beside a file that is no longer a notebook")
  func broken() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write("<<<<<<< HEAD", to: "nb.ipynb")
      let ending = saver.finish(document)
      #expect(ending.elsewhere == directory.path("nb.lyre.ipynb"))
      #expect(ending.message?.contains("and is no longer a notebook") == true)
      #expect(try directory.read("nb.ipynb") == Array("<<<<<<< HEAD".utf8))
    }
  }

  @Test("replaces others' outputs in cells that ran, and keeps them in other cells")
  func othersRanIt() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      document.clearResults(at: 1)
      let theirs = Sample.notebook(
        ["a", "b", "c"],
        outputs: [0: [Sample.display("they ran it")], 1: [Sample.display("and this")]])
      try directory.write(theirs, to: "nb.ipynb")
      #expect(saver.finish(document).isInFile)
      #expect(try Sample.texts(path) == ["1", "and this", ""])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("clears outputs that others did not change in unreached cells")
  func cleared() throws {
    try with(["a", "b"], [1: [Sample.display("of yesterday")]]) {
      directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      document.clearResults(at: 1)
      let theirs = Sample.notebook(
        ["new", "a", "b"], ids: ["id-7", "id-0", "id-1"],
        outputs: [2: [Sample.display("of yesterday")]])
      try directory.write(theirs, to: "nb.ipynb")
      #expect(saver.finish(document).isInFile)
      #expect(try Sample.texts(path) == ["", "1", ""])
    }
  }

  @Test("follows cells by their source if an editor has given them new ids")
  func newIDs() throws {
    try with(["a", "b", "b", "c"]) { directory, path, document, saver in
      for place in 0..<4 { document.setOutputs([Sample.stream("\(place)")], at: place) }
      let theirs = Sample.notebook(["c", "x", "b", "a", "b"], ids: ["1", "2", "3", "4", "5"])
      try directory.write(theirs, to: "nb.ipynb")
      #expect(saver.finish(document).isInFile)
      #expect(try Sample.texts(path) == ["3", "", "1", "0", "2"])
    }
  }

  @Test("keeps a kernel that another program has set meanwhile")
  func otherKernel() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      document.setMetadata(["kernelspec"], to: ["name": "ours"])
      document.setMetadata(["language_info"], to: ["name": "ours"])
      var theirs = document
      theirs.setOutputs([], at: 0)
      theirs.setMetadata(["kernelspec"], to: ["name": "theirs"])
      theirs.setMetadata(["language_info"], to: nil)
      try directory.write(theirs.serialized(), to: "nb.ipynb")
      #expect(saver.finish(document).isInFile)
      let merged = try NotebookDocument(directory.read("nb.ipynb"))
      #expect(merged.metadata("kernelspec", "name")?.string == "theirs")
      #expect(merged.metadata("language_info", "name")?.string == "ours")
    }
  }

  @Test("writes a removed notebook again at the end, and reports it")
  func removed() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .zero
      document.setOutputs([Sample.stream("1")], at: 0)
      #expect(unlink(path) == 0)
      try saver.save(document, changed: [0])
      #expect(!directory.entries.contains("nb.ipynb"))
      #expect(
        saver.finish(document)
          == .init(
            isInFile: true,
            message: "'\(path)' was removed or renamed by another program during the run; "
              + "the result was written there again"))
      #expect(try Sample.texts(path) == ["1", "", ""])
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("a result beside the notebook is as private as the notebook", arguments: [0o600, 0o640])
  func privacy(mode: UInt32) throws {
    try with { directory, path, document, saver in
      chmod(path, mode)
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write("no notebook", to: "nb.ipynb")
      let beside = try #require(saver.finish(document).elsewhere)
      var status = stat()
      #expect(stat(beside, &status) == 0 && status.st_mode & 0o777 == mode)
    }
  }

  @Test("a result beside the notebook replaces no file or link")
  func besideLinks() throws {
    try with { directory, path, document, saver in
      document.setOutputs([Sample.stream("1")], at: 0)
      try directory.write("no notebook", to: "nb.ipynb")
      #expect(symlink("target", directory.path("nb.lyre.ipynb")) == 0)
      #expect(saver.finish(document).elsewhere == directory.path("nb.lyre-1.ipynb"))
      #expect(!directory.entries.contains("target"))
    }
  }

  @Test("a planted copy is reported, not used, and kept; one's own copy can be trusted explicitly")
  func plantedCopy() throws {
    try with { directory, path, document, saver in
      crash(&saver)
      let before = try directory.read("nb.ipynb")
      document.setOutputs([Sample.stream("1")], at: 0)
      let whole = document.serialized()
      let copy = try directory.write(whole, to: ".nb.ipynb.lyre-copy", mode: 0o600)
      #expect(!NotebookSaver.hasRemains(path))
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(try directory.read("nb.ipynb") == before)
      let messages = NotebookSaver.foreignRemains(path)
      #expect(
        messages.count == 1 && messages[0].contains("'\(copy)' may not be from a run"))
      for mode: UInt32 in [0o644, 0o660] {
        chmod(copy, mode)
        #expect(throws: NotebookError.self) { try NotebookSaver.recover(path, isTrusted: true) }
        #expect(NotebookSaver.foreignRemains(path)[0].contains("is not from a run of yours"))
      }
      #expect(try directory.read("nb.ipynb") == before)
      chmod(copy, 0o600)
      #expect(try NotebookSaver.recover(path, isTrusted: true) == Recovery(cells: 0))
      #expect(try directory.read("nb.ipynb") == whole)
      #expect(directory.entries == ["nb.ipynb"])
    }
  }

  @Test("an empty journal of a run that was killed when it began is not reported")
  func emptyJournal() throws {
    try with { directory, path, _, saver in
      crash(&saver)
      try directory.write([], to: ".nb.ipynb.lyre-journal", mode: 0o600)
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(NotebookSaver.foreignRemains(path) == [])
    }
  }

  @Test(
    "a planted journal is reported, not used, and kept", arguments: ["", "made up token"])
  func plantedJournal(token: String) throws {
    try with { directory, path, document, saver in
      crash(&saver)
      let before = try directory.read("nb.ipynb")
      let cell = RecordedCell(place: 0, id: "id-0", source: "a", outputs: [Sample.stream("evil")])
      let header: JSONValue = ["lyre_journal": 1, "token": .init(token)]
      var text = header.serialized(.compact)
      text += [0x0A] + cell.journalLine + [0x0A]
      let journal = try directory.write(text, to: ".nb.ipynb.lyre-journal", mode: 0o600)
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(NotebookSaver.foreignRemains(path).count == 1)
      #expect(try directory.read("nb.ipynb") == before)
      // A run of this user has its journal elsewhere, and uses only that one.
      document.setOutputs([Sample.stream("ours")], at: 1)
      saver = NotebookSaver(path, input: try NotebookDocument(before))
      saver.costPerByte = .seconds(60)
      try saver.save(document, changed: [1])
      crash(&saver)
      #expect(try NotebookSaver.recover(path) == Recovery(cells: 1))
      #expect(try Sample.texts(path) == ["", "ours", ""])
      #expect(try readFile(journal) == text)
      #expect(try NotebookSaver.recover(path, isTrusted: true) == Recovery(cells: 1))
      #expect(try Sample.texts(path) == ["evil", "ours", ""])
    }
  }

  @Test("files of a crashed run are not used if others could have changed them")
  func exchangedJournal() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      document.setOutputs([Sample.stream("1")], at: 0)
      try saver.save(document, changed: [0])
      crash(&saver)
      let journal = directory.path(".nb.ipynb.lyre-journal")
      #expect(rename(journal, directory.path("real")) == 0)
      #expect(symlink("real", journal) == 0)
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(NotebookSaver.foreignRemains(path)[0].contains("it is a symbolic link"))
      #expect(unlink(journal) == 0 && link(directory.path("real"), journal) == 0)
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(unlink(journal) == 0 && rename(directory.path("real"), journal) == 0)
      #expect(try NotebookSaver.recover(path) == Recovery(cells: 1))
    }
  }

  @Test("the readable part of a damaged journal is recovered, and the journal is kept")
  func damagedJournal() throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      for place in 0..<3 {
        document.setOutputs([Sample.stream("\(place)")], at: place)
        try saver.save(document, changed: [place])
      }
      crash(&saver)
      let name = ".nb.ipynb.lyre-journal"
      var lines = try directory.read(name).split(separator: 0x0A).map(Array.init)
      lines[2] = Array("}garbage{".utf8)
      let damaged = Array(lines.joined(separator: [0x0A])) + [0x0A]
      try directory.write(damaged, to: name)
      #expect(
        try NotebookSaver.recover(path) == Recovery(cells: 1, damaged: directory.path(name)))
      #expect(try Sample.texts(path) == ["0", "", ""])
      #expect(try directory.read(name) == damaged)
      #expect(NotebookSaver.foreignRemains(path).count == 1)
    }
  }

  @Test(
    "an unreadable journal is reported, and kept",
    arguments: ["\u{0}\u{0}\u{0}\n", "random bytes", "[]\n{}\n"])
  func unreadableJournal(beginning: String) throws {
    try with { directory, path, document, saver in
      saver.costPerByte = .seconds(60)
      document.setOutputs([Sample.stream("1")], at: 0)
      try saver.save(document, changed: [0])
      crash(&saver)
      let name = ".nb.ipynb.lyre-journal"
      let bytes = Array(beginning.utf8) + (beginning.hasPrefix("r") ? [] : try directory.read(name))
      try directory.write(bytes, to: name)
      let error = #expect(throws: NotebookError.self) { try NotebookSaver.recover(path) }
      #expect(error?.code == .unreadable)
      #expect(error?.message.contains("is damaged and cannot be read") == true)
      #expect(try directory.read(name) == bytes)
      try directory.write("", to: name)
      #expect(try NotebookSaver.recover(path) == nil)
      #expect(directory.entries == ["nb.ipynb"])
    }
  }
}
