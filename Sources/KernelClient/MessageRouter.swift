import JupyterProtocol
import Processes
import Synchronization

/// Delivers each event from a kernel to those who wait for it: the request it answers, by parent
/// id, and every subscriber.
final class MessageRouter: Sendable {
  private struct State {
    var subscribers: [Int: Mailbox<KernelEvent>] = [:]
    var nextSubscriber = 0
    var requests: [String: Mailbox<KernelEvent>] = [:]
    var end: End?
  }

  /// Why no more events will come.
  enum End: Sendable {
    case exited(ExitStatus)
    case closed
  }

  private let state = Mutex(State())

  /// Why no more events will come; nil while they may.
  var end: End? { state.withLock { $0.end } }

  /// Returns a mailbox that receives everything from now on.
  func subscribe() -> Mailbox<KernelEvent> {
    let mailbox = Mailbox<KernelEvent>()
    let end = state.withLock { state -> End? in
      if state.end == nil {
        state.subscribers[state.nextSubscriber] = mailbox
        state.nextSubscriber += 1
      }
      return state.end
    }
    if let end { close(mailbox, end) }
    return mailbox
  }

  /// Ends the subscription of a mailbox.
  func unsubscribe(_ mailbox: Mailbox<KernelEvent>) {
    state.withLock { state in
      state.subscribers = state.subscribers.filter { $0.value !== mailbox }
    }
  }

  /// Returns a mailbox that receives everything whose parent is the message with this id.
  func expect(_ messageID: String) -> Mailbox<KernelEvent> {
    let mailbox = Mailbox<KernelEvent>()
    expect(messageID, in: mailbox)
    return mailbox
  }

  /// Also delivers to the mailbox everything whose parent is the message with this id.
  func expect(_ messageID: String, in mailbox: Mailbox<KernelEvent>) {
    let end = state.withLock { state -> End? in
      if state.end == nil { state.requests[messageID] = mailbox }
      return state.end
    }
    if let end { close(mailbox, end) }
  }

  /// Stops delivering answers to a mailbox.
  func forget(_ mailbox: Mailbox<KernelEvent>) {
    state.withLock { state in
      guard !state.requests.isEmpty else { return }
      state.requests = state.requests.filter { $0.value !== mailbox }
    }
  }

  /// The number of subscribers and of requests.
  var waiting: (subscribers: Int, requests: Int) {
    state.withLock { ($0.subscribers.count, $0.requests.count) }
  }

  /// Delivers events in order.
  func deliver(_ events: [KernelEvent]) {
    guard !events.isEmpty else { return }
    let (subscribers, requests) = state.withLock { ($0.subscribers.values.map { $0 }, $0.requests) }
    for subscriber in subscribers { subscriber.put(contentsOf: events) }
    guard !requests.isEmpty else { return }
    // Adjacent events mostly have the same parent: each run of them is delivered at once.
    var index = events.startIndex
    while index < events.endIndex {
      let parent = events[index].parentID
      var end = index + 1
      while end < events.endIndex, events[end].parentID == parent { end += 1 }
      if let parent, let mailbox = requests[parent] { mailbox.put(contentsOf: events[index..<end]) }
      index = end
    }
  }

  /// Ends all waits, giving them the reason, and rejects new ones.
  func finish(_ end: End) {
    let mailboxes = state.withLock { state -> [Mailbox<KernelEvent>] in
      guard state.end == nil else { return [] }
      state.end = end
      // One mailbox may wait for the answers to several requests.
      var all = Array(state.subscribers.values)
      for mailbox in state.requests.values where !all.contains(where: { $0 === mailbox }) {
        all.append(mailbox)
      }
      state.subscribers = [:]
      state.requests = [:]
      return all
    }
    for mailbox in mailboxes { close(mailbox, end) }
  }

  private func close(_ mailbox: Mailbox<KernelEvent>, _ end: End) {
    if case .exited(let status) = end { mailbox.put(.exited(status)) }
    mailbox.finish()
  }
}

extension KernelEvent {
  /// The id of the message that this one answers or belongs to.
  var parentID: String? {
    switch self {
    case .iopub(let message), .reply(let message, _), .inputRequest(let message):
      message.parentHeader?.messageID
    case .rejected, .exited: nil
    }
  }
}
