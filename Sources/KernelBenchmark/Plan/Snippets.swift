import JSONCore

/// The code for the measurements in a kernel's language.
///
/// Placeholders in the text are `{count}` for a number, `{size}` for a number of bytes and
/// `{seconds}` for a duration; other text in braces is not changed.
public struct Snippets: Sendable, Hashable {
  /// The purpose of a snippet, which is its name in a file of snippets.
  public enum Purpose: String, Sendable, CaseIterable {
    /// An expression with the value 1, or equally cheap code.
    case value
    /// Prints one short line.
    case print
    /// Prints `{count}` short lines, each sent separately.
    case streams
    /// Shows `{count}` displays with `{size}` bytes each.
    case displays
    /// Prints `{size}` bytes at once.
    case text
    /// Prints one short line, and then waits for `{seconds}`.
    case wait
  }

  private var code: [Purpose: String]

  /// Creates snippets by purpose.
  public init(_ code: [Purpose: String]) {
    self.code = code
  }

  /// These snippets, completed by others.
  public func completed(by others: Snippets) -> Snippets {
    Snippets(code.merging(others.code) { own, _ in own })
  }

  /// The code for a purpose; nil if there is none.
  public func code(
    _ purpose: Purpose, count: Int = 1, size: Int = 10, seconds: Int = 60
  ) -> String? {
    guard let text = code[purpose] else { return nil }
    let values = ["{count}": count, "{size}": size, "{seconds}": seconds]
    return values.reduce(text) { $0.replacing($1.key, with: String($1.value)) }
  }

  /// An error: a file of snippets is not usable.
  public struct Invalid: Error, Sendable, CustomStringConvertible {
    /// The reason.
    public var description: String
  }

  /// Parses a file of snippets: an object of objects, the outer by the name of the kernel or the
  /// language, the inner by purpose.
  ///
  /// - Parameter bytes: the JSON.
  /// - Returns: the snippets by name, in lower case.
  /// - Throws: ``Invalid``, with the error and its place.
  public static func read(_ bytes: [UInt8]) throws(Invalid) -> [String: Snippets] {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Invalid(description: "not JSON: \(error)")
    }
    guard let languages = json.object else {
      throw Invalid(
        description: "expected an object by kernel or language, not \(json.kindName)")
    }
    var result: [String: Snippets] = [:]
    for language in languages {
      let name = language.key.string
      guard let members = language.value.object else {
        throw Invalid(
          description: "'\(name)': expected an object by purpose, not \(language.value.kindName)")
      }
      var code: [Purpose: String] = [:]
      for member in members {
        guard let purpose = Purpose(rawValue: member.key.string) else {
          let known = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
          throw Invalid(
            description: "'\(name)': unknown purpose '\(member.key.string)'; known: \(known)")
        }
        if member.value.isNull { continue }
        guard let text = member.value.string else {
          throw Invalid(
            description: "'\(name)', '\(purpose)': expected a string, not \(member.value.kindName)")
        }
        code[purpose] = text
      }
      result[name.lowercased()] = Snippets(code)
    }
    return result
  }
}

extension Snippets {
  /// Lyre's own snippets for a language, by its name in kernelspecs; empty for an unknown language.
  public static func builtIn(_ language: String) -> Snippets {
    switch language.lowercased() {
    case "python", "ipython": python
    case "r": r
    case "julia": julia
    case "bash", "sh", "zsh": shell
    case "javascript", "typescript": javaScript
    default: Snippets([:])
    }
  }

  private static let python = Snippets([
    .value: "1",
    .print: "print('lyre')",
    .streams: """
    import sys
    for i in range({count}):
        sys.stdout.write('lyre\\n')
        sys.stdout.flush()
    """,
    .displays: """
    from IPython.display import display
    x = {'text/plain': 'x' * {size}}
    for i in range({count}):
        display(x, raw=True)
    """,
    .text: "print('x' * {size})",
    .wait: """
    import sys, time
    print('lyre')
    sys.stdout.flush()
    time.sleep({seconds})
    """,
  ])

  private static let r = Snippets([
    .value: "1",
    .print: "cat('lyre\\n')",
    .streams: "for (i in 1:{count}) { cat('lyre\\n'); flush.console() }",
    .displays: """
    x <- list('text/plain' = strrep('x', {size}))
    for (i in 1:{count}) IRdisplay::publish_mimebundle(x)
    """,
    .text: "cat(strrep('x', {size}), '\\n', sep = '')",
    .wait: "cat('lyre\\n'); flush.console(); Sys.sleep({seconds})",
  ])

  private static let julia = Snippets([
    .value: "1",
    .print: "println(\"lyre\")",
    .streams: "for i in 1:{count}; println(\"lyre\"); flush(stdout); end",
    .displays: """
    let x = "x"^{size}
      for i in 1:{count}; display("text/plain", x); end
    end
    """,
    .text: "println(\"x\"^{size})",
    .wait: "println(\"lyre\"); flush(stdout); sleep({seconds})",
  ])

  /// Displays with bash_kernel's function for HTML.
  private static let shell = Snippets([
    .value: "true",
    .print: "echo lyre",
    .streams: "for ((i = 0; i < {count}; i++)); do echo lyre; done",
    .displays: """
    x=$(head -c {size} /dev/zero | tr '\\0' x)
    for ((i = 0; i < {count}; i++)); do printf %s "$x" | displayHTML; done
    """,
    .text: "head -c {size} /dev/zero | tr '\\0' x; echo",
    .wait: "echo lyre; sleep {seconds}",
  ])

  private static let javaScript = Snippets([
    .value: "1",
    .print: "console.log('lyre')",
    .streams: "for (let i = 0; i < {count}; i++) console.log('lyre')",
    .displays: """
    const bundle = {data: {'text/plain': 'x'.repeat({size})}, metadata: {}, transient: {}};
    for (let i = 0; i < {count}; i++) await Deno.jupyter.broadcast('display_data', bundle);
    """,
    .text: "console.log('x'.repeat({size}))",
    .wait: "console.log('lyre'); await new Promise((done) => setTimeout(done, {seconds} * 1000))",
  ])
}
