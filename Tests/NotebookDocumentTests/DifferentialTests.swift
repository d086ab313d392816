import Glibc
import JSONCore
import KernelTesting
import NotebookDocument
import RealKernels
import Testing

/// Random notebooks and values, with a fixed seed; `LYRE_FUZZ_ROUNDS` multiplies their number, and
/// `LYRE_FUZZ_SEED` changes the seed.
@Suite(
  "Random changes, compared with Python",
  .enabled(if: NbformatReference.isThere, Comment(rawValue: RealKernels.missing)))
struct DifferentialTests {
  private static func variable(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }
  private static let rounds = variable("LYRE_FUZZ_ROUNDS") ?? 1
  private static let seed = UInt64(variable("LYRE_FUZZ_SEED") ?? 7)

  /// Small real notebooks of nbformat 4, from all over the corpus.
  private static func notebooks(_ count: Int) throws -> [JSONValue] {
    let paths = Corpus.notebooks(in: "")
    var found: [JSONValue] = []
    for path in paths where found.count < count {
      let bytes = try NotebookFile(path).read()
      guard bytes.count < 12_000, let value = try? JSONValue(parsing: bytes),
        value["nbformat"]?.int == 4, value["cells"]?.array?.isEmpty == false
      else { continue }
      found.append(value)
    }
    return found
  }

  @Test(
    "validity agrees with nbformat's schemas, for any change in real notebooks",
    .enabled(if: Corpus.isThere))
  func validity() throws {
    var random = RandomJSON(seed: DifferentialTests.seed)
    let originals = try DifferentialTests.notebooks(120)
    try #require(originals.count > 100)
    try TemporaryDirectory.with { directory in
      var documents: [NotebookDocument] = []
      var paths: [String] = []
      for original in originals {
        for _ in 0..<15 * DifferentialTests.rounds {
          var notebook = original.object ?? [:]
          // The other members define the format, so they are not changed.
          notebook["nbformat_minor"] = .init(random.number(below: 8))
          var parts = ["cells", "metadata"]
          if random.chance(50) { parts = ["cells"] }
          for _ in 0..<1 + random.number(below: 2) {
            let part = random.pick(parts)
            if let value = notebook[part] { notebook[part] = random.mutated(value) }
          }
          let bytes = JSONValue.object(notebook).serialized()
          guard let document = try? NotebookDocument(bytes) else { continue }
          let path = "\(directory.path)/\(paths.count).ipynb"
          try NotebookFile(path).write(bytes)
          paths.append(path)
          documents.append(document)
        }
      }
      var valid = 0
      let answers = try NbformatReference.answers(paths, "is_valid")
      for (document, answer) in zip(documents, answers) {
        guard let isValid = answer.isValid else { continue }
        valid += isValid ? 1 : 0
        #expect(
          document.faults.isEmpty == isValid,
          "\(document.faults): \(String(decoding: document.serialized(), as: UTF8.self))")
      }
      // Otherwise the changes would be too small, or too large, to test anything.
      #expect(valid > documents.count / 10 && documents.count - valid > documents.count / 10)
    }
  }

  @Test(
    "new outputs have the bytes of nbformat.write", .enabled(if: Corpus.isThere))
  func outputs() throws {
    var random = RandomJSON(seed: DifferentialTests.seed)
    try TemporaryDirectory.with { directory in
      var results: [[UInt8]] = []
      var tasks: [String] = []
      for (number, original) in try DifferentialTests.notebooks(150).enumerated() {
        let document = try? NotebookDocument(
          NotebookDocument(original.serialized()).formatted())
        guard var document, document.faults.isEmpty else { continue }
        for _ in 0..<DifferentialTests.rounds {
          let path = "\(directory.path)/\(number).ipynb"
          try NotebookFile(path).write(document.serialized())
          var outputs: [JSONValue] = []
          for cell in document.cells where cell.kind == .code {
            let own = (0..<random.number(below: 4)).map { _ in random.output() }
            outputs.append(.array(own))
            document.setOutputs(own, at: cell.index)
            document.setExecutionCount(outputs.count, at: cell.index)
          }
          let task: JSONValue = ["path": .init(path), "outputs": .array(outputs)]
          tasks.append(String(decoding: task.serialized(), as: UTF8.self))
          results.append(document.serialized())
        }
      }
      try #require(tasks.count > 80)
      let lines = try NbformatReference.lines("nbformat_outputs.py", tasks)
      for (result, line) in zip(results, lines) {
        let expected = try #require(try JSONValue(parsing: line).string)
        #expect(String(decoding: result, as: UTF8.self) == expected)
      }
    }
  }

  @Test("texts are JSON if Python accepts them, and are written as Python writes them")
  func json() throws {
    var random = RandomJSON(seed: DifferentialTests.seed)
    var texts: [[UInt8]] = []
    for _ in 0..<2000 * DifferentialTests.rounds {
      let style = JSONStyle(
        indent: random.pick([nil, " ", "\t"]), newline: random.pick(["\n", "\r\n"]),
        itemSeparator: random.pick([",", ", ", " ,\n"]), keySeparator: random.pick([":", " : "]),
        escapesNonASCII: random.chance(30))
      var text = random.value(depth: 4).serialized(style)
      if random.chance(50) {
        for _ in 0..<1 + random.number(below: 3) where !text.isEmpty {
          let place = random.number(below: text.count)
          switch random.number(below: 4) {
          case 0: text[place] = random.pick(Array("{}[],:\"\\/ \n\t0189-+.eEnutfNI".utf8))
          case 1: text.remove(at: place)
          case 2: text.insert(random.pick(text), at: place)
          default: text.removeSubrange(place..<min(place + 3, text.count))
          }
        }
      }
      // Invalid UTF-8 never reaches Python's json, and its integers have at most 4,300 digits.
      guard String(validating: text, as: UTF8.self) != nil else { continue }
      texts.append(text)
    }
    let tasks = texts.map { text in
      String(
        decoding: JSONValue(String(decoding: text, as: UTF8.self))
          .serialized(JSONStyle(escapesNonASCII: true)), as: UTF8.self)
    }
    var accepted = 0
    for (text, line) in zip(texts, try NbformatReference.lines("python_json.py", tasks)) {
      let answer = try JSONValue(parsing: line)
      let own = try? JSONValue(parsing: text)
      let shown = "\(String(decoding: text, as: UTF8.self).debugDescription)"
      #expect((own == nil) == answer.isNull, "\(shown)")
      guard let own, case .string(let expected) = answer else { continue }
      accepted += 1
      // As text, because unpaired surrogates are escapes for us and characters for Python.
      let written = spelled(own).serialized(
        JSONStyle(indent: " ", keySeparator: ": ", sortsKeys: true, escapesNonASCII: true))
      let theirs = try JSONValue(parsing: Array(expected.string.utf8)).serialized(
        JSONStyle(indent: " ", keySeparator: ": ", sortsKeys: true, escapesNonASCII: true))
      if !expected.hasLoneSurrogates { #expect(written == theirs, "\(shown)") }
    }
    #expect(accepted > texts.count / 2 && texts.count - accepted > texts.count / 10)
  }

  /// A value with numbers in Python's spelling.
  private func spelled(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number): .number(number.pythonSpelling)
    case .array(let elements): .array(elements.map(spelled))
    case .object(let object):
      .object(JSONObject(object.map { .init(key: $0.key, value: spelled($0.value)) }))
    default: value
    }
  }
}
