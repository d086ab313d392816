import JSONCore
package import NotebookDocument
package import RunEvents
import SystemSupport

/// A notebook as one self-contained page.
///
/// The page has no script, except that outputs with scripts get frames in which these run, each with
/// an origin of its own (``Options/runsScripts``). Everything in the notebook is foreign: HTML is
/// written anew with harmless elements only, and a policy in the page keeps scripts from running that
/// got into it all the same.
package struct NotebookPage {
  /// The reader's choices.
  package struct Options: Sendable {
    /// The title; nil for the notebook's own, or its name.
    package var title: String?
    /// Whether only texts and outputs are shown.
    package var hidesCode = false
    /// Whether scripts of outputs run, in frames.
    package var runsScripts = true

    /// The standard: code is shown, and scripts run in frames.
    package init() {}
  }

  /// What is known of the run that made the outputs.
  package struct Run: Sendable {
    /// How it ended; nil if it did not begin.
    var result: RunResult?
    /// Why it could not begin.
    var message: String?
    /// When it began, in nanoseconds since 1970-01-01 00:00 UTC.
    var started: Int64?

    /// Creates a value from its parts.
    package init(result: RunResult? = nil, message: String? = nil, started: Int64? = nil) {
      self.result = result
      self.message = message
      self.started = started
    }
  }

  private let document: NotebookDocument
  private let name: String
  private let options: Options
  private let run: Run
  private let terminal: (String) -> String
  private let image: (String) -> [UInt8]?

  private static let listedErrors = 10

  /// Creates a page.
  ///
  /// - Parameters:
  ///   - document: the notebook with its outputs.
  ///   - name: the name of its file.
  ///   - options: the reader's choices.
  ///   - run: what is known of the run that made the outputs.
  ///   - terminal: returns a text as a terminal shows it after control characters in it that move the
  ///     cursor.
  ///   - image: returns the content of an image file that Markdown names by a relative path; nil if
  ///     there is none.
  package init(
    _ document: NotebookDocument, name: String, options: Options = Options(), run: Run = Run(),
    terminal: @escaping (String) -> String, image: @escaping (String) -> [UInt8]? = { _ in nil }
  ) {
    self.document = document
    self.name = name
    self.options = options
    self.run = run
    self.terminal = terminal
    self.image = image
  }

  /// The complete document, in UTF-8.
  package func html() -> [UInt8] {
    let policy = PagePolicy()
    let frames = options.runsScripts ? FrameMarkup(nonce: policy.nonce) : nil
    var cells = CellsMarkup(
      document, run.result?.cells ?? [], OutputMarkup(frames: frames, terminal: terminal))
    cells.hidesCode = options.hidesCode
    cells.image = image
    let content = cells.markup()
    let hasFrames = cells.outputs.hasFrames
    let errors = errors(cells.errors)
    var page = Markup()
    page.put(
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      \(policy.element(hasScript: hasFrames, hasFrames: hasFrames))
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="generator" content="lyre">
      <title>\(title.asHTML)</title>
      <style>\(PageStyle.colors)
      \(PageStyle.page)
      \(PageStyle.cells)
      \(PageStyle.media)</style></head><body>
      \(header(errors))
      \(failures(errors))
      \(contents(cells.headings))
      <main>

      """)
    page.put(content)
    page.put("</main>\n")
    if hasFrames {
      page.put("<script nonce=\"\(policy.nonce)\">\(FrameMarkup.pageScript)</script>\n")
    }
    page.put("</body></html>\n")
    return page.bytes
  }

  private var title: String {
    if let title = options.title ?? document.metadata("title")?.string, !title.isEmpty {
      return title
    }
    return name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
  }

  // MARK: The header

  private func header(_ errors: [CellFailure]) -> String {
    var facts: [String] = [name]
    let cells = document.cells
    let code = cells.count { $0.kind == .code && !$0.source.isEmpty }
    facts.append(Format.count(code, "code cell"))
    if let kernel = document.metadata("kernelspec", "display_name")?.string { facts.append(kernel) }
    let times = cells.compactMap(CellsMarkup.time)
    if let duration = run.result?.duration, run.result != nil {
      facts.append(Format.duration(duration))
    } else if !times.isEmpty {
      facts.append(Format.duration(times.reduce(.zero, +)))
    }
    let started =
      run.started
      ?? cells.lazy.compactMap {
        $0.metadata["execution"]?["iopub.execute_input"]?.string.flatMap(JSONDate.nanoseconds)
      }.min()
    if let started { facts.append(Format.date(started)) }
    let shown = facts.map { "<span>\($0.asHTML)</span>" }.joined()
    return
      "<header><h1>\(title.asHTML)\(badge(errors))</h1><p class=\"facts\">\(shown)</p></header>"
  }

  private func badge(_ errors: [CellFailure]) -> String {
    guard let status = status(errors) else { return "" }
    let color = status == "succeeded" ? "#2a9d5c" : status == "stopped" ? "#d08700" : "#d5303e"
    return " <b class=\"badge\" style=\"background:\(color)\">\(status)</b>"
  }

  /// How the run ended, in a word or two; nil if nothing is known and no output shows an error.
  private func status(_ errors: [CellFailure]) -> String? {
    if run.message != nil { return "failed" }
    if let result = run.result {
      return result.outcome == .completed
        ? "succeeded" : result.outcome.name.replacing("_", with: " ")
    }
    return errors.isEmpty ? nil : "failed"
  }

  // MARK: Errors

  /// An error of a cell.
  private struct CellFailure {
    var cell: Int
    var name: String
    var message: String
    var traceback: String
  }

  /// The errors that ended the run, or that are in the outputs and not expected.
  private func errors(_ shown: [(cell: NotebookCell, output: JSONValue)]) -> [CellFailure] {
    if let result = run.result {
      return result.cells.compactMap { cell in
        let message = cell.error?.summary ?? cell.limitText
        guard !cell.errorIsAllowed, let message else {
          return cell.status == .killedWithKernel
            ? CellFailure(
              cell: cell.index, name: cell.name, message: "the kernel died", traceback: "")
            : nil
        }
        return CellFailure(
          cell: cell.index, name: cell.name, message: message,
          traceback: cell.error?.traceback.joined(separator: "\n") ?? "")
      }
    }
    return shown.compactMap { cell, output in
      guard !cell.tags.contains("raises-exception") else { return nil }
      let first = cell.source.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      let count = cell.executionCount.map { " (In [\($0)])" } ?? ""
      return CellFailure(
        cell: cell.index, name: "cell \(cell.index + 1)\(count) '\(first)'",
        message: [output["ename"]?.string, output["evalue"]?.string].compactMap(\.self)
          .joined(separator: ": "),
        traceback: (output["traceback"]?.array ?? []).compactMap(\.string).joined(separator: "\n"))
    }
  }

  /// What went wrong, at the top of the page.
  private func failures(_ errors: [CellFailure]) -> String {
    let message = run.message.map { "<p>\(ColoredText($0).plain.asHTML)</p>" } ?? ""
    guard !errors.isEmpty || !message.isEmpty else { return "" }
    var lines = errors.prefix(NotebookPage.listedErrors).map { error in
      "<p><a href=\"#cell-\(error.cell + 1)\">\(error.name.asHTML)</a>: "
        + "\(String(ColoredText(error.message).plain.prefix(600)).asHTML)</p>"
    }
    if errors.count > lines.count {
      lines.append("<p class=\"note\">and \(errors.count - lines.count) more</p>")
    }
    var traceback = Markup()
    if let error = errors.first, !error.traceback.isEmpty {
      traceback.put("<details><summary>Traceback</summary><pre class=\"error\">")
      TerminalMarkup.put(String(error.traceback.prefix(50_000)), into: &traceback)
      traceback.put("</pre></details>")
    }
    return "<section class=\"failures\">\(message)\(lines.joined())\(traceback.text)</section>"
  }

  // MARK: Contents

  private func contents(_ headings: [MarkdownMarkup.Heading]) -> String {
    let highest = headings.map(\.level).min() ?? 1
    let shown = headings.filter { $0.level < highest + 3 }.prefix(500)
    guard shown.count > 2 else { return "" }
    let lines = shown.map { heading in
      "<li class=\"l\(heading.level - highest + 1)\"><a href=\"#\(heading.id.asHTML)\">"
        + "\(heading.title.text)</a></li>"
    }
    return
      "<nav class=\"toc\" aria-label=\"Contents\"><details open><summary>Contents</summary><ul>"
      + "\(lines.joined(separator: "\n"))</ul></details></nav>"
  }
}
