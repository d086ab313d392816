import Glibc
import KernelTesting
import RunEvents
import Synchronization
import SystemSupport
import Testing

@testable import RunRecord

@Suite("Hashes of files and folders")
struct HashingTests {
  private let files = FileHashes()

  private func hash(_ path: String, ignoring: Set<FileIdentity> = []) throws -> String {
    try files.hash(of: path, ignoring: ignoring, HashingWatch())
  }

  // MARK: The watch

  @Test("hashing reports progress once a second after the first, with the amount read")
  func reports() throws {
    let time = Mutex(ContinuousClock.now)
    let reports = Mutex<[FileComparison]>([])
    let watch = HashingWatch(
      now: { time.withLock { $0 } }, report: { report in reports.withLock { $0.append(report) } })
    func pass(_ milliseconds: Int, _ name: String) throws {
      time.withLock { $0 += .milliseconds(milliseconds) }
      try watch.advance(name, files: 1, bytes: 10)
    }
    try pass(999, "a")
    #expect(reports.withLock { $0 } == [])
    try pass(1, "b")
    try pass(999, "c")
    try pass(1, "d")
    #expect(
      reports.withLock { $0 } == [
        .init(files: 2, bytes: 20, path: "b"), .init(files: 4, bytes: 40, path: "d"),
      ])
  }

  @Test("hashing can be stopped within a file")
  func stopped() throws {
    try TemporaryDirectory.with { directory in
      let path = try directory.write([UInt8](repeating: 0, count: 1 << 20), to: "large")
      let pieces = Mutex(0)
      let watch = HashingWatch(isStopped: {
        pieces.withLock { pieces in
          pieces += 1
          return pieces > 3
        }
      })
      #expect(throws: HashingWatch.Stopped.self) { try files.hash(of: path, watch) }
      #expect(pieces.withLock { $0 } == 4)
    }
  }

  // MARK: Files

  @Test("missing files, and files that cannot be compared")
  func unusual() throws {
    try TemporaryDirectory.with { directory in
      let none = try hash(directory.path("none"))
      #expect(none == "missing")
      #expect(mkfifo(directory.path("fifo"), 0o600) == 0)
      for path in [directory.path("fifo"), "/proc/self/status"] {
        let unknown = try hash(path)
        #expect(unknown.hasPrefix(FileHashes.unknown), "\(path)")
      }
    }
  }

  @Test("an executable file has another hash")
  func mode() throws {
    try TemporaryDirectory.with { directory in
      let path = try directory.write("x", to: "a")
      let before = try hash(path)
      #expect(chmod(path, 0o755) == 0)
      #expect(try hash(path) != before)
      #expect(try FileHashes.withoutMode(hash(path)) == before)
    }
  }

  // MARK: Folders

  @Test("a change in a folder gives another hash, and nothing else does")
  func folder() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("1", to: "f/a")
      try directory.write("2", to: "f/sub/b")
      let folder = directory.path("f")
      var seen = [try hash(folder)]
      func expect(isChanged: Bool, _ what: Comment) throws {
        let now = try hash(folder)
        #expect(isChanged ? !seen.contains(now) : now == seen.last, what)
        seen.append(now)
      }
      try expect(isChanged: false, "nothing happened")
      try directory.write("x", to: "f/__pycache__/b.pyc")
      try directory.write("x", to: "f/.ipynb_checkpoints/a")
      try directory.write("x", to: "f/.git/HEAD")
      try directory.write("x", to: "f/.nb.ipynb.lyre-journal")
      try expect(isChanged: false, "what programs keep beside the files")
      try directory.write("3", to: "f/sub/b")
      try expect(isChanged: true, "a content")
      #expect(rename(directory.path("f/sub/b"), directory.path("f/sub/c")) == 0)
      try expect(isChanged: true, "a name")
      #expect(rename(directory.path("f/sub/c"), directory.path("f/c")) == 0)
      try expect(isChanged: true, "a place")
      try directory.makeDirectory("f/empty")
      try expect(isChanged: true, "an empty folder")
      #expect(symlink("a", directory.path("f/link")) == 0)
      try expect(isChanged: true, "a link")
      unlink(directory.path("f/link"))
      #expect(symlink("c", directory.path("f/link")) == 0)
      try expect(isChanged: true, "the target of a link")
    }
  }

  @Test("links in a cycle terminate, and files behind links count")
  func links() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("1", to: "f/a")
      try directory.write("1", to: "elsewhere/b")
      for name in ["x", "y"] { #expect(symlink("..", directory.path("f/\(name)")) == 0) }
      for name in ["own", "again"] { #expect(symlink(".", directory.path("f/\(name)")) == 0) }
      #expect(symlink("../elsewhere", directory.path("f/out")) == 0)
      let before = try hash(directory.path("f"))
      #expect(try hash(directory.path("f")) == before)
      try directory.write("2", to: "elsewhere/b")
      #expect(try hash(directory.path("f")) != before)
    }
  }

  @Test("a node's own outputs are ignored")
  func ignored() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("1", to: "f/a")
      let own = try #require(FileIdentity(try directory.write("1", to: "f/own")))
      let before = try hash(directory.path("f"), ignoring: [own])
      try directory.write("2", to: "f/own")
      #expect(try hash(directory.path("f"), ignoring: [own]) == before)
      try directory.write("2", to: "f/a")
      #expect(try hash(directory.path("f"), ignoring: [own]) != before)
    }
  }

  @Test("a folder that cannot be listed is unknown", .enabled(if: getuid() != 0))
  func unreadable() throws {
    try TemporaryDirectory.with { directory in
      try directory.makeDirectory("f")
      #expect(chmod(directory.path("f"), 0) == 0)
      defer { chmod(directory.path("f"), 0o700) }
      #expect(try hash(directory.path("f")).hasPrefix(FileHashes.unknown))
    }
  }
}
