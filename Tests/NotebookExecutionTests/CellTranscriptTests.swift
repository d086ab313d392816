import JSONCore
import JupyterProtocol
import NotebookDocument
import Testing

@testable import NotebookExecution

/// The messages of nbclient's `TestRunCell`, sent by a real process; intended differences are
/// noted.
///
/// All are cells of one notebook and share one kernel: a cell must not affect the next one.
@Suite("Messages of one cell, from nbclient's tests")
struct CellTranscriptTests {
  /// The messages of a cell, and its final outputs.
  struct Case: Sendable {
    var name: String
    var script: String
    var outputs: [JSONValue]
    var status = CellStatus.succeeded
    var count: Int?
    var tags: [String] = []
    var type = "code"
  }

  private static func stream(_ name: String, _ text: String) -> JSONValue {
    ["name": .init(name), "output_type": "stream", "text": .init(text)]
  }

  private static func display(_ data: JSONObject, _ metadata: JSONObject) -> JSONValue {
    ["data": .object(data), "metadata": .object(metadata), "output_type": "display_data"]
  }

  private static let fooBar =
    #"message stream {"name": "stdout", "text": "foo"}"# + "\n"
    + #"message stream {"name": "stderr", "text": "bar"}"#
  private static let boom: JSONValue = [
    "ename": "foo", "evalue": "bar", "output_type": "error", "traceback": ["Boom"],
  ]
  private static let sendsBoom =
    #"message error {"ename": "foo", "evalue": "bar", "traceback": ["Boom"]}"#

  static let cases: [Case] = [
    Case(name: "idle_message", script: "no busy input", outputs: []),
    Case(name: "busy_message", script: "busy", outputs: []),
    Case(name: "execute_input_message", script: "message execute_input {}", outputs: []),
    Case(
      name: "stream_messages", script: fooBar,
      outputs: [stream("stdout", "foo"), stream("stderr", "bar")]),
    Case(
      name: "clear_output_message",
      script: #"message stream {"name": "stdout", "text": "foo"}"# + "\nmessage clear_output {}",
      outputs: []),
    Case(
      name: "clear_output_wait_message",
      script: #"message stream {"name": "stdout", "text": "foo"}"#
        + "\n" + #"message clear_output {"wait": true}"#, outputs: [stream("stdout", "foo")]),
    Case(
      name: "clear_output_wait_then_message_message",
      script: #"message stream {"name": "stdout", "text": "foo"}"#
        + "\n" + #"message clear_output {"wait": true}"#
        + "\n" + #"message stream {"name": "stderr", "text": "bar"}"#,
      outputs: [stream("stderr", "bar")]),
    Case(
      name: "clear_output_wait_then_update_display_message",
      script: #"message stream {"name": "stdout", "text": "foo"}"#
        + "\n" + #"message clear_output {"wait": true}"# + "\n"
        + #"message update_display_data {"metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}}"#,
      outputs: [stream("stdout", "foo")]),
    Case(
      name: "execution_count_message", script: #"reply-content {"execution_count": 42}"#,
      outputs: [], count: 42),
    Case(
      name: "execution_count_with_stream_message",
      script: #"message stream {"execution_count": 42, "name": "stdout", "text": "foo"}"#
        + "\n" + #"reply-is {"status": "ok"}"#, outputs: [stream("stdout", "foo")], count: 42),
    Case(
      name: "unknown_comm_message",
      script: #"message comm_msg {"comm_id": "unknown", "data": {"foo": "bar"}}"#, outputs: []),
    Case(
      name: "execute_result_message",
      script: #"message execute_result {"metadata": {"metafoo": "metabar"}, "#
        + #""data": {"foo": "bar"}, "execution_count": 42}"#,
      outputs: [
        [
          "data": ["foo": "bar"], "execution_count": 42, "metadata": ["metafoo": "metabar"],
          "output_type": "execute_result",
        ]
      ]),
    Case(
      name: "execute_result_with_display_message",
      script: #"message execute_result {"transient": {"display_id": "result"}, "#
        + #""metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}, "execution_count": 42}"#
        + "\n" + #"message update_display_data {"transient": {"display_id": "result"}, "#
        + #""metadata": {}, "data": {"foo": "new"}}"#,
      outputs: [
        [
          "data": ["foo": "new"], "execution_count": 42, "metadata": [:],
          "output_type": "execute_result",
        ]
      ]),
    Case(
      name: "display_data_without_id_message",
      script: #"message display_data {"metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}}"#,
      outputs: [display(["foo": "bar"], ["metafoo": "metabar"])]),
    Case(
      name: "display_data_message",
      script: #"message display_data {"transient": {"display_id": "one"}, "#
        + #""metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}}"#,
      outputs: [display(["foo": "bar"], ["metafoo": "metabar"])]),
    Case(
      name: "display_data_same_id_message",
      script: #"message display_data {"transient": {"display_id": "two"}, "#
        + #""metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}}"#
        + "\n" + #"message display_data {"transient": {"display_id": "other"}, "#
        + #""metadata": {"metafoo_other": "metabar_other"}, "data": {"foo": "bar_other"}}"#
        + "\n" + #"message display_data {"transient": {"display_id": "two"}, "#
        + #""metadata": {"metafoo2": "metabar2"}, "data": {"foo": "bar2", "baz": "foobarbaz"}}"#,
      outputs: [
        display(["foo": "bar2", "baz": "foobarbaz"], ["metafoo2": "metabar2"]),
        display(["foo": "bar_other"], ["metafoo_other": "metabar_other"]),
        display(["foo": "bar2", "baz": "foobarbaz"], ["metafoo2": "metabar2"]),
      ]),
    Case(
      name: "update_display_data_without_id_message",
      script: #"message update_display_data {"metadata": {"m": "b"}, "data": {"foo": "bar"}}"#,
      outputs: []),
    Case(
      name: "update_display_data_mismatch_id_message",
      script: #"message display_data {"transient": {"display_id": "three"}, "#
        + #""metadata": {"metafoo2": "metabar2"}, "data": {"foo": "bar2", "baz": "foobarbaz"}}"#
        + "\n" + #"message update_display_data {"transient": {"display_id": "nowhere"}, "#
        + #""metadata": {}, "data": {"foo": "x"}}"#,
      outputs: [display(["foo": "bar2", "baz": "foobarbaz"], ["metafoo2": "metabar2"])]),
    Case(
      name: "update_display_data_message",
      script: #"message display_data {"transient": {"display_id": "four"}, "#
        + #""metadata": {"metafoo": "metabar"}, "data": {"foo": "bar"}}"#
        + "\n" + #"message update_display_data {"transient": {"display_id": "four"}, "#
        + #""metadata": {"metafoo2": "metabar2"}, "data": {"foo": "bar2", "baz": "foobarbaz"}}"#,
      outputs: [display(["foo": "bar2", "baz": "foobarbaz"], ["metafoo2": "metabar2"])]),
    Case(name: "error_message", script: sendsBoom, outputs: [boom]),
    Case(
      name: "error_and_error_status_messages",
      script: sendsBoom + "\n" + #"reply-is {"status": "error"}"#, outputs: [boom],
      status: .failed),
    Case(
      name: "error_message_only", script: sendsBoom + "\n" + #"reply-is {"status": "ok"}"#,
      outputs: [boom]),
    // Intended: an error that only the reply reports is in the notebook, unlike with nbclient.
    Case(
      name: "allow_errors", script: #"reply-is {"status": "error"}"#,
      outputs: [["ename": "", "evalue": "", "output_type": "error", "traceback": []]],
      status: .failed),
    Case(
      name: "allow_error_names",
      script: #"reply-is {"status": "error", "ename": "NotImplementedError"}"#,
      outputs: [
        ["ename": "NotImplementedError", "evalue": "", "output_type": "error", "traceback": []]
      ], status: .failed),
    Case(
      name: "raises_exception_tag", script: #"reply-is {"status": "error"}"#,
      outputs: [["ename": "", "evalue": "", "output_type": "error", "traceback": []]],
      status: .failed, tags: ["raises-exception"]),
    Case(
      name: "non_code_cell", script: #""foo" = "bar""#, outputs: [], status: .skipped, type: "raw"),
    Case(name: "no_source", script: "     ", outputs: [], status: .skipped),
    // Intended: neighbouring pieces of one stream are one output, and no output moves past others.
    Case(
      name: "coalesce_streams",
      script: "stream stdout foo1\nstream stderr bar1\nstream stdout foo2\nstream stdout foo3",
      outputs: [
        stream("stdout", "foo1"), stream("stderr", "bar1"), stream("stdout", "foo2foo3"),
      ]),
  ]

  @Test("give each cell the same outputs as nbclient, except for intended differences")
  func transcripts() async throws {
    let cells = Self.cases.enumerated().map { index, item -> JSONValue in
      if item.type != "code" {
        return [
          "cell_type": .init(item.type), "id": "c\(index)", "metadata": [:],
          "source": .init(item.script),
        ]
      }
      return ScriptedRun.code(
        item.script, id: "c\(index)",
        metadata: ["tags": .array(item.tags.map { .init($0) })])
    }
    let run = try await ScriptedRun(cells) { $0.allowsErrors = true }
    #expect(run.result.outcome == .completed)
    for (place, item) in Self.cases.enumerated() {
      // In the file, members are sorted by name.
      func sorted(_ outputs: [JSONValue]) -> String {
        String(
          decoding: JSONValue.array(outputs).serialized(JSONStyle(sortsKeys: true)), as: UTF8.self)
      }
      let outputs = run.document.outputs(at: place)
      #expect(sorted(outputs) == sorted(item.outputs), "\(item.name)")
      #expect(run.statuses[place] == item.status, "\(item.name)")
      if let count = item.count {
        #expect(run.document.cell(at: place).executionCount == count, "\(item.name)")
      }
    }
  }

  @Test("message_for_wrong_parent: a message without a cell goes to no cell")
  func wrongParent() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code(
        #"with wrong-parent message stream {"name": "stdout", "text": "foo"}"#, id: "a"),
      ScriptedRun.code("print x", id: "b"),
    ])
    #expect(run.texts(0) == [])
    #expect(run.texts(1) == ["x\n"])
    #expect(run.has { if case .outputOutsideCells = $0 { true } else { false } })
  }

  @Test("deadline_exec_reply: a cell without a reply ends at its limit, with its outputs")
  func noReply() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code("no reply idle\n\(Self.fooBar)\nhang", id: "a")
    ]) { $0.cellTimeout = .milliseconds(400) }
    #expect(run.result.outcome == .timedOut(cell: 0))
    #expect(Array(run.texts(0).prefix(2)) == ["foo", "bar"])
  }

  // Intended: a lost idle is not a failure, because the reply reports how the cell ended.
  @Test("deadline_iopub, eventual_deadline_iopub: a cell without an idle succeeds, with a warning")
  func noIdle() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code("no idle\n\(Self.fooBar)", id: "a"), ScriptedRun.code("print x", id: "b"),
    ])
    #expect(run.result.outcome == .completed)
    #expect(run.texts(0) == ["foo", "bar"])
    #expect(run.texts(1) == ["x\n"])
    #expect(
      run.warnings == ["the kernel did not report that it is idle; output may be missing"])
  }

  @Test("a cell fails if its kernel sends nothing after its reply: outputs may be lost")
  func outputIncomplete() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code("print x\nreply\nhang", id: "a"), ScriptedRun.code("print y", id: "b"),
    ]) {
      $0.outputPatience = .milliseconds(700)
      $0.allowsErrors = true
    }
    #expect(run.result.outcome == .failed(cell: 0))
    #expect(run.result.cells[0].error?.name == "OutputIncomplete")
    #expect(!run.result.cells[0].errorIsAllowed)
    #expect(run.texts(0) == ["x\n", "OutputIncomplete"])
    #expect(run.statuses == [.failed, .notRun])
  }

  @Test(
    "widget_comm_message, …_buffer_message_single, …_buffer_messages: states with their buffers")
  func widgets() async throws {
    let open = #"{"state": {"_model_name": "M", "_model_module": "m", "foo": "bar"}}"#
    let run = try await ScriptedRun([
      ScriptedRun.code(
        "comm-open foobar jupyter.widget \(open)\n"
          + #"comm foobar {"state": {"foo": "bar"}, "buffer_paths": [["path"]]}"# + "\n"
          + #"comm foobar {"state": {"foo2": "bar2"}, "buffer_paths": [["path2"]]}"# + "\n"
          + #"comm foobar {"state": {}, "buffer_paths": [["path"]]}"# + "\n"
          + #"comm foobar {"foo": "no state"}"#, id: "a")
    ])
    let state = run.document.metadata("widgets", "application/vnd.jupyter.widget-state+json")?[
      "state"]?["foobar"]
    #expect(state?["state"]?["foo"] == "bar")
    #expect(state?["state"]?["foo2"] == "bar2")
    let buffers = state?["buffers"]?.array ?? []
    #expect(buffers.count == 2)
    #expect(Set(buffers.compactMap { $0["path"]?[0]?.string }) == ["path", "path2"])
    #expect(buffers.allSatisfy { $0["data"] == "AAEC/w==" && $0["encoding"] == "base64" })
    #expect(run.document.outputs(at: 0) == [])
  }

  @Test(
    "cell_hooks, error_cell_hooks, non_code_cell_hooks: events are reported correctly and in order")
  func hooks() async throws {
    let run = try await ScriptedRun([
      ScriptedRun.code("print x", id: "a"),
      ["cell_type": "raw", "id": "b", "metadata": [:], "source": "x"],
      ScriptedRun.code("error foo bar", id: "c"), ScriptedRun.code("print y", id: "d"),
    ])
    let words = run.events.compactMap { event -> String? in
      switch event {
      case .kernelStarting: "kernel starting"
      case .kernelReady: "kernel ready"
      case .runStarted(_, let count): "run of \(count)"
      case .cellStarted(let cell, let number, let count): "\(cell.index): \(number)/\(count)"
      case .text(let cell, _, _): "\(cell): text"
      case .output(let cell, _): "\(cell): output"
      case .cellFinished(let cell): "\(cell.index): \(cell.status.rawValue)"
      case .runFinished(let result): "\(result.outcome)"
      default: nil
      }
    }
    #expect(
      words == [
        "kernel starting", "kernel ready", "run of 3", "0: 1/3", "0: text", "0: succeeded",
        "2: 2/3", "2: output", "2: failed", "failed(cell: 2)",
      ])
  }
}
