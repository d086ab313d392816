public import JSONCore

extension PipelineDocument {
  /// Sets the label of a node; nil removes it, so that the file's name is shown.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setLabel(_ label: String?, of id: String) throws(PipelineError) {
    let label = label.flatMap { $0.isEmpty ? nil : $0 }
    try updateNode(id) { node in
      let isSuper = node["type"]?.string == "super_node"
      let file = node["app_data"]?["component_parameters"]?["filename"]?.string
      node.update("app_data") { data in
        data.updateObject { data in
          let previous = data["label"]?.string
          if !isSuper || previous != nil { data["label"] = .init(label ?? "") }
          // Elyra's canvas shows this one, which for components is their name without a label.
          let shown = label ?? file.map(PipelinePath.name) ?? (isSuper ? "Supernode" : nil)
          guard let shown, file != nil || isSuper else { return }
          data.update("ui_data") { $0.updateObject { $0["label"] = .init(shown) } }
        }
      }
    }
  }

  /// Sets the file that a node runs, and keeps its other properties.
  ///
  /// The operation follows the kind of file, such as notebook or Python script.
  ///
  /// - Parameters:
  ///   - file: the notebook or script, relative to the folder of the pipeline's file.
  ///   - id: the node.
  /// - Throws: ``PipelineError`` when there is no such node, it runs no file, or the file's name is
  ///   empty.
  public mutating func setFile(_ file: String, of id: String) throws(PipelineError) {
    guard !file.isEmpty else { throw PipelineError(.invalidValue, "a node needs a file") }
    let node = node(at: try place(of: id))
    let previous = node["op"]?.string ?? ""
    guard PipelineNode.fileOperations.contains(previous) else {
      throw PipelineError(.invalidValue, "the node '\(id)' does not run a notebook or script")
    }
    let old = node["app_data"]?["component_parameters"]?["filename"]?.string ?? ""
    let isSameKind = PipelinePath.suffix(old) == PipelinePath.suffix(file)
    let operation = isSameKind ? previous : PipelineOperation.forFile(file)
    try setProperty("filename", to: .init(file), of: id)
    try updateNode(id) { node in
      if operation != previous { node["op"] = .init(operation) }
      node.update("app_data") { data in
        data.updateObject { data in
          let hasLabel = data["label"]?.string.map { !$0.isEmpty } ?? false
          data.update("ui_data") { canvas in
            canvas.updateObject { canvas in
              if !hasLabel { canvas["label"] = .init(PipelinePath.name(file)) }
              guard operation != previous else { return }
              canvas["image"] = NodeTemplate.image(of: operation).map { .init($0) }
              canvas["description"] = .init(NodeTemplate.description(of: operation))
            }
          }
        }
      }
    }
  }

  /// Sets or removes a property of a node, such as `outputs` or `runtime_image`.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  ///   - id: the node.
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setProperty(_ name: String, to value: JSONValue?, of id: String)
    throws(PipelineError)
  {
    try updateNode(id) { node in
      node.update("app_data") { data in
        data.updateObject { data in
          data.update("component_parameters") { $0.updateObject { $0[name] = value } }
        }
      }
    }
  }

  /// Sets or removes one of Lyre's own properties of a node: `timeout`, `retries`, `retry_delay`.
  ///
  /// - Throws: ``PipelineError`` when there is no such node.
  public mutating func setLyreProperty(_ name: String, to value: JSONValue?, of id: String)
    throws(PipelineError)
  {
    try updateNode(id) { node in
      node.update("app_data") { data in
        data.updateObject { data in
          var own = data["lyre"]?.object ?? [:]
          own[name] = value
          data["lyre"] = own.isEmpty ? Optional.none : .object(own)
        }
      }
    }
  }

  // MARK: The pipeline

  /// Sets or removes a property of the pipeline, such as `description`.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  public mutating func setPipelineProperty(_ name: String, to value: JSONValue?) {
    isEdited = true
    updateApplicationData { data in
      data.update("properties") { $0.updateObject { $0[name] = value } }
    }
  }

  /// Sets or removes a default property of nodes.
  ///
  /// - Parameters:
  ///   - name: the name of the property in the file.
  ///   - value: its value; nil removes it.
  public mutating func setDefault(_ name: String, to value: JSONValue?) {
    var defaults =
      root["pipelines"]?[primaryPlace]?["app_data"]?["properties"]?["pipeline_defaults"]?.object
      ?? [:]
    defaults[name] = value
    setPipelineProperty("pipeline_defaults", to: .object(defaults))
  }
}
