import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The notebooks of nbclient's and papermill's tests, in ../shared/corpus.
enum UpstreamNotebooks {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/notebooks"
  static let isThere = access(folder + "/nbclient/HelloWorld.ipynb", R_OK) == 0
}

/// A run of several of them with one command, in a directory with all files beside them.
struct UpstreamRun {
  var directory: TemporaryDirectory
  var result: RunningCommand.Result
  /// The outcome of each notebook's run, from the event log.
  var outcomes: [String: String] = [:]
  var events: [JSONValue] = []

  static func with(
    _ project: String, _ notebooks: [String], _ options: [String] = [],
    environment: [String: String] = [:], _ body: (UpstreamRun) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let copy = try await RunningCommand(
        "/bin/sh",
        ["-c", #"cp -r "$0/." . && chmod -R u+w ."#, "\(UpstreamNotebooks.folder)/\(project)"],
        environment: ["PATH": "/usr/bin:/bin"], directory: directory.path
      ).result()
      try #require(copy.ending == .exited(0), "\(copy.errorText)")
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"),
        ["run", "--events", "events.jsonl"] + options + notebooks.map { $0 + ".ipynb" },
        environment: RealKernels.environment.merging(environment) { $1 },
        directory: directory.path
      ).result()
      var run = UpstreamRun(directory: directory, result: result)
      for line in try directory.read("events.jsonl").split(separator: 0x0A) {
        let event = try JSONValue(parsing: Array(line))
        run.events.append(event)
        if event["event"] == "run_finished", let name = event["notebook"]?.string {
          run.outcomes[String(name.dropLast(".ipynb".count))] = event["outcome"]?.string
        }
      }
      try await body(run)
    }
  }

  func notebook(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: directory.read(name + ".ipynb"))
  }

  func cells(_ name: String) throws -> [JSONValue] { try notebook(name)["cells"]?.array ?? [] }

  /// The text of a cell's streams.
  func text(_ name: String, _ cell: Int) throws -> String {
    let outputs = try cells(name)[cell]["outputs"]?.array ?? []
    return outputs.flatMap { $0["text"]?.array?.compactMap(\.string) ?? [] }.joined()
  }

  /// The names of the errors of all cells, with the places of the cells.
  func errors(_ name: String) throws -> [String] {
    try cells(name).enumerated().flatMap { place, cell in
      (cell["outputs"]?.array ?? []).compactMap { output in
        output["ename"]?.string.map { "\(place) \($0)" }
      }
    }
  }

  /// The number of cells with hidden code.
  func hiddenCells(_ name: String) throws -> Int {
    try cells(name).count { $0["metadata"]?["jupyter"]?["source_hidden"] == true }
  }

  /// The number of saves during a notebook's run.
  func saves(_ name: String) -> Int {
    events.count { $0["event"] == "saved" && $0["notebook"]?.string == name + ".ipynb" }
  }

  /// The statuses of a notebook's cells, from the event log.
  func statuses(_ name: String) -> [String] {
    events.filter { $0["event"] == "cell_finished" && $0["notebook"]?.string == name + ".ipynb" }
      .map { "\($0["cell"]?.int ?? -1) \($0["status"]?.string ?? "")" }
  }
}

@Suite(
  "Notebooks of nbclient's tests", .serialized,
  .enabled(if: UpstreamNotebooks.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct NbclientNotebookTests {
  /// Notebooks whose stored outputs are the expected ones.
  static let recorded = [
    "HelloWorld", "Factorials", "Unicode", "UnicodePy3", "SVG", "Inline Image", "Empty Cell",
    "Clear Output", "update-display-id", "Other Comms", "Skip Exceptions with Cell Tags",
    "Skip Execution with Cell Tag",
  ]

  @Test("have the outputs stored in them; dead kernels and errors are reported")
  func withoutOptions() async throws {
    let others = ["JupyterWidgets", "Check History in Memory", "Autokill", "Error", "Sleep1s"]
    try await UpstreamRun.with("nbclient", Self.recorded + others, ["-j", "2"]) {
      run async throws in
      for name in Self.recorded {
        #expect(run.outcomes[name] == "completed", "\(name)")
        let expected = try JSONValue(
          parsing: readFile("\(UpstreamNotebooks.folder)/nbclient/\(name).ipynb"))
        #expect(
          NotebookComparison.difference(try run.notebook(name), expected, traces: false) == nil,
          "\(name)")
      }
      // It must not depend on earlier runs by others.
      #expect(run.outcomes["Check History in Memory"] == "completed")

      #expect(run.outcomes["Autokill"] == "kernel_died")
      #expect(try run.errors("Autokill") == ["0 DeadKernelError"])
      #expect(run.result.errorText.contains("Autokill.ipynb: the kernel was killed by SIGTERM"))

      #expect(run.outcomes["Error"] == "failed")
      #expect(try run.errors("Error") == ["0 ZeroDivisionError"])

      #expect(run.outcomes["JupyterWidgets"] == "completed")
      let state = try run.notebook("JupyterWidgets")["metadata"]?["widgets"]?[
        "application/vnd.jupyter.widget-state+json"]?["state"]?.object
      let names = (state ?? [:]).compactMap { $0.value["model_name"]?.string }
      #expect(names.contains("LayoutModel"))
      #expect(names.count >= 3)

      #expect(run.outcomes["Sleep1s"] == "completed")
      let times = try run.cells("Sleep1s")[1]["metadata"]?["execution"]
      for (printed, name) in [(2, "iopub.execute_input"), (3, "iopub.status.idle")] {
        let shown = try #require(seconds(try run.text("Sleep1s", printed)))
        let recorded = try #require(seconds(times?[name]?.string ?? ""))
        // Upstream allows a tenth of a second; a busy machine gets more.
        #expect(abs(shown - recorded) < 1, "\(name)")
      }
      // The worst exit code.
      #expect(run.result.ending == .exited(4))
    }
  }

  /// The seconds of an hour in `2026-11-23T14:42:49.445020Z`.
  private func seconds(_ time: String) -> Double? {
    let parts = time.dropLast().split(separator: "T").last?.split(separator: ":") ?? []
    guard parts.count == 3, let minutes = Double(parts[1]), let seconds = Double(parts[2]) else {
      return nil
    }
    return minutes * 60 + seconds
  }

  @Test(
    "Interrupt, Skip Exceptions, Disable Stdin, Error: errors are allowed, and cells interrupted")
  func allowed() async throws {
    let names = ["Interrupt", "Skip Exceptions", "Disable Stdin", "Error"]
    try await UpstreamRun.with(
      "nbclient", names,
      ["--allow-errors", "--timeout", "3", "--on-timeout", "continue", "-j", "2"]
    ) { run async throws in
      for name in names {
        #expect(run.outcomes[name] == "completed", "\(name)")
        let expected = try JSONValue(
          parsing: readFile("\(UpstreamNotebooks.folder)/nbclient/\(name).ipynb"))
        // Upstream stores no outputs in two of them; Interrupt here has the limit beside the
        // interrupt.
        if name == "Skip Exceptions" {
          #expect(
            NotebookComparison.difference(try run.notebook(name), expected, traces: false) == nil,
            "\(name)")
        }
      }
      #expect(try run.errors("Interrupt") == ["0 KeyboardInterrupt", "0 CellTimeoutError"])
      #expect(try run.text("Interrupt", 1) == "done\n")
      #expect(run.statuses("Interrupt") == ["0 timed_out", "1 succeeded"])
      #expect(try run.errors("Disable Stdin") == ["0 StdinNotImplementedError"])
      #expect(
        try run.cells("Disable Stdin")[0]["outputs"]?[0]?["evalue"]
          == "raw_input was called, but this frontend does not support input requests.")
      #expect(try run.errors("Error") == ["0 ZeroDivisionError"])
      #expect(run.result.ending == .exited(0), "\(run.result.errorText)")
    }
  }

  @Test("Error, Skip Exceptions with Cell Tags: no error is allowed with --force-raise-errors")
  func forced() async throws {
    try await UpstreamRun.with(
      "nbclient", ["Error", "Skip Exceptions with Cell Tags"],
      ["--allow-errors", "--force-raise-errors", "-j", "2"]
    ) { run async throws in
      #expect(run.outcomes["Error"] == "failed")
      #expect(run.outcomes["Skip Exceptions with Cell Tags"] == "failed")
    }
  }

  @Test("Parallel Execute A and B run at the same time, each waiting for the other")
  func parallel() async throws {
    try await UpstreamRun.with("nbclient", ["HelloWorld"]) { run async throws in
      let directory = run.directory
      for name in ["A", "B"] {
        var notebook = try run.notebook("Parallel Execute \(name)")
        var cells = notebook["cells"]?.array ?? []
        // As in upstream's test, code that sets the notebook's own name is added.
        let marker: JSONValue = [
          "cell_type": "code", "execution_count": nil, "metadata": [:], "outputs": [],
          "source": .init("this_notebook = '\(name)'"),
        ]
        cells.insert(marker, at: 0)
        if case .object(var object) = notebook {
          object["cells"] = .array(cells)
          notebook = .object(object)
        }
        try directory.write(notebook.serialized(.jupyter), to: "\(name).ipynb")
      }
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["run", "-q", "-j", "2", "A.ipynb", "B.ipynb"],
        environment: RealKernels.environment.merging([
          "NBEXECUTE_TEST_PARALLEL_TMPDIR": directory.path
        ]) { $1 }, directory: directory.path
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
    }
  }

  @Test("Output: Output widgets have the same final content as in JupyterLab")
  func outputWidgets() async throws {
    try await UpstreamRun.with("nbclient", ["Output"], ["--allow-errors"]) { run async throws in
      // Its metadata contains values of several runs; these are the last one's.
      let expected = [
        "", "display_data: 'hello world'", "stream: in inner\nalso in inner\n",
        "stream: in outer\n", "stream: in output2\n", "stream: in output\n; error: ValueError",
        "stream: world\n",
      ]
      let held = Self.widgetOutputs(try run.notebook("Output"))
      #expect(held == expected.sorted())
      #expect(run.outcomes["Output"] == "completed")
    }
  }

  /// The content of each Output widget in short, in an order independent of ids.
  private static func widgetOutputs(_ notebook: JSONValue) -> [String] {
    let state =
      notebook["metadata"]?["widgets"]?["application/vnd.jupyter.widget-state+json"]?[
        "state"]?.object ?? [:]
    return state.filter { $0.value["model_name"] == "OutputModel" }.map { member in
      let outputs = member.value["state"]?["outputs"]?.array ?? []
      return outputs.map { output in
        let data = output["data"]?["text/plain"]?.string
        let text = output["text"]?.string ?? data ?? output["ename"]?.string ?? ""
        return "\(output["output_type"]?.string ?? ""): \(text)"
      }.joined(separator: "; ")
    }.sorted()
  }
}
