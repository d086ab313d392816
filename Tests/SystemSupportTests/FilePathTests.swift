import SystemSupport
import Testing

@Suite("Paths as texts")
struct FilePathTests {
  @Test(
    "a slash separates parts also before a combining character",
    arguments: [
      ("a/b", ["a", "b"]), ("a//b/", ["a", "b"]), ("../\u{301}x", ["..", "\u{301}x"]), ("", []),
    ])
  func components(_ path: String, _ parts: [String]) {
    #expect(FilePath.components(path).map { Array($0.utf8) } == parts.map { Array($0.utf8) })
  }

  @Test(
    "a plain path stays below its folder",
    arguments: [
      ("a", true), ("a/b.csv", true), ("..a/b", true), ("", false), ("/a", false), ("a//b", false),
      ("a/../b", false), ("./a", false), ("../\u{301}x", false), ("a/..", false), ("a\0b", false),
    ])
  func plain(_ path: String, _ isPlain: Bool) {
    #expect(FilePath.isPlain(path) == isPlain)
  }
}
