import Glibc
import KernelTesting
import Testing

@testable import WebInterface

@Suite("The served folder")
struct ServedFolderTests {
  private func with(_ body: (TemporaryDirectory, ServedFolder) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      for folder in ["outside", "served", "served/sub", "served/.hidden", "served-too"] {
        mkdir(directory.path(folder), 0o700)
      }
      for file in [
        "outside/secret", "served/a.pipeline", "served/sub/b.pipeline", "served/.hidden/c",
        "served/.env", "served-too/secret",
      ] { try directory.write("x", to: file) }
      symlink("../outside", directory.path("served/out"))
      symlink("../outside/secret", directory.path("served/secret.pipeline"))
      symlink("../outside/new", directory.path("served/new.pipeline"))
      symlink("../served-too/secret", directory.path("served/sibling"))
      symlink("sub", directory.path("served/in"))
      symlink(".env", directory.path("served/visible"))
      symlink("loop", directory.path("served/loop"))
      try await body(directory, try #require(ServedFolder(directory.path("served"))))
    }
  }

  @Test("files in it are found, through links inside of it, too")
  func inside() async throws {
    try await with { _, folder in
      let existing = [
        "": "", "a.pipeline": "/a.pipeline", "./sub//b.pipeline": "/sub/b.pipeline",
        "in/b.pipeline": "/sub/b.pipeline",
      ]
      for (path, expected) in existing {
        let found = try folder.existing(path)
        #expect(found == folder.root + expected)
      }
      let new = try folder.file("in/new.pipeline")
      #expect(new == folder.root + "/sub/new.pipeline")
      #expect(folder.relative(folder.root + "/sub/b") == "sub/b")
      #expect(folder.relative(folder.root) == "" && folder.relative(folder.root + "-too/x") == nil)
    }
  }

  @Test(
    "nothing outside is found: by .., absolute paths, NUL, links",
    arguments: [
      "..", "../outside/secret", "sub/../../outside/secret", "/etc/passwd", "//etc/passwd",
      "a.pipeline\0.txt", "out", "out/secret", "secret.pipeline", "sibling", "sub/..",
    ])
  func outside(path: String) async throws {
    try await with { _, folder in
      for find in [folder.existing, folder.file] {
        let error = #expect(throws: WebError.self) { try find(path) }
        #expect(error?.status == 403 && error?.code == "outside", "\(path)")
      }
    }
  }

  @Test(
    "hidden files are not served, through links neither",
    arguments: [".env", ".hidden/c", ".hidden", "sub/.x", "...", "visible"])
  func hidden(path: String) async throws {
    try await with { _, folder in
      let error = #expect(throws: WebError.self) { try folder.existing(path) }
      #expect(error?.code == "hidden_file", "\(path)")
    }
  }

  @Test(
    "paths are relative to a folder of any name, and a link to a hidden file is not followed",
    arguments: ["j\u{FC}rgen", "ju\u{308}rgen", "[old]", "日本"])
  func anyName(name: String) throws {
    try TemporaryDirectory.with { directory in
      try directory.write("", to: "\(name)/a.pipeline")
      try directory.write("", to: "\(name)/.hidden/b.pipeline")
      symlink(".hidden/b.pipeline", directory.path("\(name)/link.pipeline"))
      let folder = try #require(ServedFolder(directory.path(name)))
      let path = try folder.existing("a.pipeline")
      #expect(folder.relative(path) == "a.pipeline")
      #expect(throws: WebError.self) { try folder.existing("link.pipeline") }
      #expect(throws: WebError.self) { try folder.file("link.pipeline") }
      // A folder whose name only looks the same.
      #expect(
        folder.relative(path.replacing("ü", with: "u\u{308}"))
          == (name.utf8.elementsEqual("j\u{FC}rgen".utf8) ? nil : "a.pipeline"))
    }
  }

  @Test("a dangling link does not make a new file outside")
  func dangling() async throws {
    try await with { _, folder in
      #expect(throws: WebError.self) { try folder.file("new.pipeline") }
      #expect(throws: WebError.self) { try folder.file("loop") }
      let error = #expect(throws: WebError.self) { try folder.existing("missing") }
      #expect(error?.status == 404)
      #expect(throws: WebError.self) { try folder.file("missing/new.pipeline") }
      #expect(throws: WebError.self) {
        try folder.existing(String(repeating: "a/", count: 5000))
      }
    }
  }
}
