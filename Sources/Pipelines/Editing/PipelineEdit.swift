public import JSONCore

/// A change of a pipeline in the visual editor, as a value.
///
/// ``PipelineDocument/apply(_:with:)`` applies edits together; each is also a method of the
/// document. An id in an edit may be `$0`, `$1`, …: the first id that the edit with that index
/// created.
public enum PipelineEdit: Sendable, Hashable {
  /// What a new node runs.
  public enum Content: Sendable, Hashable {
    /// A notebook or script, relative to the folder of the pipeline's file.
    case file(String)
    /// A component of a catalog, by its id.
    case component(String)
  }

  /// The new position of a node or comment.
  public struct Placement: Sendable, Hashable {
    /// The node or comment.
    public var id: String
    /// Its position.
    public var point: PipelinePoint

    /// Creates a placement.
    public init(_ id: String, _ point: PipelinePoint) {
      self.id = id
      self.point = point
    }
  }

  /// What to remove from a pipeline.
  public enum Extent: String, Sendable, Hashable, CaseIterable {
    /// Nodes, comments, and all properties but the name and the runtime.
    case everything
    /// Nodes and comments.
    case canvas
  }

  /// A direction on the canvas.
  public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// From left to right.
    case horizontal
    /// From top to bottom.
    case vertical
  }

  /// Where to align objects.
  public enum Alignment: String, Sendable, Hashable, CaseIterable {
    /// Their left sides.
    case left
    /// Their middles, on a vertical line.
    case center
    /// Their right sides.
    case right
    /// Their upper sides.
    case top
    /// Their middles, on a horizontal line.
    case middle
    /// Their lower sides.
    case bottom
  }

  /// Adds a node to a flow; nil is the primary one.
  case addNode(
    Content, flow: String?, at: PipelinePoint?, label: String?, operation: String?,
    properties: JSONObject)
  /// Adds a comment.
  case addComment(
    String, flow: String?, at: PipelinePoint, size: PipelineSize, attachedTo: [String])
  /// Removes nodes, comments and links.
  case remove([String])
  /// Moves nodes and comments.
  case move([Placement])
  /// Sets the size of a comment or an expanded super node, and its position if given.
  case resize(String, to: PipelineSize, at: PipelinePoint?)
  /// Makes a node depend on another one, or attaches a comment to a node.
  case connect(source: String, target: String, sourcePort: String?, targetPort: String?)
  /// Removes links, and all links of nodes and comments.
  case disconnect(links: [String], nodes: [String])
  /// Puts a node between the two ends of a link.
  case insert(String, intoLink: String)
  /// Sets a label; nil removes it.
  case setLabel(String, String?)
  /// Sets a property of nodes; nil removes it.
  case setProperty([String], name: String, value: JSONValue?)
  /// Sets one of Lyre's own properties of nodes; nil removes it.
  case setLyreProperty([String], name: String, value: JSONValue?)
  /// Sets the file of a node.
  case setFile(String, String)
  /// Sets a property of the pipeline; nil removes it.
  case setPipelineProperty(name: String, value: JSONValue?)
  /// Sets a default property of nodes; nil removes it.
  case setDefault(name: String, value: JSONValue?)
  /// Sets the parameters of the pipeline, see ``PipelineDocument/setParameters(_:)``.
  case setParameters([JSONObject])
  /// Sets the text of a comment.
  case setComment(String, String)
  /// Puts nodes and comments into a new super node.
  case makeSuperNode([String], label: String?)
  /// Replaces a super node by its content.
  case ungroup(String)
  /// Shows the content of a super node, or only its name.
  case setExpanded(String, Bool)
  /// Adds copied nodes and comments, see ``PipelineClipboard``.
  case paste(String, flow: String?, at: PipelinePoint?)
  /// Removes everything, or everything on the canvas.
  case clear(Extent)
  /// Arranges a flow, or some of its nodes, in layers.
  case arrange(flow: String?, ids: [String]?, Direction)
  /// Aligns nodes and comments.
  case align([String], to: Alignment)
  /// Distributes nodes and comments evenly between the outermost ones.
  case distribute([String], Direction)
}

/// An edit that cannot be applied or read.
public struct PipelineEditError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The index of the edit, from 0.
  public var index: Int

  /// The reason, with the member of the edit's JSON as its place if there is one.
  public var reason: PipelineError

  /// The number of the edit, and the reason.
  public var description: String { "edit \(index): \(reason)" }

  /// Creates an error.
  public init(index: Int, reason: PipelineError) {
    self.index = index
    self.reason = reason
  }
}
