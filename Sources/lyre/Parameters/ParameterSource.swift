import Glibc
import JSONCore
import NotebookDocument
import NotebookParameters
import SystemSupport
import YAMLReading

/// Reads the parameters on a command line.
enum ParameterSource {
  /// All parameters in papermill's order, in which later ones take precedence: `-b`, `-f`, `-y`,
  /// `-p`, `-r`.
  ///
  /// - Throws: ``UsageError`` with the option, the place and the error.
  static func values(_ options: ParameterOptions, standardInputIsFree: Bool) throws(UsageError)
    -> JSONObject
  {
    var parameters = JSONObject()
    func add(_ object: JSONObject) {
      for member in object { parameters[member.key.string] = member.value }
    }
    for text in options.parametersBase64 {
      guard let bytes = Base64.decoded(text, allowsURLAlphabet: true) else {
        throw UsageError(message: "-b: this is not base64")
      }
      add(try values(bytes, "-b"))
    }
    guard options.parametersFile.filter({ $0 == "-" }).count <= (standardInputIsFree ? 1 : 0) else {
      throw UsageError(message: "-f -: standard input is already used for something else")
    }
    for path in options.parametersFile {
      add(try values(try read(path), "-f \(path)"))
    }
    for text in options.parametersYaml { add(try values(Array(text.utf8), "-y")) }
    for (name, text) in try pairs(options.parameters, "-p") {
      parameters[name] = JSONValue(parameterText: text)
    }
    for (name, text) in try pairs(options.rawParameters, "-r") { parameters[name] = .init(text) }
    return parameters
  }

  private static func pairs(_ arguments: [String], _ option: String) throws(UsageError)
    -> [(name: String, text: String)]
  {
    var pairs: [(name: String, text: String)] = []
    for argument in arguments {
      guard let separator = argument.firstIndex(of: ParameterArguments.separator) else {
        throw UsageError(message: "\(option): expected a name and a value, as in \(option) x 1")
      }
      pairs.append(
        (String(argument[..<separator]), String(argument[argument.index(after: separator)...])))
    }
    return pairs
  }

  /// A limit, because a device may return bytes forever.
  private static let maximumSize = 256 << 20

  /// The bytes of a file, of a pipe, or of standard input.
  private static func read(_ path: String) throws(UsageError) -> [UInt8] {
    do throws(NotebookError) {
      if path == "-" { return try NotebookFile.readAll(0, maximum: ParameterSource.maximumSize) }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        let reason =
          errno == ENOENT ? FilePath.missing(path) : SystemError().description
        throw NotebookError(.unreadable, reason)
      }
      defer { close(descriptor) }
      return try NotebookFile.readAll(descriptor, maximum: ParameterSource.maximumSize)
    } catch {
      throw UsageError(message: "-f \(path): \(error)")
    }
  }

  /// Parses parameters: JSON if the text is a JSON object, else YAML.
  private static func values(_ bytes: [UInt8], _ origin: String) throws(UsageError) -> JSONObject {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    let start = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    var jsonError: JSONError?
    if start == UInt8(ascii: "{") {
      do throws(JSONError) {
        return try JSONValue(parameterJSON: Array(bytes)).object ?? [:]
      } catch {
        jsonError = error
      }
    }
    if origin.hasSuffix(".json"), let jsonError {
      throw UsageError(message: "\(origin): \(jsonError)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError(message: "\(origin): this is not text in UTF-8")
    }
    let value: JSONValue?
    do throws(YAMLError) {
      value = try JSONValue(parsingYAML: text)
    } catch {
      throw UsageError(message: "\(origin): \(error)")
    }
    switch value {
    case nil, .null?: return [:]
    case .object(let object)?: return object
    case let value?:
      throw UsageError(
        message: "\(origin): expected names with values, as in 'x: 1', found \(value.kindName)")
    }
  }
}
