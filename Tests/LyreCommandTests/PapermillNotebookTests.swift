import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "Notebooks of papermill's tests", .serialized,
  .enabled(if: UpstreamNotebooks.isThere, "needs ../shared/corpus"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct PapermillNotebookTests {
  @Test("exits, errors and interrupts end a run with the expected outcome")
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
      // A line magic has no error output: only its reply reports the error.
      #expect(run.outcomes["line_magic_error"] == "failed")
      #expect(run.statuses("line_magic_error") == ["0 failed"])
      #expect(try run.errors("line_magic_error").count == 1)
      // Intended: no cells are added to mark the failure. Cells that papermill added earlier stay
      // unchanged, because they are part of the notebook.
      #expect(run.outcomes["broken1"] == "failed")
      #expect(run.statuses("broken1") == ["3 succeeded", "6 failed"])
      #expect(
        try run.cells("broken1").map { $0["execution_count"]?.int } == [
          nil, nil, nil, 1, nil, nil, 2, nil,
        ])
      #expect(run.outcomes["broken2"] == "failed")
      let kinds = try run.cells("broken2")[1]["outputs"]?.array?.map { $0["output_type"]?.string }
      // Its import for displays was removed in IPython 9: then that is the error.
      #expect(kinds == ["display_data", "error"] || kinds == ["error"])
      // It runs in the notebook's directory, which does not contain check.txt.
      #expect(run.outcomes["read_check"] == "failed")
      #expect(run.outcomes["nb_version_4.4"] == "completed")
      // Intended: a valid minor version stays, and no ids are added.
      #expect(try run.notebook("nb_version_4.4")["nbformat_minor"] == 4)
      #expect(try run.text("nb_version_4.4", 1) == "1\n")
      #expect(run.outcomes["result_no_exec"] == "completed")
      #expect(try run.text("test_notebooknode_io", 0) == "Hello World\n")
      // Intended: a notebook without a kernel counts as Python, as in Jupyter.
      #expect(run.outcomes["blank-vscode"] == "completed")
      #expect(run.outcomes["no_parameters"] == "completed")
      #expect(try run.notebook("sysexit1")["metadata"]?["papermill"]?["exception"] == true)
      #expect(run.result.ending == .exited(1))
    }
  }

  @Test("simple_execute, no_parameters: parameters are injected where papermill injects them")
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

  @Test("gcs, s3, binder: notebooks from buckets run as files; binder calls papermill")
  func bucketsAndBinder() async throws {
    let names = ["gcs/gcs_in/gcs-simple_notebook", "s3/s3_in/s3-simple_notebook", "binder"]
    try await UpstreamRun.with("papermill", names, ["-j", "3"]) { run async throws in
      #expect(run.outcomes[names[0]] == "completed")
      #expect(try run.text(names[0], 5) == "10\n")
      #expect(try run.text(names[0], 18) == "hi, stdout\n")
      #expect(run.outcomes[names[1]] == "completed")
      #expect(try run.text(names[1], 1) == "None\n")
      // It runs papermill from papermill's own sources, which are missing here.
      #expect(run.outcomes["binder"] == "failed")
      #expect(try run.errors("binder") == ["1 CalledProcessError"])
      #expect(run.result.ending == .exited(1))
    }
  }

  @Test("read_check: --cwd is the working directory")
  func directory() async throws {
    try await TemporaryDirectory.with { other in
      try other.write("x", to: "check.txt")
      try await UpstreamRun.with("papermill", ["read_check"], ["--cwd", other.path]) {
        run async throws in
        #expect(run.outcomes["read_check"] == "completed")
      }
    }
  }

  @Test("keyboard_interrupt: an interrupted cell has failed, with that error")
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

  @Test("complex_parameters, notimplemented_translator: declared parameters are listed")
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

  @Test("test_logging: output and logs of cells reach the terminal, in order")
  func logging() async throws {
    try await UpstreamRun.with("papermill", ["test_logging"], ["--cells", "1-2", "-q"]) {
      run async throws in
      #expect(run.result.outputText.contains("hello world\n"))
      #expect(run.result.ending == .exited(0), "\(run.result.errorText)")
    }
  }
}
