import CSystemShims
import Glibc
import KernelTesting
import Testing

@testable import NotebookDocument

@Suite("A notebook's file")
struct NotebookFileTests {
  private func status(_ path: String) throws -> stat {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status
  }

  private func names(_ directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  @Test(
    "is replaced atomically, keeps its mode and leaves no other file",
    arguments: [0o600, 0o644, 0o755])
  func mode(_ mode: UInt32) throws {
    try TemporaryDirectory.with { directory in
      let path = "\(directory.path)/a.ipynb"
      try NotebookFile(path).write([1, 2, 3])
      chmod(path, mode)
      let before = try status(path)
      try NotebookFile(path).write([4])
      let after = try status(path)
      #expect(after.st_mode & 0o7777 == mode)
      #expect(after.st_ino != before.st_ino)
      #expect(try NotebookFile(path).read() == [4])
      #expect(names(directory.path) == ["a.ipynb"])
    }
  }

  @Test("stays a symbolic link if it was one")
  func symbolicLink() throws {
    try TemporaryDirectory.with { directory in
      let (link, target) = ("\(directory.path)/link.ipynb", "\(directory.path)/real.ipynb")
      try NotebookFile(target).write([1])
      #expect(symlink("real.ipynb", link) == 0)
      try NotebookFile(link).write([2])
      #expect(try status(link).st_mode & S_IFMT == S_IFLNK)
      #expect(try NotebookFile(target).read() == [2])
    }
  }

  @Test("keeps its other hard links")
  func hardLink() throws {
    try TemporaryDirectory.with { directory in
      let (one, two) = ("\(directory.path)/1.ipynb", "\(directory.path)/2.ipynb")
      try NotebookFile(one).write([1, 2, 3])
      #expect(link(one, two) == 0)
      try NotebookFile(one).write([9])
      #expect(try NotebookFile(two).read() == [9])
    }
  }

  @Test("is not read if it is a directory, a pipe or missing")
  func unreadable() throws {
    try TemporaryDirectory.with { directory in
      let pipe = "\(directory.path)/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let cases: [(String, NotebookError.Code, String)] = [
        (directory.path, .unreadable, "this is a directory, not a notebook"),
        (pipe, .unreadable, "this is not a regular file; use `-` for a pipe"),
        ("\(directory.path)/none.ipynb", .notFound, "there is no such file"),
        ("\(pipe)/below", .notFound, "there is no such file"),
      ]
      for (path, code, message) in cases {
        let error = #expect(throws: NotebookError.self) { try NotebookFile(path).read() }
        #expect(error?.code == code)
        #expect(error?.message == message)
      }
    }
  }

  @Test("reports the path that cannot be written, and leaves nothing behind")
  func unwritable() throws {
    try TemporaryDirectory.with { directory in
      let path = "\(directory.path)/none/a.ipynb"
      let error = #expect(throws: NotebookError.self) { try NotebookFile(path).write([1]) }
      #expect(error?.code == .unwritable)
      #expect(error?.message == "'\(path)' cannot be written: No such file or directory")
      #expect(names(directory.path).isEmpty)
    }
  }

  /// An access control list that lets another user read, in Linux's format.
  static let list: [UInt8] =
    [2, 0, 0, 0]
    + [(1, 6, UInt32.max), (2, 4, 1234), (4, 4, .max), (16, 4, .max), (32, 0, .max)]
    .flatMap { (tag: UInt8, permissions: UInt8, id: UInt32) in
      [tag, 0, permissions, 0] + withUnsafeBytes(of: id.littleEndian, Array.init)
    }

  static let hasLists = try? TemporaryDirectory.with { directory in
    try directory.write([1], to: "a")
    return setxattr(
      directory.path("a"), "system.posix_acl_access", list, list.count, 0) == 0
  }

  @Test(
    "keeps its access control list and attributes",
    .enabled(if: hasLists == true, "the file system has no access control lists"),
    arguments: [("system.posix_acl_access", list), ("user.origin", Array("here".utf8))])
  func attributes(name: String, value: [UInt8]) throws {
    try TemporaryDirectory.with { directory in
      try directory.write([1], to: "a.ipynb")
      let path = directory.path("a.ipynb")
      try #require(setxattr(path, name, value, value.count, 0) == 0)
      let mode = try status(path).st_mode
      try NotebookFile(path).write([2])
      var kept = [UInt8](repeating: 0, count: 100)
      let count = getxattr(path, name, &kept, kept.count)
      #expect(count == value.count && Array(kept.prefix(max(0, count))) == value)
      #expect(try status(path).st_mode == mode)
    }
  }

  /// Runs a body with the rights of a user other than root.
  private func withoutRights<R>(_ body: () throws -> R) rethrows -> R {
    guard geteuid() == 0 else { return try body() }
    setegid(65534)
    seteuid(65534)
    defer {
      seteuid(0)
      setegid(0)
    }
    return try body()
  }

  @Test("stays unchanged if it is read-only, and the result is written beside it")
  func readOnly() throws {
    try TemporaryDirectory.with { directory in
      try directory.write(Sample.notebook(["a"]), to: "a.ipynb", mode: 0o444)
      chmod(directory.path, 0o777)
      let path = directory.path("a.ipynb")
      var document = try NotebookDocument(directory.read("a.ipynb"))
      document.setOutputs([Sample.stream("1")], at: 0)
      var saver = NotebookSaver(path, input: try NotebookDocument(directory.read("a.ipynb")))
      let ending = withoutRights { saver.finish(document) }
      let beside = directory.path("a.lyre.ipynb")
      #expect(
        ending
          == .init(
            isInFile: false, elsewhere: beside,
            message: "'\(path)' cannot be written: Permission denied; the result is in '\(beside)'"
          ))
      #expect(try directory.read("a.ipynb") == Sample.notebook(["a"]))
      #expect(try Sample.texts(beside) == ["1"])
    }
  }

  @Test("is written in place if its directory is read-only")
  func readOnlyDirectory() throws {
    try TemporaryDirectory.with { directory in
      try directory.write([1, 2, 3], to: "a.ipynb")
      chmod(directory.path("a.ipynb"), 0o666)
      chmod(directory.path, 0o755)
      let path = directory.path("a.ipynb")
      let inode = try status(path).st_ino
      try withoutRights { try NotebookFile(path).write([4]) }
      #expect(try NotebookFile(path).read() == [4])
      #expect(try status(path).st_ino == inode)
      #expect(directory.entries == ["a.ipynb"])
    }
  }
}
