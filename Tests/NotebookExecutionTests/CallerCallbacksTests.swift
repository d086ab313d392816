import Glibc
import JSONCore
import KernelClient
import KernelTesting
import NotebookDocument
import NotebookExecution
import Synchronization
import Testing

@Suite("What a caller of runNotebook set on the kernel's configuration")
struct CallerCallbacksTests {
  /// Runs one cell with the caller's own `onLaunch`, which does something with the run's control.
  ///
  /// - Returns: the result, or the error of the kernel, and how often `onLaunch` was called.
  private func run(onLaunch: @escaping @Sendable (RunControl) -> Void) async throws
    -> (Result<RunResult, KernelError>, calls: Int)
  {
    let notebook: JSONValue = [
      "cells": [ScriptedRun.code("print x", id: "a")], "metadata": [:], "nbformat": 4,
      "nbformat_minor": 5,
    ]
    let document = try NotebookDocument(notebook.serialized(.jupyter))
    return try await TemporaryDirectory.with { directory in
      let kernel = try ScriptedKernelSpec(in: directory)
      let control = RunControl()
      let calls = Mutex(0)
      let configuration = KernelConfiguration(onLaunch: { process in
        if process.processID > 0 { calls.withLock { $0 += 1 } }
        onLaunch(control)
      })
      let result: Result<RunResult, KernelError>
      do {
        result = .success(
          try await runNotebook(
            document, with: kernel.spec, kernelConfiguration: configuration, control: control,
            finish: { _, _ in }))
      } catch let error as KernelError {
        result = .failure(error)
      }
      #expect(await kernel.leftovers() == [])
      return (result, calls.withLock(\.self))
    }
  }

  @Test("is called once, with the kernel's process")
  func launch() async throws {
    let (result, calls) = try await run { _ in }
    #expect(try result.get().outcome == .completed)
    #expect(calls == 1)
  }

  @Test("does not keep the run's control from ending the kernel at launch")
  func stopAtLaunch() async throws {
    let (result, calls) = try await run { $0.stop(signal: SIGTERM) }
    #expect(throws: KernelError.self) { try result.get() }
    #expect(calls == 1)
  }
}
