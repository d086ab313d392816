import Glibc
import JSONCore
import KernelTesting
import Testing

@testable import NotebookExecution

@Suite("The limit of outputs")
struct OutputLimitTests {
  private func run(
    _ script: String, bytes: Int, _ check: (ScriptedRun, [JSONValue]?) throws -> Void
  )
    async throws
  {
    try await TemporaryDirectory.with { directory in
      let run = try await ScriptedRun([ScriptedRun.code(script, id: "a")]) {
        $0.outputLimit = OutputLimit(bytes: bytes, stem: directory.path("nb"))
        $0.allowsErrors = true
      }
      let path = directory.path("nb.cell-1.outputs.jsonl")
      let lines = (try? readFile(path)).map { bytes in
        bytes.split(separator: 0x0A).compactMap { try? JSONValue(parsing: Array($0)) }
      }
      try check(run, lines)
    }
  }

  @Test("keeps outputs within the limit unchanged, and writes no file")
  func within() async throws {
    try await run("print 123\ndisplay x", bytes: 100) { run, spooled in
      #expect(run.texts(0) == ["123\n", "x"])
      #expect(spooled == nil)
      #expect(run.warnings == [])
    }
  }

  @Test(
    "cuts a stream between characters, and says how much is missing and where the complete output is"
  )
  func stream() async throws {
    try await run("print 12345\nprint 6é8\nprint later", bytes: 8) { run, spooled in
      let texts = run.texts(0)
      #expect(texts.first == "12345\n6")
      #expect(texts.count == 2)
      #expect(
        texts.last?.hasPrefix(
          "[Lyre kept the first 8 bytes of this cell's outputs and cut 9 bytes. The complete "
            + "outputs are in /")
          == true, "\(texts)")
      #expect(texts.last?.hasSuffix("nb.cell-1.outputs.jsonl.]\n") == true)
      #expect((spooled ?? []).compactMap { $0["text"]?.string }.joined() == "12345\n6é8\nlater\n")
      #expect(run.warnings.count == 1)
      // The event contains the complete text.
      let told = run.events.compactMap { if case .text(_, _, let text) = $0 { text } else { nil } }
      #expect(told.joined() == "12345\n6é8\nlater\n")
    }
  }

  @Test("omits displays that are too large, keeps errors, and starts again after a clear")
  func displays() async throws {
    let large = String(repeating: "x", count: 100)
    try await run(
      "display \(large)\nclear\nprint kept\ndisplay \(large)\ndisplay y\nerror E v", bytes: 50
    ) { run, spooled in
      let texts = run.texts(0)
      #expect(texts.count == 3)
      #expect(texts[0] == "kept\n")
      #expect(texts[1].hasPrefix("[Lyre kept the first 50 bytes"))
      #expect(texts[2] == "E")
      #expect(
        (spooled ?? []).map { $0["output_type"]?.string } == [
          "stream", "display_data", "display_data", "error",
        ])
      #expect(run.statuses == [.failed])
    }
  }

  @Test("a progress bar counts only with its final length")
  func progress() async throws {
    let bars = (1...50).map { "stream stdout \\rstep \($0)" }.joined(separator: "\n")
    try await run(bars, bytes: 20) { run, spooled in
      #expect(run.texts(0) == ["step 50"])
      #expect(spooled == nil)
    }
  }

  @Test("an update above the limit goes to the file, and the display stays unchanged")
  func update() async throws {
    let large = String(repeating: "x", count: 100)
    try await run("display-id d small\nupdate d \(large)\nupdate d tiny", bytes: 60) {
      run, spooled in
      #expect(run.texts(0).first == "tiny")
      #expect(spooled?.map { $0["output_type"]?.string }.contains("update_display_data") == true)
    }
  }

  @Test("without a file for all outputs, the mark says that the rest was not stored")
  func nowhere() async throws {
    let run = try await ScriptedRun([ScriptedRun.code("print 12345", id: "a")]) {
      $0.outputLimit = OutputLimit(bytes: 3, stem: nil)
    }
    #expect(
      run.texts(0) == [
        "123",
        "[Lyre kept the first 3 bytes of this cell's outputs and cut 3 bytes. The rest was not "
          + "stored.]\n",
      ])
  }

  @Test("a file that cannot be written is reported, and the run continues")
  func unwritable() async throws {
    let run = try await ScriptedRun([ScriptedRun.code("print 12345", id: "a")]) {
      $0.outputLimit = OutputLimit(bytes: 3, stem: "/nowhere/nb")
    }
    #expect(run.statuses == [.succeeded])
    #expect(
      run.warnings == [
        "'/nowhere/nb.cell-1.outputs.jsonl' cannot be written: No such file or directory; the "
          + "truncated rest is lost"
      ])
    #expect(run.texts(0).last?.hasSuffix("The rest was not stored.]\n") == true)
  }

  @Test("memory stays bounded and the cost linear for any amount of output")
  func flood() async throws {
    try await run("flood 20000 100", bytes: 10_000) { run, spooled in
      #expect(run.texts(0).count == 2)
      #expect((run.texts(0).first ?? "").utf8.count <= 10_000)
      let whole = (spooled ?? []).reduce(0) { $0 + ($1["text"]?.string?.utf8.count ?? 0) }
      #expect(whole >= 2_000_000)
    }
  }
}
