import GRDB
import Glibc
import KernelTesting
import SystemSupport
import Testing

@testable import RunRecord

@Suite("The hash of a folder")
struct FileTreeTests {
  private func hash(_ path: String, ignoring ignored: Set<FileIdentity> = []) throws -> String {
    try FileHashes().hash(of: path, ignoring: ignored, HashingWatch())
  }

  private func withFolder(_ body: (TemporaryDirectory, String) throws -> Void) throws {
    try TemporaryDirectory.with { directory in
      try directory.write("one", to: "data/a.txt")
      try directory.write("two", to: "data/sub/b.txt")
      try body(directory, directory.path("data"))
    }
  }

  @Test("is the same for the same content in another place and at another time")
  func same() throws {
    try withFolder { directory, data in
      let before = try hash(data)
      try directory.write("one", to: "other/a.txt")
      try directory.write("two", to: "other/sub/b.txt")
      #expect(try hash(directory.path("other")) == before)
      try directory.write("one", to: "data/a.txt")
      #expect(try hash(data) == before)
    }
  }

  enum Change: CaseIterable, Sendable {
    case content, name, newFile, newFolder, removed, executable, linkTarget, moved, pipe
  }

  @Test("changes with everything that a program can see", arguments: Change.allCases)
  func change(change: Change) throws {
    try withFolder { directory, data in
      try #require(symlink("a.txt", "\(data)/link") == 0)
      let before = try hash(data)
      switch change {
      case .content: try directory.write("onE", to: "data/a.txt")
      case .name: rename("\(data)/a.txt", "\(data)/c.txt")
      case .newFile: try directory.write("", to: "data/new")
      case .newFolder: try directory.makeDirectory("data/empty")
      case .removed: unlink("\(data)/sub/b.txt")
      case .executable: chmod("\(data)/a.txt", 0o755)
      case .linkTarget:
        unlink("\(data)/link")
        try #require(symlink("sub/b.txt", "\(data)/link") == 0)
      case .moved: rename("\(data)/sub/b.txt", "\(data)/b.txt")
      case .pipe: try #require(mkfifo("\(data)/pipe", 0o600) == 0)
      }
      #expect(try hash(data) != before)
    }
  }

  @Test(
    "does not depend on files that tools create beside the data",
    arguments: ["__pycache__/x.pyc", ".git/HEAD", ".ipynb_checkpoints/x", ".x.lyre-journal"])
  func ignored(name: String) throws {
    try withFolder { directory, data in
      let before = try hash(data)
      try directory.write("x", to: "data/\(name)")
      #expect(try hash(data) == before)
    }
  }

  @Test("omits the files that the node creates itself")
  func own() throws {
    try withFolder { directory, data in
      let before = try hash(data)
      let own = try #require(FileIdentity(try directory.write("x", to: "data/result")))
      #expect(try hash(data) != before)
      #expect(try hash(data, ignoring: [own]) == before)
    }
  }

  @Test("terminates with cycles of links, and includes the targets of links")
  func links() throws {
    try withFolder { directory, data in
      try #require(symlink("..", "\(data)/sub/up") == 0)
      try #require(symlink(directory.path, "\(data)/out") == 0)
      try #require(symlink("nowhere", "\(data)/broken") == 0)
      try directory.write("x", to: "beside/file")
      try #require(symlink(directory.path("beside"), "\(data)/beside") == 0)
      let before = try hash(data)
      try directory.write("y", to: "beside/file")
      #expect(try hash(data) != before)
    }
  }

  @Test("contains the reason if it is unknown, and then equals no other hash")
  func unreadable() throws {
    try withFolder { _, data in
      // Root can read all files.
      if geteuid() != 0 {
        chmod("\(data)/sub", 0)
        let value = try hash(data)
        #expect(value.hasPrefix(FileHashes.unknown))
        chmod("\(data)/sub", 0o700)
      }
      #expect(try hash("\(data)/nowhere") == "missing")
      #expect(try hash("/dev/null").hasPrefix(FileHashes.unknown))
      #expect(try hash("/proc/uptime").hasPrefix(FileHashes.unknown))
    }
  }

  @Test("can be stopped, and reports progress once a second")
  func watch() throws {
    try withFolder { _, data in
      #expect(throws: HashingWatch.Stopped.self) {
        try FileHashes().hash(of: data, HashingWatch(isStopped: { true }))
      }
    }
  }

  @Test("a large file is read once until it changes")
  func remembered() throws {
    try TemporaryDirectory.with { directory in
      let history = try PipelineHistory(directory: directory.path("state"))
      let entry = try history.begin("/p", name: "p", nodes: [], plan: [], warn: { _ in })
      let path = try directory.write(
        [UInt8](repeating: 7, count: 2 << 20), to: "large.bin")
      var past = [timespec(tv_sec: 1_000, tv_nsec: 0), timespec(tv_sec: 1_000, tv_nsec: 0)]
      utimensat(AT_FDCWD, path, &past, 0)
      let value = try entry.fileHashes.hash(of: path, HashingWatch())
      entry.finish("succeeded", duration: .zero)
      let stored = try history.reader.read { database in
        try String.fetchAll(database, sql: "SELECT hash FROM files")
      }
      #expect(stored == [value])
      // Different content with the same times and size has another change time.
      try directory.write([UInt8](repeating: 8, count: 2 << 20), to: "large.bin")
      utimensat(AT_FDCWD, path, &past, 0)
      #expect(try history.fileHashes.hash(of: path, HashingWatch()) != value)
    }
  }
}

@Suite("Inputs of a node")
struct FingerprintValueTests {
  private func inputs(_ parts: [String: String]) -> Fingerprint { Fingerprint(parts: parts) }

  @Test(
    "a change is described in words",
    arguments: [
      (["source": "1"], ["source": "1"], nil),
      (["source": "1"], ["source": "2"], "its code changed"),
      (["place": "a"], ["place": "b"], "its file moved"),
      (["kernel": "a"], ["kernel": "b"], "its command changed"),
      (["program": "a"], ["program": "b"], "the program that runs it changed"),
      (["packages": "a"], ["packages": "b"], "the installed packages changed"),
      (["after load": "a"], ["after load": "b"], "'load' produced new outputs"),
      ([:], ["file x": "1"], "file x is new"), (["file x": "1"], [:], "file x is gone"),
      (["variable X": "1"], ["variable X": "2"], "variable X changed"),
      (
        ["lyre": "1"], ["lyre": "2", "source": "x"], "another version of Lyre recorded its last run"
      ),
      (
        ["file a": "1", "source": "1", "b": "1"], ["file a": "2", "source": "2", "b": "2"],
        "its code changed, and 2 more"
      ),
      (["file x": "?why"], ["file x": "?why"], "file x cannot be compared: why"),
    ] as [([String: String], [String: String], String?)])
  func change(old: [String: String], new: [String: String], words: String?) {
    #expect(inputs(new).change(since: inputs(old)) == words)
  }

  @Test("is read back from JSON as it was, and damaged JSON is empty")
  func json() {
    let value = inputs(["variable \"X\"\n": "ä", "source": "1"])
    #expect(Fingerprint(json: value.json) == value)
    #expect(Fingerprint(json: "nonsense") == inputs([:]))
  }

  @Test("a notebook's results count unless they are among the expected ones")
  func results() {
    let value = inputs(["its results": "r1", "output x": "1"])
    #expect(value.accepting(nil) == value.withoutResults)
    #expect(value.accepting(["r1"]) == value.withoutResults)
    #expect(value.accepting(["r2"]) == value)
    #expect(!value.isIncomparable && inputs(["file x": "?"]).isIncomparable)
    #expect(Fingerprint.unknown.isIncomparable)
  }
}
