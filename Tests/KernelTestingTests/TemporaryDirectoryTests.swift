import Glibc
import KernelTesting
import Testing

@Suite("Temporary directories")
struct TemporaryDirectoryTests {
  @Test(
    "a directory is removed with its content, even inaccessible folders, without following links")
  func removal() throws {
    try TemporaryDirectory.with { outer in
      try outer.write("kept", to: "kept.txt")
      var path = ""
      try TemporaryDirectory.with { directory in
        path = directory.path
        try directory.write("deep", to: "a/b/c.txt")
        chmod(directory.path("a/b"), 0)
        symlink(outer.path, directory.path("link"))
        #expect(directory.entries == ["a", "link"])
      }
      #expect(access(path, F_OK) != 0)
      #expect(try outer.read("kept.txt") == Array("kept".utf8))
    }
  }

  @Test("a directory is removed if the test throws")
  func failure() throws {
    struct Failure: Error {}
    var path = ""
    #expect(throws: Failure.self) {
      try TemporaryDirectory.with { directory in
        path = directory.path
        throw Failure()
      }
    }
    #expect(!path.isEmpty && access(path, F_OK) != 0)
  }
}
