// A program that runs code in a kernel needs messages, kernelspecs, how processes end and JSON values as
// well: `import KernelClient` is enough. `@_exported` is underscored: it is not part of the language.
@_exported public import JSONCore
@_exported public import JupyterProtocol
@_exported public import KernelLauncher
@_exported public import Processes
