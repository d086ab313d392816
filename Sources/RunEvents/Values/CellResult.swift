/// How a cell ended, or why it did not run.
public enum CellStatus: String, Sendable, Hashable, CaseIterable {
  /// Not started.
  case pending
  /// Running.
  case running
  /// Ended without an error.
  case succeeded
  /// Raised an error.
  case failed
  /// Exceeded its own time limit or the notebook's.
  case timedOut = "timed_out"
  /// The run was stopped during the cell.
  case interrupted
  /// The kernel ended during the cell.
  case killedWithKernel = "killed_with_kernel"
  /// Not selected: no code, or excluded by a tag or a selection.
  case skipped
  /// The run ended before the cell.
  case notRun = "not_run"
}

/// Identifies a cell of a notebook.
public struct CellIdentity: Sendable, Hashable {
  /// Its index among all cells, from 0.
  public var index: Int
  /// Its id, if it has one.
  public var id: String?
  /// The first line of its source that is not blank.
  public var firstLine: String

  /// Creates an identity.
  public init(index: Int, id: String?, firstLine: String) {
    self.index = index
    self.id = id
    self.firstLine = firstLine
  }
}

/// The result of a cell.
public struct CellResult: Sendable, Hashable {
  /// Its index among all cells, from 0.
  public var index: Int
  /// Its id, if it has one.
  public var id: String?
  /// Whether it is a code cell that is not blank.
  public var isCode: Bool
  /// The first line of its source that is not blank.
  public var firstLine: String
  /// How it ended.
  public var status: CellStatus
  /// The execution count from the kernel.
  public var executionCount: Int?
  /// How long it took; zero if it did not run.
  public var duration: Duration
  /// The error that it raised.
  public var error: CellError?
  /// Whether its error was allowed, or its timeout if the run continues after it.
  public var errorIsAllowed: Bool
  /// The exceeded time limit, its own or the notebook's; nil if it did not time out.
  public var limit: Duration?
  /// The resources that the kernel used during the cell; nil if unknown.
  public var resources: ResourceUse?
  /// Whether this run removed results of an earlier run from the cell.
  public var hadOldResults: Bool

  /// Creates the result of a cell that has not run.
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

  /// The cell's identity.
  public var identity: CellIdentity { CellIdentity(index: index, id: id, firstLine: firstLine) }

  /// The exceeded time limit in words, such as `it took longer than its limit of 30 s`; nil if the
  /// cell did not time out.
  public var limitText: String? {
    limit.map { "it took longer than its limit of \($0.inWords)" }
  }

  /// The cell's number from 1, its execution count and its first line: `cell 3 (In [2]) 'x = 1'`.
  public var name: String {
    let count = executionCount.map { " (In [\($0)])" } ?? ""
    return "cell \(index + 1)\(count) '\(firstLine)'"
  }
}

/// An error that a cell raised.
public struct CellError: Sendable, Hashable {
  /// The name of the error, such as `ZeroDivisionError`; empty if the kernel reports none.
  public var name: String
  /// The error message.
  public var value: String
  /// The traceback, with ANSI colours.
  public var traceback: [String]

  /// Creates an error from its parts.
  public init(name: String, value: String, traceback: [String]) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }

  /// The error's name and message, if the kernel reports them.
  public var summary: String {
    let parts = [name, value].compactMap { text -> String? in
      guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
      else { return nil }
      return String(text[start...end])
    }
    return parts.isEmpty ? "an error" : parts.joined(separator: ": ")
  }
}

extension Duration {
  /// The duration in seconds with at most three decimals: `30 s`, `0.3 s`.
  fileprivate var inWords: String {
    let value = Double(components.seconds) + Double(components.attoseconds) / 1e18
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() && rounded < 1e15 ? "\(Int(rounded)) s" : "\(rounded) s"
  }
}
