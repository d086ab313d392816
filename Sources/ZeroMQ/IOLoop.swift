import CSystemShims
import CZeroMQ
import Glibc

/// What the I/O thread does, and the sockets it has; used on that thread only.
final class IOLoop: @unchecked Sendable {
  // Unchecked: it is handed to its thread when that begins and is used nowhere else.

  /// A socket as the loop sees it.
  final class Entry {
    let handle: UnsafeMutableRawPointer
    let onReceive: @Sendable ([[Frame]]) -> Void
    let onSendFailure: (@Sendable (ZeroMQError) -> Void)?
    /// Messages that could not be sent yet; libzmq takes them when a peer is there.
    var pending: ArraySlice<[Frame]> = []
    /// Whether the loop waits for room to send.
    var awaitsRoom = false
    /// The socket that tells of this one's connections.
    var monitor: Int?
    /// The files of the Unix sockets it listens on, which libzmq leaves behind.
    var socketFiles: [String] = []

    init(
      handle: UnsafeMutableRawPointer, onReceive: @escaping @Sendable ([[Frame]]) -> Void,
      onSendFailure: (@Sendable (ZeroMQError) -> Void)? = nil
    ) {
      self.handle = handle
      self.onReceive = onReceive
      self.onSendFailure = onSendFailure
    }
  }

  /// How many messages are taken from one socket before the others have their turn.
  private static let batchLimit = 1024

  let context: UnsafeMutableRawPointer
  private let wakeUp: Int32
  private let thread: IOThread
  private var entries: [Int: Entry] = [:]
  private var items: [zmq_pollitem_t] = []
  private var order: [Entry] = []
  private var nextID = 0
  private var needsItems = true

  init(context: UnsafeMutableRawPointer, wakeUp: Int32, thread: IOThread) {
    self.context = context
    self.wakeUp = wakeUp
    self.thread = thread
  }

  func run() {
    thread.begin()
    while true {
      if needsItems { makeItems() }
      let count = zmq_poll(&items, Int32(items.count), -1)
      if count < 0, zmq_errno() != EINTR { break }
      if items[0].revents != 0 {
        lyre_eventfd_clear(wakeUp)
        let (commands, isStopped) = thread.takeCommands()
        for command in commands { command(self) }
        if isStopped { break }
      }
      if needsItems { continue }
      for index in order.indices {
        let events = Int32(items[index + 1].revents)
        if events & ZMQ_POLLIN != 0 { receive(order[index]) }
        if events & ZMQ_POLLOUT != 0 { flush(order[index]) }
      }
    }
    // Those who wait for an answer get one.
    for command in thread.end() { command(self) }
    for id in entries.keys.sorted() { remove(id) }
    while zmq_ctx_term(context) != 0, zmq_errno() == EINTR {}
    thread.ended()
  }

  /// The list that `zmq_poll` waits for: the wake-up first, then each socket.
  private func makeItems() {
    needsItems = false
    order = entries.sorted { $0.key < $1.key }.map(\.value)
    items = [zmq_pollitem_t(socket: nil, fd: wakeUp, events: Int16(ZMQ_POLLIN), revents: 0)]
    for entry in order {
      entry.awaitsRoom = !entry.pending.isEmpty
      let events = entry.awaitsRoom ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN
      items.append(
        zmq_pollitem_t(socket: entry.handle, fd: 0, events: Int16(events), revents: 0))
    }
  }

  func add(_ entry: Entry) -> Int {
    nextID += 1
    entries[nextID] = entry
    needsItems = true
    return nextID
  }

  func entry(_ id: Int) -> Entry? { entries[id] }

  func remove(_ id: Int) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    // What is on its way out gets as long as the socket's linger allows.
    flush(entry)
    if let monitor = entry.monitor {
      zmq_socket_monitor(entry.handle, nil, 0)
      remove(monitor)
    }
    zmq_close(entry.handle)
    for path in entry.socketFiles { unlink(path) }
    needsItems = true
  }

  func send(_ messages: [[Frame]], on id: Int) {
    guard let entry = entries[id] else { return }
    entry.pending.append(contentsOf: messages)
    flush(entry)
  }

  /// Sends what waits, as far as it is taken.
  private func flush(_ entry: Entry) {
    guard !entry.pending.isEmpty else { return }
    while let message = entry.pending.first {
      guard send(message, on: entry) else { break }
      entry.pending.removeFirst()
    }
    if entry.pending.isEmpty { entry.pending = [] }
    if entry.awaitsRoom == entry.pending.isEmpty { needsItems = true }
  }

  /// Whether the message was taken, or can never be: a message for a peer that is gone, or that is
  /// not the socket's turn, is dropped and reported.
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

  /// Hands on what has come; whether there may be more.
  @discardableResult
  private func receive(_ entry: Entry) -> Bool {
    var batch: [[Frame]] = []
    while batch.count < IOLoop.batchLimit, let message = receiveMessage(entry.handle) {
      batch.append(message)
    }
    if !batch.isEmpty { entry.onReceive(batch) }
    return batch.count == IOLoop.batchLimit
  }

  /// Hands on everything that has come over a socket's connections up to now.
  ///
  /// libzmq tells of a lost connection on another socket than the messages come on, so the news
  /// would overtake them.
  func drain(_ id: Int) {
    guard let entry = entries[id] else { return }
    while receive(entry) {}
  }

  private func receiveMessage(_ handle: UnsafeMutableRawPointer) -> [Frame]? {
    var frames: [Frame] = []
    while true {
      let frame = Frame()
      while frame.receive(from: handle) < 0 {
        // libzmq hands on whole messages: there is either all of one or nothing.
        guard zmq_errno() == EINTR else { return nil }
      }
      frames.append(frame)
      if !frame.hasMore { return frames }
    }
  }
}
