import Glibc
import KernelTesting
import Synchronization
import SystemSupport
import Testing

@testable import RunRecord

@Suite("Files stored by content")
struct ContentStoreTests {
  private func withStore(
    limit: Int64 = 1 << 30, _ body: (ContentStore, TemporaryDirectory) throws -> Void
  ) throws {
    try TemporaryDirectory.with { directory in
      try body(ContentStore(directory: directory.path("objects"), limit: limit), directory)
    }
  }

  private func keep(_ text: String, in store: ContentStore) throws -> String {
    try store.keep([Array(text.utf8)[...]]) { _ in }
  }

  private func files(_ store: ContentStore) -> [String] {
    FilePath.names(in: store.directory).filter { $0 != "lock" }
  }

  @Test("equal content is stored once, in any pieces, and is read back")
  func equal() throws {
    try withStore { store, _ in
      let first = try keep("some text", in: store)
      let second = try store.keep([Array("some ".utf8)[...], Array("text".utf8)[...]]) { _ in }
      #expect(first == second)
      #expect(files(store) == [first])
      #expect(try store.content(first) == Array("some text".utf8))
      #expect(store.size == 9)
    }
  }

  @Test(
    "an invalid name is not looked up",
    arguments: ["", "../pipelines.sqlite", "lock", String(repeating: "G", count: 64)])
  func names(name: String) throws {
    try withStore { store, _ in
      _ = try keep("x", in: store)
      #expect(try store.content(name) == nil)
      #expect(try store.content(String(repeating: "a", count: 64)) == nil)
    }
  }

  @Test("a damaged, planted or exposed file is not used as a result")
  func damaged() throws {
    try withStore { store, directory in
      let name = try keep("some text", in: store)
      let path = "\(store.directory)/\(name)"
      chmod(path, 0o644)
      #expect(throws: HistoryError.self) { try store.content(name) }
      chmod(path, 0o600)
      try directory.write("other txt", to: "objects/\(name)", mode: 0o600)
      #expect(throws: HistoryError.self) { try store.content(name) }
      unlink(path)
      try #require(symlink(try directory.write("some text", to: "elsewhere"), path) == 0)
      #expect(throws: HistoryError.self) { try store.content(name) }
      // Its replacement is complete again.
      unlink(path)
      #expect(try keep("some text", in: store) == name)
      #expect(try store.content(name) != nil)
    }
  }

  @Test("unreferenced and incomplete files are removed")
  func sweep() throws {
    try withStore { store, directory in
      let needed = try keep("needed", in: store)
      _ = try keep("forgotten", in: store)
      try directory.write("half", to: "objects/\(needed).17.abc", mode: 0o600)
      try store.sweep { [needed, String(repeating: "0", count: 64)] }
      #expect(files(store) == [needed])
    }
  }

  @Test(
    "files beyond the limit are removed too, except the newest of any size",
    arguments: [
      (limit: 100, ["a", "b", "c"]), (limit: 60, ["a", "b", "c"]), (limit: 59, ["a", "b"]),
      (limit: 30, ["a", "b"]), (limit: 29, ["a"]), (limit: 1, ["a"]),
    ] as [(limit: Int64, [String])])
  func limit(limit: Int64, kept: [String]) {
    let sizes: [String: Int64] = ["a": 10, "b": 20, "c": 30, "orphan": 5]
    let superfluous = ContentStore.superfluous(sizes, keeping: ["a", "b", "gone", "c"], limit)
    #expect(Set(sizes.keys).subtracting(superfluous) == Set(kept))
  }

  @Test("the limit holds on disk")
  func bounded() throws {
    try withStore(limit: 25) { store, _ in
      let names = try (0..<5).map { try keep(String(repeating: "\($0)", count: 10), in: store) }
      try store.sweep { names.reversed() }
      #expect(Set(files(store)) == Set(names.suffix(2)))
      #expect(store.size == 20)
    }
  }

  @Test("nothing is removed between being stored and being recorded as needed")
  func race() async throws {
    try await TemporaryDirectory.with { directory in
      let store = ContentStore(directory: directory.path("objects"))
      let needed = Names()
      try await withThrowingTaskGroup { group in
        for writer in 0..<3 {
          group.addTask {
            for number in 0..<40 {
              _ = try store.keep([Array("\(writer) \(number)".utf8)[...]]) { needed.add($0) }
            }
          }
        }
        group.addTask { for _ in 0..<60 { try store.sweep { needed.all } } }
        try await group.waitForAll()
      }
      #expect(needed.all.count == 120)
      for name in needed.all { #expect(try store.content(name) != nil) }
    }
  }

  private final class Names: Sendable {
    private let names = Mutex<[String]>([])
    func add(_ name: String) { names.withLock { $0.append(name) } }
    var all: [String] { names.withLock { $0 } }
  }
}
