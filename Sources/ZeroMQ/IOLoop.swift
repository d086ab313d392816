import CSystemShims
import CZeroMQ
import Glibc

/// The loop of the I/O thread, and its sockets; used on that thread only.
final class IOLoop: @unchecked Sendable {
  // Unchecked: it is passed to its thread at the start and used nowhere else.

  /// A socket in the loop.
  final class Entry {
    let handle: UnsafeMutableRawPointer
    /// Readable when the socket has events; edge-triggered, see ``IOLoop/look(_:)``.
    let descriptor: Int32
    let onReceive: @Sendable ([ReceivedMessage]) -> Void
    let onSendFailure: (@Sendable (ZeroMQError) -> Void)?
    /// Messages that could not be sent yet; libzmq accepts them when there is a peer.
    var pending: ArraySlice<[Frame]> = []
    /// Whether it is on the list of sockets to check.
    var isListed = false
    var isClosed = false
    /// How long it collects messages after receiving something, in nanoseconds.
    let batchInterval: Int64
    /// When it receives the next batch, by the monotonic clock; 0 if it is not collecting messages.
    var batchUntil: Int64 = 0
    /// The socket that reports this one's connections.
    var monitor: Int?
    /// The files of the Unix sockets it listens on, which libzmq does not remove.
    var socketFiles: [String] = []

    init(
      handle: UnsafeMutableRawPointer, onReceive: @escaping @Sendable ([ReceivedMessage]) -> Void,
      onSendFailure: (@Sendable (ZeroMQError) -> Void)? = nil, batchInterval: Int64 = 0
    ) {
      self.handle = handle
      self.batchInterval = batchInterval
      self.onReceive = onReceive
      self.onSendFailure = onSendFailure
      var descriptor: Int32 = -1
      var size = MemoryLayout<Int32>.size
      zmq_getsockopt(handle, ZMQ_FD, &descriptor, &size)
      self.descriptor = descriptor
    }
  }

  /// The maximum number of messages from one socket before the others are checked.
  private static let batchLimit = 1024

  let context: UnsafeMutableRawPointer
  private let wakeUp: Int32
  private let thread: IOThread
  private var entries: [Int: Entry] = [:]
  /// The sockets in the order of ``waits``, which starts with the wake-up.
  private var order: [Entry] = []
  private var waits: [pollfd] = []
  private var needsWaits = true
  /// The time until which every socket receives at once.
  private var noBatchingUntil: Int64 = 0
  /// The sockets that may have events, independent of their descriptors.
  private var toLookAt: [Entry] = []
  private var nextID = 0

  init(context: UnsafeMutableRawPointer, wakeUp: Int32, thread: IOThread) {
    self.context = context
    self.wakeUp = wakeUp
    self.thread = thread
  }

  func run() {
    thread.begin()
    while true {
      let (commands, isStopped) = thread.takeCommands()
      for command in commands { command(self) }
      if isStopped { break }
      // Checking a socket may add commands and sockets to check.
      let listed = toLookAt
      toLookAt = []
      for entry in listed { look(entry) }
      // A socket with more messages does not keep the others from being noticed.
      let isIdle = commands.isEmpty && listed.isEmpty
      if isIdle || !toLookAt.isEmpty, !wait(isIdle: isIdle) { break }
    }
    // Commands with a waiting caller get a result.
    for command in thread.end() { command(self) }
    for id in entries.keys.sorted() { remove(id) }
    while zmq_ctx_term(context) != 0, zmq_errno() == EINTR {}
    thread.ended()
  }

  /// Waits until there is something to do, or only checks what there is.
  ///
  /// libzmq's own `zmq_poll` makes two system calls for each socket each time; this makes one.
  ///
  /// - Parameter isIdle: whether there is nothing to do yet.
  /// - Returns: whether that worked.
  private func wait(isIdle: Bool) -> Bool {
    if needsWaits { makeWaits() }
    var limit: Int32 = isIdle ? -1 : 0
    if let end = beginBatches(), isIdle {
      limit = Int32(clamping: max(end - monotonicNanoseconds() + 999_999, 0) / 1_000_000)
    }
    guard poll(&waits, nfds_t(waits.count), limit) >= 0 else { return errno == EINTR }
    if waits[0].revents != 0 { lyre_eventfd_clear(wakeUp) }
    for index in order.indices where waits[index + 1].revents != 0 { list(order[index]) }
    if limit >= 0 { endBatches() }
    return true
  }

  private func makeWaits() {
    needsWaits = false
    order = entries.sorted { $0.key < $1.key }.map(\.value)
    waits = ([wakeUp] + order.map(\.descriptor)).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
  }

  // MARK: Batches

  /// How long every socket receives at once after something has arrived on a socket without batching:
  /// the end of a cell is reported on two channels, and a waiting task needs both.
  private static let noBatchingWindow: Int64 = 5_000_000

  /// Removes sockets that collect messages from the wait.
  ///
  /// - Returns: when the first batch is received; nil if no socket collects messages.
  private func beginBatches() -> Int64? {
    var end: Int64?
    for (index, entry) in order.enumerated() where entry.batchInterval > 0 {
      waits[index + 1].fd = entry.batchUntil == 0 ? entry.descriptor : -1
      waits[index + 1].revents = 0
      if entry.batchUntil != 0 { end = min(end ?? .max, entry.batchUntil) }
    }
    return end
  }

  /// Checks the sockets whose batch is due.
  private func endBatches() {
    let now = monotonicNanoseconds()
    for entry in order where entry.batchUntil != 0 && entry.batchUntil <= now {
      entry.batchUntil = 0
      list(entry)
    }
  }

  /// Called after a request was sent: the answer takes a while, so sockets start to collect messages.
  private func didSend() {
    noBatchingUntil = 0
    let now = monotonicNanoseconds()
    for entry in order where entry.batchInterval > 0 && entry.batchUntil == 0 {
      entry.batchUntil = now + entry.batchInterval
    }
  }

  /// Called after something was received: a socket with batching starts to collect messages, and on
  /// another socket it ends all batches, after the messages that have already arrived.
  private func didReceive(_ entry: Entry) {
    let now = monotonicNanoseconds()
    if entry.batchInterval > 0 {
      if now >= noBatchingUntil { entry.batchUntil = now + entry.batchInterval }
      return
    }
    noBatchingUntil = now + IOLoop.noBatchingWindow
    for waiting in order where waiting.batchUntil != 0 && !waiting.isClosed {
      waiting.batchUntil = 0
      if receive(waiting) { list(waiting) }
    }
  }

  // MARK: Sending and receiving

  /// Adds a socket to those to check before the loop waits again.
  private func list(_ entry: Entry) {
    guard !entry.isListed else { return }
    entry.isListed = true
    toLookAt.append(entry)
  }

  /// Sends and receives as much as possible.
  ///
  /// A socket's descriptor reports events once, and any call on the socket may clear them: after
  /// sending the socket must be checked again, and receiving must continue until nothing is left.
  private func look(_ entry: Entry) {
    entry.isListed = false
    guard !entry.isClosed else { return }
    flush(entry)
    if receive(entry) { list(entry) }
  }

  func add(_ entry: Entry) -> Int {
    nextID += 1
    entries[nextID] = entry
    needsWaits = true
    list(entry)
    return nextID
  }

  /// Returns a socket, for a call on it.
  func entry(_ id: Int) -> Entry? {
    guard let entry = entries[id] else { return nil }
    list(entry)
    return entry
  }

  func remove(_ id: Int) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    // Outgoing messages are kept for the socket's linger.
    flush(entry)
    if let monitor = entry.monitor {
      zmq_socket_monitor(entry.handle, nil, 0)
      remove(monitor)
    }
    entry.isClosed = true
    zmq_close(entry.handle)
    for path in entry.socketFiles { unlink(path) }
    needsWaits = true
  }

  func send(_ messages: [[Frame]], on id: Int) {
    guard let entry = entry(id) else { return }
    if entry.batchInterval == 0 { didSend() }
    entry.pending.append(contentsOf: messages)
    flush(entry)
  }

  /// Sends pending messages, as many as are accepted.
  private func flush(_ entry: Entry) {
    guard !entry.pending.isEmpty else { return }
    while let message = entry.pending.first {
      guard send(message, on: entry) else { break }
      entry.pending.removeFirst()
    }
    if entry.pending.isEmpty { entry.pending = [] }
  }

  /// Whether the message was accepted, or can never be: a message to a missing peer, or out of turn
  /// for the socket, is dropped and reported.
  private func send(_ message: [Frame], on entry: Entry) -> Bool {
    for (index, frame) in message.enumerated() {
      while frame.send(to: entry.handle, more: index + 1 < message.count) < 0 {
        switch zmq_errno() {
        case EINTR: continue
        case EAGAIN: return false
        default:
          entry.onSendFailure?(ZeroMQError.last("zmq_msg_send"))
          return true
        }
      }
    }
    return true
  }

  /// Delivers received messages; returns whether there may be more.
  @discardableResult
  private func receive(_ entry: Entry) -> Bool {
    var batch: [ReceivedMessage] = []
    while batch.count < IOLoop.batchLimit, let message = ReceivedMessage.next(from: entry.handle) {
      batch.append(message)
    }
    if !batch.isEmpty {
      didReceive(entry)
      entry.onReceive(batch)
    }
    return batch.count == IOLoop.batchLimit
  }

  /// Delivers everything that has been received over a socket's connections.
  ///
  /// libzmq reports a lost connection on a different socket than its messages, so the report would
  /// overtake them.
  func drain(_ id: Int) {
    guard let entry = entries[id] else { return }
    while receive(entry) {}
  }
}

/// The time of the monotonic clock, in nanoseconds.
private func monotonicNanoseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}
