import JSONCore
import RunEvents

/// Events of every kind with random values, the same for the same seed.
struct RandomEvents {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func number(below limit: Int) -> Int {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }

  private mutating func flag() -> Bool { number(below: 2) == 0 }

  private mutating func maybe<T>(_ make: (inout RandomEvents) -> T) -> T? {
    flag() ? make(&self) : nil
  }

  private mutating func list<T>(_ make: (inout RandomEvents) -> T) -> [T] {
    (0..<number(below: 4)).map { _ in make(&self) }
  }

  mutating func text() -> String {
    let texts = [
      "", "x", "a.ipynb", "line\nline\r\n", "quote \" and \\ and \u{0}\u{1b}[31m", "é ü 漢字 🎈",
      "e\u{301}", "\u{2028}\u{7f}\u{feff}", "null", String(repeating: "long ", count: 50),
    ]
    return texts[number(below: texts.count)] + (flag() ? "\(number(below: 1000))" : "")
  }

  private mutating func duration() -> Duration {
    let limits = [1, 1_000, 1_000_000, 1_000_000_000, 1_000_000_000_000_000]
    return .nanoseconds(number(below: limits[number(below: limits.count)]))
  }

  private mutating func date() -> Int64 { Int64(number(below: 4_000_000_000_000_000_000)) }

  private mutating func count() -> Int { number(below: flag() ? 10 : 1 << 40) }

  mutating func value(depth: Int = 3) -> JSONValue {
    switch number(below: depth > 0 ? 8 : 5) {
    case 0: .null
    case 1: .bool(flag())
    case 2: .init(number(below: 1 << 50))
    case 3:
      .number(
        JSONNumber(text: ["1.0", "1e-07", "-0", "NaN", "12345678901234567890"][count() % 5])
          ?? JSONNumber(0))
    case 4: .init(text())
    case 5: .array(list { $0.value(depth: depth - 1) })
    default:
      .object(
        JSONObject(
          list { .init(key: JSONString($0.text()), value: $0.value(depth: depth - 1)) }))
    }
  }

  private mutating func resources() -> ResourceUse {
    ResourceUse(processorTime: duration(), memory: count(), peakMemory: maybe { $0.count() })
  }

  private mutating func identity() -> CellIdentity {
    CellIdentity(index: count(), id: maybe { $0.text() }, firstLine: text())
  }

  mutating func cell() -> CellResult {
    let statuses = CellStatus.allCases
    var cell = CellResult(
      index: count(), id: maybe { $0.text() }, isCode: flag(), firstLine: text(),
      status: statuses[number(below: statuses.count)])
    cell.executionCount = maybe { $0.count() }
    cell.duration = duration()
    cell.error = maybe { random in
      CellError(
        name: random.text(), value: random.text(), traceback: random.list { $0.text() })
    }
    cell.errorIsAllowed = flag()
    cell.limit = maybe { $0.duration() }
    cell.resources = maybe { $0.resources() }
    cell.hadOldResults = flag()
    return cell
  }

  private mutating func kernelEnd() -> KernelEnd {
    KernelEnd(
      description: text(), exitCode: maybe { Int32($0.number(below: 300)) - 1 },
      signal: maybe { Int32($0.number(below: 65)) })
  }

  private mutating func result() -> RunResult {
    let outcomes: [RunOutcome] = [
      .completed, .failed(cell: count()), .timedOut(cell: count()),
      .totalTimeExceeded(cell: count()), .kernelDied(kernelEnd(), cell: count()),
      .stopped(signal: 15),
    ]
    return RunResult(
      outcome: outcomes[number(below: outcomes.count)], cells: list { $0.cell() },
      duration: duration(), resources: maybe { $0.resources() }, standardErrorTail: text())
  }

  private mutating func node(_ identity: NodeIdentity) -> NodeResult {
    var node = NodeResult(
      place: identity.place, id: identity.id, label: identity.label, file: maybe { $0.text() })
    node.status = NodeStatus.allCases[number(below: NodeStatus.allCases.count)]
    node.message = maybe { $0.text() }
    node.reason = maybe { $0.text() }
    node.attempts = count()
    node.started = maybe { $0.date() }
    node.duration = duration()
    node.cells = list { $0.cell() }
    node.log = maybe { $0.text() }
    node.standardErrorTail = text()
    node.cachedRun = maybe { Int64($0.count()) }
    node.executed = maybe { $0.text() }
    return node
  }

  private mutating func pipelineStart() -> PipelineStart {
    PipelineStart(
      name: text(),
      nodes: list { random in
        PipelineStart.Node(
          id: random.text(), label: random.text(), file: random.maybe { $0.text() },
          isSkipped: random.flag(), parents: random.list { $0.count() },
          usualDuration: random.maybe { $0.duration() })
      }, jobs: maybe { $0.count() }, keepsGoing: maybe { $0.flag() })
  }

  private mutating func pipelineEnd() -> PipelineEnd {
    var counts: [NodeStatus: Int] = [:]
    for status in NodeStatus.allCases where flag() { counts[status] = count() }
    return PipelineEnd(
      status: text(), counts: counts, duration: duration(), stopSignal: maybe { _ in 2 },
      criticalPath: list { $0.count() })
  }

  private mutating func testResult() -> TestResult {
    let statuses = TestResult.Status.allCases
    var result = TestResult(statuses[number(below: statuses.count)], reason: maybe { $0.text() })
    result.failures = list { random in
      TestResult.Failure(
        cell: random.maybe { $0.count() }, message: random.text(), traceback: random.text(),
        differences: random.list { $0.text() })
    }
    result.updated = list { $0.count() }
    result.passed = maybe { $0.date() }
    result.duration = duration()
    result.cells = list { $0.cell() }
    return result
  }

  /// The number of kinds of events.
  static let kinds = 26

  private mutating func kind(_ number: Int, _ identity: NodeIdentity) -> RunEvent.Kind {
    switch number {
    case 0: .kernelStarting(name: text())
    case 1:
      .kernelReady(
        KernelDescription(
          name: text(), processID: maybe { Int32($0.number(below: 100_000)) },
          implementation: text(), implementationVersion: text(), protocolVersion: text(),
          startDuration: duration()))
    case 2: .runStarted(cells: list { $0.cell() }, toRun: count(), reason: maybe { $0.text() })
    case 3: .cellStarted(self.identity(), number: count(), toRun: count())
    case 4: .text(cell: count(), stream: text(), text: text())
    case 5: .output(cell: count(), value())
    case 6: .outputsChanged(cell: count())
    case 7: .inputRequested(cell: count(), prompt: text(), isPassword: flag())
    case 8: .cellFinished(cell())
    case 9: .cellNotRun(self.identity(), wasCleared: flag())
    case 10: .outputOutsideCells(value())
    case 11: .kernelSignaled(name: text(), reason: text())
    case 12: .kernelDied(kernelEnd())
    case 13: .saved(in: duration())
    case 14: .runFinished(result())
    case 15: .runFailed(RunFailure(message: text(), code: count(), cells: list { $0.cell() }))
    case 16: .pipelineStarted(pipelineStart())
    case 17:
      .nodeComparing(FileComparison(files: count(), bytes: Int64(count()), path: text()))
    case 18: .nodeStarted(reason: maybe { $0.text() })
    case 19: .lines(isStandardError: flag(), text: text().replacing("\n", with: "") + "\n")
    case 20: .nodeRetried(node(identity), delay: duration())
    case 21: .nodeFinished(node(identity))
    case 22: .pipelineFinished(pipelineEnd())
    case 23:
      .warning(
        RunWarning(
          text(), kind: maybe { WarningKind(rawValue: $0.text()) }, cell: maybe { $0.count() }))
    case 24: .testFinished(testResult())
    default:
      .unknown(
        name: "new_" + text(),
        members: JSONObject([.init(key: "wonder", value: value()), .init(key: "x", value: 1)]))
    }
  }

  /// An event of a kind, by its number.
  mutating func event(_ number: Int) -> RunEvent {
    let node = NodeIdentity(
      place: count(), id: text(), label: text(), attempt: maybe { $0.count() })
    let needsNode = number == 20 || number == 21
    let subject = RunSubject(
      run: maybe { $0.flag() ? .name($0.text()) : .number(Int64($0.count())) },
      pipeline: maybe { $0.text() }, node: needsNode || flag() ? node : nil,
      notebook: maybe { $0.text() })
    var event = RunEvent(kind(number, node), of: subject, time: date(), sequence: count())
    if number != 25, flag() { event.otherMembers["future"] = value() }
    return event
  }
}
