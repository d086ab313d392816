import Testing

@testable import ObjectStorage

@Suite("Locations of objects")
struct ObjectLocationTests {
  @Test(
    "the key is everything behind the bucket, as it is written",
    arguments: [
      ("s3://b/x.ipynb", "b", "x.ipynb"), ("s3://b", "b", ""), ("s3://b/", "b", ""),
      ("s3://b//x", "b", "/x"), ("s3://b/a//b/", "b", "a//b/"),
      ("s3://b/a b+é%20", "b", "a b+é%20"),
      ("s3://b/a?b#c", "b", "a?b#c"), ("s3://my.bucket/../x", "my.bucket", "../x"),
      ("s3://b/e\u{301}", "b", "e\u{301}"), ("s3a://b/k", "b", "k"),
      ("s3://Old_Name/k", "Old_Name", "k"),
    ])
  func reads(text: String, bucket: String, key: String) throws {
    let location = try ObjectLocation(text)
    #expect(location.bucket == bucket)
    #expect(Array(location.key.utf8) == Array(key.utf8))
  }

  @Test(
    "what is no location is refused with its text",
    arguments: [
      "", "s3", "s3:/b/k", "http://b/k", "s3://", "s3:///k", "s3://a b/k", "s3://b\n/k",
      "s3://../k",
      "s3://user@b/k", "s3://b/\(String(repeating: "k", count: 1025))",
      "s3://\(String(repeating: "b", count: 256))/k",
    ])
  func refuses(text: String) {
    #expect {
      try ObjectLocation(text)
    } throws: { error in
      "\(error)".hasPrefix("'\(text)' is not the location of an object")
    }
  }

  @Test("a name is appended with one slash between")
  func appends() throws {
    #expect(try ObjectLocation("s3://b").appending("x") == ObjectLocation("s3://b/x"))
    #expect(try ObjectLocation("s3://b/p").appending("x") == ObjectLocation("s3://b/p/x"))
    #expect(try ObjectLocation("s3://b/p/").appending("x/y") == ObjectLocation("s3://b/p/x/y"))
    #expect(try ObjectLocation("s3://b/p/x.ipynb").name == "x.ipynb")
  }

  @Test("an error is one line with the place, the server's words and the remedy")
  func errors() {
    var error = ObjectStorageError(
      .denied, "access is denied", remedy: "Check the credentials.", place: "s3://b/k")
    error.server = "http://127.0.0.1:8333"
    (error.status, error.code, error.requestID, error.attempts) = (403, "AccessDenied", "17", 2)
    #expect(
      "\(error)"
        == "s3://b/k: access is denied (server http://127.0.0.1:8333, status 403, code AccessDenied, "
        + "request id 17, tried 2 times). Check the credentials.")
  }
}
