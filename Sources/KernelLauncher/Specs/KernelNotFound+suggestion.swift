import SystemSupport

extension KernelNotFound {
  /// The installed kernel with the most similar name; nil when no name is similar.
  public var nearest: String? { Spelling.nearest(to: name, among: installed, least: 1) }

  /// `Did you mean 'python3'? `, or an empty string.
  public var suggestion: String { nearest.map { "Did you mean '\($0)'? " } ?? "" }
}
