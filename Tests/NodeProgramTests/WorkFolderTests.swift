import Glibc
import KernelTesting
import Pipelines
import SystemSupport
import Testing

@testable import NodeProgram

@Suite("The folder of a node")
struct WorkFolderTests {
  private static let copy = FileCopy(isStopped: { false })

  private func write(_ text: String, to descriptor: Int32) throws(TransferProblem) {
    do throws(SystemError) {
      try writeAll(descriptor, Array(text.utf8)[...])
    } catch {
      throw TransferProblem("\(error)")
    }
  }

  @Test("nothing is written outside of it, whatever links are in it")
  func links() throws {
    try TemporaryDirectory.with { directory in
      try directory.makeDirectory("outside")
      try directory.makeDirectory("work")
      symlink(directory.path("outside"), directory.path("work/out"))
      symlink(directory.path("outside/file"), directory.path("work/target"))
      let folder = try WorkFolder(directory.path("work"))
      // A slash and a combining character are one `Character`.
      let names = [
        "out/x", "../x", "/tmp/lyre-evil", "a/../../x", "", ".", "../\u{301}x", "/\u{301}tmp/x",
        "a/../\u{301}/../../x",
      ]
      for name in names {
        #expect(throws: TransferProblem.self) {
          try folder.create(name) { (file) throws(TransferProblem) in try write("x", to: file) }
        }
      }
      // A link itself is replaced.
      try folder.create("target") { (file) throws(TransferProblem) in try write("x", to: file) }
      #expect(FilePath.names(in: directory.path("outside")) == [])
      #expect(FilePath.linkTarget(directory.path("work/target")) == nil)
      #expect(throws: TransferProblem.self) { try folder.makeDirectory("out/d") }
    }
  }

  @Test("a file that cannot be written completely is not there")
  func incomplete() throws {
    try TemporaryDirectory.with { directory in
      let folder = try WorkFolder(directory.path("work"))
      #expect(throws: TransferProblem.self) {
        try folder.create("a/b") { (file) throws(TransferProblem) in
          try write("half", to: file)
          throw TransferProblem("the connection ended")
        }
      }
      #expect(FilePath.names(in: directory.path("work/a")) == [])
    }
  }

  @Test("a temporary folder is gone with everything in it")
  func temporary() throws {
    try TemporaryDirectory.with { directory in
      let folder = try WorkFolder(temporaryIn: directory.path)
      try folder.create("a/b") { (file) throws(TransferProblem) in try write("x", to: file) }
      #expect(FileStatus(folder.path)?.permissions == 0o700)
      folder.remove()
      #expect(directory.entries == [])
      #expect(throws: TransferProblem.self) { try WorkFolder(temporaryIn: directory.path("none")) }
    }
  }

  @Test("a folder is copied with its links; those that lead out become what they lead to")
  func folderCopy() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("1", to: "in/sub/a", mode: 0o755)
      try directory.write("2", to: "in/.hidden/b")
      try directory.write("3", to: "shared/data/c")
      symlink("sub/a", directory.path("in/inner"))
      symlink("../shared/data", directory.path("in/data"))
      let folder = try WorkFolder(directory.path("work"))
      try FolderCopy(copy: Self.copy).copy(directory.path("in"), into: folder)
      #expect(FilePath.linkTarget(directory.path("work/inner")) == "sub/a")
      #expect(FilePath.linkTarget(directory.path("work/data")) == nil)
      #expect(try directory.read("work/data/c") == Array("3".utf8))
      #expect(try directory.read("work/.hidden/b") == Array("2".utf8))
      #expect(FileStatus(directory.path("work/sub/a"))?.permissions == 0o755)
      // One around itself would not end, and a pipe would block.
      symlink(directory.path("in"), directory.path("in/sub/around"))
      #expect(throws: TransferProblem.self) {
        try FolderCopy(copy: Self.copy).copy(directory.path("in"), into: folder)
      }
      unlink(directory.path("in/sub/around"))
      mkfifo(directory.path("in/pipe"), 0o600)
      let error = #expect(throws: TransferProblem.self) {
        try FolderCopy(copy: Self.copy).copy(directory.path("in"), into: folder)
      }
      #expect(error?.description.contains("/in/pipe' is not a file") == true)
    }
  }

  @Test("a stopped copy ends")
  func stopped() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("x", to: "in/a")
      let folder = try WorkFolder(directory.path("work"))
      let error = #expect(throws: TransferProblem.self) {
        try FolderCopy(copy: FileCopy(isStopped: { true })).copy(directory.path("in"), into: folder)
      }
      #expect(error?.isStop == true)
    }
  }

  @Test("patterns select the same files in a folder as by their rules")
  func paths() throws {
    try TemporaryDirectory.with { directory in
      let all = ["a.csv", "b.csv", ".c.csv", "d/e.csv", "d/.f", "d/g/h", "x[1].csv", "i.csv/j"]
      for path in all { try directory.write("x", to: "in/\(path)") }
      symlink("d", directory.path("in/link"))
      symlink("..", directory.path("in/d/around"))
      let store = FolderStore(root: directory.path("in"), copy: Self.copy)
      func paths(_ text: String) throws -> [String] {
        try store.pathsNow(try #require(ExchangePattern(text)))
      }
      #expect(try paths("*.csv") == ["a.csv", "b.csv", "i.csv/j", "x[1].csv"])
      #expect(try paths("x[1].csv") == ["x[1].csv"])
      #expect(try paths("d/") == ["d/.f", "d/e.csv", "d/g/h"])
      #expect(try paths("link/g") == ["link/g/h"])
      #expect(try paths("none/*") == [])
      #expect(try paths("?.csv") == ["a.csv", "b.csv", "i.csv/j"])
    }
  }

  @Test("a file is put at once, where a link of the target's owner leads")
  func put() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("new", to: "file", mode: 0o755)
      try directory.makeDirectory("big")
      try directory.makeDirectory("out")
      symlink(directory.path("big"), directory.path("out/data"))
      let store = FolderStore(root: directory.path("out"), copy: Self.copy)
      try store.putNow(directory.path("file"), as: "data/sub/x")
      try store.putNow(directory.path("file"), as: "data/sub/x")
      #expect(try directory.read("big/sub/x") == Array("new".utf8))
      #expect(FileStatus(directory.path("big/sub/x"))?.permissions == 0o755)
      #expect(FilePath.names(in: directory.path("big/sub")) == ["x"])
    }
  }
}
