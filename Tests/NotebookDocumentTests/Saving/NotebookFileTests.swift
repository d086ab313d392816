import Glibc
import KernelTesting
import NotebookDocument
import Testing

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
    "is replaced whole, keeps its mode and leaves nothing beside it",
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

  @Test("stays a symbolic link when it is one")
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

  @Test("keeps its other names")
  func hardLink() throws {
    try TemporaryDirectory.with { directory in
      let (one, two) = ("\(directory.path)/1.ipynb", "\(directory.path)/2.ipynb")
      try NotebookFile(one).write([1, 2, 3])
      #expect(link(one, two) == 0)
      try NotebookFile(one).write([9])
      #expect(try NotebookFile(two).read() == [9])
    }
  }

  @Test("is not read when it is a directory, a pipe or not there")
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

  @Test("says where it cannot be written, and leaves nothing")
  func unwritable() throws {
    try TemporaryDirectory.with { directory in
      let path = "\(directory.path)/none/a.ipynb"
      let error = #expect(throws: NotebookError.self) { try NotebookFile(path).write([1]) }
      #expect(error?.code == .unwritable)
      #expect(error?.message == "'\(path)' cannot be written: No such file or directory")
      #expect(names(directory.path).isEmpty)
    }
  }
}
