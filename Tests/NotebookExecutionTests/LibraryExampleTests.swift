import JSONCore
import KernelClient
import KernelTesting
import NotebookDocument
import NotebookExecution
import Testing

@Suite("The library's example")
struct LibraryExampleTests {
  // The example of NotebookExecution.md, with another kernel.
  private func example(_ document: NotebookDocument, _ kernel: KernelSpec) async throws
    -> (names: [String], result: RunResult, document: NotebookDocument)
  {
    var names: [String] = []
    var configuration = RunConfiguration()
    configuration.cellTimeout = .seconds(600)
    configuration.allowedErrors = ["KeyError"]
    let (finished, result) = try await withNotebookRun(
      document, with: kernel, configuration: configuration
    ) { run in
      for await event in run.events {
        switch event.kind {
        case .text(_, _, let text): names.append(text)
        case .cellFinished(let cell): names.append("\(cell.name) \(cell.status.rawValue)")
        default: break
        }
      }
      return try await run.finished()
    }
    return (names, result, finished)
  }

  private func document(_ sources: [String]) throws -> NotebookDocument {
    let cells = sources.enumerated().map { ScriptedRun.code($1, id: "c\($0)") }
    let notebook: JSONValue = [
      "cells": .array(cells), "metadata": [:], "nbformat": 4, "nbformat_minor": 5,
    ]
    return try NotebookDocument(notebook.serialized(.jupyter))
  }

  @Test("prints the events, and returns the notebook and the result")
  func example() async throws {
    try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory)
      let (names, result, document) = try await example(
        try document(["print 42", "error KeyError x"]), kernel.spec)
      #expect(
        names == [
          "42\n", "cell 1 (In [1]) 'print 42' succeeded",
          "cell 2 (In [2]) 'error KeyError x' failed",
        ])
      #expect(result.outcome == .completed)
      #expect(document.outputs(at: 0)[0]["text"] == "42\n")
      #expect(await kernel.leftovers() == [])
    }
  }

  @Test("leaving the scope stops the run")
  func leaving() async throws {
    try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory)
      let first = try await withNotebookRun(
        try document(["print begun\nhang"]), with: kernel.spec
      ) { run in
        for await event in run.events {
          if case .text(_, _, let text) = event.kind { return text }
        }
        return ""
      }
      #expect(first == "begun\n")
      #expect(await kernel.leftovers() == [])
    }
  }

  @Test("finished() throws the error of a kernel that does not start")
  func noStart() async throws {
    try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory, options: ["--end-at-start", "exit 3"])
      let error = await #expect(throws: KernelError.self) {
        try await withNotebookRun(try self.document(["print x"]), with: kernel.spec) { run in
          for await _ in run.events {}
          _ = try await run.finished()
        }
      }
      #expect(error?.code == .diedBeforeReady)
    }
  }
}
