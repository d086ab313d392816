import Testing

@testable import ObjectStorage

@Suite("What follows a failed attempt")
struct RetryPlanTests {
  private func fault(_ status: Int, _ code: String? = nil) -> ServerFault {
    var fault = ServerFault(status: status, error: nil)
    fault.code = code
    return fault
  }

  private func plan(_ attempts: Int = 3) -> RetryPlan {
    RetryPlan(attempts: attempts, firstDelay: .milliseconds(100))
  }

  @Test(
    "what may be mended by itself is tried again",
    arguments: [
      (500, nil), (502, nil), (503, "SlowDown"), (503, "ServiceUnavailable"), (504, nil),
      (429, nil),
      (408, nil), (400, "RequestTimeout"), (400, "BadDigest"), (400, "IncompleteBody"),
      (500, "InternalError"), (409, "OperationAborted"), (200, "InternalError"),
    ] as [(Int, String?)])
  func transient(status: Int, code: String?) {
    var plan = plan()
    #expect(plan.next(after: .fault(fault(status, code)), random: 1) == .wait(.milliseconds(100)))
  }

  @Test(
    "what stays the same is not tried again",
    arguments: [
      (400, nil), (400, "InvalidRequest"), (401, nil), (403, "AccessDenied"),
      (403, "SignatureDoesNotMatch"),
      (403, "InvalidAccessKeyId"), (404, "NoSuchKey"), (404, nil), (405, nil), (409, nil),
      (412, nil),
      (416, nil), (501, "NotImplemented"), (301, nil),
    ] as [(Int, String?)])
  func permanent(status: Int, code: String?) {
    var plan = plan()
    #expect(plan.next(after: .fault(fault(status, code)), random: 1) == .fail)
  }

  @Test(
    "failures of the connection are tried again, others are not",
    arguments: [
      (TransportFailure.Kind.connection, true), (.interrupted, true), (.timeLimit, true),
      (.damaged, true),
      (.certificates, false), (.request, false), (.cancelled, false),
    ])
  func failures(kind: TransportFailure.Kind, again: Bool) {
    var plan = plan()
    let action = plan.next(after: .failure(TransportFailure(kind, "")), random: 1)
    #expect(action == (again ? .wait(.milliseconds(100)) : .fail))
  }

  @Test(
    "waits double up to 20 seconds, half of each is left to chance, and the attempts are counted")
  func waits() {
    var plan = plan(12)
    var longest: [RetryPlan.Action] = []
    for _ in 1...12 { longest.append(plan.next(after: .fault(fault(500)), random: 1)) }
    let milliseconds = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000]
    let rounded = longest.map { action -> Int? in
      guard case .wait(let delay) = action else { return nil }
      return Int((delay / .milliseconds(1)).rounded())
    }
    #expect(rounded == milliseconds + [nil])
    #expect(longest.last == .fail)
    var shortest = self.plan()
    #expect(shortest.next(after: .fault(fault(500)), random: 0) == .wait(.milliseconds(50)))
    #expect(shortest.attempt == 2)
  }

  @Test("a server that asks for a longer wait gets it")
  func retryAfter() {
    var plan = plan()
    var slow = fault(503, "SlowDown")
    slow.retryAfter = .seconds(7)
    #expect(plan.next(after: .fault(slow), random: 1) == .wait(.seconds(7)))
  }

  @Test("the clock, the credentials, the region and the server are corrected once each")
  func corrections() {
    var skewed = fault(403, "RequestTimeTooSkewed")
    var plan = plan()
    #expect(plan.next(after: .fault(skewed), random: 1) == .fail, "without the server's time")
    skewed.time = ServerTime(seconds: 5)
    #expect(
      plan.next(after: .fault(skewed), random: 1) == .correct(.clock(ServerTime(seconds: 5))))
    #expect(plan.next(after: .fault(skewed), random: 1) == .fail)
    let expired = fault(400, "ExpiredToken")
    #expect(plan.next(after: .fault(expired), random: 1) == .correct(.credentials))
    #expect(plan.next(after: .fault(expired), random: 1) == .fail)
    var elsewhere = fault(301, "PermanentRedirect")
    elsewhere.region = "eu-west-1"
    #expect(plan.next(after: .fault(elsewhere), random: 1) == .correct(.region("eu-west-1")))
    #expect(plan.next(after: .fault(elsewhere), random: 1) == .fail)
    var moved = fault(307, "TemporaryRedirect")
    moved.otherServer = "https://b.s3.eu-west-1.amazonaws.com/k"
    #expect(
      plan.next(after: .fault(moved), random: 1)
        == .correct(.server("https://b.s3.eu-west-1.amazonaws.com/k")))
    #expect(plan.next(after: .fault(moved), random: 1) == .fail)
    var malformed = fault(400, "AuthorizationHeaderMalformed")
    malformed.region = "eu-west-1"
    var other = self.plan()
    #expect(other.next(after: .fault(malformed), random: 1) == .correct(.region("eu-west-1")))
  }
}
