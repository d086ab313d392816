import Glibc
import JSONCore
import JupyterProtocol
import Synchronization
import ZeroMQ

/// A kernel that executes the commands in its cells and misbehaves on command: a real process that
/// speaks the protocol through our own sockets.
///
/// Run it as `scripted-kernel -f CONNECTION_FILE [OPTION...]`; ``ScriptedKernelSpec`` installs it.
///
/// ## Cells
/// A cell is a script with one command per line; `#` begins a comment. Before the commands the
/// kernel sends busy and `execute_input`, after them the reply and idle, as ipykernel does. In text
/// `\n`, `\r`, `\t`, `\e` and `\\` are escapes.
///
/// | command | effect |
/// | --- | --- |
/// | `print TEXT`, `stream stdout\|stderr TEXT` | a stream message; `print` adds the end of line |
/// | `display TEXT`, `display-id ID TEXT`, `update ID TEXT`, `mime TYPE JSON` | display data |
/// | `result TEXT`, `clear [wait]` | an execute result; `clear_output` |
/// | `message TYPE JSON` | any message on iopub |
/// | `parentless TEXT` | a stream message with the parent `{}` |
/// | `late MS TEXT` | a stream message MS ms after reply and idle; 0 is at once, as deno does |
/// | `haunt TEXT` | a stream message of this cell, while the next one runs |
/// | `flood N SIZE`, `display-flood N SIZE` | N numbered streams or displays of SIZE bytes, as fast as can be |
/// | `comm-open ID TARGET JSON`, `comm ID JSON`, `comm-close ID` | comms; a `comm_msg` from the client is echoed |
/// | `error NAME VALUE` | iopub error and error reply; skips the rest |
/// | `error-in-reply NAME VALUE`, `error-on-iopub NAME VALUE` | only one of the two |
/// | `reply-content JSON`, `reply-is JSON` | changes members of the reply; replaces the reply |
/// | `reply`, `idle`, `busy` | sends it now instead of at the end |
/// | `no [busy] [input] [reply] [idle]` | leaves these out |
/// | `input PROMPT`, `password PROMPT` | asks for input and prints it |
/// | `input-anyway PROMPT` | asks although the client does not allow it |
/// | `sleep MS`, `hang` | waits; an interrupt ends it |
/// | `deaf` | hangs and takes neither interrupts, nor requests on control, nor SIGTERM |
/// | `ignore SIGNAL` | ignores SIGINT or SIGTERM from now on |
/// | `exit CODE`, `die SIGNAL` | ends the process after everything has been sent |
/// | `crash` | SIGKILL at once |
/// | `spawn [stubborn]` | a child in the process group, which may ignore SIGTERM; prints its pid |
/// | `stdout TEXT`, `stderr TEXT` | a line on the process's own streams |
/// | `pid` | prints the process id |
/// | `directory` | prints the working directory |
///
/// `with FAULT[,FAULT...] COMMAND` adds faults to the command's messages, also to `reply` and
/// `idle`:
/// `wrong-parent`, `no-parent`, `null-parent`, `no-date`, `odd-date`, `no-version`, `bare-header`,
/// `no-header`, `null-content`, `nan`, `deep`, `no-topic`, `not-json`, `invalid-utf8` (for each é),
/// `bad-signature`, `short-signature`, `unsigned`, `replay`, `few-frames`, `delimiter-only`,
/// `no-delimiter`, `empty-frame`.
///
/// ## Options
/// Start: `--note-start FILE` (adds a line of its process id and connection file),
/// `--stderr TEXT`, `--stdout TEXT`, `--slow-start MS`, `--end-at-start 'exit N'|SIGNAL`,
/// `--port-taken-unless FILE` (ends as ipykernel does when a port is in use, unless the file
/// exists; creates it), `--no-iopub` (does not bind iopub), `--child`, `--stubborn-child`,
/// `--no-welcome`, `--welcome-with FAULTS`, `--no-starting`, `--parentless-start TEXT`,
/// `--lost-statuses N`, `--unanswered-infos N`, `--no-info`, `--slow-info MS`,
/// `--info-with FAULTS`, `--info JSON`, `--no-control-info`, `--no-heartbeat`.
/// Messages: `--topics kernel|type|none`, `--date TEXT` (empty: none), `--echo-session`,
/// `--prelude LINE` (run before each cell). Interrupts: `--interrupt error|abort|ok|ignore|
/// 'exit N'|SIGNAL`, `--interrupt-reply JSON`, `--no-interrupt-reply`, `--ignore SIGNAL`,
/// `--runs-queue` (does not abort queued requests after an error). End: `--shutdown-reply JSON`,
/// `--no-shutdown-reply`, `--no-exit`, `--slow-exit MS`, `--exit 'exit N'|SIGNAL`.
/// `--replay TRANSCRIPT` answers as a recorded kernel did (see ``TranscriptPlayer``).
public final class ScriptedKernel: Sendable {
  let options: ScriptedKernelOptions
  let voice: Voice

  private let io: IOThread
  private let control = BlockingQueue<(Message, Channel)>()
  private let stdin = BlockingQueue<Message>()
  private let isDeaf = Atomic<Bool>(false)
  private let ignored: Mutex<Set<Int32>>
  private let infosToIgnore: Mutex<Int>
  private let runners = Mutex<[String: ScriptRunner]>([:])
  private let leaving = Mutex(false)

  private init(options: ScriptedKernelOptions, voice: Voice, io: IOThread) {
    self.options = options
    self.voice = voice
    self.io = io
    ignored = Mutex(options.ignoredSignals)
    infosToIgnore = Mutex(options.unansweredInfos)
  }

  /// Runs the kernel; returns only if the arguments are not valid.
  ///
  /// - Parameter arguments: the command line without the program's name.
  /// - Returns: the exit code.
  public static func main(_ arguments: [String]) -> Int32 {
    if arguments.first == "--be-child" { beChild(isStubborn: arguments.last == "stubborn") }
    // Signals are blocked, and a thread of its own waits for them.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    do {
      let options = try ScriptedKernelOptions(arguments)
      try start(options)
    } catch {
      writeLine("scripted-kernel: \(error)", to: STDERR_FILENO)
      return error is ZeroMQError ? 1 : 2
    }
  }

  private static func start(_ options: ScriptedKernelOptions) throws -> Never {
    if let path = options.noteOfStart {
      let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      writeLine("\(getpid()) \(options.connectionFile)", to: descriptor)
      close(descriptor)
    }
    if let text = options.standardOutput { writeLine(text, to: STDOUT_FILENO) }
    if let text = options.standardError { writeLine(text, to: STDERR_FILENO) }
    if options.startDelay > 0 {
      _ = BlockingQueue<Never>().take(withinMilliseconds: options.startDelay)
    }
    if let end = options.startEnd { finish(end) }
    if let marker = options.portTakenUnless, access(marker, F_OK) != 0 {
      close(Glibc.open(marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
      let message = "zmq.error.ZMQError: Address already in use (addr='tcp://127.0.0.1:1')"
      writeLine("Traceback (most recent call last):\n\(message)", to: STDERR_FILENO)
      exit(1)
    }
    let info = try ConnectionInfo(try readFile(options.connectionFile))
    let signer =
      info.key.isEmpty
      ? nil : try MessageSigner(scheme: info.signatureScheme, key: Array(info.key.utf8))
    let (kernel, sockets) = try open(info, signer, options)
    kernel.serve(keeping: sockets)
  }

  // MARK: Sockets

  /// Binds all sockets; received messages wait until the kernel is complete.
  private static func open(
    _ info: ConnectionInfo, _ signer: MessageSigner?, _ options: ScriptedKernelOptions
  ) throws -> (ScriptedKernel, [Channel: Socket]) {
    let io = try IOThread()
    let decoder = Mutex(MessageDecoder(signer: signer))
    let inbox = Inbox()
    var sockets: [Channel: Socket] = [:]
    for channel in Channel.allCases where channel != .heartbeat || options.hasHeartbeat {
      var socketOptions = SocketOptions()
      // The last messages must arrive, even if the process ends at once.
      socketOptions.linger = .seconds(2)
      socketOptions.passesEverySubscription = true
      if let curve = info.curve {
        socketOptions.curve = CurveKeys(
          serverKey: nil, publicKey: curve.publicKey, secretKey: curve.secretKey)
      }
      let type: SocketType =
        switch channel {
        case .heartbeat: .rep
        case .iopub: .xpub
        case .shell, .control, .stdin: .router
        }
      let socket = try Socket(type, options: socketOptions, on: io) { messages in
        for message in messages {
          switch channel {
          case .heartbeat: inbox.put(.beat(message.bytes.map { Frame($0) }))
          case .iopub: inbox.put(.subscription(message.bytes.first ?? []))
          case .shell, .control, .stdin:
            let bytes = message.bytes
            let result = decoder.withLock { decoder in
              Result { () throws(WireError) in try decoder.decode(bytes) }
            }
            switch result {
            case .success(let message): inbox.put(.message(message, channel))
            case .failure(let error):
              writeLine("scripted-kernel: dropped \(error)", to: STDERR_FILENO)
            }
          }
        }
      }
      if channel != .iopub || !options.iopubIsDeaf {
        try socket.bind(to: info.endpoint(for: channel))
      }
      sockets[channel] = socket
    }
    let voice = Voice(signer: signer, sockets: sockets, options: options)
    let kernel = ScriptedKernel(options: options, voice: voice, io: io)
    // Before any request is accepted: a request without a receiver would be lost.
    kernel.runners.withLock { $0[""] = ScriptRunner(kernel: kernel) }
    let heart = sockets[.heartbeat]
    inbox.open { [kernel] item in
      switch item {
      case .beat(let frames): heart?.send(frames)
      case .subscription(let bytes): kernel.subscribed(bytes)
      case .message(let message, let channel): kernel.received(message, on: channel)
      }
    }
    return (kernel, sockets)
  }

  /// Stores received messages until there is a receiver.
  private final class Inbox: Sendable {
    enum Item: Sendable {
      case beat([Frame])
      case subscription([UInt8])
      case message(Message, Channel)
    }

    private struct State {
      var early: [Item] = []
      var handler: (@Sendable (Item) -> Void)?
    }

    private let state = Mutex(State())

    func put(_ item: Item) {
      let handler = state.withLock { state in
        if state.handler == nil { state.early.append(item) }
        return state.handler
      }
      handler?(item)
    }

    func open(_ handler: @escaping @Sendable (Item) -> Void) {
      // Under the lock, so that early messages are not overtaken.
      state.withLock { state in
        for item in state.early { handler(item) }
        state.early = []
        state.handler = handler
      }
    }
  }

  private func subscribed(_ bytes: [UInt8]) {
    guard bytes.first == 1, options.welcomes else { return }
    let topic = String(decoding: bytes.dropFirst(), as: UTF8.self)
    voice.send(
      .iopubWelcome, ["subscription": .init(topic)], on: .iopub, parent: nil,
      faults: options.welcomeFaults)
  }

  private func received(_ message: Message, on channel: Channel) {
    switch channel {
    case .control: control.put((message, channel))
    case .stdin:
      for runner in runners.withLock({ Array($0.values) }) { runner.wakes.put(.input(message)) }
      stdin.put(message)
    case .shell:
      let id = message.header.subshellID ?? ""
      let runner = runners.withLock { $0[id] ?? $0[""] }
      runner?.requests.put(message)
    case .iopub, .heartbeat: break
    }
  }

  // MARK: Serving

  private func serve(keeping sockets: [Channel: Socket]) -> Never {
    if let isStubborn = options.startChild { _ = startChild(isStubborn: isStubborn) }
    if let text = options.parentlessStart {
      voice.send(
        .stream, ["name": "stderr", "text": .init(text)], on: .iopub, parent: nil)
    }
    if options.hasStarting {
      voice.send(.status, ["execution_state": "starting"], on: .iopub, parent: nil)
    }
    startThread { self.takeSignals() }
    guard let shell = runners.withLock({ $0[""] }) else { preconditionFailure("no main shell") }
    if let path = options.transcript {
      TranscriptPlayer.load(path, voice).run(
        shell: shell.requests, control: control, stdin: stdin, kernel: self)
    }
    startThread { while true { self.answerControl(self.control.take().0) } }
    withExtendedLifetime(sockets) { shell.run() }
  }

  private func takeSignals() -> Never {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    while true {
      var signal: Int32 = 0
      sigwait(&signals, &signal)
      if isDeaf.load(ordering: .relaxed) || ignored.withLock({ $0.contains(signal) }) { continue }
      if signal == SIGTERM { leave(.signal(SIGTERM)) }
      interrupt()
    }
  }

  private func interrupt() {
    switch options.interrupt {
    case .exit(let code): leave(.exit(code))
    case .die(let signal): leave(.signal(signal))
    case .error, .abort, .ok, .ignore:
      for runner in runners.withLock({ Array($0.values) }) { runner.interrupt() }
    }
  }

  private func answerControl(_ request: Message) {
    guard !isDeaf.load(ordering: .relaxed) else { return }
    switch request.header.messageType {
    case .kernelInfoRequest:
      if options.answersControlInfo { answerInfo(request, on: .control) }
    case .interruptRequest:
      if let content = options.interruptReply {
        answer(request, "interrupt_reply", content)
      }
      interrupt()
    case .shutdownRequest: shutDown(request, on: .control)
    case .debugRequest:
      answer(
        request, "debug_reply",
        [
          "type": "response", "request_seq": request.content["seq"] ?? 0, "success": true,
          "command": request.content["command"] ?? "", "seq": 1, "body": [:],
        ])
    case .createSubshellRequest:
      let id = Session.makeID()
      let runner = ScriptRunner(kernel: self)
      runners.withLock { $0[id] = runner }
      startThread { runner.run() }
      answer(
        request, "create_subshell_reply", ["status": "ok", "subshell_id": .init(id)])
    case .deleteSubshellRequest:
      let id = request.content["subshell_id"]?.string ?? ""
      let isKnown = !id.isEmpty && runners.withLock { $0.removeValue(forKey: id) } != nil
      answer(request, "delete_subshell_reply", ["status": isKnown ? "ok" : "error"])
    case .listSubshellRequest:
      let ids = runners.withLock { $0.keys.filter { !$0.isEmpty }.sorted() }
      answer(
        request, "list_subshell_reply",
        ["status": "ok", "subshell_id": .array(ids.map { .init($0) })])
    default: answer(request, nil, [:])
    }
  }

  private func answer(_ request: Message, _ type: MessageType?, _ content: JSONValue) {
    voice.send(.status, ["execution_state": "busy"], on: .iopub, parent: request)
    if let type { voice.send(type, content, on: .control, parent: request) }
    voice.send(.status, ["execution_state": "idle"], on: .iopub, parent: request)
  }

  func answerInfo(_ request: Message, on channel: Channel) {
    let isIgnored = infosToIgnore.withLock { count in
      guard count > 0 else { return false }
      if count < .max { count -= 1 }
      return true
    }
    if isIgnored { return }
    if options.infoDelay > 0 {
      _ = BlockingQueue<Never>().take(withinMilliseconds: options.infoDelay)
    }
    var content: JSONObject = [
      "status": "ok", "protocol_version": "5.5", "implementation": "scripted",
      "implementation_version": "1.0",
      "language_info": [
        "name": "script", "version": "1.0", "mimetype": "text/plain", "file_extension": ".txt",
      ], "banner": "A scripted kernel", "help_links": [],
      "supported_features": ["kernel subshells", "debugger"],
    ]
    for member in options.infoContent { content[member.key.string] = member.value }
    voice.send(.status, ["execution_state": "busy"], on: .iopub, parent: request)
    voice.send(
      .kernelInfoReply, .object(content), on: channel, parent: request, faults: options.infoFaults)
    voice.send(.status, ["execution_state": "idle"], on: .iopub, parent: request)
  }

  // MARK: The end

  func shutDown(_ request: Message, on channel: Channel) {
    if let content = options.shutdownReply {
      voice.send(.status, ["execution_state": "busy"], on: .iopub, parent: request)
      voice.send("shutdown_reply", content, on: channel, parent: request)
      voice.send(.status, ["execution_state": "idle"], on: .iopub, parent: request)
    }
    guard options.exitsOnShutdown else { return }
    if options.exitDelay > 0 {
      _ = BlockingQueue<Never>().take(withinMilliseconds: options.exitDelay)
    }
    leave(options.exit)
  }

  /// Ends the process once all its messages are on their way.
  func leave(_ ending: ScriptedKernelOptions.Ending) -> Never {
    let isFirst = leaving.withLock { isLeaving in
      defer { isLeaving = true }
      return !isLeaving
    }
    // Another thread is already ending the process.
    if !isFirst { while true { pause() } }
    io.stopAndWait()
    ScriptedKernel.finish(ending)
  }

  private static func finish(_ ending: ScriptedKernelOptions.Ending) -> Never {
    switch ending {
    case .exit(let code): _exit(code)
    case .signal(let number):
      signal(number, SIG_DFL)
      var signals = sigset_t()
      sigfillset(&signals)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      kill(getpid(), number)
      // A signal that is ignored by default does not end the process.
      _exit(128 + number)
    }
  }

  func becomeDeaf() { isDeaf.store(true, ordering: .relaxed) }

  func ignore(_ signal: Int32) { _ = ignored.withLock { $0.insert(signal) } }

  // MARK: Children

  /// Starts a child in our process group that waits for a signal.
  func startChild(isStubborn: Bool) -> Int32 {
    var child: pid_t = 0
    let arguments = ["/proc/self/exe", "--be-child", isStubborn ? "stubborn" : "meek"]
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawn(&child, "/proc/self/exe", nil, nil, pointers, environ) == 0 else { return -1 }
    return child
  }

  private static func beChild(isStubborn: Bool) -> Never {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, isStubborn ? SIG_IGN : SIG_DFL)
    }
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    while true { pause() }
  }
}
