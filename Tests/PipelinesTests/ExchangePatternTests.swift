import Testing

@testable import Pipelines

@Suite("Patterns of files that nodes exchange")
struct ExchangePatternTests {
  @Test(
    "a pattern selects files, and folders with everything in them",
    arguments: [
      ("data.csv", "data.csv", true), ("data.csv", "data.csv.gz", false),
      ("data.csv", "sub/data.csv", false), ("*.csv", "a.csv", true), ("*.csv", "sub/a.csv", false),
      ("*.csv", "sub.csv/x/y.txt", true), ("*.csv", ".hidden.csv", false),
      (".*.csv", ".hidden.csv", true), ("parts/*.csv", "parts/1.csv", true),
      ("parts/*.csv", "parts/a/1.csv", false), ("dir", "dir/a/b", true), ("dir/", "dir/a/b", true),
      ("dir/", "dir", true), ("dir", "dirx/a", false), ("./dir/./x", "dir/x", true),
      ("a/../b", "b", true), ("?.txt", "x.txt", true), ("?.txt", "xy.txt", false),
      ("[ab]*", "axe", true), ("[!ab]*", "axe", false), ("*/model.bin", "run1/model.bin", true),
      ("*/model.bin", "run1/other.bin", false), ("x[1].csv", "x[1].csv", true),
      ("x[1].csv", "x1.csv", true), ("*", "a", true), ("*", ".env", false), ("*", "d/.env", true),
      (".", "anything/at/all", true),
    ])
  func selects(pattern: String, path: String, isSelected: Bool) throws {
    let pattern = try #require(ExchangePattern(pattern))
    #expect(pattern.selects(path) == isSelected)
    if isSelected {
      // Whoever lists files by folder finds it.
      let folders = path.split(separator: "/").dropLast()
      for count in 0...folders.count {
        #expect(pattern.leads(to: folders.prefix(count).joined(separator: "/")))
      }
      #expect(pattern.folder.isEmpty || path.hasPrefix(pattern.folder))
    }
  }

  @Test(
    "a pattern is relative to the node's folder and does not leave the place",
    arguments: [
      ("x", "a/b", "a/b/x"), ("../x", "a/b", "a/x"), ("../../x", "a/b", "x"),
      ("../../../x", "a/b", nil),
      ("/x", "a", nil), ("..", "", nil), ("a/../../x", "", nil), ("x\u{0}", "", nil),
    ])
  func folders(pattern: String, folder: String, path: String?) {
    #expect(ExchangePattern(pattern, in: folder)?.path == path)
  }

  @Test("a pattern of many stars against a long name takes no time")
  func bounded() throws {
    let pattern = try #require(ExchangePattern(String(repeating: "*a", count: 500) + "b"))
    #expect(!pattern.selects(String(repeating: "a", count: 5000)))
  }

  @Test(
    "a place is an absolute path or an object",
    arguments: [
      ("/a/../b", FilesPlace.path("/b")), ("s3://b", .object(bucket: "b", key: "")),
      ("s3://b/", .object(bucket: "b", key: "")), ("s3://b/k/", .object(bucket: "b", key: "k/")),
      ("s3://b/a//b", .object(bucket: "b", key: "a//b")), ("s3://", nil), ("s3:///k", nil),
      ("S3://b/k", nil), ("a/b", nil), ("", nil), ("/a\u{0}", nil), ("file:///a", nil),
    ])
  func places(text: String, place: FilesPlace?) {
    #expect(FilesPlace(text) == place)
    if let place { #expect(FilesPlace(place.description) == place) }
  }

  @Test("a name below a place has one slash before it")
  func appending() {
    #expect(FilesPlace.path("/").appending("x").description == "/x")
    #expect(FilesPlace.path("/a").appending("x").description == "/a/x")
    #expect(FilesPlace.object(bucket: "b", key: "").appending("x").description == "s3://b/x")
    #expect(FilesPlace.object(bucket: "b", key: "p").appending("x").description == "s3://b/p/x")
    #expect(FilesPlace.object(bucket: "b", key: "p/").appending("x").description == "s3://b/p/x")
  }
}
