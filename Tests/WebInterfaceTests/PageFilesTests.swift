import RealKernels
import SystemSupport
import Testing

@testable import WebInterface

@Suite("The page's files")
struct PageFilesTests {
  private let folder = "\(RealKernels.repositoryRoot)/Sources/WebPage/page"

  @Test("every file of the folder is in the program; if not, run scripts/embed-page")
  func complete() {
    var names: [String] = []
    FilePath.forEachFile(below: folder) { path in
      names.append(String(path.dropFirst(folder.utf8.count + 1)))
      return true
    }
    // Type checks and tests are not part of the page, as in scripts/embed-page.
    let left = ["_test.js", ".test.js", ".d.ts"]
    let wanted = names.filter { name in
      let last = name.split(separator: "/").last ?? ""
      return !last.hasPrefix(".") && !last.hasPrefix("deno.")
        && !left.contains(where: name.hasSuffix)
    }
    #expect(PageFiles.embeddedNames.sorted() == wanted.sorted())
    #expect(wanted.contains("index.html"))
  }

  @Test("the files in the program are those of the folder, byte for byte")
  func same() throws {
    let (embedded, live) = (PageFiles(), PageFiles(folder: folder))
    for name in PageFiles.embeddedNames {
      let path = name.split(separator: "/").map(String.init)
      let (one, other) = (try #require(embedded.file(path)), try #require(live.file(path)))
      #expect(one.bytes == other.bytes && one.type == other.type && one.tag == other.tag, "\(name)")
    }
    #expect(embedded.file([])?.bytes == embedded.file(["index.html"])?.bytes)
  }

  @Test(
    "nothing else is served",
    arguments: [["..", "page.c"], ["../page.c"], ["missing.js"], ["canvas"], ["", "index.html"]])
  func nothingElse(path: [String]) {
    #expect(PageFiles().file(path) == nil)
    if path != ["", "index.html"] { #expect(PageFiles(folder: folder).file(path) == nil) }
  }
}
