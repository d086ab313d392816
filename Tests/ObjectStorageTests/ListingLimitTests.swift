import RealKernels
import Testing

@testable import ObjectStorage

@Suite("Lists that are too long")
struct ListingLimitTests {
  private func page(_ keys: [String], next: String?) -> TestServer.Answer {
    let objects = keys.map { "<Contents><Key>\($0)</Key><Size>1</Size></Contents>" }.joined()
    let token = next.map { "<NextContinuationToken>\($0)</NextContinuationToken>" } ?? ""
    return .reply(
      .init(
        200,
        "<ListBucketResult><IsTruncated>\(next != nil)</IsTruncated>\(token)\(objects)"
          + "</ListBucketResult>"))
  }

  @Test("all objects are read up to a limit, and more are an error with place and remedy")
  func most() async throws {
    try await TestServer.with { [self] request, _ in
      request.target.contains("continuation-token")
        ? page(["a/3"], next: nil) : page(["a/1", "a/2"], next: "t")
    } run: { server in
      let listing = try ObjectStore.test(server.url).list(object("a/"))
      #expect(try await listing.all(most: 3).map(\.location.key) == ["a/1", "a/2", "a/3"])
      let error = await failure { try await listing.all(most: 2) }
      #expect(
        error?.description
          == "s3://b/a/: has more than 2 objects. Name fewer files, or archive them.")
    }
  }

  @Test("a server that never sends an object is not asked for ever")
  func empty() async throws {
    try await TestServer.with { [self] _, number in
      page([], next: "t\(number)")
    } run: { server in
      let error = await failure { try await ObjectStore.test(server.url).list(object("")).all() }
      #expect(error?.kind == .server, "\(String(describing: error))")
      #expect(error?.message.contains("page after page without an object") == true)
      #expect(server.requests.count == 1001)
    }
  }
}
