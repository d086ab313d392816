import Glibc
import JSONCore
import JupyterProtocol

/// A running cell: executes its lines, and sends the messages around them.
struct ScriptedCell {
  /// Why the following lines are not executed.
  private enum Stop: Error {
    case failed(name: String, value: String)
    case interrupted
    case done
  }

  let request: Message
  let runner: ScriptRunner
  private(set) var hasFailed = false

  private var reply: JSONObject = [:]
  private var omitted: Set<String> = []
  private var late: [(milliseconds: Int, text: String, faults: [Fault])] = []
  private var count = 0

  init(request: Message, runner: ScriptRunner) {
    self.request = request
    self.runner = runner
  }

  private var voice: Voice { runner.voice }

  /// Executes all lines, up to the first that stops the script.
  mutating func run(count: Int) {
    self.count = count
    reply = ["status": "ok", "execution_count": .init(count), "user_expressions": [:]]
    let code = request.content["code"]?.string ?? ""
    let lines: [ScriptLine]
    var failure: Stop?
    do throws(ScriptLine.Invalid) {
      lines = try ScriptLine.all(in: runner.options.prelude + code)
    } catch {
      lines = []
      failure = .failed(name: "ScriptError", value: error.description)
    }
    for line in lines where line.name == "no" {
      omitted.formUnion(line.rest.split(separator: " ").map(String.init))
    }
    if !omitted.contains("busy") { runner.status("busy", request) }
    if !omitted.contains("input"), request.content["silent"]?.bool != true {
      publish(.executeInput, ["code": .init(code), "execution_count": .init(count)])
    }
    for (parent, text) in runner.takeHaunting() {
      voice.send(
        .stream, ["name": "stdout", "text": .init(text)], on: .iopub, parent: parent)
    }
    do throws(Stop) {
      if let failure { throw failure }
      for line in lines {
        if case .interrupt? = runner.wakes.take(withinMilliseconds: 0) { try wasInterrupted() }
        try perform(line)
      }
    } catch {
      stopped(error)
    }
  }

  /// Sends the missing reply and idle status, and then the late outputs.
  mutating func finish() {
    sendReply([])
    sendIdle([])
    for (milliseconds, text, faults) in late {
      let content: JSONValue = ["name": "stdout", "text": .init(text)]
      let (voice, request) = (voice, request)
      if milliseconds == 0 {
        voice.send(.stream, content, on: .iopub, parent: request, faults: faults)
      } else {
        startThread {
          _ = BlockingQueue<Never>().take(withinMilliseconds: milliseconds)
          voice.send(.stream, content, on: .iopub, parent: request, faults: faults)
        }
      }
    }
  }

  private mutating func sendReply(_ faults: [Fault]) {
    guard omitted.insert("reply").inserted else { return }
    voice.send(
      "execute_reply", .object(reply), on: .shell, parent: request, faults: faults)
  }

  private mutating func sendIdle(_ faults: [Fault]) {
    guard omitted.insert("idle").inserted else { return }
    runner.status("idle", request, faults: faults)
  }

  private mutating func stopped(_ stop: Stop) {
    switch stop {
    case .done: break
    case .failed(let name, let value):
      publish(.error, error(name, value))
      fail(name, value)
    case .interrupted:
      switch runner.options.interrupt {
      case .abort:
        hasFailed = true
        reply = ["status": "abort", "execution_count": .init(count)]
      case .ok, .ignore: break
      case .error, .exit, .die:
        publish(.error, error("KeyboardInterrupt", ""))
        fail("KeyboardInterrupt", "")
      }
    }
  }

  private mutating func fail(_ name: String, _ value: String) {
    hasFailed = true
    reply = error(name, value).object ?? [:]
    reply["status"] = "error"
    reply["execution_count"] = .init(count)
  }

  private func error(_ name: String, _ value: String) -> JSONValue {
    [
      "ename": .init(name), "evalue": .init(value),
      "traceback": ["\u{1B}[31m\(name)\u{1B}[0m: \(value)".asJSON],
    ]
  }

  private func publish(
    _ type: MessageType, _ content: JSONValue, _ line: ScriptLine? = nil,
    buffers: [[UInt8]] = []
  ) {
    voice.send(
      type, content, on: .iopub, parent: request, buffers: buffers, faults: line?.faults ?? [])
  }

  private func wasInterrupted() throws(Stop) {
    if runner.options.interrupt != .ignore { throw .interrupted }
  }

  // MARK: Commands

  private mutating func perform(_ line: ScriptLine) throws(Stop) {
    let (word, rest) = line.firstWord
    switch line.name {
    case "no": break
    case "stream":
      publish(.stream, ["name": .init(word), "text": .init(ScriptLine.unescaped(rest))], line)
    case "print": publish(.stream, ["name": "stdout", "text": .init(line.text + "\n")], line)
    case "display": publish(.displayData, display(["text/plain": .init(line.text)]), line)
    case "display-id":
      publish(
        .displayData,
        display(["text/plain": .init(ScriptLine.unescaped(rest))], id: word), line)
    case "update":
      publish(
        .updateDisplayData,
        display(["text/plain": .init(ScriptLine.unescaped(rest))], id: word), line)
    case "mime":
      publish(
        .displayData,
        display(.object(JSONObject([.init(key: JSONString(word), value: try json(rest))]))),
        line)
    case "result":
      publish(
        .executeResult,
        [
          "execution_count": .init(count), "data": ["text/plain": .init(line.text)],
          "metadata": [:],
        ], line)
    case "clear": publish(.clearOutput, ["wait": .init(word == "wait")], line)
    case "message":
      publish(MessageType(rawValue: word), try json(rest), line)
    case "parentless":
      voice.send(
        .stream, ["name": "stdout", "text": .init(line.text)], on: .iopub, parent: nil,
        faults: line.faults)
    case "flood":
      voice.flood(try number(word), size: try number(String(rest)), parent: request)
    case "display-flood":
      voice.flood(
        try number(word), size: try number(String(rest)), as: .displayData, parent: request)
    case "late":
      late.append((try number(word), ScriptLine.unescaped(rest), line.faults))
    case "haunt": runner.haunt(request, line.text)
    case "comm-open":
      let (target, data) = try words(rest)
      runner.remember(comm: word, target: target)
      publish(
        .commOpen,
        ["comm_id": .init(word), "target_name": .init(target), "data": try json(data)], line)
    case "comm":
      publish(
        .commMessage, ["comm_id": .init(word), "data": try json(rest)], line,
        buffers: [[0, 1, 2, 255]])
    case "comm-close":
      publish(.commClose, ["comm_id": .init(word), "data": [:]], line)
    default: try performControl(line, word, rest)
    }
  }

  private mutating func performControl(_ line: ScriptLine, _ word: String, _ rest: Substring)
    throws(Stop)
  {
    switch line.name {
    case "error":
      publish(.error, error(word, ScriptLine.unescaped(rest)), line)
      fail(word, ScriptLine.unescaped(rest))
      throw .done
    case "error-in-reply":
      fail(word, ScriptLine.unescaped(rest))
      throw .done
    case "error-on-iopub":
      publish(.error, error(word, ScriptLine.unescaped(rest)), line)
      throw .done
    case "reply-content":
      guard case .object(let members) = try json(line.rest) else { throw scriptError(line) }
      for member in members { reply[member.key.string] = member.value }
    case "reply-is": reply = try json(line.rest).object ?? [:]
    case "reply": sendReply(line.faults)
    case "idle": sendIdle(line.faults)
    case "busy": runner.status("busy", request, faults: line.faults)
    case "input", "password", "input-anyway": try input(line)
    case "sleep": try wait(milliseconds: try number(word))
    case "hang": try wait(milliseconds: nil)
    case "deaf":
      runner.kernel.becomeDeaf()
      try wait(milliseconds: nil)
    case "ignore":
      guard let signal = signalNumber(word) else { throw scriptError(line) }
      runner.kernel.ignore(signal)
    case "exit": runner.kernel.leave(.exit(Int32(clamping: try number(word))))
    case "die":
      guard let signal = signalNumber(word) else { throw scriptError(line) }
      runner.kernel.leave(.signal(signal))
    case "crash": kill(getpid(), SIGKILL)
    case "spawn":
      let child = runner.kernel.startChild(isStubborn: word == "stubborn")
      publish(.stream, ["name": "stdout", "text": .init("\(child)\n")], line)
    case "stderr": writeLine(line.text, to: STDERR_FILENO)
    case "stdout": writeLine(line.text, to: STDOUT_FILENO)
    case "directory":
      let path = getcwd(nil, 0)
      defer { free(path) }
      let name = path.map { String(cString: $0) } ?? "?"
      publish(.stream, ["name": "stdout", "text": .init(name + "\n")], line)
    case "pid": publish(.stream, ["name": "stdout", "text": .init("\(getpid())\n")], line)
    default: throw .failed(name: "ScriptError", value: "there is no command '\(line.name)'")
    }
  }

  private func display(_ data: JSONValue, id: String? = nil) -> JSONValue {
    [
      "data": data, "metadata": [:],
      "transient": id.map { ["display_id": .init($0)] } ?? [:],
    ]
  }

  private func input(_ line: ScriptLine) throws(Stop) {
    let isAllowed = request.content["allow_stdin"]?.bool ?? true
    guard isAllowed || line.name == "input-anyway" else {
      throw .failed(
        name: "StdinNotImplementedError",
        value: "raw_input was called, but this frontend does not support input requests.")
    }
    voice.send(
      .inputRequest,
      ["prompt": .init(line.text), "password": .init(line.name == "password")], on: .stdin,
      parent: request, faults: line.faults)
    while true {
      switch runner.wakes.take() {
      case .interrupt: try wasInterrupted()
      case .input(let answer):
        let value = answer.content["value"]?.string ?? ""
        publish(.stream, ["name": "stdout", "text": .init("\(value)\n")])
        return
      }
    }
  }

  private func wait(milliseconds: Int?) throws(Stop) {
    while true {
      let wake: ScriptRunner.Wake
      if let milliseconds {
        guard let next = runner.wakes.take(withinMilliseconds: milliseconds) else { return }
        wake = next
      } else {
        wake = runner.wakes.take()
      }
      if case .interrupt = wake { try wasInterrupted() }
    }
  }

  // MARK: Arguments

  private func json(_ text: Substring) throws(Stop) -> JSONValue {
    if text.isEmpty { return [:] }
    do {
      return try JSONValue(parsing: Array(text.utf8))
    } catch {
      throw .failed(name: "ScriptError", value: "\(error)")
    }
  }

  private func number(_ text: String) throws(Stop) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw .failed(name: "ScriptError", value: "'\(text)' is not a number")
    }
    return number
  }

  private func words(_ text: Substring) throws(Stop) -> (String, Substring) {
    guard let space = text.firstIndex(of: " ") else { return (String(text), "") }
    return (String(text[..<space]), text[text.index(after: space)...])
  }

  private func scriptError(_ line: ScriptLine) -> Stop {
    .failed(name: "ScriptError", value: "'\(line.name) \(line.rest)' cannot be done")
  }
}

extension String {
  fileprivate var asJSON: JSONValue { JSONValue(self) }
}

/// Writes to one of the process's own streams, without buffering.
func writeLine(_ text: String, to descriptor: Int32) {
  var bytes = Array((text + "\n").utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { return }
    bytes = bytes.dropFirst(count)
  }
}
