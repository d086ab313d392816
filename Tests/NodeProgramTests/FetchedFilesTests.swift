import KernelTesting
import ObjectStorage
import Pipelines
import RealKernels
import Testing

@testable import NodeProgram

@Suite("Files that come back from a bucket")
struct FetchedFilesTests {
  /// Fetches `*.txt` from a place with some files, and returns the names that arrived and the error.
  private func fetch(_ names: [String], most: Int) async throws -> (
    names: [String], error: ObjectStorageError?
  ) {
    let keys = names.map { "<Contents><Key>r/\($0)</Key><Size>2</Size></Contents>" }.joined()
    let list = "<ListBucketResult><IsTruncated>false</IsTruncated>\(keys)</ListBucketResult>"
    var result: (names: [String], error: ObjectStorageError?) = ([], nil)
    try await TestServer.with { request, _ in
      .reply(.init(200, request.target.contains("list-type") ? list : "x\n"))
    } run: { server in
      var settings = ObjectStorageSettings()
      settings.endpoint = server.url
      settings.credentials = .given(.init(accessKey: "key", secretKey: "secret-of-the-test"))
      let store = try ObjectStore(settings, environment: [:])
      try await TemporaryDirectory.with { directory in
        let pattern = try #require(ExchangePattern("*.txt", in: ""))
        do throws(ObjectStorageError) {
          try await FetchedFiles(store, KnownFiles(), most: most).fetch(
            [pattern], from: ObjectLocation(bucket: "b", key: "r"), into: directory.path)
        } catch {
          result.error = error
        }
        result.names = directory.entries.sorted()
      }
    }
    return result
  }

  @Test("what the node declares comes back, and nothing else")
  func declared() async throws {
    let fetched = try await fetch(["a.txt", "b.txt", "c.bin", "../d.txt"], most: 4)
    #expect(fetched.names == ["a.txt", "b.txt"] && fetched.error == nil, "\(fetched)")
  }

  @Test("more objects than may be there are an error with place and remedy, and none comes")
  func tooMany() async throws {
    let fetched = try await fetch(["a.txt", "b.txt", "c.bin"], most: 2)
    #expect(fetched.names == [])
    #expect(
      fetched.error?.description
        == "s3://b/r/: has more than 2 objects. Name fewer files, or archive them.")
  }
}
