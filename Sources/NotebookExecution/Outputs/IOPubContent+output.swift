import JSONCore
import JupyterProtocol

extension IOPubContent {
  /// The output for a message, in the notebook's format; nil if it produces none.
  var output: JSONObject? {
    switch self {
    case .stream(let stream):
      ["name": .init(stream.name), "output_type": "stream", "text": .init(stream.text)]
    case .displayData(let display): display.output(.display)
    case .executeResult(let display, let count): display.output(.result(count))
    case .error(let error):
      [
        "ename": .init(error.name), "evalue": .init(error.value), "output_type": "error",
        "traceback": .array(error.traceback.map { .init($0) }),
      ]
    case .status, .executeInput, .updateDisplayData, .clearOutput, .comm, .welcome, .other: nil
    }
  }
}

/// How a display was produced.
enum DisplayKind: Sendable, Hashable {
  /// Displayed by code.
  case display
  /// The value of the code, with its execution count.
  case result(Int?)
}

extension DisplayContent {
  /// The output for it, in the notebook's format.
  func output(_ kind: DisplayKind) -> JSONObject {
    switch kind {
    case .display:
      ["data": .object(data), "metadata": .object(metadata), "output_type": "display_data"]
    case .result(let count):
      [
        "data": .object(data), "execution_count": count.map { .init($0) } ?? .null,
        "metadata": .object(metadata), "output_type": "execute_result",
      ]
    }
  }
}
