import Glibc
import KernelTesting
import Pipelines
import Synchronization
import SystemSupport
import Testing

@testable import NodeProgram

@Suite("Results on their way to a bucket")
struct ResultsUploadTests {
  /// A place for files in memory, which may refuse some.
  private final class Memory: FileStore {
    private struct State {
      var files: [String: [UInt8]] = [:]
      var puts: [String] = []
      var refusals: [String] = []
    }

    private let state = Mutex(State())
    let place = FilesPlace.object(bucket: "b", key: "r")

    init(refusing refusals: [String] = []) { state.withLock { $0.refusals = refusals } }

    var files: [String: [UInt8]] { state.withLock { $0.files } }
    var puts: [String] { state.withLock { $0.puts } }

    func text(_ path: String) -> String? {
      files[path].map { String(decoding: $0, as: UTF8.self) }
    }

    func paths(_ pattern: ExchangePattern) -> [String] {
      files.keys.filter(pattern.selects).sorted()
    }

    func fetch(_ path: String, into folder: WorkFolder, as target: String) throws(TransferProblem) {
      throw TransferProblem("not for these tests")
    }

    func put(_ file: String, as path: String) throws(TransferProblem) {
      guard let bytes = try? readFile(file) else { throw TransferProblem(file) }
      try put(bytes, as: path)
    }

    func put(_ bytes: [UInt8], as path: String) throws(TransferProblem) {
      let isRefused = state.withLock { state in
        state.puts.append(path)
        if let place = state.refusals.firstIndex(of: path) {
          state.refusals.remove(at: place)
          return true
        }
        state.files[path] = bytes
        return false
      }
      if isRefused { throw TransferProblem("'\(path)': the server is down") }
    }

    func claim(_ path: String, _ bytes: [UInt8]) throws(TransferProblem) -> Bool {
      guard files.isEmpty else { return false }
      try put(bytes, as: path)
      return true
    }
  }

  private func upload(_ folder: WorkFolder, _ memory: Memory) async throws(TransferProblem)
    -> ResultsUpload
  {
    try await ResultsUpload(folder, to: memory, claim: [1], isUrgent: { false })
  }

  private func append(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(file) }
    try writeAll(file, Array(text.utf8)[...])
  }

  @Test("events and log go in numbered pieces of complete lines while they grow, the ending last")
  func pieces() async throws {
    try await TemporaryDirectory.with { directory in
      let memory = Memory()
      let folder = try WorkFolder(temporaryIn: directory.path)
      let upload = try await upload(folder, memory)
      try append("one\ntw", to: "\(folder.path)/events.ndjson")
      try append("out", to: "\(folder.path)/output.log")
      try append("nb1", to: "\(folder.path)/executed.ipynb")
      try await withThrowingTaskGroup { group in
        group.addTask { await upload.follow() }
        #expect(await eventually { memory.text("events/000001.ndjson") == "one\n" })
        #expect(memory.text("log/000001.log") == "out")
        #expect(memory.text("executed.ipynb") == nil)
        try append("o\nthree\n", to: "\(folder.path)/events.ndjson")
        #expect(await eventually { memory.text("events/000002.ndjson") == "two\nthree\n" })
        group.cancelAll()
      }
      try append("last", to: "\(folder.path)/events.ndjson")
      try append("\n", to: "\(folder.path)/events.ndjson")
      try append("end", to: "\(folder.path)/ending.json")
      try await upload.finish()
      #expect(memory.text("events/000003.ndjson") == "last\n")
      #expect(memory.text("executed.ipynb") == "nb1")
      #expect(memory.puts.last == "ending.json")
      #expect(
        Set(memory.files.keys) == [
          "started.json", "log/000001.log", "events/000001.ndjson", "events/000002.ndjson",
          "events/000003.ndjson", "executed.ipynb", "ending.json",
        ])
      #expect(directory.entries == [])
    }
  }

  @Test("a piece that was refused is sent again as it was, and what came meanwhile after it")
  func again() async throws {
    try await TemporaryDirectory.with { directory in
      let memory = Memory(refusing: ["events/000001.ndjson"])
      let folder = try WorkFolder(temporaryIn: directory.path)
      let upload = try await upload(folder, memory)
      try append("one\n", to: "\(folder.path)/events.ndjson")
      try append("end", to: "\(folder.path)/ending.json")
      try await withThrowingTaskGroup { group in
        group.addTask { await upload.follow() }
        #expect(await eventually { memory.puts.contains("events/000001.ndjson") })
        try append("two\n", to: "\(folder.path)/events.ndjson")
        #expect(await eventually { memory.text("events/000002.ndjson") == "two\n" })
        #expect(memory.text("events/000001.ndjson") == "one\n")
        group.cancelAll()
      }
      try await upload.finish()
    }
  }

  @Test("without everything else there is no ending, and the problem is reported")
  func incomplete() async throws {
    try await TemporaryDirectory.with { directory in
      let memory = Memory(refusing: ["log/000001.log"])
      let folder = try WorkFolder(temporaryIn: directory.path)
      let upload = try await upload(folder, memory)
      try append("out", to: "\(folder.path)/output.log")
      try append("end", to: "\(folder.path)/ending.json")
      let error = await #expect(throws: TransferProblem.self) { try await upload.finish() }
      #expect(
        error?.description == "the results are not complete in 's3://b/r': 'log/000001.log': the "
          + "server is down. All of them are in '\(folder.path)'")
      #expect(memory.text("ending.json") == nil)
      // Nothing is lost.
      #expect(FilePath.isFile("\(folder.path)/ending.json"))
    }
  }

  @Test("a place that another run uses is refused")
  func used() async throws {
    try await TemporaryDirectory.with { directory in
      let memory = Memory()
      let first = try WorkFolder(temporaryIn: directory.path)
      _ = try await upload(first, memory)
      let second = try WorkFolder(temporaryIn: directory.path)
      let error = await #expect(throws: TransferProblem.self) { try await upload(second, memory) }
      #expect(error?.isUsage == true)
      #expect(error?.description.hasPrefix("'s3://b/r' has the results of another run") == true)
      first.remove()
      second.remove()
    }
  }

  @Test("a stop wakes what waits for it, and cancelled waits end")
  func stop() async {
    let stop = NodeStop()
    #expect(!stop.isOver(.signal))
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 { group.addTask { await stop.wait(for: .signal) } }
      group.addTask {
        stop.stop(signal: SIGTERM)
        return true
      }
      for await isOver in group { #expect(isOver) }
    }
    #expect(stop.isOver(.signal))
    #expect(!stop.isOver(.transfers))
    #expect(stop.signal == SIGTERM)
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await stop.wait(for: .end) }
      group.addTask { await NodeStop().wait(for: .signal) }
      group.cancelAll()
      for await isOver in group { #expect(!isOver) }
    }
  }
}
