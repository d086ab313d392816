public import JSONCore
public import JupyterProtocol

/// The requests of the protocol, each with its reply as the kernel sent it.
///
/// All throw ``KernelError`` when the kernel ends, the timeout passes or the task is cancelled. A
/// reply with status `error` is returned, not thrown.
extension Kernel {
  /// Requests the kernel's description of itself (`kernel_info_request`).
  public func kernelInfo(timeout: Duration? = nil) async throws(KernelError) -> KernelInfoReply {
    KernelInfoReply(
      content: try await request(.kernelInfoRequest, timeout: timeout).content)
  }

  /// Inspects the object at a position in code.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - cursor: the position, in Unicode characters from the start.
  ///   - detail: 0 for a summary, 1 for everything.
  ///   - timeout: how long to wait.
  /// - Returns: the reply's content.
  public func inspect(
    _ code: String, cursor: Int, detail: Int = 0, timeout: Duration? = nil
  ) async throws(KernelError) -> JSONValue {
    try await request(
      .inspectRequest,
      ["code": .init(code), "cursor_pos": .init(cursor), "detail_level": .init(detail)],
      timeout: timeout
    ).content
  }

  /// Requests completions of code at a position.
  ///
  /// - Parameters:
  ///   - code: the code.
  ///   - cursor: the position, in Unicode characters from the start.
  ///   - timeout: how long to wait.
  /// - Returns: the reply's content.
  public func complete(
    _ code: String, cursor: Int, timeout: Duration? = nil
  ) async throws(KernelError) -> JSONValue {
    try await request(
      .completeRequest, ["code": .init(code), "cursor_pos": .init(cursor)], timeout: timeout
    ).content
  }

  /// Asks whether code is complete, as a console does before running it.
  public func isComplete(_ code: String, timeout: Duration? = nil) async throws(KernelError)
    -> JSONValue
  {
    try await request(.isCompleteRequest, ["code": .init(code)], timeout: timeout).content
  }

  /// Requests the last inputs of the history.
  public func history(last count: Int, timeout: Duration? = nil) async throws(KernelError)
    -> JSONValue
  {
    try await request(
      .historyRequest,
      ["output": false, "raw": true, "hist_access_type": "tail", "n": .init(count)],
      timeout: timeout
    ).content
  }

  /// Requests the open comms, of one target or of all.
  public func commInfo(target: String? = nil, timeout: Duration? = nil)
    async throws(KernelError) -> JSONValue
  {
    try await request(
      .commInfoRequest, target.map { ["target_name": .init($0)] } ?? [:], timeout: timeout
    ).content
  }

  /// Sends a request of the Debug Adapter Protocol.
  public func debug(_ content: JSONObject, timeout: Duration? = nil) async throws(KernelError)
    -> JSONValue
  {
    try await request(.debugRequest, content, on: .control, timeout: timeout).content
  }

  /// Creates a subshell, which handles requests while another one is busy (JEP 91).
  ///
  /// - Parameter timeout: how long to wait.
  /// - Returns: its id; nil if the kernel does not create one.
  public func createSubshell(timeout: Duration? = nil) async throws(KernelError) -> String? {
    try await request(.createSubshellRequest, on: .control, timeout: timeout)
      .content["subshell_id"]?.string
  }

  /// Ends a subshell (JEP 91).
  public func deleteSubshell(_ id: String, timeout: Duration? = nil) async throws(KernelError)
    -> JSONValue
  {
    try await request(
      .deleteSubshellRequest, ["subshell_id": .init(id)], on: .control, timeout: timeout
    ).content
  }

  /// Lists the ids of the subshells (JEP 91).
  public func listSubshells(timeout: Duration? = nil) async throws(KernelError) -> [String] {
    try await request(.listSubshellRequest, on: .control, timeout: timeout)
      .content["subshell_id"]?.array?.compactMap(\.string) ?? []
  }

  /// Opens a comm.
  ///
  /// - Parameters:
  ///   - target: the name of the comm's target in the kernel.
  ///   - data: the data of the opening message.
  /// - Returns: the id of the comm.
  public func openComm(target: String, data: JSONObject = [:]) -> String {
    let id = Session.makeID()
    send(
      .commOpen, ["comm_id": .init(id), "target_name": .init(target), "data": .object(data)])
    return id
  }

  /// Sends a message on a comm.
  ///
  /// - Parameters:
  ///   - id: the id of the comm.
  ///   - data: the data of the message.
  ///   - buffers: binary buffers.
  ///   - parent: the header of the message that this belongs to.
  public func sendComm(
    _ id: String, data: JSONObject, buffers: [[UInt8]] = [], parent: MessageHeader? = nil
  ) {
    send(
      .commMessage, ["comm_id": .init(id), "data": .object(data)], parent: parent,
      buffers: buffers)
  }

  /// Closes a comm.
  public func closeComm(_ id: String, data: JSONObject = [:]) {
    send(.commClose, ["comm_id": .init(id), "data": .object(data)])
  }
}
