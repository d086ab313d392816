/// How a cell ended, or why it has not run.
public enum CellStatus: String, Sendable, Hashable, CaseIterable {
  /// It has not begun.
  case pending
  /// It runs.
  case running
  /// It ran, without an error.
  case succeeded
  /// It raised an error.
  case failed
  /// Its time, or the notebook's, ran out.
  case timedOut = "timed_out"
  /// The run was stopped while it ran.
  case interrupted
  /// The kernel ended while it ran.
  case killedWithKernel = "killed_with_kernel"
  /// It was not to be run: no code, or left out by a tag or a selection.
  case skipped
  /// The run ended before it.
  case notRun = "not_run"
}

/// Which cell of a notebook.
public struct CellIdentity: Sendable, Hashable {
  /// Its place among all cells, from 0.
  public var index: Int
  /// Its id, where it has one.
  public var id: String?
  /// The first line of its source that is not blank.
  public var firstLine: String

  /// A cell.
  public init(index: Int, id: String?, firstLine: String) {
    self.index = index
    self.id = id
    self.firstLine = firstLine
  }
}

/// The result of a cell.
public struct CellResult: Sendable, Hashable {
  /// Its place among all cells, from 0.
  public var index: Int
  /// Its id, where it has one.
  public var id: String?
  /// Whether it is a code cell with something in it.
  public var isCode: Bool
  /// The first line of its source that is not blank.
  public var firstLine: String
  /// How it ended.
  public var status: CellStatus
  /// The kernel's number of the run.
  public var executionCount: Int?
  /// How long it took; zero for one that has not run.
  public var duration: Duration
  /// The error that it raised.
  public var error: CellError?
  /// Whether its error was allowed; or, where the run goes on after it, that its time ran out.
  public var errorIsAllowed: Bool
  /// The limit that ran out, its own or the notebook's; nil for a cell that was not timed out.
  public var limit: Duration?
  /// What the kernel used while it ran; nil where that is not known.
  public var resources: ResourceUse?
  /// Whether the notebook had something of an earlier run in it, which this run has removed.
  public var hadOldResults: Bool

  /// A cell that has not run.
  public init(
    index: Int, id: String?, isCode: Bool = true, firstLine: String, status: CellStatus = .pending
  ) {
    self.index = index
    self.id = id
    self.isCode = isCode
    self.firstLine = firstLine
    self.status = status
    executionCount = nil
    duration = .zero
    error = nil
    errorIsAllowed = false
    limit = nil
    resources = nil
    hadOldResults = false
  }

  /// Which cell it is.
  public var identity: CellIdentity { CellIdentity(index: index, id: id, firstLine: firstLine) }

  /// `it took longer than its limit of 30 s`; nil for a cell that was not timed out.
  public var limitText: String? {
    limit.map { "it took longer than its limit of \($0.inWords)" }
  }

  /// `cell 3 (In [2]) 'x = 1'`: the cell's number from 1, the kernel's number and the first line.
  public var name: String {
    let count = executionCount.map { " (In [\($0)])" } ?? ""
    return "cell \(index + 1)\(count) '\(firstLine)'"
  }
}

/// An error that a cell raised.
public struct CellError: Sendable, Hashable {
  /// The name of the error, such as `ZeroDivisionError`; empty where the kernel has none.
  public var name: String
  /// What the error says.
  public var value: String
  /// The lines to show, with ANSI colours.
  public var traceback: [String]

  /// An error with its parts.
  public init(name: String, value: String, traceback: [String]) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }

  /// The error in a few words: its name and what it says, as far as the kernel tells them.
  public var summary: String {
    let told = [name, value].compactMap { text -> String? in
      guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
      else { return nil }
      return String(text[start...end])
    }
    return told.isEmpty ? "an error" : told.joined(separator: ": ")
  }
}

extension Duration {
  /// `30 s`, `0.3 s`: the seconds with as many digits as they need, three at most.
  package var inWords: String {
    let value = Double(components.seconds) + Double(components.attoseconds) / 1e18
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded)) s" : "\(rounded) s"
  }
}
