package import JSONCore

/// Compares the outputs of a cell that are stored in a notebook with those of a new run.
///
/// What is random in every run does not count: execution counts, metadata, tracebacks, how streams
/// are divided, and what the masks hide.
package struct OutputComparison: Sendable {
  /// The masks.
  package var masks: MaskSet
  /// What is not compared: `stdout`, `stderr`, `images`, or a MIME type.
  package var ignored: Set<String>
  /// The largest root mean square of the differences of two pictures, of 255.
  package var imageTolerance: Double

  /// The tolerance of pictures unless another one is given.
  package static let defaultImageTolerance = 2.0

  /// Creates a comparison.
  package init(
    masks: MaskSet = MaskSet(), ignored: Set<String> = [],
    imageTolerance: Double = OutputComparison.defaultImageTolerance
  ) {
    self.masks = masks
    self.ignored = ignored
    self.imageTolerance = imageTolerance
  }

  /// The differences between two lists of outputs; empty if they agree.
  ///
  /// - Parameters:
  ///   - stored: the outputs in the notebook, with unsplit texts.
  ///   - new: the outputs of the run, with unsplit texts.
  package func differences(stored: [JSONValue], new: [JSONValue]) -> [OutputDifference] {
    do throws(MaskSet.Overdue) {
      return try compared(ComparedOutputs(stored), ComparedOutputs(new))
    } catch {
      return [
        OutputDifference(
          "the outputs",
          "cannot be compared: the mask '\(error.pattern.regex)' (line \(error.pattern.line)) "
            + "takes too long; avoid nested repetitions such as (a*)* in it")
      ]
    }
  }

  private func compared(_ stored: ComparedOutputs, _ new: ComparedOutputs) throws(MaskSet.Overdue)
    -> [OutputDifference]
  {
    var differences: [OutputDifference] = []
    let names = stored.streams.map(\.name) + new.streams.map(\.name)
    for (place, name) in names.enumerated()
    where names.firstIndex(of: name) == place && !ignored.contains(name) {
      differences += try texts(name, stored.stream(name), new.stream(name))
    }
    let pairs = try pairs(
      stored.others.filter { !isIgnored($0) }, new.others.filter { !isIgnored($0) })
    for (place, pair) in pairs.enumerated() {
      let subject = "output \(place + 1)"
      switch pair {
      case (let stored?, let new?): differences += try bundles(subject, stored, new)
      case (let stored?, nil): differences += try alone(subject, stored, isStored: true)
      case (nil, let new?): differences += try alone(subject, new, isStored: false)
      case (nil, nil): break
      }
    }
    return differences
  }

  private func isIgnored(_ output: JSONObject) -> Bool {
    let parts = parts(of: output)
    return parts.isEmpty
      && (output["data"]?.object?.isEmpty == false || output["output_type"]?.string == "error")
  }

  /// The parts of an output that are compared, by MIME type; the name and the message of an error.
  func parts(of output: JSONObject) -> [(type: String, value: JSONValue)] {
    if output["output_type"]?.string == "error" {
      if ignored.contains("error") { return [] }
      let text = [output["ename"]?.string, output["evalue"]?.string].compactMap(\.self)
        .filter { !$0.isEmpty }.joined(separator: ": ")
      return [("error", .init(text))]
    }
    guard let data = output["data"]?.object else { return [] }
    return data.map { ($0.key.string, $0.value) }
      .filter { type, _ in
        !(ignored.contains(type) || ignored.contains("images") && type.hasPrefix("image/"))
      }
      .sorted { OutputComparison.rank($0.0) < OutputComparison.rank($1.0) }
  }

  /// The readable types come first.
  private static func rank(_ type: String) -> Int {
    let order = ["error", "text/plain", "text/markdown", "text/latex", "text/html"]
    return order.firstIndex(of: type) ?? order.count
  }

  // MARK: One output

  private func bundles(_ subject: String, _ stored: JSONObject, _ new: JSONObject)
    throws(MaskSet.Overdue) -> [OutputDifference]
  {
    let (left, right) = (parts(of: stored), parts(of: new))
    var differences: [OutputDifference] = []
    for (type, value) in left {
      let name = "\(subject) (\(type))"
      guard let other = right.first(where: { $0.type == type })?.value else {
        differences.append(OutputDifference(name, "is missing"))
        continue
      }
      guard var difference = try part(name, type, value, other) else { continue }
      if !differences.isEmpty, MimeKind(type) != .image {
        // It is the same difference in another form.
        difference = OutputDifference(name, "differs too")
      }
      differences.append(difference)
    }
    for (type, _) in right where !left.contains(where: { $0.type == type }) {
      differences.append(OutputDifference("\(subject) (\(type))", "is new"))
    }
    return differences
  }

  private func alone(_ subject: String, _ output: JSONObject, isStored: Bool)
    throws(MaskSet.Overdue) -> [OutputDifference]
  {
    let parts = parts(of: output)
    let message = isStored ? "is missing" : "is new"
    guard let first = parts.first else { return [OutputDifference(subject, message)] }
    let name = "\(subject) (\(parts.map(\.type).joined(separator: ", ")))"
    guard let text = first.value.string, MimeKind(first.type) == .text else {
      return [OutputDifference(name, message)]
    }
    let lines = try lines(text)
    let diff = LineDiff(stored: isStored ? lines : [], new: isStored ? [] : lines)
    return [OutputDifference(name, message, lines: diff.lines)]
  }

  private func part(_ name: String, _ type: String, _ stored: JSONValue, _ new: JSONValue)
    throws(MaskSet.Overdue) -> OutputDifference?
  {
    if stored == new { return nil }
    switch (MimeKind(type), stored.string, new.string) {
    case (.widgetView, _, _): return nil
    case (.image, let stored?, let new?):
      return ImageComparison(tolerance: imageTolerance).difference(stored, new)
        .map { OutputDifference(name, $0) }
    case (.markup, let stored?, let new?): return try markup(name, stored, new)
    case (.text, let stored?, let new?): return try texts(name, stored, new).first
    default: return try values(name, stored, new)
    }
  }

  // MARK: Texts

  private func texts(_ name: String, _ stored: String?, _ new: String?) throws(MaskSet.Overdue)
    -> [OutputDifference]
  {
    if let stored, let new, stored.utf8.elementsEqual(new.utf8) { return [] }
    let (left, right) = try lines(stored ?? "", new ?? "")
    if left == right {
      guard let stored, let new, stored.hasSuffix("\n") != new.hasSuffix("\n") else {
        // What is there consists of masked parts only.
        return stored == nil || new == nil ? [OutputDifference(name, word(stored, new))] : []
      }
      let what = stored.hasSuffix("\n") ? "has no line ending at its end now" : "ends a line now"
      return [OutputDifference(name, what)]
    }
    return [
      OutputDifference(name, word(stored, new), lines: LineDiff(stored: left, new: right).lines)
    ]
  }

  private func word(_ stored: String?, _ new: String?) -> String {
    stored == nil ? "is new" : new == nil ? "is missing" : "differs"
  }

  /// The lines of two texts, of which those need no masks that are equal at both ends.
  private func lines(_ stored: String, _ new: String) throws(MaskSet.Overdue)
    -> ([LineDiff.Line], [LineDiff.Line])
  {
    // The matches of a user's expressions may span lines.
    guard !masks.hasPatterns else { return (try lines(stored), try lines(new)) }
    let (left, right) = (split(stored), split(new))
    let count = min(left.count, right.count)
    var start = 0
    // By bytes: for Swift, texts of other normalization forms are equal.
    func isSame(_ left: Substring, _ right: Substring) -> Bool {
      left.utf8.elementsEqual(right.utf8)
    }
    while start < count, isSame(left[start], right[start]) { start += 1 }
    var end = 0
    while end < count - start,
      isSame(left[left.count - 1 - end], right[right.count - 1 - end])
    {
      end += 1
    }
    func masked(_ all: [Substring]) throws(MaskSet.Overdue) -> [LineDiff.Line] {
      let middle = all[start..<all.count - end]
      let equal = { (line: Substring) in LineDiff.Line(masked: line, shown: line) }
      return all[..<start].map(equal)
        + (middle.isEmpty ? [] : try lines(middle.joined(separator: "\n") + "\n"))
        + all[(all.count - end)...].map(equal)
    }
    return (try masked(left), try masked(right))
  }

  private func lines(_ text: String) throws(MaskSet.Overdue) -> [LineDiff.Line] {
    let masked = try masks.masked(text)
    return OutputComparison.lines(masked: split(masked), shown: split(text))
  }

  private func split(_ text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func lines(masked: [Substring], shown: [Substring]) -> [LineDiff.Line] {
    // A mask can remove lines.
    let shown = shown.count == masked.count ? shown : masked
    return zip(masked, shown).map { LineDiff.Line(masked: $0, shown: $1) }
  }

  private func markup(_ name: String, _ stored: String, _ new: String) throws(MaskSet.Overdue)
    -> OutputDifference?
  {
    let (left, right) = (
      try masks.masked(stored, isMarkup: true), try masks.masked(new, isMarkup: true)
    )
    if left.utf8.elementsEqual(right.utf8) { return nil }
    for form in [MarkupLines.text, MarkupLines.source] {
      let (stored, new) = (
        OutputComparison.lines(masked: form(left), shown: form(stored)),
        OutputComparison.lines(masked: form(right), shown: form(new))
      )
      if stored != new {
        return OutputDifference(name, "differs", lines: LineDiff(stored: stored, new: new).lines)
      }
    }
    return OutputDifference(name, "differs in white space")
  }

  private func values(_ name: String, _ stored: JSONValue, _ new: JSONValue)
    throws(MaskSet.Overdue) -> OutputDifference?
  {
    let (left, right) = (JSONLines(stored), JSONLines(new))
    let (stored, new) = (
      OutputComparison.lines(
        masked: split(try masks.masked(left.masked(masks.usesBuiltIn))), shown: split(left.text)),
      OutputComparison.lines(
        masked: split(try masks.masked(right.masked(masks.usesBuiltIn))), shown: split(right.text))
    )
    guard stored != new else { return nil }
    return OutputDifference(name, "differs", lines: LineDiff(stored: stored, new: new).lines)
  }
}
