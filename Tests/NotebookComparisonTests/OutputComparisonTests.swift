import JSONCore
import NotebookComparison
import Testing

@Suite("Comparison of outputs")
struct OutputComparisonTests {
  private func stream(_ text: String, _ name: String = "stdout") -> JSONValue {
    ["output_type": "stream", "name": .init(name), "text": .init(text)]
  }

  private func display(_ data: JSONValue, _ type: String = "display_data") -> JSONValue {
    ["output_type": .init(type), "metadata": [:], "data": data]
  }

  private func differences(
    _ stored: [JSONValue], _ new: [JSONValue], ignored: Set<String> = []
  ) -> [String] {
    OutputComparison(ignored: ignored).differences(stored: stored, new: new).map(\.text)
  }

  @Test("agree however a stream is divided, whatever is counted, and wherever an error was raised")
  func agree() {
    #expect(differences([], []) == [])
    #expect(
      differences(
        [stream("a\n"), stream("e", "stderr"), stream("b\n")],
        [stream("e", "stderr"), stream("a\nb\n"), stream("")]) == [])
    let result: JSONValue = [
      "output_type": "execute_result", "execution_count": 3, "metadata": ["a": 1],
      "data": ["text/plain": "1"],
    ]
    #expect(differences([result], [display(["text/plain": "1"])]) == [])
    func error(_ traceback: String) -> JSONValue {
      ["output_type": "error", "ename": "E", "evalue": "v", "traceback": [.init(traceback)]]
    }
    #expect(differences([error("line 1")], [error("line 2")]) == [])
    let view = { (id: String) -> JSONValue in
      display(
        [
          "text/plain": "IntSlider()",
          "application/vnd.jupyter.widget-view+json": ["model_id": .init(id)],
        ])
    }
    #expect(differences([view("1")], [view("2")]) == [])
  }

  @Test("shows only the lines that differ, with some around them")
  func lines() {
    let numbers = (1...20).map { "\($0)\n" }
    var other = numbers
    other[9] = "ten\n"
    other.append("21\n")
    #expect(
      differences([stream(numbers.joined())], [stream(other.joined())]) == [
        """
        stdout differs
        @@ -8,5 +8,5 @@
         8
         9
        -10
        +ten
         11
         12
        @@ -19,2 +19,3 @@
         19
         20
        +21
        """
      ])
  }

  @Test("compares lines as masked, and shows them as they are")
  func masked() {
    #expect(
      differences(
        [stream("<f at 0x7f3b5c0d9e50>\na\n")], [stream("<f at 0x7f3b5c0d9e51>\nb\n")]) == [
          """
          stdout differs
          @@ -1,2 +1,2 @@
           <f at 0x7f3b5c0d9e50>
          -a
          +b
          """
        ])
  }

  @Test("tells of a missing and of a new output, and of a line ending at the end")
  func counts() {
    let (a, b) = (display(["text/plain": "a"]), display(["text/plain": "b"]))
    #expect(
      differences([a, b], [b]) == ["output 1 (text/plain) is missing\n@@ -1 +0,0 @@\n-a"])
    #expect(differences([b], [a, b]) == ["output 1 (text/plain) is new\n@@ -0,0 +1 @@\n+a"])
    #expect(differences([], [stream("x")]) == ["stdout is new\n@@ -0,0 +1 @@\n+x"])
    #expect(
      differences([stream("x\n")], [stream("x")]) == ["stdout has no line ending at its end now"])
    #expect(
      differences(
        [display(["text/plain": "a", "text/latex": "b"])],
        [display(["text/plain": "a", "text/html": "c"])])
        == ["output 1 (text/latex) is missing", "output 1 (text/html) is new"])
  }

  @Test("shows tables as rows, once")
  func tables() {
    func frame(_ value: Int) -> JSONValue {
      display([
        "text/plain": .init("   x\n0  \(value)"),
        "text/html": .init(
          "<style>td {}</style><table>\n<tr><th></th><th>x</th></tr>\n<tr><th>0</th><td>\(value)</td></tr></table>"
        ),
      ])
    }
    #expect(
      differences([frame(1)], [frame(2)]) == [
        "output 1 (text/plain) differs\n@@ -1,2 +1,2 @@\n    x\n-0  1\n+0  2",
        "output 1 (text/html) differs too",
      ])
    #expect(
      differences([frame(1)], [frame(2)], ignored: ["text/plain"]) == [
        "output 1 (text/html) differs\n@@ -1,2 +1,2 @@\n  | x | \n-0 | 1 | \n+0 | 2 | "
      ])
    #expect(
      differences(
        [display(["text/html": "<b>x</b>"])], [display(["text/html": "<i>x</i>"])])
        == ["output 1 (text/html) differs\n@@ -1 +1 @@\n-<b>x</b>\n+<i>x</i>"])
  }

  @Test("compares JSON by its values, in any order of members")
  func json() {
    func data(_ value: JSONValue) -> JSONValue { display(["application/json": value]) }
    #expect(differences([data(["a": 1, "b": [2]])], [data(["b": [2], "a": 1])]) == [])
    #expect(
      differences([data(["a": 1, "b": [2]])], [data(["a": 1, "b": [3]])]) == [
        """
        output 1 (application/json) differs
        @@ -2,5 +2,5 @@
           "a": 1,
           "b": [
        -    2
        +    3
           ]
         }
        """
      ])
  }

  @Test("leaves out what is ignored")
  func ignored() {
    let error: JSONValue = ["output_type": "error", "ename": "E", "evalue": "v", "traceback": []]
    #expect(differences([error], [], ignored: ["error"]) == [])
    #expect(differences([error], []) != [])
    #expect(differences([stream("a", "stderr")], [], ignored: ["stderr"]) == [])
    func image(_ data: JSONValue) -> JSONValue {
      display(["image/png": data, "text/plain": "<Figure>"])
    }
    #expect(differences([image("AAAA")], [image("BBBB")], ignored: ["images"]) == [])
    #expect(
      differences([display(["text/html": "a"])], [], ignored: ["text/html"]) == [])
  }

  @Test("is bounded for long lines and long lists")
  func bounded() {
    let long = String(repeating: "x", count: 1_000_000)
    let text = differences([stream(long + "a")], [stream(long + "b")])[0]
    #expect(text.utf8.count < 1000)
    #expect(text.hasSuffix("xa\n+…" + String(repeating: "x", count: 50) + "b"))
    let (a, b) = ((0..<100_000).map { "a\($0)" }, (0..<50_000).map { "b\($0)" })
    let many = differences(
      [stream(a.joined(separator: "\n"))], [stream(b.joined(separator: "\n"))])[0]
    #expect(
      many.hasSuffix(
        "\\ the rest is not compared: 99600 stored lines, 49600 new lines"))
  }
}
