import Processes
import Reports
import RunEvents
import SystemSupport

extension RunReporter {
  /// Reports why the run did not complete.
  func explain(_ result: RunResult) {
    let left = result.cells.filter { $0.status == .notRun }
    var rest = ""
    if !left.isEmpty {
      rest = " \(Format.count(left.count, "cell")) \(left.count == 1 ? "was" : "were") not run"
      rest +=
        left.contains(where: \.hadOldResults) ? "; outputs of an earlier run were cleared." : "."
    }
    let error: VisibleText = "\("error:", .red)"
    switch result.outcome {
    case .completed, .cached: return
    case .failed(let place):
      let cell = result.cells[place]
      let words = Terminal.fitted(ColoredText(cell.error?.summary ?? "an error").plain, to: 300)
      let end = words.hasSuffix(".") ? "" : "."
      log("\(error) \(name): \(cell.name) failed: \(words)\(end)\(rest)")
      let traceback = (cell.error?.traceback ?? []).joined(separator: "\n")
      if !traceback.isEmpty {
        log("\(colored: traceback)")
      }
    case .timedOut(let place):
      log(
        "\(error) \(name): \(result.cells[place].name) took longer than its limit "
          + "(\(Format.duration(result.cells[place].limit ?? .zero))).\(rest) "
          + "Use --timeout SECONDS for more.")
    case .totalTimeExceeded(let place):
      log(
        "\(error) \(name): the notebook took longer than its limit, in "
          + "\(result.cells[place].name).\(rest) Use --total-timeout SECONDS for more.")
    case .kernelDied(let status, let place):
      log("\(error) \(name): the kernel \(status) in \(result.cells[place].name).\(rest)")
      let tail = result.standardErrorTail.split(separator: "\n").suffix(10)
      if !tail.isEmpty {
        log("The kernel's last output:\n\(colored: tail.joined(separator: "\n"))")
      }
    case .stopped(let signal):
      log("\(name): stopped by \(ExitStatus.name(of: signal)).\(rest)")
    }
  }

  /// Reports how many cells ran, and which took long.
  func summarize(_ result: RunResult) {
    let ran = result.cells.filter { $0.status != .skipped && $0.status != .notRun }
    var line: VisibleText =
      "\(name): \(Format.count(ran.count, "cell")) in \(Format.duration(result.duration))"
    for (status, words) in [(CellStatus.failed, "failed"), (.timedOut, "timed out")] {
      let cells = ran.filter { $0.status == status }
      let allowed = cells.filter(\.errorIsAllowed).count
      if !cells.isEmpty { line += ", \(cells.count) \(words)" }
      if allowed > 0 { line += allowed == cells.count ? " (allowed)" : " (\(allowed) allowed)" }
    }
    let slow = ran.filter { $0.duration > .seconds(1) }.sorted { $0.duration > $1.duration }
    if ran.count > 1, !slow.isEmpty {
      let list = slow.prefix(3).map { "cell \($0.index + 1) \(Format.duration($0.duration))" }
      line += "; slowest: \(list.joined(separator: ", "))"
    }
    log(line)
  }
}
