import JSONCore
import JupyterProtocol
import Synchronization

/// One shell of the kernel, which processes requests one after another and runs their scripts.
final class ScriptRunner: Sendable {
  /// An event that ends a wait of a running script.
  enum Wake: Sendable {
    case interrupt
    case input(Message)
  }

  let requests = BlockingQueue<Message>()
  let wakes = BlockingQueue<Wake>()
  let kernel: ScriptedKernel
  let isRunning = Atomic<Bool>(false)

  private struct State {
    var executionCount = 0
    var comms: [String: String] = [:]
    /// Outputs of the last cell that are sent while the next one runs.
    var haunting: [(parent: Message, text: String)] = []
  }

  private let state = Mutex(State())

  var voice: Voice { kernel.voice }
  var options: ScriptedKernelOptions { kernel.options }

  init(kernel: ScriptedKernel) {
    self.kernel = kernel
  }

  /// Answers requests for as long as the process lives.
  func run() -> Never {
    while true { answer(requests.take()) }
  }

  /// Stops the running script as configured by the options; does nothing if none is running.
  func interrupt() {
    if isRunning.load(ordering: .acquiring) { wakes.put(.interrupt) }
  }

  private func answer(_ request: Message) {
    switch request.header.messageType {
    case .executeRequest: execute(request)
    case .kernelInfoRequest: kernel.answerInfo(request, on: .shell)
    case .isCompleteRequest: reply(request, "is_complete_reply", ["status": "complete"])
    case .completeRequest:
      let cursor = request.content["cursor_pos"] ?? 0
      reply(
        request, "complete_reply",
        [
          "status": "ok", "matches": ["stream", "display"], "cursor_start": 0,
          "cursor_end": cursor, "metadata": [:],
        ])
    case .inspectRequest:
      reply(
        request, "inspect_reply",
        ["status": "ok", "found": true, "data": ["text/plain": "a script"], "metadata": [:]])
    case .historyRequest:
      reply(
        request, "history_reply", ["status": "ok", "history": [[1, 1, "stream stdout hello"]]])
    case .commInfoRequest:
      let comms = state.withLock { $0.comms }.sorted { $0.key < $1.key }
      let members = comms.map {
        JSONObject.Member(key: JSONString($0.key), value: ["target_name": .init($0.value)])
      }
      reply(
        request, "comm_info_reply", ["status": "ok", "comms": .object(JSONObject(members))])
    case .commOpen: opened(request)
    case .commMessage:
      status("busy", request)
      // An echo tests both sides of a comm.
      voice.send(
        .commMessage, request.content, on: .iopub, parent: request, buffers: request.buffers)
      status("idle", request)
    case .commClose:
      status("busy", request)
      _ = state.withLock {
        $0.comms.removeValue(forKey: request.content["comm_id"]?.string ?? "")
      }
      status("idle", request)
    case .shutdownRequest: kernel.shutDown(request, on: .shell)
    default:
      // As ipykernel: ignore unknown requests without a reply.
      status("busy", request)
      status("idle", request)
    }
  }

  private func reply(_ request: Message, _ type: MessageType, _ content: JSONValue) {
    status("busy", request)
    voice.send(type, content, on: .shell, parent: request)
    status("idle", request)
  }

  func status(_ state: String, _ parent: Message, faults: [Fault] = []) {
    voice.send(
      .status, ["execution_state": .init(state)], on: .iopub, parent: parent, faults: faults)
  }

  func opened(_ request: Message) {
    guard let id = request.content["comm_id"]?.string else { return }
    state.withLock { $0.comms[id] = request.content["target_name"]?.string ?? "" }
    status("busy", request)
    status("idle", request)
  }

  func remember(comm id: String, target: String) {
    state.withLock { $0.comms[id] = target }
  }

  func haunt(_ parent: Message, _ text: String) {
    state.withLock { $0.haunting.append((parent, text)) }
  }

  // MARK: Cells

  private func execute(_ request: Message) {
    var cell = ScriptedCell(request: request, runner: self)
    _ = wakes.takeAll()
    isRunning.store(true, ordering: .releasing)
    let count = state.withLock { state in
      if request.content["silent"]?.bool != true { state.executionCount += 1 }
      return state.executionCount
    }
    cell.run(count: count)
    isRunning.store(false, ordering: .releasing)
    let aborts =
      cell.hasFailed && options.abortsQueue && request.content["stop_on_error"]?.bool ?? true
    // Taken before the idle status: a client that waits for it may send its next request at once.
    let waiting = aborts ? requests.takeAll() : []
    cell.finish()
    abort(waiting)
  }

  func takeHaunting() -> [(parent: Message, text: String)] {
    state.withLock { state in
      defer { state.haunting = [] }
      return state.haunting
    }
  }

  /// Aborts the requests that wait behind a failed cell.
  private func abort(_ waiting: [Message]) {
    for request in waiting {
      guard request.header.messageType == .executeRequest else {
        answer(request)
        continue
      }
      status("busy", request)
      voice.send(
        "execute_reply", ["status": "aborted"], on: .shell, parent: request)
      status("idle", request)
    }
  }
}
