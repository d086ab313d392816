import JSONCore
import NotebookComparison
import Testing

@Suite("Masks")
struct MaskTests {
  private func agree(
    _ stored: String, _ new: String, _ type: String? = nil, masks: MaskSet = .init()
  )
    -> Bool
  {
    func output(_ text: String) -> JSONValue {
      guard let type else {
        return ["output_type": "stream", "name": "stdout", "text": .init(text)]
      }
      var data: JSONObject = [:]
      data[type] = .init(text)
      return ["output_type": "display_data", "metadata": [:], "data": .object(data)]
    }
    return OutputComparison(masks: masks).differences(stored: [output(stored)], new: [output(new)])
      .isEmpty
  }

  @Test(
    "hide what differs from run to run",
    arguments: [
      ("<function f at 0x7f3b5c0d9e50>", "<function f at 0x7fa01c2b3d40>"),
      ("<__main__.A object at 0x104b2c3d0>", "<__main__.A object at 0x10a0b>"),
      ("<environment: 0x55d5c8a1b2c8>", "<environment: 0x5604aa>"),
      ("Point@1b2c3d4", "Point@4f8e5cde"),
      ("run 123e4567-e89b-12d3-a456-426614174000.", "run 00000000-e89b-12d3-a456-426614174fff."),
      (
        "CPU times: user 1.2 ms, sys: 0 ns, total: 1.2 ms\nWall time: 980 µs\n",
        "CPU times: total: 2 s\nWall time: 2.1 s\n"
      ),
      (
        "1.23 ms ± 45.6 µs per loop (mean ± std. dev. of 7 runs, 1,000 loops each)",
        "1min 2s ± 1.1 s per loop (mean ± std. dev. of 7 runs, 1 loop each)"
      ),
      ("10 loops, best of 5: 23.4 ms per loop", "1000000 loops, best of 5: 234 ns per loop"),
      (
        "The slowest run took 5.01 times longer than the fastest.\n1.2 ms ± 3 µs per loop",
        "1.5 ms ± 3 µs per loop"
      ),
      (
        "100%|██████████| 10/10 [00:01<00:00,  9.87it/s]",
        "100%|██████████| 10/10 [00:03<00:00,  3.33it/s]"
      ),
      ("10/10 ━━━━ 2s 30ms/step - loss: 0.5", "10/10 ━━━━ 1s 9ms/step - loss: 0.5"),
      ("10/10 ━━━━ 15ms/step", "10/10 ━━━━ 9ms/step"),
      ("done at 1.5 MB/s", "done at 12 kB/s"),
      ("2026-11-29 14:02:31.123456", "2027-01-01 00:00:00.000123"),
      ("2026-11-29T14:02:31.123456+01:00", "2026-11-29T14:02:31.999Z"),
      ("2026-11-29 14:02:31,123 INFO x", "2026-11-29 14:02:32,001 INFO x"),
      (
        "datetime.datetime(2026, 11, 29, 14, 2, 31, 123456)",
        "datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)"
      ),
      ("Sun Nov 29 14:02:31 2026", "Mon Nov  2 01:02:03 UTC 2026"),
      ("Sun, 29 Nov 2026 14:02:31 GMT", "Mon, 30 Nov 2026 00:00:00 GMT"),
      (
        "/tmp/ipykernel_4711/123456.py:1: UserWarning: x",
        "/tmp/ipykernel_12/98.py:1: UserWarning: x"
      ),
      ("saved /tmp/tmpab12cd/out.csv", "saved /var/folders/x1/y2_z/T/tmpq/out.csv"),
      ("<ipython-input-3-8b6a1f>:2", "<ipython-input-4-77aa01>:2"),
      (
        "/home/me/.venv/lib/python3.11/site-packages/pandas/core.py:3: W",
        "/usr/lib/python3/dist-packages/pandas/core.py:3: W"
      ),
      ("\u{1B}[33m42\u{1B}[39m at \u{1B}[1;31m0x7f3b5c0d9e50\u{1B}[0m", "42 at 0x7fa01c2b3d40"),
      ("loading\r 50 %\r100 %\n", "100 %\n"),
    ])
  func hide(_ stored: String, _ new: String) {
    #expect(agree(stored, new))
    #expect(!agree(stored, new, masks: MaskSet(usesBuiltIn: false)) || stored.contains("\r"))
  }

  @Test(
    "leave what may be a result",
    arguments: [
      ("0xff", "0xfe"), ("0xdeadbeef", "0xdeadbee0"), ("a@b.org", "c@b.org"),
      ("2026-11-29", "2026-11-30"), ("2026-11-29 14:02:31", "2026-11-29 14:02:32"),
      ("3.5 s", "3.6 s"), ("took 3 ms", "took 4 ms"), ("/home/a/x", "/home/b/x"),
      ("/tmp/a/one.csv", "/tmp/a/two.csv"), ("12 MB", "13 MB"), ("Total: 5", "Total: 6"),
      ("[00:01]", "[00:02]"), ("Wall time", "Walls"), ("a\n\nb\n", "a\nb\n"),
      ("e\u{301}", "\u{e9}"),
    ])
  func leave(_ stored: String, _ new: String) { #expect(!agree(stored, new)) }

  @Test("number random ids of HTML and SVG, and references to them")
  func ids() {
    func table(_ id: String, _ value: Int) -> String {
      "<style>#T_\(id) th { color: red }</style><table id=\"T_\(id)\">"
        + "<td id=\"T_\(id)_row0\">\(value)</td></table><script>f('#T_\(id)_row0')</script>"
    }
    #expect(agree(table("a3f01", 1), table("bb220", 1), "text/html"))
    #expect(!agree(table("a3f01", 1), table("a3f01", 2), "text/html"))
    func clip(_ id: String) -> String {
      "<clipPath id=\"\(id)\"/><path clip-path=\"url(#\(id))\"/><path id='other1'/>"
    }
    #expect(agree(clip("p1a2b3c"), clip("m99887"), "image/svg+xml"))
    // Two different ids are not the same id twice.
    #expect(
      !agree(
        "<a id=\"p1234\"/><b id=\"p5678\"/>", "<a id=\"p1234\"/><b id=\"p1234\"/>", "text/html"))
  }

  @Test("take time linear in a row of numbers")
  func row() {
    let numbers = (0..<200_000).map(String.init).joined(separator: ",")
    #expect(!agree(numbers + ",1", numbers + ",2"))
  }

  @Test("of a file apply in order, with groups, as Python's re.sub applies them")
  func patterns() throws {
    let masks = try MaskFile.patterns(
      Array(
        #"""
        # a comment
        [dates]
        regex: \d{1,2}/\d{1,2}/\d{2,4}
        replace: DATE

        [names]
        regex: (?P<first>\w+), (\w+)
        replace: \2 \g<first>
        regex: [[a-c&&]+$
        replace:
        """#.utf8))
    #expect(masks.map(\.line) == [3, 7, 9])
    let set = MaskSet(masks, usesBuiltIn: false)
    #expect(agree("on 1/2/26", "on DATE", masks: set))
    #expect(agree("Curie, Marie", "Marie Curie", masks: set))
    #expect(agree("x[ab&", "x", masks: set))
    #expect(!agree("on 1/2/26", "at DATE", masks: set))
  }

  @Test(
    "of a file that cannot be used are refused with the line",
    arguments: [
      ("regex: (a\nreplace: b", 1, "not a valid expression"),
      ("\nregex: a\n\nreplace: b", 2, "needs a line with 'replace:'"),
      ("replace: b", 1, "does not follow"),
      ("[section]\n# nothing", 1, "there is no mask"),
      ("regex: a", 1, "needs a line with 'replace:'"),
      ("regex: a\nreplace: \\q", 2, "has no meaning"),
      ("regex: a\nreplace: \\g<-1>", 2, "is not a group"),
      ("regex: a\nreplace: b\\", 2, "lone"),
      ("regex: \(String(repeating: "(", count: 60))\nreplace: b", 1, "nested groups"),
      ("regex: \(String(repeating: "a", count: 20_000))\nreplace: b", 1, "longer than"),
    ])
  func refused(_ text: String, _ line: Int, _ message: String) {
    let error = #expect(throws: MaskFileError.self) { try MaskFile.patterns(Array(text.utf8)) }
    #expect(error?.line == line)
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test("that take too long are given up, and named")
  func catastrophic() throws {
    let pattern = try MaskPattern("(a*)*b", "x", line: 7)
    let comparison = OutputComparison(masks: MaskSet([pattern], patience: 100))
    func output(_ end: String) -> JSONValue {
      ["output_type": "stream", "text": .init(String(repeating: "a", count: 40) + end)]
    }
    let differences = comparison.differences(stored: [output("c")], new: [output("d")])
    #expect(differences.map(\.subject) == ["the outputs"])
    #expect(differences.first?.message.contains("'(a*)*b' (line 7) takes too long") == true)
    // It is not tried again.
    let start = ContinuousClock.now
    #expect(!comparison.differences(stored: [output("c")], new: [output("d")]).isEmpty)
    #expect(ContinuousClock.now - start < .milliseconds(90))
  }
}
