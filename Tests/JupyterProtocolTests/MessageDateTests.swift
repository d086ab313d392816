import JupyterProtocol
import Testing

@Suite("Dates")
struct MessageDateTests {
  @Test(
    "are read in every form sent by kernels",
    arguments: [
      ("2026-11-23T14:42:49.445020Z", "2026-11-23T14:42:49.445020Z"),  // ipykernel
      ("2026-11-23T14:42:49.445Z", "2026-11-23T14:42:49.445000Z"),  // deno
      ("2026-11-23T14:42:49.445020123Z", "2026-11-23T14:42:49.445020Z"),  // sysml
      ("2026-11-23T14:42:49.445020123+00:00", "2026-11-23T14:42:49.445020Z"),  // ggsql, jlang
      ("2026-11-23T14:42:49.445020", "2026-11-23T14:42:49.445020Z"),  // ilua
      ("2026-11-23T14:58+0000", "2026-11-23T14:58:00.000000Z"),  // jjava
      ("2026-11-23T14:42:49.445020123+00:00[Etc/UTC]", "2026-11-23T14:42:49.445020Z"),  // kotlin
      ("2026-11-23T14:42:49.999+0000", "2026-11-23T14:42:49.999000Z"),  // BeakerX
      ("2026-11-23 14:42:49", "2026-11-23T14:42:49.000000Z"),
      ("2026-11-23T14:42:49,5Z", "2026-11-23T14:42:49.500000Z"),
      ("2026-11-23T16:42:49+02:00", "2026-11-23T14:42:49.000000Z"),
      ("2026-11-23T09:12:49-0530", "2026-11-23T14:42:49.000000Z"),
      ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000000Z"),
      ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000Z"),
      ("1900-03-01T00:00:00Z", "1900-03-01T00:00:00.000000Z"),
      ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000Z"),
    ])
  func forms(text: String, normal: String) {
    #expect(MessageDate.normalized(text) == normal)
  }

  @Test(
    "are nil if they are invalid",
    arguments: [
      "", "now", "2026", "2026-11-23", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
      "2026-11-32T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T00:60:00Z",
      "2026-11-23T00:00:61Z", "2026-11-23T14:42:", "٢٠٢٦-11-23T14:42:49Z", "-026-11-23T14:42:49Z",
      "2026-11-23T14:42:49+x", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
      // The last second that 64 bits can represent in nanoseconds, and a fraction beyond it.
      "2262-04-11T23:47:16.999Z",
    ])
  func notDates(text: String) {
    #expect(MessageDate.nanoseconds(text) == nil)
  }

  @Test(
    "are always written with six decimals",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"),
      (1, "1970-01-01T00:00:00.000000Z"),
      (-1_000, "1969-12-31T23:59:59.999999Z"),
      (1_795_444_969_445_020_999, "2026-11-23T14:42:49.445020Z"),
      (Int64.max, "2262-04-11T23:47:16.854775Z"),
      (Int64.min, "1677-09-21T00:12:43.145225Z"),
    ] as [(Int64, String)])
  func text(nanoseconds: Int64, text: String) {
    #expect(MessageDate.text(nanoseconds: nanoseconds) == text)
  }

  @Test("are read back unchanged, for every day of 200 years")
  func roundTrip() {
    var last: Int64 = -1
    for day in -36_500...36_500 {
      let nanoseconds = Int64(day) * 86_400_000_000_000 + 3_723_000_007_000
      let text = MessageDate.text(nanoseconds: nanoseconds)
      guard MessageDate.nanoseconds(text) == nanoseconds, text.hasSuffix("T01:02:03.000007Z") else {
        Issue.record("\(day): \(text)")
        return
      }
      last = nanoseconds
    }
    #expect(last > 0)
  }
}
