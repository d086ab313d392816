import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The notebooks that nbclient and papermill are tested with, in ../shared/corpus.
enum UpstreamNotebooks {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/notebooks"
  static let isThere = access(folder + "/nbclient/HelloWorld.ipynb", R_OK) == 0
}

/// A run of several of them with one command, in a directory with all that lies beside them.
struct UpstreamRun {
  var directory: TemporaryDirectory
  var result: RunningCommand.Result
  /// How the run of each notebook ended, as the event log says.
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

  /// How many cells have their code hidden.
  func hiddenCells(_ name: String) throws -> Int {
    try cells(name).count { $0["metadata"]?["jupyter"]?["source_hidden"] == true }
  }

  /// How often a notebook was saved while it ran.
  func saves(_ name: String) -> Int {
    events.count { $0["event"] == "saved" && $0["notebook"]?.string == name + ".ipynb" }
  }

  /// The statuses of the cells of a notebook, as the event log says.
  func statuses(_ name: String) -> [String] {
    events.filter { $0["event"] == "cell_finished" && $0["notebook"]?.string == name + ".ipynb" }
      .map { "\($0["cell"]?.int ?? -1) \($0["status"]?.string ?? "")" }
  }
}

@Suite(
  "Notebooks that nbclient is tested with", .serialized,
  .enabled(if: UpstreamNotebooks.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct NbclientNotebookTests {
  /// Those whose own outputs are what is expected of them.
  static let recorded = [
    "HelloWorld", "Factorials", "Unicode", "UnicodePy3", "SVG", "Inline Image", "Empty Cell",
    "Clear Output", "update-display-id", "Other Comms", "Skip Exceptions with Cell Tags",
    "Skip Execution with Cell Tag",
  ]

  @Test("give the outputs that stand in them; dead kernels and errors are told")
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
      // Nothing of it may depend on what somebody else ran before.
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
        // As upstream: within a tenth of a second; a busy machine gets more.
        #expect(abs(shown - recorded) < 1, "\(name)")
      }
      // The worst of them.
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
        // Upstream keeps no outputs in two; Interrupt has the limit beside the interrupt here.
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

  @Test("Error, Skip Exceptions with Cell Tags: no error is allowed when that is asked for")
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
        // As upstream's test does: what tells the notebook its own name is put in.
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

  @Test("Output: Output widgets hold in the end what they show in JupyterLab")
  func outputWidgets() async throws {
    try await UpstreamRun.with("nbclient", ["Output"], ["--allow-errors"]) { run async throws in
      // What stands in its metadata is of several runs, one upon the other; this is the last one's.
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

  /// What each Output widget holds, in short, in an order that does not depend on ids.
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

@Suite(
  "Notebooks that papermill is tested with", .serialized,
  .enabled(if: UpstreamNotebooks.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct PapermillNotebookTests {
  @Test("exits, errors and interrupts end a run as they should")
  func endings() async throws {
    let names = [
      "sysexit", "sysexit0", "systemexit", "sysexit1", "line_magic_error", "broken1", "broken2",
      "read_check", "nb_version_4.4", "result_no_exec", "test_notebooknode_io", "blank-vscode",
      "no_parameters",
    ]
    // The corpus keeps only the notebooks.
    try await UpstreamRun.with(
      "papermill", names, ["-j", "2", "--papermill-metadata"]
    ) { run async throws in
      // SystemExit without a code, or with 0, is a success, and stops the run.
      for name in ["sysexit", "sysexit0", "systemexit"] {
        #expect(run.outcomes[name] == "completed", "\(name)")
        #expect(run.statuses(name) == ["0 succeeded", "1 succeeded"], "\(name)")
        #expect(try run.cells(name)[2]["outputs"] == [], "\(name)")
        #expect(try run.errors(name) == ["1 SystemExit"], "\(name)")
      }
      #expect(run.outcomes["sysexit1"] == "failed")
      #expect(run.statuses("sysexit1") == ["0 succeeded", "1 failed"])
      // There is no error output of a line magic: its reply alone tells of it.
      #expect(run.outcomes["line_magic_error"] == "failed")
      #expect(run.statuses("line_magic_error") == ["0 failed"])
      #expect(try run.errors("line_magic_error").count == 1)
      // On purpose: no cells are put in to say where it failed. What an earlier papermill put in
      // stays as it is, for it is somebody's cell.
      #expect(run.outcomes["broken1"] == "failed")
      #expect(run.statuses("broken1") == ["3 succeeded", "6 failed"])
      #expect(
        try run.cells("broken1").map { $0["execution_count"]?.int } == [
          nil, nil, nil, 1, nil, nil, 2, nil,
        ])
      #expect(run.outcomes["broken2"] == "failed")
      let kinds = try run.cells("broken2")[1]["outputs"]?.array?.map { $0["output_type"]?.string }
      // What it imports to display something is gone since IPython 9: then that is its error.
      #expect(kinds == ["display_data", "error"] || kinds == ["error"])
      // The notebook's directory is where it runs; check.txt is not in it.
      #expect(run.outcomes["read_check"] == "failed")
      #expect(run.outcomes["nb_version_4.4"] == "completed")
      // On purpose: a minor version that is good stays, and no ids are made up.
      #expect(try run.notebook("nb_version_4.4")["nbformat_minor"] == 4)
      #expect(try run.text("nb_version_4.4", 1) == "1\n")
      #expect(run.outcomes["result_no_exec"] == "completed")
      #expect(try run.text("test_notebooknode_io", 0) == "Hello World\n")
      // On purpose: a notebook that names no kernel is taken for Python, as Jupyter does.
      #expect(run.outcomes["blank-vscode"] == "completed")
      #expect(run.outcomes["no_parameters"] == "completed")
      #expect(try run.notebook("sysexit1")["metadata"]?["papermill"]?["exception"] == true)
      #expect(run.result.ending == .exited(1))
    }
  }

  @Test("simple_execute, no_parameters: parameters are put in where papermill puts them")
  func parameters() async throws {
    try await UpstreamRun.with(
      "papermill", ["simple_execute", "no_parameters"], ["-p", "msg", "Hello", "-j", "2"]
    ) { run async throws in
      let injected = try run.cells("simple_execute")[1]
      #expect(injected["source"] == ["# Parameters\n", "msg = \"Hello\"\n"] as JSONValue)
      #expect(injected["metadata"]?["tags"] == ["injected-parameters"])
      #expect(try run.text("simple_execute", 2) == "Hello\n")
      #expect(
        try run.cells("no_parameters")[0]["metadata"]?["tags"] == ["injected-parameters"])
    }
  }

  @Test("gcs, s3, binder: what papermill reads from buckets runs as files; binder calls papermill")
  func bucketsAndBinder() async throws {
    let names = ["gcs/gcs_in/gcs-simple_notebook", "s3/s3_in/s3-simple_notebook", "binder"]
    try await UpstreamRun.with("papermill", names, ["-j", "3"]) { run async throws in
      #expect(run.outcomes[names[0]] == "completed")
      #expect(try run.text(names[0], 5) == "10\n")
      #expect(try run.text(names[0], 18) == "hi, stdout\n")
      #expect(run.outcomes[names[1]] == "completed")
      #expect(try run.text(names[1], 1) == "None\n")
      // It runs papermill from papermill's own sources, which are not there.
      #expect(run.outcomes["binder"] == "failed")
      #expect(try run.errors("binder") == ["1 CalledProcessError"])
      #expect(run.result.ending == .exited(1))
    }
  }

  @Test("read_check: --cwd is where it runs")
  func directory() async throws {
    try await TemporaryDirectory.with { other in
      try other.write("x", to: "check.txt")
      try await UpstreamRun.with("papermill", ["read_check"], ["--cwd", other.path]) {
        run async throws in
        #expect(run.outcomes["read_check"] == "completed")
      }
    }
  }

  @Test("keyboard_interrupt: a cell that is interrupted has failed, and says so")
  func interrupt() async throws {
    try await UpstreamRun.with("papermill", ["keyboard_interrupt"], ["--timeout", "1"]) {
      run async throws in
      #expect(run.outcomes["keyboard_interrupt"] == "timed_out")
      let errors = try run.errors("keyboard_interrupt")
      #expect(errors == ["0 KeyboardInterrupt", "0 CellTimeoutError"])
      #expect(run.result.ending == .exited(3))
    }
  }

  @Test("report_mode_test: code is hidden; test_autosave: a cell is saved while it runs")
  func reportAndSave() async throws {
    try await UpstreamRun.with(
      "papermill", ["report_mode_test", "test_autosave"],
      ["--report-mode", "--save-every", "1", "-p", "a", "2", "-j", "2"]
    ) { run async throws in
      #expect(try run.hiddenCells("report_mode_test") == 4)
      #expect(try run.text("report_mode_test", 3) == "3\n")
      #expect(run.saves("test_autosave") >= 2)
    }
  }

  @Test("complex_parameters, notimplemented_translator: what a notebook declares is told")
  func declared() async throws {
    try await UpstreamRun.with("papermill", ["test_notebooknode_io"]) { run async throws in
      let inspection = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["inspect", "complex_parameters.ipynb"],
        environment: RealKernels.environment, directory: run.directory.path
      ).result()
      #expect(inspection.ending == .exited(0), "\(inspection.errorText)")
      for words in ["msg", "float", "2.25", "Variable a", "List[str]", "Nice list"] {
        #expect(inspection.outputText.contains(words), "\(words): \(inspection.outputText)")
      }
      let unknown = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["inspect", "notimplemented_translator.ipynb"],
        environment: RealKernels.environment, directory: run.directory.path
      ).result()
      #expect(unknown.ending == .exited(0), "\(unknown.errorText)")
    }
  }

  @Test("test_logging: what cells print and log comes to the terminal, in order")
  func logging() async throws {
    try await UpstreamRun.with("papermill", ["test_logging"], ["--cells", "1-2", "-q"]) {
      run async throws in
      #expect(run.result.outputText.contains("hello world\n"))
      #expect(run.result.ending == .exited(0), "\(run.result.errorText)")
    }
  }
}
