import Glibc
import KernelTesting
import SystemSupport
import Testing

@testable import NodeProgram

@Suite("Archives of nodes")
struct ArchiveTests {
  private func unpack(_ bytes: [UInt8], in directory: TemporaryDirectory) throws(TransferProblem) {
    do {
      try directory.write(bytes, to: "archive")
    } catch {
      throw TransferProblem("\(error)")
    }
    try ArchiveReader(directory.path("archive"), name: "A", isStopped: { false })
      .unpack(into: WorkFolder(directory.path("work")))
  }

  @Test("what is written is read again: names, contents, permissions")
  func roundTrip() throws {
    try TemporaryDirectory.with { directory in
      let long = "d/" + String(repeating: "ein langer Name ", count: 12) + "é.txt"
      try directory.write("#!/bin/sh\n", to: "in/run.sh", mode: 0o755)
      try directory.write("漢字", to: "in/ü b.txt")
      try directory.write([0, 255, 10], to: "in/\(long)")
      try directory.write("", to: "in/empty")
      symlink("run.sh", directory.path("in/link"))
      let paths = ["run.sh", "ü b.txt", long, "empty", "link"]
      try ArchiveWriter().write(paths, of: directory.path("in"), to: directory.path("a.tar.gz"))
      try ArchiveReader(directory.path("a.tar.gz"), name: "A", isStopped: { false })
        .unpack(into: WorkFolder(directory.path("out")))
      for path in paths {
        #expect(try directory.read("out/\(path)") == directory.read("in/\(path)"))
        let (old, new) = (directory.path("in/\(path)"), directory.path("out/\(path)"))
        #expect(FileStatus(old)?.permissions == FileStatus(new)?.permissions)
        #expect(FilePath.linkTarget(new) == nil)
      }
      // The same files give the same bytes.
      try ArchiveWriter().write(paths, of: directory.path("in"), to: directory.path("b.tar.gz"))
      #expect(try directory.read("a.tar.gz") == directory.read("b.tar.gz"))
    }
  }

  @Test("an archive that cannot be written is removed, and the error gives the system's reason")
  func notWritten() throws {
    try TemporaryDirectory.with { directory in
      let bytes = (0..<1_000_000).map { _ in UInt8.random(in: 0...255) }
      try directory.write(bytes, to: "in/a.bin")
      // A device without room.
      let full = #expect(throws: TransferProblem.self) {
        try ArchiveWriter().write(["a.bin"], of: directory.path("in"), to: "/dev/full")
      }
      #expect(
        full?.description
          == "the archive '/dev/full' cannot be written: No space left on device")
      #expect(FileStatus("/dev/full") != nil)
      // The second file is missing.
      #expect(throws: TransferProblem.self) {
        try ArchiveWriter().write(
          ["a.bin", "b.bin"], of: directory.path("in"), to: directory.path("a.tar.gz"))
      }
      #expect(FileStatus(directory.path("a.tar.gz")) == nil)
    }
  }

  @Test("other programs read what is written, and the other way round")
  func others() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("one", to: "in/a.txt")
      try directory.write("two", to: "in/sub/ü.txt")
      try ArchiveWriter().write(
        ["a.txt", "sub/ü.txt"], of: directory.path("in"), to: directory.path("a.tar.gz"))
      // As Elyra's bootstrapper unpacks, and as its archives are made.
      try directory.write(
        """
        set -e
        cd '\(directory.path)'
        mkdir out && tar -C out -zxf a.tar.gz && diff -r in out
        python3 -c 'import tarfile; tarfile.open("b.tar.gz", "w:gz", dereference=True).add("in", ".")'
        """, to: "check.sh")
      #expect(system("sh '\(directory.path("check.sh"))'") == 0)
      try ArchiveReader(directory.path("b.tar.gz"), name: "B", isStopped: { false })
        .unpack(into: WorkFolder(directory.path("work")))
      #expect(try directory.read("work/sub/ü.txt") == Array("two".utf8))
      #expect(try directory.read("work/a.txt") == Array("one".utf8))
    }
  }

  /// An archive that is refused, and words of the message.
  static let hostile: [(name: String, words: String, make: @Sendable (inout TarFile) -> Void)] = [
    ("..", "outside of the folder", { $0.add("../evil", content: [1]) }),
    (".. inside", "outside of the folder", { $0.add("a/../../evil", content: [1]) }),
    ("absolute", "outside of the folder", { $0.add("/tmp/evil", content: [1]) }),
    ("link out", "a link to '../..'", { $0.add("up", type: "2", target: "../..") }),
    ("absolute link", "a link to '/etc'", { $0.add("etc", type: "2", target: "/etc") }),
    (
      "link out by another", "a link to 'a/../../x'",
      {
        $0.add("a", type: "2", target: ".")
        $0.add("b", type: "2", target: "a/../../x")
      }
    ),
    (
      "through a link", "is a link or a file",
      {
        $0.add("sub/", type: "5", mode: 0o755)
        $0.add("a", type: "2", target: "sub")
        $0.add("a/file", content: [1])
      }
    ),
    (
      "hard link out", "outside of the folder",
      { $0.add("a", type: "1", target: "../../etc/passwd") }
    ),
    (
      "hard link absolute", "outside of the folder",
      { $0.add("a", type: "1", target: "/etc/passwd") }
    ),
    ("device", "a device or a pipe", { $0.add("sda", type: "3") }),
    ("pipe", "a device or a pipe", { $0.add("fifo", type: "6") }),
    (
      "a folder in place of a file", "is a link or a file",
      {
        $0.add("a", content: [1])
        $0.add("a/b", content: [1])
      }
    ),
  ]

  @Test(
    "an archive with a path that leads out, a device or a pipe is refused",
    arguments: hostile.indices)
  func refuses(index: Int) throws {
    let hostile = Self.hostile[index]
    try TemporaryDirectory.with { directory in
      var tar = TarFile()
      hostile.make(&tar)
      let error = #expect(throws: TransferProblem.self) { try unpack(tar.whole, in: directory) }
      #expect(
        error?.description.contains(hostile.words) == true, "\(hostile.name): \(error as Any)")
      #expect(error?.description.contains("'A'") == true)
      #expect(directory.entries == ["archive", "work"])
    }
  }

  @Test("links that stay in the folder are made, and permissions for others' programs are not")
  func links() throws {
    try TemporaryDirectory.with { directory in
      var tar = TarFile()
      tar.add("./", type: "5", mode: 0o755)
      tar.add("./d/", type: "5", mode: 0o555)
      tar.add("./d/file", content: Array("x".utf8), mode: 0o6755)
      tar.add("./d/up", type: "2", target: "../top")
      tar.add("./top", content: Array("y".utf8))
      tar.add("./hard", type: "1", target: "./d/file")
      try unpack(tar.whole, in: directory)
      #expect(try directory.read("work/d/up") == Array("y".utf8))
      #expect(try directory.read("work/hard") == Array("x".utf8))
      var status = stat()
      #expect(stat(directory.path("work/d/file"), &status) == 0)
      #expect(status.st_mode & 0o7777 == 0o755)
    }
  }

  @Test("what is not an archive, or only a part of one, is refused")
  func damaged() throws {
    try TemporaryDirectory.with { directory in
      for count in 0..<20 {
        try directory.write(String(repeating: "\(count) line\n", count: 3000), to: "in/\(count)")
      }
      let paths = (0..<20).map(String.init)
      try ArchiveWriter().write(paths, of: directory.path("in"), to: directory.path("a.tar.gz"))
      let whole = try directory.read("a.tar.gz")
      var flipped = whole
      flipped[whole.count / 2] ^= 0x55
      for bytes in [
        [], Array("no archive at all".utf8), Array(whole.dropLast(whole.count / 2)),
        Array(whole.dropLast(4)), flipped, Array(repeating: 0, count: 4096),
      ] {
        let error = #expect(throws: TransferProblem.self) { try unpack(bytes, in: directory) }
        #expect(error?.description.hasPrefix("archive 'A'") == true, "\(error as Any)")
      }
      let none = directory.path("none")
      let error = #expect(throws: TransferProblem.self) {
        try ArchiveReader(none, name: none, isStopped: { false })
      }
      #expect(error?.description.hasPrefix("there is no archive '\(none)'") == true)
    }
  }

  @Test("a small archive does not unpack to a full disk")
  func bomb() throws {
    try TemporaryDirectory.with { directory in
      // 100 MB of zeros, in 100 KB.
      try directory.write(
        """
        cd '\(directory.path)'
        truncate -s 100M zeros && tar -czf bomb.tar.gz zeros && rm zeros
        """, to: "make.sh")
      try #require(system("sh '\(directory.path("make.sh"))'") == 0)
      let small = try directory.read("bomb.tar.gz")
      #expect(small.count < 200 << 10)
      try directory.write(small, to: "archive")
      let reader = try ArchiveReader(
        directory.path("archive"), name: "A", isStopped: { false }, limits: .init(free: 1 << 20))
      let error = #expect(throws: TransferProblem.self) {
        try reader.unpack(into: WorkFolder(directory.path("work")))
      }
      #expect(error?.description.contains("more than 200 times its size") == true)
      #expect(FilePath.names(in: directory.path("work")) == [])
    }
  }
}
