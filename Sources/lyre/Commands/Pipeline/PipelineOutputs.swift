import ArgumentParser
import Glibc
import JSONCore
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import Reports
import RunRecord
import SystemSupport

/// The command `lyre pipeline outputs`.
struct PipelineOutputs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outputs",
    abstract: "List or write the notebooks that a run executed.",
    discussion: """
      The record keeps every notebook as it was executed, with parameters and outputs, even if its \
      file has the result of a later run or of another node. With NODE, that notebook goes to \
      standard output; with --to, all notebooks, or that one, go to a directory. Existing files \
      there are not replaced unless they are the same.

      EXAMPLES
        lyre pipeline outputs last                       list the notebooks
        lyre pipeline outputs 12 report > report.ipynb   write one
        lyre pipeline outputs 12 --to results            write all
      """)

  @OptionGroup var subject: RecordedNodeArguments

  @Option(
    help: ArgumentHelp("Write the notebooks to this directory.", valueName: "dir"),
    completion: .directory)
  var to: String?

  @Flag(help: "With --to, replace existing files.")
  var replace = false

  @Flag(help: "Write the list as JSON.")
  var json = false

  @OptionGroup var record: RecordOptions

  func validate() throws {
    if json, to != nil || subject.node != nil {
      throw ValidationError("--json lists notebooks and cannot be combined with NODE or --to")
    }
    if replace, to == nil { throw ValidationError("--replace needs --to") }
  }

  func run() throws {
    let history = try record.existing()
    let run = try record.run(subject.number, in: history)
    let nodes = try record.nodes(of: run, in: history)
    var chosen = nodes.filter { $0.executed != nil }
    if let node = subject.node {
      let match = try record.node(node, of: run, in: nodes)
      guard match.executed != nil else {
        throw record.failure(
          HistoryError(
            description: "run \(run.id) has no notebook of '\(match.label)'; see "
              + "lyre pipeline outputs \(run.id)"))
      }
      chosen = [match]
    }
    let contents = try chosen.map { node in
      do throws(HistoryError) {
        return try history.content(node.executed ?? "")
      } catch {
        throw record.failure(error)
      }
    }
    let names = ResultPlaces.names(nodes.map(\.file))
    if let to {
      let files = zip(chosen, contents).map { node, content in
        (path: PipelinePath.joined(to, names[node.place] ?? "\(node.place + 1).ipynb"), content)
      }
      return try write(files)
    }
    if subject.node != nil { return Printer.shared.result(contents.first ?? []) }
    if json {
      let list = zip(chosen, contents).map { $0.json(names[$0.place], size: $1.count) }
      return Printer.shared.print(json: .array(list))
    }
    if chosen.isEmpty {
      return Printer.shared.log("run \(run.id) has no notebooks in the record")
    }
    let lines = zip(chosen, contents).map { node, content -> VisibleText in
      let word = NodeStatus(rawValue: node.status).map(\.word) ?? node.status
      let cells = node.cellCounts.map { "  \($0)" }.joined()
      return "\(node.place + 1)  \(node.label)  \(word)\(cells)  \(content.count) bytes"
    }
    Printer.shared.print(lines.joined(separator: "\n"))
  }

  /// Writes files, or none if one of them would replace another file.
  private func write(_ files: [(path: String, content: [UInt8])]) throws {
    for file in files where !replace && access(file.path, F_OK) == 0 {
      guard (try? NotebookFile(file.path).read()) == file.content else {
        throw record.failure(
          HistoryError(
            description: "'\(file.path)' already exists with other content; nothing was "
              + "written. Use --replace, or another directory"))
      }
    }
    for file in files {
      let folder = PipelinePath.folder(file.path)
      do throws(SystemError) {
        if !folder.isEmpty { try FilePath.makeDirectories(folder) }
      } catch {
        Printer.shared.log("error: '\(folder)' cannot be made: \(error)")
        throw ExitRequest(code: .notWritten)
      }
      do throws(NotebookError) {
        try NotebookFile(file.path).write(file.content)
      } catch {
        Printer.shared.log("error: \(error)")
        throw ExitRequest(code: .notWritten)
      }
      Printer.shared.print("\(file.path)")
    }
  }
}

extension RecordedNode {
  /// A text such as `3 of 4 cells ran`, for a notebook that did not run to its end.
  fileprivate var cellCounts: [String] {
    let toRun = cells.count { $0.status != .skipped }
    let notRun = cells.count { $0.status == .notRun }
    return notRun > 0 ? ["\(toRun - notRun) of \(Format.count(toRun, "cell")) ran"] : []
  }

  fileprivate func json(_ name: String?, size: Int) -> JSONValue {
    let toRun = cells.count { $0.status != .skipped }
    return [
      "number": .init(place + 1), "id": .init(id), "label": .init(label),
      "file": file.map { .init($0) } ?? .null, "status": .init(status),
      "cells": .init(toRun), "not_run": .init(cells.count { $0.status == .notRun }),
      "bytes": .init(size), "sha256": executed.map { .init($0) } ?? .null,
      "name": name.map { .init($0) } ?? .null,
      "cached_run": cachedRun.map { .init(Int($0)) } ?? .null,
    ]
  }
}
