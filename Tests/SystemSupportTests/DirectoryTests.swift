import Glibc
import KernelTesting
import SystemSupport
import Testing

@Suite("Directories")
struct DirectoryTests {
  @Test("directories are created with missing parents, and existing ones are kept")
  func makesDirectories() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path("a/b/c")
      try FilePath.makeDirectories(path, mode: 0o700)
      try FilePath.makeDirectories(path)
      #expect(FilePath.isDirectory(path))
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
  }

  @Test("a directory whose name belongs to a file is rejected with the reason")
  func refusesFiles() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("", to: "file")
      for path in ["file", "file/below"] {
        #expect(throws: SystemError(ENOTDIR)) {
          try FilePath.makeDirectories(directory.path(path))
        }
      }
    }
  }

  @Test(
    "a walk visits files and links below a directory, skips hidden directories, and ends on request"
  )
  func walks() throws {
    try TemporaryDirectory.with { directory in
      for name in ["one", "a/two", "a/.hidden", "a/b/three", ".git/four"] {
        try directory.write("", to: name)
      }
      symlink("..", directory.path("a/up"))
      var found: Set<String> = []
      FilePath.forEachFile(below: directory.path) { path in
        found.insert(String(path.dropFirst(directory.path.count + 1)))
        return true
      }
      #expect(found == ["one", "a/two", "a/.hidden", "a/b/three", "a/up"])
      var count = 0
      FilePath.forEachFile(below: directory.path) { _ in
        count += 1
        return false
      }
      #expect(count == 1)
    }
  }

  @Test("a tree is removed, but not the targets of its links")
  func removesTrees() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("", to: "kept/file")
      try directory.write("", to: "gone/a/file")
      symlink("../kept", directory.path("gone/link"))
      FilePath.removeTree(directory.path("gone"))
      #expect(FilePath.names(in: directory.path) == ["kept"])
      #expect(FilePath.isFile(directory.path("kept/file")))
    }
  }

  @Test("a pattern returns the matching names, sorted")
  func matches() throws {
    try TemporaryDirectory.with { directory in
      for name in ["b.csv", "a.csv", "c.txt"] { try directory.write("", to: name) }
      let names = FilePath.matches(directory.path("*.csv")).map { FilePath.parts($0).name }
      #expect(names == ["a.csv", "b.csv"])
      #expect(FilePath.matches(directory.path("*.none")) == [])
    }
  }
}
